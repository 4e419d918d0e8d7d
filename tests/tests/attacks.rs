//! Attacks on ceremony and tally by whoever runs the board, against the real programs.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use tabella_tests::process::{Finished, run, succeed};
use tabella_tests::proxy::{Lie, Proxy};
use tabella_tests::small::{BY_HAND, Codes, YES_NO, code, voters};
use tabella_tests::world::{Election, World, copy_folder};

/// An election whose board has a twin with the same key: both had the same ballots up to a moment, then each took a
/// different last one and closed.
struct Forked {
    place: tempfile::TempDir,
    honest: World,
    twin: World,
    election: Election,
    codes: Codes,
}

impl Forked {
    fn new() -> Result<Self> {
        let place = tempfile::tempdir()?;
        let mut honest = World::new(&place.path().join("world"))?;
        let (election, codes) = honest.open("forked", BY_HAND, YES_NO, &voters(5))?;
        for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "Yes")] {
            honest.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
        }
        honest.kill_board()?;
        let twin = honest.twin("twin")?;
        honest.restart_board()?;
        Ok(Self { place, honest, twin, election, codes })
    }

    /// The last ballot on each board, then the closing. The administrator is in league with the board, so that each
    /// board has an administrator's folder that knows nothing of the other.
    fn part(&self) -> Result<()> {
        let accomplice = self.place.path().join("accomplice").to_string_lossy().into_owned();
        copy_folder(Path::new(&self.honest.path("administrator")), Path::new(&accomplice))?;
        let own = self.honest.path("administrator");
        for (world, voter, folder) in [(&self.honest, "voter-4", own), (&self.twin, "voter-5", accomplice)] {
            world
                .cast(&self.election, code(&self.codes, voter)?, &["Yes"], &[])?
                .says(&["Your vote is cast"])?;
            let mut close = vec!["close", "--folder", &folder];
            close.extend(world.at(&self.election));
            succeed("tabella-admin", &close)?;
        }
        Ok(())
    }

    fn tally(&self, world: &World, trustee: usize, more: &[&str]) -> Result<Finished> {
        world.trustee(&self.election, "tally", &self.election.trustees[trustee], more)
    }
}

/// Decryption shares that stand on a board.
fn shares(world: &World, election: &Election) -> Result<usize> {
    let status = world.status(election)?;
    let trustees = status["tally"]["trustees"].as_array().context("trustees")?;
    Ok(trustees.iter().filter_map(|trustee| trustee["shares"].as_array()).map(Vec::len).sum())
}

/// What a client says who saw something that the board took back.
const EVIDENCE: &str = "the two signed checkpoints are evidence";

/// What is said of a log that is shown with fewer entries, which leaves no evidence.
const WENT_BACK: &[&str] = &["were seen before", "This alone proves nothing"];

/// The evidence file that a program left proves the fork.
fn is_judged(refused: &Finished) -> Result<()> {
    let said = refused.text();
    let file = said.lines().find_map(|line| line.strip_prefix("evidence: ")).with_context(|| said.clone())?;
    let judged = run("tabella-verify", &["evidence", file])?;
    judged.says(&["CONFIRMED"]).map(drop)
}

#[test]
fn two_views_that_differ_by_one_ballot_are_never_both_decrypted() -> Result<()> {
    let case = Forked::new()?;
    let Forked { honest, twin, election, .. } = &case;
    case.part()?;

    // each trustee is shown another board: the fingerprints differ, and one statement is not enough
    let first = case.tally(honest, 0, &[])?.says(&["status: waiting"])?.line("fingerprint")?;
    let second = case.tally(twin, 1, &[])?.says(&["status: waiting"])?.line("fingerprint")?;
    ensure!(first != second, "both views have the fingerprint {first}");
    assert_eq!((shares(honest, election)?, shares(twin, election)?), (0, 0));

    // the third sees the first board: two statements of three could still stand on both, so people must compare
    let third = case.tally(honest, 2, &[])?;
    third.refuses(&["Compare this fingerprint with the other trustees by voice"])?;
    assert_eq!(third.status.code(), Some(3), "a person must look");
    let other = case.tally(honest, 2, &["--confirm-fingerprint", &second])?;
    other.refuses(&["two versions of the record may exist", "Nothing is decrypted"])?;
    assert_eq!(other.status.code(), Some(3));
    assert_eq!((shares(honest, election)?, shares(twin, election)?), (0, 0));

    // whoever saw one board is not taken in by the other
    for (world, seen, trustee) in [(twin, honest, 0), (honest, twin, 1), (twin, honest, 2)] {
        let refused = case.tally(world, trustee, &["--confirm-fingerprint", &first])?;
        if refused.text().contains("evidence: ") {
            is_judged(refused.refuses(&[EVIDENCE])?)?;
        } else {
            // fewer entries are no proof; the log that was seen, at the next look, makes it one
            refused.refuses(WENT_BACK)?;
            is_judged(case.tally(seen, trustee, &[])?.refuses(&[EVIDENCE])?)?;
        }
    }
    // not even when made to forget what was seen: the journal remembers what was stated
    for (world, trustee) in [(twin, 0), (honest, 1)] {
        fs::remove_file(election.trustees[trustee].join("board-view.json"))?;
        let refused = case.tally(world, trustee, &[])?;
        refused.refuses(&["this share was meant for the view", "two versions of the record exist"])?;
        assert_eq!(refused.status.code(), Some(3), "a person must look");
        fs::remove_file(election.trustees[trustee].join("board-view.json"))?;
    }
    assert_eq!((shares(honest, election)?, shares(twin, election)?), (0, 0));

    // one view is decrypted, by those who stated it; the third has kept the evidence, and begins anew as people agreed
    let contradicted = election.trustees[2].join("board-view.json");
    fs::rename(&contradicted, contradicted.with_extension("contradicted"))?;
    let honest_two = [election.trustees[0].clone(), election.trustees[2].clone()];
    honest.tally(election, &honest_two)?;
    assert_eq!(honest.verify(election, &[])?.holds()?.votes(1)?, [3, 1]);

    // and no second one by the same trustees, whatever they are shown or told
    let released = shares(honest, election)?;
    assert_eq!(released, 2);
    for trustee in [0, 2] {
        fs::remove_file(election.trustees[trustee].join("board-view.json"))?;
        let refused = case.tally(twin, trustee, &["--confirm-fingerprint", &second])?;
        refused.refuses(&["this share was meant for the view", "Nothing is decrypted"])?;
    }
    assert_eq!(shares(twin, election)?, 0);
    twin.verify(election, &[])?.fails()?;
    Ok(())
}

/// One board log for everybody, and for one trustee another election's log under it: the anchors tell.
#[test]
fn an_election_log_that_the_board_log_does_not_anchor_is_not_decrypted() -> Result<()> {
    let case = Forked::new()?;
    let Forked { honest, twin, election, .. } = &case;
    case.part()?;
    let proxy = Proxy::before(honest.url())?;
    let (prefix, other) = (format!("/v1/elections/{}", election.id), twin.url().to_owned());
    proxy.lie(move |path, _| path.starts_with(&prefix).then(|| Lie::Divert(other.clone())));
    for trustee in [0, 1] {
        let folder = election.trustees[trustee].to_string_lossy();
        let arguments = ["tally", "--folder", &folder, "--board", &proxy.url, "--election", &election.id];
        let refused = run("tabella-trustee", &arguments)?;
        refused
            .refuses(&["the board log anchors another log of this election", "two versions of the record"])?;
        assert_eq!(refused.status.code(), Some(3), "a person must look");
    }
    let statements =
        |world: &World| Ok::<_, anyhow::Error>(world.status(election)?["tally"]["trustees"].clone());
    for world in [honest, twin] {
        let stated = statements(world)?;
        let stated = stated.as_array().context("trustees")?;
        ensure!(stated.iter().all(|trustee| trustee["stated"] == false), "somebody stated what was shown");
        assert_eq!(shares(world, election)?, 0);
    }
    Ok(())
}

#[test]
fn a_board_put_back_to_an_old_backup_is_caught_by_whoever_saw_more() -> Result<()> {
    let case = Forked::new()?;
    let Forked { honest, twin, election, codes, place } = &case;
    let view = place.path().join("view.json").to_string_lossy().into_owned();
    let remembering = ["--view", view.as_str()];
    let late = honest.cast(election, code(codes, "voter-4")?, &["Yes"], &remembering)?;
    let tracking = late.says(&["Your vote is cast"])?.line("tracking code")?;
    let receipt = place.path().join("receipt.json").to_string_lossy().into_owned();
    let more = ["--view", &view, "--receipt", &receipt];
    honest.cast(election, code(codes, "voter-4")?, &["No"], &more)?.says(&["Your vote is cast"])?;
    // the administrator's and a trustee's folders remember too
    let status = |world: &World, folder: &Path| world.trustee(election, "status", folder, &[]);
    status(honest, &election.trustees[0])?.says(&["phase: open"])?;

    // the backup lacks what was seen
    let track = |code: &str| twin.vote(election, "track", &["--code", code, "--view", &view]);
    for backwards in [track(&tracking)?, status(twin, &election.trustees[0])?] {
        backwards.refuses(WENT_BACK)?;
        ensure!(!backwards.text().contains("evidence: "), "{}", backwards.text());
        assert_eq!(backwards.status.code(), Some(1), "it proves nothing");
    }
    let contradicted = twin.vote(election, "track", &["--receipt", &receipt])?;
    contradicted.refuses(&["THE BOARD CONTRADICTS ITS OWN RECEIPT", "evidence"])?;

    // it goes on as if nothing had been, until its log is longer
    for voter in ["voter-5", "voter-1", "voter-2", "voter-3"] {
        twin.cast(election, code(codes, voter)?, &["No"], &[])?.says(&["Your vote is cast"])?;
    }
    let refused = track(&tracking)?;
    is_judged(refused.refuses(&["do not continue each other", EVIDENCE])?)?;
    assert_eq!(refused.status.code(), Some(3), "a person must look");
    status(twin, &election.trustees[0])?.refuses(&["do not continue each other", EVIDENCE])?;
    let cast = twin.cast(election, code(codes, "voter-4")?, &["Yes"], &remembering)?;
    cast.refuses(&["do not continue each other", EVIDENCE])?;
    // the view was not overwritten by what was refused: it holds what convicts the board, until a person moves it away
    let track = ["--code", &tracking, "--view", &view];
    is_judged(honest.vote(election, "track", &track)?.refuses(&["An earlier visit proved it", EVIDENCE])?)?;
    fs::rename(&view, format!("{view}.contradicted"))?;
    honest.vote(election, "track", &track)?.says(&["replaced by a later ballot"])?;
    Ok(())
}

#[test]
fn a_board_with_another_key_is_refused_by_pin_and_by_memory() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let impostor = World::new(&place.path().join("impostor"))?;
    let (election, codes) = world.open("pinned", BY_HAND, YES_NO, &voters(2))?;
    let keys = |world: &World| {
        let report = run("tabella-verify", &[world.url(), "--partial", "--json", "--election", &election.id]);
        let report: serde_json::Value = serde_json::from_str(&report?.stdout)?;
        let text = |name: &str| report["board"][name].as_str().map(str::to_owned).context("a key");
        Ok::<_, anyhow::Error>((text("key")?, text("fingerprint")?))
    };
    let (key, fingerprint) = keys(&world)?;
    let own = code(&codes, "voter-1")?;
    let view = place.path().join("view.json").to_string_lossy().into_owned();
    for pin in [&key, &fingerprint] {
        world
            .cast(&election, own, &["Yes"], &["--board-key", pin, "--view", &view])?
            .says(&["Your vote is cast"])?;
    }

    // the impostor has a board of its own at the address that the voter was given
    let visit = |program: &str, pin: &str, more: &[&str]| {
        let mut arguments = more.to_vec();
        arguments.extend(["--board", impostor.url(), "--election", &election.id, "--board-key", pin]);
        run(program, &arguments)
    };
    for pin in [&key, &fingerprint] {
        let words = &["do not go on"];
        visit("tabella-vote", pin, &["cast", "--yes", "--code", own, "--choose", "Yes"])?.refuses(words)?;
        let trustee = election.trustees[0].to_string_lossy();
        visit("tabella-trustee", pin, &["tally", "--folder", &trustee])?.refuses(words)?;
        let administrator = world.path("administrator");
        visit("tabella-admin", pin, &["close", "--folder", &administrator])?.refuses(words)?;
        let to = place.path().join("record").to_string_lossy().into_owned();
        visit("tabella-admin", pin, &["export", "--to", &to])?.refuses(words)?;
        let verify = run("tabella-verify", &[impostor.url(), "--election", &election.id, "--board", pin])?;
        // what was named, and what it is
        let verify = verify.refuses(&["check 1.2 fails", "expected is the", pin, "as given"])?;
        assert_eq!(verify.status.code(), Some(1));
    }
    visit("tabella-vote", "nonsense", &["cast", "--yes", "--code", own, "--choose", "Yes"])?
        .refuses(&["neither a board's key, which looks like", "nor its fingerprint"])?;

    // without a pin, what was seen before is enough, even at the same address
    let address = world.url().to_owned();
    world.kill_board()?;
    let key = impostor.path("board");
    drop(impostor);
    let log = place.path().join("impostor.log");
    let listen = address.strip_prefix("http://").context("an address")?;
    let arguments = ["run", "--data", &key, "--listen", listen];
    let (_running, _) =
        tabella_tests::process::Running::start("tabella-board", &arguments, "listening on ", &log)?;
    world.cast(&election, own, &["No"], &["--view", &view])?.refuses(&["do not go on"])?;
    for trustee in &election.trustees {
        world.trustee(&election, "tally", trustee, &[])?.refuses(&["do not go on"])?;
    }
    Ok(())
}

#[test]
fn folders_and_codes_of_another_election_are_of_no_use() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let (election, codes) = world.open("here", BY_HAND, YES_NO, &voters(2))?;
    let (other, other_codes) = world.open("there", BY_HAND, YES_NO, &voters(2))?;
    world.cast(&election, code(&codes, "voter-1")?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    world
        .cast(&election, code(&other_codes, "voter-1")?, &["No"], &[])?
        .refuses(&["nobody on this election's roll"])?;
    world.administrator(&election, "close")?;

    let stranger = &other.trustees[0];
    let words = ["no trustee of this election has the fingerprint", "use the key file made for"];
    for act in ["tally", "ceremony"] {
        world.trustee(&election, act, stranger, &[])?.refuses(&words)?;
    }
    // the right key beside another election's share and journal
    let mixed = place.path().join("mixed");
    copy_folder(&election.trustees[0], &mixed)?;
    for file in ["share.age", "tally.json"] {
        fs::copy(stranger.join(file), mixed.join(file))?;
    }
    world.trustee(&election, "tally", &mixed, &[])?.refuses(&["holds no share of this election's key"])?;
    // the right share beside another's journal
    fs::copy(election.trustees[0].join("share.age"), mixed.join("share.age"))?;
    world.trustee(&election, "tally", &mixed, &[])?.refuses(&["belongs to another election"])?;
    // another trustee's share of the same election
    for file in ["share.age", "tally.json"] {
        fs::copy(election.trustees[1].join(file), mixed.join(file))?;
    }
    world.trustee(&election, "tally", &mixed, &[])?.refuses(&["holds no share of this election's key"])?;

    // a tested ballot is not counted, and its opening is for its own election
    let opening = place.path().join("opening.json").to_string_lossy().into_owned();
    let test = ["--test", "--opening", &opening];
    world.cast(&other, code(&other_codes, "voter-1")?, &["Yes"], &test)?.says(&["recorded as a test"])?;
    let look = ["check-opening", "--opening", &opening, "--board", world.url(), "--election", &election.id];
    run("tabella-vote", &look)?.refuses(&["the opening is for the election"])?;
    // a device that says one thing and encrypts another
    let text = fs::read_to_string(&opening)?;
    // the entries of Yes, No and Blank, two bytes each, end the opening
    ensure!(text.contains("010000000000\""), "{text}");
    fs::write(&opening, text.replace("010000000000\"", "000001000000\""))?;
    let look = ["check-opening", "--opening", &opening, "--board", world.url()];
    run("tabella-vote", &look)?.refuses(&["THE TEST FAILED", "do not vote with the device"])?;
    // and that comes first, though what was seen cannot be kept
    let seen = place.path().join("seen");
    fs::create_dir(&seen)?;
    let view = seen.join("view.json").to_string_lossy().into_owned();
    let proxy = Proxy::before(world.url())?;
    proxy.lie(move |path, _| {
        if path.contains("/ballots/") {
            // it is gone from the first such request on
            let _ = fs::remove_dir_all(&seen);
        }
        None
    });
    let look = ["check-opening", "--opening", &opening, "--board", &proxy.url, "--view", &view];
    let failed = run("tabella-vote", &look)?;
    failed.refuses(&["THE TEST FAILED", "what was seen of the board is not kept"])?;
    Ok(())
}
