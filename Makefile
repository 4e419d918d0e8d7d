# Tabella: `make help` lists what there is. Everything is built in one profile and one folder, target/.

CARGO  := cargo
OUT    := $(or $(CARGO_TARGET_DIR),target)/release
# built for the browser alone
WEB    := tabella-web-app
# its driver has a dependency change the order of JSON in whatever is built with it
BROWSER := tabella-browser-tests
# all programs with one set of features, whichever is built: nothing is compiled twice
PROGRAMS := --release --locked --workspace --exclude $(WEB) --exclude $(BROWSER)
FOLDERS := book bulletin-board crypto tally tests voter-ui
TOOLS   := $(or $(CARGO_TARGET_DIR),target)/tools

.PHONY: help setup web book build election demo test check format-check clippy purity secretless unit browser constant-time bench bench-full bench-ballots bench-board soak fuzz mutants api-test advisories sbom reproducible repeatable clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## name or install what is missing (Rust toolchain, wasm target, C compiler; for tests, Chromium)
	@./.ci/setup

web: setup ## the web app, in target/voter-ui: WebAssembly, hashed names, compressed
	$(CARGO) build $(PROGRAMS) --bin tabella-web-build
	$(OUT)/tabella-web-build

book: setup ## the documents as a book, in target/book; fails where a link leads nowhere
	$(CARGO) build $(PROGRAMS) --bin tabella-book
	$(OUT)/tabella-book

build: web book ## all programs, in target/release; the board has the web app and the book inside
	$(CARGO) build $(PROGRAMS) --bins

election: build ## one whole election over 365 real ballots, without a question asked
	$(OUT)/tabella-election run

demo: build ## the same, then left running with a second election open: vote in your browser
	$(OUT)/tabella-election demo

test: format-check clippy purity secretless repeatable unit browser ## formatting, lints, all tests, whole elections, the web app in Chromium

check: format-check clippy ## formatting and lints alone

format-check:
	$(CARGO) fmt --all --check

clippy: setup
	$(CARGO) clippy --release --locked --workspace --exclude $(WEB) --all-targets -- -D warnings
	$(CARGO) clippy --release --locked --workspace --exclude $(WEB) --test browser -- -D warnings
	$(CARGO) clippy --release --locked -p $(WEB) --target wasm32-unknown-unknown -- -D warnings
	$(CARGO) clippy --release --locked -p tabella-tally --no-default-features --features trustee \
	  --target wasm32-unknown-unknown -- -D warnings

purity: ## runtime, web, threads and storage never reach the pure crates
	@for crate in tabella-crypto tabella-board-core tabella-interchange tabella-tally; do \
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
	@for program in trustee vote registrar admin; do \
	  nm -C $(OUT)/tabella-$$program | grep -q 'zeroizing_alloc::WIPER' || \
	    { echo "error: tabella-$$program must erase what it frees"; exit 1; }; \
	done; echo "programs with secrets erase what they free"

repeatable: build ## no path of this machine is in programs and web app, and the web app packed again is the same
	@target=$(abspath $(OUT)/..); \
	for path in "$${CARGO_HOME:-$$HOME/.cargo}/registry" "$$(rustc --print sysroot)" "$$target" $(FOLDERS:%=$(CURDIR)/%); do \
	  if find $(OUT)/tabella-* $$target/voter-ui -type f ! -name '*.d' -print0 | xargs -0 grep -lF "$$path"; then \
	    echo "error: $$path stands in these. If they were built before .ci/rustc, or without it: make clean build"; exit 1; \
	  fi; \
	done
	@grep -qF /registry/ $(OUT)/tabella-verify || { echo "error: packages are not where .ci/rustc says"; exit 1; }
	@before=$$(cat $(OUT)/../voter-ui/SHA256SUMS); $(OUT)/tabella-web-build >/dev/null; \
	if [ "$$before" != "$$(cat $(OUT)/../voter-ui/SHA256SUMS)" ]; then echo "error: packed again, the web app differs"; exit 1; fi
	@echo "nothing of this machine is in programs and web app"

unit: build
	@./.ci/setup tests
	$(CARGO) test --release --locked --workspace --exclude $(BROWSER)

browser: build ## the web app in a real browser
	@./.ci/setup browser
	$(CARGO) test --release --locked -p $(BROWSER) --test browser -- --test-threads=2

advisories: ## what is known against the dependencies (fetches the RustSec database), their licences, doubles and sources
	@./.ci/setup advisories
	$(TOOLS)/bin/cargo-deny --locked check

sbom: setup ## what every program and the web app are made of (CycloneDX), in target/sbom
	@./.ci/setup sbom
	@$(TOOLS)/python/bin/python .ci/sbom

reproducible: setup ## everything built twice, as by two people, and compared (half an hour and more)
	@./.ci/reproducible

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

soak: build ## the long forms of tests: the board killed 300 times, a flood of 5 GB, every bit of a record flipped (an hour)
	TABELLA_KILLS=200 TABELLA_SEED=1 $(CARGO) test --release --locked -p tabella-board --test crash -- --nocapture
	TABELLA_KILLS=100 TABELLA_SEED=$$(date +%s) $(CARGO) test --release --locked -p tabella-board --test crash -- --nocapture
	TABELLA_FLOOD=100 $(CARGO) test --release --locked -p tabella-board --test memory -- --nocapture
	TABELLA_WHOLE=1 $(CARGO) test --release --locked --workspace --exclude $(BROWSER) --test reference -- --nocapture

constant-time: ## no branch and no address depends on a secret: with this machine's vector units, and without (minutes)
	@./.ci/setup tests
	$(CARGO) test --release --locked --workspace --exclude $(BROWSER) --test constant_time -- --nocapture
	CARGO_TARGET_DIR=target/serial RUSTFLAGS='--cfg curve25519_dalek_backend="serial" --cfg curve25519_dalek_bits="32"' \
	  $(CARGO) test --release --locked -p tabella-secrets-tests --test constant_time -- --nocapture

fuzz: ## targets of tests/fuzz under libFuzzer, FUZZ_SECONDS each (60; all in 40 minutes), FUZZ="entry note" for some
	@./.ci/setup fuzz
	@CARGO="$(CARGO)" ./.ci/fuzz

mutants: setup ## verifier and admission with one line changed after another: which change does no test notice? (a night; docs/mutants.md)
	@./.ci/setup mutants
	PATH="$(abspath $(TOOLS))/bin:$$PATH" $(CARGO) mutants $(MUTANTS)

clean:
	$(CARGO) clean
