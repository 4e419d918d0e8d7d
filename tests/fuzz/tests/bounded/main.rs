//! Every target holds for its kept inputs, and for a bounded number of changed ones.

mod decoders;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tabella_fuzz::{TARGETS, Target, corpus, mutate};

/// Where the changed inputs begin; another number tries others.
const SEED: u64 = 1;

fn seed() -> u64 {
    std::env::var("TABELLA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// Runs every target in as many threads as there are processors; the failures.
fn each(run: impl Fn(&Target) -> Result<(), String> + Sync) -> Vec<String> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(target) {
                        failures.lock().unwrap().push(format!("{}: {failure}", target.name));
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap()
}

/// Whether a target takes an input; if not, the input is kept where the next run replays it.
fn takes(target: &Target, input: &[u8], which: &str) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|_| {
        let path = corpus::keep(&corpus::crashes(target), input);
        format!("{which} fails (its panic is above); it is kept as {}", path.display())
    })
}

#[test]
fn every_target_takes_what_is_kept_and_what_once_failed() {
    let failures = each(|target| {
        for folder in [corpus::folder(target), corpus::crashes(target)] {
            for (name, input) in corpus::read(&folder) {
                assert!(input.len() <= target.longest, "{name} is longer than an input of its target");
                takes(target, &input, &name)?;
            }
        }
        Ok(())
    });
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_target_takes_what_is_changed() {
    let seed = seed();
    println!("TABELLA_SEED={seed}");
    let failures = each(|target| {
        let begin = std::time::Instant::now();
        let kept = corpus::read(&corpus::folder(target));
        let inputs: Vec<Vec<u8>> = kept.into_iter().map(|(_, input)| input).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        for number in 0..target.runs {
            let input = mutate::changed(&inputs, target.longest, &mut rng);
            takes(target, &input, &format!("input {number} of seed {seed}"))?;
        }
        println!("{:16} {:6} runs {:6} ms", target.name, target.runs, begin.elapsed().as_millis());
        Ok(())
    });
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_seed_is_in_the_corpus() {
    let write = std::env::var_os("TABELLA_WRITE_CORPUS").is_some();
    let failures = each(|target| {
        let folder = corpus::folder(target);
        let kept: BTreeSet<String> = corpus::read(&folder).into_iter().map(|(name, _)| name).collect();
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for seed in seeds {
            assert!(seed.len() <= target.longest, "{}: a seed of {} bytes", target.name, seed.len());
            if write {
                corpus::keep(&folder, &seed);
            } else if !kept.contains(&corpus::name(&seed)) {
                return Err("a seed is not kept: run this test with TABELLA_WRITE_CORPUS=1".to_owned());
            }
        }
        Ok(())
    });
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn corpus_and_crashes_are_of_targets_and_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut total = 0;
    for place in ["corpus", "crashes"] {
        let Ok(items) = std::fs::read_dir(root.join(place)) else { continue };
        for item in items {
            let name = item.unwrap().file_name().to_string_lossy().into_owned();
            assert!(tabella_fuzz::target(&name).is_some(), "{place}/{name} is of no target");
            let inputs = corpus::read(&root.join(place).join(&name));
            total += inputs.iter().map(|(_, input)| input.len()).sum::<usize>();
        }
    }
    assert!(total > 0 && total < 1 << 20, "{total} bytes, where a mebibyte is the bound");
}

#[test]
fn the_mutator_changes_inputs_and_always_in_the_same_way() {
    let inputs = vec![b"old 3\n".to_vec(), vec![0; 64]];
    let many = |seed| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        (0..500).map(|_| mutate::changed(&inputs, 70, &mut rng)).collect::<Vec<_>>()
    };
    assert_eq!(many(1), many(1));
    assert_ne!(many(1), many(2));
    let kinds: BTreeSet<Vec<u8>> = many(1).into_iter().collect();
    assert!(kinds.len() > 300 && kinds.iter().all(|input| input.len() <= 70), "{}", kinds.len());
}
