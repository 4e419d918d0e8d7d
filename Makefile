# Tabella: `make help` lists what there is. Everything is built in one profile and one folder, target/.

CARGO  := cargo
OUT    := $(or $(CARGO_TARGET_DIR),target)/release
# built for the browser alone
WEB    := tabella-web-app
BROWSER := tabella-browser-tests

.PHONY: help setup web build election demo test check format-check clippy purity secretless unit browser bench bench-full bench-ballots bench-board soak mutants api-test clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## name or install what is missing (Rust toolchain, wasm target, C compiler; for tests, Chromium)
	@./.ci/setup

web: setup ## the web app, in target/voter-ui: WebAssembly, hashed names, compressed
	$(CARGO) run --release --locked -p tabella-web-build

build: web ## all programs, in target/release; the board has the web app inside
	$(CARGO) build --release --locked --workspace --exclude $(WEB) --bins

election: build ## one whole election over 365 real ballots, without a question asked
	$(OUT)/tabella-election run

demo: build ## the same, then left running with a second election open: vote in your browser
	$(OUT)/tabella-election demo

test: format-check clippy purity secretless unit browser ## formatting, lints, all tests, whole elections, the web app in Chromium

check: format-check clippy ## formatting and lints alone

format-check:
	$(CARGO) fmt --all --check

clippy: setup
	$(CARGO) clippy --release --locked --workspace --exclude $(WEB) --all-targets -- -D warnings
	$(CARGO) clippy --release --locked -p $(WEB) --target wasm32-unknown-unknown -- -D warnings
	$(CARGO) clippy --release --locked -p tabella-tally --no-default-features --features trustee \
	  --target wasm32-unknown-unknown -- -D warnings

purity: ## runtime, web, threads and storage never reach the pure crates
	@for crate in tabella-crypto tabella-board-core tabella-tally; do \
	  found=$$($(CARGO) tree --locked -e normal --no-default-features -p $$crate --prefix none \
	    | grep -E '^(tokio|axum|leptos|rayon|redb|reqwest|hyper) ' || true); \
	  if [ -n "$$found" ]; then echo "error: $$crate must stay pure, but depends on: $$found"; exit 1; fi; \
	done; echo "pure crates are pure"
	@found=$$($(CARGO) tree --locked -e normal --no-default-features --features trustee -p tabella-tally \
	    --target wasm32-unknown-unknown --prefix none | grep -E '^(tokio|anyhow|clap|rayon|age|tempfile) ' || true); \
	if [ -n "$$found" ]; then echo "error: a trustee's page must not depend on: $$found"; exit 1; fi

secretless: build ## the verifier links no code that handles a secret
	@secrets='tabella_crypto::.*(SigningKey|CredentialSecret|TrusteeSecret|KeyShare|Polynomial|DecryptionKey|(range|linear)::prove)'; \
	nm -C $(OUT)/tabella-trustee | grep -qE "$$secrets" || { echo "error: the names to look for are out of date"; exit 1; }; \
	if nm -C $(OUT)/tabella-verify | grep -E "$$secrets"; then echo "error: tabella-verify must not link these"; exit 1; fi; \
	echo "the verifier links no secret-key code"

unit: build
	@./.ci/setup tests
	$(CARGO) test --release --locked --workspace --exclude $(BROWSER)

browser: build ## the web app in a real browser
	@./.ci/setup browser
	$(CARGO) test --release --locked -p $(BROWSER) -- --test-threads=2

bench: build ## what verifying takes, side by side with belenios-tool (minutes); table, and target/bench/summary.json
	@./.ci/setup bench
	$(CARGO) run --release --locked -p tabella-tests --example bench

bench-full: build ## the same with records of 30,000 and 100,000 ballots (making them, once, takes 20 minutes of processor time)
	@./.ci/setup bench
	$(CARGO) run --release --locked -p tabella-tests --example bench -- --scale 10000,30000,100000

bench-ballots: setup ## what a single ballot costs, on one core, with statistics
	$(CARGO) bench --locked -p tabella-crypto --features fixtures

api-test: ## a property-based tester against a board of your own: make api-test BOARD=http://127.0.0.1:8080
	@./.ci/api-test "$(BOARD)"

bench-board: build ## what a board takes: rate, latency, memory, disk, honest voters beside attackers (two minutes)
	$(CARGO) run --release --locked -p tabella-tests --example load

soak: build ## the long forms of tests: the board killed 300 times while entries and ballots come in, and a flood of 5 GB (ten minutes)
	TABELLA_KILLS=200 TABELLA_SEED=1 $(CARGO) test --release --locked -p tabella-board --test crash -- --nocapture
	TABELLA_KILLS=100 TABELLA_SEED=$$(date +%s) $(CARGO) test --release --locked -p tabella-board --test crash -- --nocapture
	TABELLA_FLOOD=100 $(CARGO) test --release --locked -p tabella-board --test memory -- --nocapture

mutants: setup ## verifier and admission with one line changed after another: which change does no test notice? (a night or two; docs/mutants.md)
	@./.ci/setup mutants
	$(CARGO) mutants $(MUTANTS)

clean:
	$(CARGO) clean
