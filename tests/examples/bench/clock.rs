//! Processor time, of this thread and of programs that it runs; and the yardstick.

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tabella_crypto::ballot::SubmittedBallot;
use tabella_crypto::group::EncodedPoint;
use tabella_tests::usage;

/// How often a program is looked at for its memory.
const LOOK: Duration = Duration::from_millis(5);

/// Fewest seconds for which the yardstick is laid beside something: some ten scheduler ticks.
const SHORTEST: f64 = 0.01;

/// Seconds of processor time that this thread has had: the first field of `/proc/thread-self/schedstat`.
fn thread_time() -> Result<f64> {
    // the kernel brings the field up to date where it schedules
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().context("a time")?.parse()?;
    Ok(nanoseconds * 1e-9)
}

/// Seconds of processor time that something takes on this thread.
pub(crate) fn timed<T>(run: impl FnOnce() -> T) -> Result<(T, f64)> {
    let start = thread_time()?;
    let result = run();
    Ok((result, thread_time()? - start))
}

/// One decompression: the unit in which everything else is given.
pub(crate) struct Yardstick {
    points: Vec<EncodedPoint>,
    /// The shortest time of one decompression that was met, in seconds.
    best: Cell<f64>,
}

impl Yardstick {
    pub(crate) fn new(ballots: &[SubmittedBallot]) -> Result<Self> {
        let points = ballots.iter().flat_map(|ballot| ballot.ballot.ciphertexts.first());
        let points: Vec<EncodedPoint> = points.map(|ciphertext| ciphertext.d).take(1_000).collect();
        ensure!(!points.is_empty(), "there is nothing to decompress");
        Ok(Self { points, best: Cell::new(f64::MAX) })
    }

    /// Seconds of one decompression, measured for about so many seconds.
    pub(crate) fn lay(&self, seconds: f64) -> Result<f64> {
        let number = (seconds.max(SHORTEST) / self.best.get().clamp(1e-6, 1e-5)) as usize;
        let ((), time) = timed(|| {
            for point in self.points.iter().cycle().take(number) {
                // a benchmark measures what it takes to accept
                assert!(black_box(point).decode().is_ok(), "a ballot's point");
            }
        })?;
        let each = time / number as f64;
        self.best.set(self.best.get().min(each));
        Ok(each)
    }

    /// Microseconds of one decompression: the shortest time that was met.
    pub(crate) fn microseconds(&self) -> f64 {
        self.best.get() * 1e6
    }
}

/// Something to be measured.
pub(crate) struct Task<'a> {
    /// It does so many of what is asked about.
    pub(crate) items: usize,
    /// Does it once.
    pub(crate) run: Box<dyn FnMut() + 'a>,
}

/// What one item takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// The shortest time, in microseconds.
    pub(crate) microseconds: f64,
    /// The median over all rounds of its time by that of a decompression, measured before and after it.
    pub(crate) decompressions: f64,
}

/// Measures tasks by turns, each between two measurements of the yardstick that are together as long as itself.
pub(crate) fn measure(yardstick: &Yardstick, rounds: usize, tasks: &mut [Task<'_>]) -> Result<Vec<Measured>> {
    let mut best = Vec::new();
    for task in &mut *tasks {
        best.push(timed(&mut task.run)?.1);
    }
    let mut ratios = vec![Vec::with_capacity(rounds); tasks.len()];
    for _ in 0..rounds {
        for ((task, best), ratios) in tasks.iter_mut().zip(&mut best).zip(&mut ratios) {
            let before = yardstick.lay(*best / 2.0)?;
            let time = timed(&mut task.run)?.1;
            let after = yardstick.lay(*best / 2.0)?;
            *best = best.min(time);
            ratios.push(time / task.items as f64 / ((before + after) / 2.0));
        }
    }
    let measured = tasks.iter().zip(best).zip(ratios).map(|((task, best), mut ratios)| {
        ratios.sort_by(f64::total_cmp);
        let decompressions = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
        Measured { microseconds: best / task.items as f64 * 1e6, decompressions }
    });
    Ok(measured.collect())
}

/// What a program that ran to its end took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ran {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processor time, user and system.
    pub(crate) processor: f64,
    /// Most memory that it held at a time, in MiB.
    pub(crate) peak_mib: f64,
}

/// Runs a program to its end, which must be a good one. Nothing else may run beneath this process meanwhile.
pub(crate) fn run(command: &mut Command) -> Result<Ran> {
    let before = usage::children_time()?;
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak = 0;
    let end = loop {
        if let Some(end) = child.try_wait()? {
            break end;
        }
        // what it held at most never falls, so that the last look before its end is as good as any
        peak = peak.max(usage::peak_memory(child.id()).unwrap_or_default());
        std::thread::sleep(LOOK);
    };
    let wall = start.elapsed().as_secs_f64();
    ensure!(end.success(), "{command:?} ended with {end}");
    Ok(Ran { wall, processor: usage::children_time()? - before, peak_mib: peak as f64 / f64::from(1 << 20) })
}
