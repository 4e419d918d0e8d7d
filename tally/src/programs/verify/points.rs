//! Every D of a record's ballots in files: 24 bytes each, in 256 files by the second byte of D (the lowest bit of the
//! first one is always 0). At the end each file is sorted by itself, so that memory holds one of them for each thread.
//!
//! Whoever makes ballots can choose the second byte of their D, with 256 tries each: then one file is longer, by the
//! ballots of these voters.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::iter::{IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use sha2::{Digest as _, Sha256};

use tabella_board_core::state::FirstPoint;
use tabella_crypto::transcript::Digest;

use crate::verify::{Store, StoreError};

/// Files.
const BUCKETS: usize = 256;

/// Bytes of a D on disk: its prefix, and the entry's index, lowest byte first.
const POINT_LENGTH: usize = 16 + 8;

/// Bytes of a file that wait in memory: 8 MiB for all files.
const PENDING: usize = 32 << 10;

/// D in files below a folder.
#[derive(Debug)]
pub struct SpilledPoints {
    folder: PathBuf,
    buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, Default)]
struct Bucket {
    /// Not on disk yet.
    pending: Vec<u8>,
    /// Bytes on disk, and the hash so far of these.
    length: u64,
    hash: Sha256,
}

/// Length and SHA-256 of each file when it was saved.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Marks(Vec<(u64, Digest)>);

impl SpilledPoints {
    /// None so far. The folder is there, and whatever files of an earlier run it has are removed.
    pub fn new(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let points = Self { folder: folder.into(), buckets: vec![Bucket::default(); BUCKETS] };
        for number in 0..BUCKETS {
            match fs::remove_file(points.path(number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(points)
    }

    /// Those that were saved with these marks: what was written behind them is cut off. None if the files are not those
    /// that were saved.
    pub fn reopen(folder: impl Into<PathBuf>, marks: &Marks) -> io::Result<Option<Self>> {
        let mut points = Self { folder: folder.into(), buckets: Vec::new() };
        if marks.0.len() != BUCKETS {
            return Ok(None);
        }
        for (number, (length, digest)) in marks.0.iter().enumerate() {
            let bucket = match File::options().read(true).write(true).open(points.path(number)) {
                Ok(file) => reopen(file, *length)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Bucket::default(),
                Err(error) => return Err(error),
            };
            if (bucket.length, bucket.digest()) != (*length, *digest) {
                return Ok(None);
            }
            points.buckets.push(bucket);
        }
        Ok(Some(points))
    }

    /// Brings all that waits to the disk, for good.
    pub fn save(&mut self) -> io::Result<Marks> {
        for number in 0..BUCKETS {
            self.write(number, true)?;
        }
        Ok(Marks(self.buckets.iter().map(|bucket| (bucket.length, bucket.digest())).collect()))
    }

    fn path(&self, number: usize) -> PathBuf {
        path(&self.folder, number)
    }

    fn write(&mut self, number: usize, for_good: bool) -> io::Result<()> {
        let path = self.path(number);
        let Some(bucket) = self.buckets.get_mut(number).filter(|bucket| !bucket.pending.is_empty()) else {
            return Ok(());
        };
        // not kept open: there are more files than some systems let a program have
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(&bucket.pending)?;
        if for_good {
            file.sync_data()?;
        }
        bucket.hash.update(&bucket.pending);
        bucket.length += bucket.pending.len() as u64;
        bucket.pending.clear();
        Ok(())
    }
}

impl Store for SpilledPoints {
    fn add(&mut self, points: &[FirstPoint]) -> Result<(), StoreError> {
        for FirstPoint { prefix, entry } in points {
            let [_, number, ..] = prefix;
            let number = usize::from(*number);
            let Some(bucket) = self.buckets.get_mut(number) else { continue };
            bucket.pending.extend_from_slice(prefix);
            bucket.pending.extend_from_slice(&entry.to_le_bytes());
            if bucket.pending.len() + POINT_LENGTH > PENDING {
                self.write(number, false).map_err(|error| failed(&self.folder, &error))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        let folder = &self.folder;
        let repeated = self.buckets.par_iter().enumerate().map(|(number, bucket)| {
            let read = bucket.read(&path(folder, number));
            read.map(|bytes| first_repeated(&bytes)).map_err(|error| failed(folder, &error))
        });
        let repeated: Vec<Option<FirstPoint>> = repeated.collect::<Result<_, _>>()?;
        match repeated.into_iter().flatten().min_by_key(|point| point.entry) {
            Some(point) => Err(StoreError::Repeated(point)),
            None => Ok(()),
        }
    }
}

impl Bucket {
    fn digest(&self) -> Digest {
        Digest(self.hash.clone().finalize().into())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.length > 0 {
            File::open(path)?.read_to_end(&mut bytes)?;
            if bytes.len() as u64 != self.length {
                return Err(io::Error::other(format!("{} was changed by another program", path.display())));
            }
        }
        bytes.extend_from_slice(&self.pending);
        Ok(bytes)
    }
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number:02x}"))
}

/// A file of which the first `length` bytes are kept.
fn reopen(file: File, length: u64) -> io::Result<Bucket> {
    if file.metadata()?.len() > length {
        file.set_len(length)?;
    }
    let mut bucket = Bucket::default();
    let mut reader = io::BufReader::new(file);
    let mut bytes = vec![0; PENDING];
    loop {
        let read = reader.read(&mut bytes)?;
        let Some(read) = bytes.get(..read).filter(|read| !read.is_empty()) else { return Ok(bucket) };
        bucket.hash.update(read);
        bucket.length += read.len() as u64;
    }
}

/// Of all D that stand twice in a file, the one whose second entry comes first.
fn first_repeated(bytes: &[u8]) -> Option<FirstPoint> {
    let (whole, _) = bytes.as_chunks::<POINT_LENGTH>();
    let mut points: Vec<FirstPoint> = whole
        .iter()
        .filter_map(|bytes| {
            let (prefix, entry) = bytes.split_first_chunk()?;
            Some(FirstPoint { prefix: *prefix, entry: u64::from_le_bytes(*entry.first_chunk()?) })
        })
        .collect();
    points.sort_unstable();
    let repeated = points.windows(2).filter_map(|pair| match pair {
        [first, second] if first.prefix == second.prefix => Some(*second),
        _ => None,
    });
    repeated.min_by_key(|point| point.entry)
}

fn failed(folder: &Path, error: &io::Error) -> StoreError {
    StoreError::Failed(format!(
        "{}: {error}; it takes 24 bytes for each ciphertext of a ballot: name a place with room by TMPDIR or --state",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(first: u8, second: u8, third: u8, entry: u64) -> FirstPoint {
        let mut prefix = [9; 16];
        (prefix[0], prefix[1], prefix[2]) = (first, second, third);
        FirstPoint { prefix, entry }
    }

    /// So many points in all files, all different.
    fn many(points: &mut SpilledPoints, number: u64, from: u64) {
        for entry in from..from + number {
            let mut point = point(0, entry as u8, (entry >> 8) as u8, entry);
            point.prefix[3] = (entry >> 16) as u8;
            points.add(&[point]).unwrap();
        }
    }

    #[test]
    fn of_all_repeated_points_the_earliest_second_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut points = SpilledPoints::new(folder.path()).unwrap();
        many(&mut points, 400_000, 0);
        assert!(fs::metadata(folder.path().join("07")).unwrap().len() > 0, "some are on disk");
        assert_eq!(points.finish(), Ok(()));
        let (mut early, late) = (point(0, 7, 3, 500_000), point(0, 200, 1, 600_000));
        // entry 775 of the many
        early.prefix[3] = 0;
        let before = FirstPoint { entry: 450_000, ..late };
        points.add(&[before, late, early, FirstPoint { entry: 700_000, ..early }]).unwrap();
        assert_eq!(points.finish(), Err(StoreError::Repeated(early)));
    }

    #[test]
    fn one_that_waits_in_memory_is_compared_with_those_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut points = SpilledPoints::new(folder.path()).unwrap();
        points.add(&[point(2, 2, 2, 5)]).unwrap();
        points.save().unwrap();
        let again = point(2, 2, 2, 6);
        points.add(&[again, point(2, 2, 3, 7)]).unwrap();
        assert_eq!(points.finish(), Err(StoreError::Repeated(again)));
    }

    #[test]
    fn what_was_written_after_the_last_save_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut points = SpilledPoints::new(folder.path()).unwrap();
        many(&mut points, 1000, 0);
        let marks = points.save().unwrap();
        many(&mut points, 1000, 1000);
        points.save().unwrap();
        drop(points);
        let mut again = SpilledPoints::reopen(folder.path(), &marks).unwrap().unwrap();
        assert_eq!(again.save().unwrap(), marks);
        many(&mut again, 1000, 1000);
        assert_eq!(again.finish(), Ok(()), "they are not there twice");
        assert_ne!(again.save().unwrap(), marks);
    }

    #[test]
    fn files_that_are_not_those_that_were_saved_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut points = SpilledPoints::new(folder.path()).unwrap();
        many(&mut points, 1000, 0);
        let marks = points.save().unwrap();
        let path = folder.path().join("7f");
        let kept = fs::read(&path).unwrap();
        let mut flipped = kept.clone();
        flipped[5] ^= 1;
        for damaged in [flipped, kept[..kept.len() - 1].to_vec(), Vec::new()] {
            fs::write(&path, damaged).unwrap();
            assert!(SpilledPoints::reopen(folder.path(), &marks).unwrap().is_none());
        }
        fs::remove_file(&path).unwrap();
        assert!(SpilledPoints::reopen(folder.path(), &marks).unwrap().is_none());
        fs::write(&path, kept).unwrap();
        assert!(SpilledPoints::reopen(folder.path(), &marks).unwrap().is_some());
    }
}
