//! An exported record under damage and forgery: the verifier, as anyone would run it, names a check every time.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::{Election, World, copy_folder};

/// Bits that are flipped over all files together, at least.
const FLIPS: usize = 120;

/// A finished election's record in a folder, and what is needed to forge it.
struct Case {
    place: tempfile::TempDir,
    world: World,
    election: Election,
    record: PathBuf,
}

impl Case {
    fn new() -> Result<Self> {
        let place = tempfile::tempdir()?;
        let world = World::new(&place.path().join("world"))?;
        let (election, codes) = world.open("record", BY_HAND, YES_NO, &voters(5))?;
        for (voter, choice) in
            [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "blank"), ("voter-1", "No")]
        {
            world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
        }
        let opening = place.path().join("opening.json").to_string_lossy().into_owned();
        let test = ["--test", "--opening", &opening];
        world.cast(&election, code(&codes, "voter-4")?, &["Yes"], &test)?.says(&["recorded as a test"])?;
        world.administrator(&election, "close")?;
        world.tally(&election, &election.trustees[..2])?;
        let record = place.path().join("record");
        world.export(&election, &record)?;
        Ok(Self { place, world, election, record })
    }

    fn verify(&self, more: &[&str]) -> Result<Verified> {
        Verified::of(&self.record.to_string_lossy(), more)
    }

    /// Damages the record, demands that a check fails, and mends it again.
    fn damaged(&self, what: &str, damage: impl FnOnce(&Path) -> Result<()>) -> Result<String> {
        let kept = self.place.path().join("kept");
        fs::rename(&self.record, &kept)?;
        copy_folder(&kept, &self.record)?;
        damage(&self.record)?;
        let check = self.verify(&[]).and_then(|verified| Ok(verified.fails()?.to_owned()));
        fs::remove_dir_all(&self.record)?;
        fs::rename(&kept, &self.record)?;
        check.with_context(|| what.to_owned())
    }

    /// The same for one file.
    fn file_damaged(&self, what: &str, path: &Path, damage: impl FnOnce(&mut Vec<u8>)) -> Result<String> {
        let full = self.record.join(path);
        let kept = fs::read(&full)?;
        let mut bytes = kept.clone();
        damage(&mut bytes);
        ensure!(bytes != kept, "{what} changes nothing in {}", path.display());
        fs::write(&full, bytes)?;
        let check = self.verify(&[]).and_then(|verified| Ok(verified.fails()?.to_owned()));
        fs::write(&full, kept)?;
        check.with_context(|| format!("{what}: {}", path.display()))
    }

    fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        collect(&self.record, &self.record, &mut files)?;
        files.sort();
        Ok(files)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        if item.file_type()?.is_dir() {
            collect(root, &item.path(), files)?;
        } else {
            files.push(item.path().strip_prefix(root)?.to_owned());
        }
    }
    Ok(())
}

/// The entries of a bundle: each behind its length in two bytes, the higher first.
fn split_bundle(mut bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some(([high, low], rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        entries.push(rest.get(..length).context("an entry")?.to_vec());
        bytes = &rest[length..];
    }
    Ok(entries)
}

fn join_bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    let lengths = entries.iter().map(|entry| (entry.len() as u16).to_be_bytes());
    lengths.zip(entries).flat_map(|(length, entry)| [length.as_slice(), entry].concat()).collect()
}

/// Results for other programs are written where every check holds, and nowhere else.
fn nothing_is_written_for_others(case: &Case) -> Result<()> {
    let [results, definition] = ["results.json", "definition.json"].map(|name| case.place.path().join(name));
    let more =
        ["--cdf-results", &results.to_string_lossy(), "--cdf-definition", &definition.to_string_lossy()];
    case.damaged("an entry bundle is cut", |record| {
        let verified = {
            let bundle = first_bundle(record)?;
            let bytes = fs::read(&bundle)?;
            fs::write(&bundle, &bytes[..bytes.len() - 1])?;
            case.verify(&more)?
        };
        for file in [&results, &definition] {
            let said = format!("{} is not written, because a check fails", file.display());
            ensure!(verified.finished.stderr.contains(&said), "{}", verified.finished.stderr);
            ensure!(!file.exists(), "{} is written", file.display());
        }
        Ok(())
    })?;
    case.verify(&more)?.holds()?;
    ensure!(results.exists() && definition.exists(), "they are written from a sound record");
    Ok(())
}

/// A bundle of the election's entries.
fn first_bundle(record: &Path) -> Result<PathBuf> {
    let mut files = Vec::new();
    collect(record, record, &mut files)?;
    let bundle = files.into_iter().find(|file| file.to_string_lossy().contains("entries"));
    Ok(record.join(bundle.context("a bundle of entries")?))
}

#[test]
fn every_damage_to_a_record_fails_a_check_that_is_named() -> Result<()> {
    let case = Case::new()?;
    let sound = case.verify(&[])?.holds()?;
    assert_eq!(sound.votes(1)?, [0, 2]);
    assert_eq!(sound.contest(1)["blank"], 1);
    nothing_is_written_for_others(&case)?;
    flip_bits(&case)?;
    change_files(&case)?;
    move_entries(&case)?;
    name_others(&case)?;
    case.verify(&[])?.holds()?;
    Ok(())
}

fn flip_bits(case: &Case) -> Result<()> {
    let files = case.files()?;
    let each = FLIPS.div_ceil(files.len());
    let mut flipped = 0;
    for (file, number) in files.iter().zip(0..) {
        let length = fs::metadata(case.record.join(file))?.len() as usize;
        // spread over the file, at other places and other bits in each
        for flip in 0..each {
            let at = (flip * length / each + 7 * number + flip) % length;
            let bit = (flip + number) % 8;
            case.file_damaged(&format!("bit {bit} of byte {at}"), file, |bytes| bytes[at] ^= 1 << bit)?;
            flipped += 1;
        }
    }
    assert!(flipped >= FLIPS, "{flipped} bits in {} files", files.len());
    Ok(())
}

fn change_files(case: &Case) -> Result<()> {
    let files = case.files()?;
    for file in &files {
        case.file_damaged("cut short", file, |bytes| bytes.truncate(bytes.len() - 1))?;
        case.file_damaged("one byte longer", file, |bytes| bytes.push(0))?;
        case.file_damaged("a line longer", file, |bytes| bytes.push(b'\n'))?;
        case.file_damaged("empty", file, Vec::clear)?;
        let check = case.damaged(&format!("{} removed", file.display()), |record| {
            Ok(fs::remove_file(record.join(file))?)
        })?;
        assert_eq!(check, "1.1", "{} removed", file.display());
    }
    let election = format!("elections/{}", case.election.id);
    for name in [
        "README",
        ".hidden",
        "board/.DS_Store",
        "board/tile/0/001",
        "elections/notes.txt",
        &format!("{election}/checkpoint~"),
    ] {
        let check =
            case.damaged(&format!("{name} added"), |record| Ok(fs::write(record.join(name), "more")?))?;
        assert_eq!(check, "1.1", "{name} added");
        let check =
            case.damaged(&format!("{name} added, empty"), |record| Ok(fs::write(record.join(name), "")?))?;
        assert_eq!(check, "1.1", "{name} added, empty");
    }
    for name in ["empty", ".empty", "board/tile/2", &format!("elections/{}", "ab".repeat(32))] {
        let check =
            case.damaged(&format!("folder {name} added"), |record| Ok(fs::create_dir(record.join(name))?))?;
        assert_eq!(check, "1.1", "folder {name} added");
    }
    #[cfg(unix)]
    {
        let check = case.damaged("a link", |record| {
            let checkpoint = record.join("board/checkpoint");
            fs::rename(&checkpoint, case.place.path().join("elsewhere"))?;
            Ok(std::os::unix::fs::symlink(case.place.path().join("elsewhere"), checkpoint)?)
        })?;
        assert_eq!(check, "1.1");
    }
    Ok(())
}

fn move_entries(case: &Case) -> Result<()> {
    let bundles: Vec<PathBuf> =
        case.files()?.into_iter().filter(|file| file.to_string_lossy().contains("tile/entries/")).collect();
    assert_eq!(bundles.len(), 2, "one of each log");
    for bundle in &bundles {
        let entries = split_bundle(&fs::read(case.record.join(bundle))?)?;
        assert_eq!(join_bundle(&entries), fs::read(case.record.join(bundle))?);
        for at in 0..entries.len() {
            let mut less = entries.clone();
            less.remove(at);
            case.file_damaged(&format!("entry {at} deleted"), bundle, |bytes| *bytes = join_bundle(&less))?;
            let mut moved = entries.clone();
            let entry = moved.remove(at);
            moved.insert((at + entries.len() / 2) % entries.len(), entry);
            case.file_damaged(&format!("entry {at} moved"), bundle, |bytes| *bytes = join_bundle(&moved))?;
            if at % 5 == 0 {
                let mut doubled = entries.clone();
                doubled.insert(at, entries[at].clone());
                case.file_damaged(&format!("entry {at} doubled"), bundle, |bytes| {
                    *bytes = join_bundle(&doubled)
                })?;
                let mut replaced = entries.clone();
                replaced[at] = entries[(at + 1) % entries.len()].clone();
                case.file_damaged(&format!("entry {at} replaced"), bundle, |bytes| {
                    *bytes = join_bundle(&replaced)
                })?;
            }
        }
        // one less, under the name that one less would have
        let shorter = join_bundle(&entries[..entries.len() - 1]);
        let check = case.damaged("the last entry deleted and the file renamed", |record| {
            let file = record.join(bundle);
            fs::remove_file(&file)?;
            Ok(fs::write(file.with_file_name((entries.len() - 1).to_string()), shorter)?)
        })?;
        assert_eq!(check, "1.1");
    }
    let [first, second] = bundles.as_slice() else { unreachable!("two bundles") };
    let check = case.damaged("the logs' entries exchanged", |record| {
        let other = fs::read(record.join(second))?;
        fs::copy(record.join(first), record.join(second))?;
        Ok(fs::write(record.join(first), other)?)
    })?;
    assert!(check.starts_with("1."), "{check}");
    Ok(())
}

/// Records of another board or election than the one that is asked for.
fn name_others(case: &Case) -> Result<()> {
    let report = case.verify(&[])?.holds()?.report;
    let (key, fingerprint) = (&report["board"]["key"], &report["board"]["fingerprint"]);
    let (key, fingerprint) = (key.as_str().context("key")?, fingerprint.as_str().context("fingerprint")?);
    let own = case.election.id.as_str();
    case.verify(&["--board", key, "--election", own])?.holds()?;
    case.verify(&["--board", fingerprint])?.holds()?;

    let elsewhere = World::new(&case.place.path().join("elsewhere-world"))?;
    let second = elsewhere.small("second", BY_HAND, YES_NO)?;
    let third = case.world.small("third", BY_HAND, YES_NO)?;
    let other = elsewhere.verify(&second, &["--partial"])?.report;
    let other =
        [&other["board"]["key"], &other["board"]["fingerprint"]].map(|key| key.as_str().unwrap_or_default());
    for pin in other {
        let refused = case.verify(&["--board", pin])?;
        assert_eq!(refused.fails()?, "1.2", "another board's key");
    }
    for id in [second.id.as_str(), &third.id] {
        case.verify(&["--election", id])?.fails()?;
    }

    // this election's files under another's name
    for id in [second.id.as_str(), &third.id] {
        case.damaged("under another name", |record| {
            let elections = record.join("elections");
            Ok(fs::rename(elections.join(own), elections.join(id))?)
        })?;
    }
    // and another election's files under this one's name, from this board and from the other
    for (world, election) in [(&case.world, &third), (&elsewhere, &second)] {
        let folder = case.place.path().join("another-record");
        world.export(election, &folder)?;
        case.damaged("another election's files", |record| {
            let files = record.join("elections").join(own);
            fs::remove_dir_all(&files)?;
            copy_folder(&folder.join("elections").join(&election.id), &files)
        })?;
        // with that election's board log too, the folder is sound but for its name
        let check = case.damaged("another election's record", |record| {
            fs::remove_dir_all(record)?;
            copy_folder(&folder, record)?;
            let elections = record.join("elections");
            Ok(fs::rename(elections.join(&election.id), elections.join(own))?)
        })?;
        assert!(check.starts_with("1.") || check.starts_with("2."), "{check}");
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}
