//! Old copies and second histories of a board that has witnesses.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::StatusCode;

use tabella_board_client::{Fork, Trust};
use tabella_board_core::api::{Consistency, Health, paths};
use tabella_board_core::entry::roll_digest;
use tabella_board_core::witness::{AddCheckpoint, Answer};
use tabella_crypto::checkpoint::VerifiedCheckpoint;
use tabella_crypto::transcript::Digest;

use super::program::Running;
use super::{PATIENCE, World, copy};

/// The contradictions that were kept in a board's folder.
fn evidence(data: &Path) -> Vec<Fork> {
    let files = fs::read_dir(data.join("evidence")).unwrap();
    files.map(|file| Fork::from_json(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap()).collect()
}

/// An old copy of a board that is down, and what the board's witnesses cosigned after it was made. What is added to the
/// world from now on continues the copy.
async fn overtaken_twin(world: &mut World) -> (PathBuf, VerifiedCheckpoint) {
    world.start();
    world.create().await;
    let _ = world.wait_for_cosignatures(2).await;
    world.kill();
    let twin = world.root.path().join("twin");
    copy(&world.data(), &twin);
    let digest = world.digest;
    world.start();
    world.grow().await;
    let witnessed = world.wait_for_cosignatures(2).await;
    world.kill();
    (world.digest, world.changes) = (digest, 0);
    (twin, witnessed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_refuses_a_fork() {
    let mut world = World::new();
    let (twin, witnessed) = overtaken_twin(&mut world).await;

    // the twin knows of no witnesses, and goes on from the copy with another entry
    world.board = Some(Running::start(&twin).unwrap());
    let voter = world.election.voter(1);
    world.add(voter).await;
    let fork = world.head().await;
    let (old, new) = (witnessed.size(), fork.claimed().size());
    assert_eq!(old, new);
    assert_ne!(witnessed.root(), fork.claimed().root());
    for witness in 0..2 {
        let zero = AddCheckpoint::new(0, Vec::new(), fork.clone()).unwrap();
        assert_eq!(world.ask(witness, &zero).await, Answer::Conflict(old));
        let same = AddCheckpoint::new(old, Vec::new(), fork.clone()).unwrap();
        assert_eq!(world.ask(witness, &same).await, Answer::Refused(422));
    }
    // and so does the guard, once the twin knows its witnesses
    world.kill();
    let refused = world.launch(&twin, &[]).err().unwrap();
    assert!(
        refused.contains("another log of this board") && refused.contains("Nothing was signed"),
        "{refused}"
    );

    // a fork that has grown beyond what was witnessed has no proof
    world.board = Some(Running::start(&twin).unwrap());
    let voter = world.election.voter(2);
    world.add(voter).await;
    let grown = world.head().await;
    let path = world.url(&paths::consistency(paths::BOARD, old, grown.claimed().size()));
    let Consistency { path: proof } = world.client.get(path).send().await.unwrap().json().await.unwrap();
    let request = AddCheckpoint::new(old, proof, grown).unwrap();
    assert_eq!(world.ask(0, &request).await, Answer::Refused(422));
    // the witness's checkpoint and the twin's prove it
    for fork in evidence(&twin) {
        let _ = fork.confirm(Some(&Trust::Key(world.key.clone()))).unwrap();
    }
    // nor does it start again where a witness is asked, which has seen less and something else
    world.kill();
    let refused = world.launch(&twin, &[]).err().unwrap();
    assert!(
        refused.contains("another log of this board") && refused.contains("Nothing was signed"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_backup_does_not_start() {
    let mut world = World::new();
    world.start();
    world.create().await;
    let stored = world.newest().await;
    world.kill();
    let backup = world.root.path().join("backup");
    copy(&world.data(), &backup);
    world.start();
    world.grow().await;
    let seen = world.wait_for_cosignatures(2).await.size();
    world.kill();

    let refused = world.launch(&backup, &[]).err().unwrap();
    for words in ["has seen", &seen.to_string(), "Nothing was signed", "tabella-board catch-up"] {
        assert!(refused.contains(words), "{words:?} is not in: {refused}");
    }
    // one witness is enough
    world.witnesses[0].kill();
    assert!(world.launch(&backup, &[]).err().unwrap().contains("Nothing was signed"));
    // nobody left to ask
    world.witnesses[1].kill();
    let refused = world.launch(&backup, &["--require-witnesses"]).err().unwrap();
    assert!(refused.contains("could not be asked") && refused.contains("--require-witnesses"), "{refused}");
    // nothing was written by all that
    world.board = Some(Running::start(&backup).unwrap());
    assert_eq!(world.newest().await.checkpoint(), stored.checkpoint());
    world.kill();
    // the newest store starts, with a warning and without
    drop(world.launch(&world.data(), &[]).unwrap());
    for witness in &mut world.witnesses {
        witness.start();
    }
    drop(world.launch(&world.data(), &["--require-witnesses"]).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cosigned_is_remembered_beside_the_store_though_no_witness_is_asked() {
    let mut world = World::new();
    world.start();
    world.create().await;
    let _ = world.wait_for_cosignatures(2).await;
    world.kill();
    let old = world.root.path().join("old");
    copy(&world.data(), &old);
    world.start();
    world.grow().await;
    let seen = world.wait_for_cosignatures(2).await.size();
    let file = world.data().join("cosigned.json");
    let start = Instant::now();
    while !fs::read_to_string(&file).is_ok_and(|kept| kept.contains(&format!("\\n{seen}\\n"))) {
        assert!(start.elapsed() < PATIENCE, "what was cosigned is kept");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.kill();
    let newest = fs::read(world.data().join("board.redb")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "as all that is written whole or not at all");
    }

    // an old store that takes the place of the newer one
    fs::copy(old.join("board.redb"), world.data().join("board.redb")).unwrap();
    let refused = Running::start(&world.data()).err().unwrap();
    for words in ["old copy", "cosigned.json", &seen.to_string(), "tabella-board catch-up"] {
        assert!(refused.contains(words), "{words:?} is not in: {refused}");
    }
    // and one that went on elsewhere, as long and longer
    world.board = Some(Running::start(&old).unwrap());
    world.digest = Digest::default();
    let roll = world.election.roll_part(0, true, world.election.sorted([0])).encode();
    world.digest = roll_digest(&world.digest, &roll);
    world.changes = 0;
    for number in 1..=2 {
        let voter = world.election.voter(number);
        world.add(voter).await;
        world.kill();
        fs::copy(old.join("board.redb"), world.data().join("board.redb")).unwrap();
        let refused = Running::start(&world.data()).err().unwrap();
        assert!(refused.contains("contradicts") && refused.contains("cosigned.json"), "{refused}");
        let forks = evidence(&world.data());
        assert_eq!(forks.len(), number, "each contradiction is kept");
        for fork in &forks {
            let _ = fork.confirm(Some(&Trust::Key(world.key.clone()))).unwrap();
        }
        world.board = Some(Running::start(&old).unwrap());
    }
    world.kill();
    fs::write(world.data().join("board.redb"), newest).unwrap();
    drop(Running::start(&world.data()).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_board_whose_witness_contradicts_it_says_so_and_goes_on() {
    let mut world = World::new();
    let (twin, _) = overtaken_twin(&mut world).await;
    // nobody warns the twin, whose witnesses are away when it starts
    for witness in &mut world.witnesses {
        witness.kill();
    }
    world.board = Some(world.launch(&twin, &[]).unwrap());
    let voter = world.election.voter(1);
    world.add(voter).await;
    world.witnesses[0].start();
    let name = world.witnesses[0].key.name().to_owned();
    let start = Instant::now();
    loop {
        let response = world.client.get(world.url(paths::READY)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "one witness does not take a board down");
        let health: Health = response.json().await.unwrap();
        if health.witness_contradictions == [name.clone()] {
            break;
        }
        assert!(health.witness_contradictions.is_empty() && start.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // it takes entries, and each of its new heads is refused
    for number in 2..=3 {
        let voter = world.election.voter(number);
        world.add(voter).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let mut board = world.board.take().unwrap();
    board.child.kill().unwrap();
    let (_, said) = board.ended();
    let errors: Vec<&str> = said.lines().filter(|line| line.contains("ERROR")).collect();
    let [first, second] = errors.as_slice() else { panic!("{said}") };
    assert!(first.contains("witness contradiction") && first.contains(&name), "{said}");
    assert!(second.contains("two logs were signed") && second.contains("the evidence is in"), "{said}");
    let forks = evidence(&twin);
    assert!(matches!(forks.as_slice(), [_]), "{forks:?}");
    let _ = forks[0].confirm(Some(&Trust::Key(world.key.clone()))).unwrap();
}
