//! Tape archives, so that a record can be saved as one file. POSIX.1-1988 `ustar`: for each file a header of 512 bytes,
//! then its bytes, filled up to whole blocks; two empty blocks at the end.

/// Bytes of a block.
const BLOCK: usize = 512;
/// Bytes of the fields for a path: its last part, and what stands before.
const NAME: usize = 100;
const PREFIX: usize = 155;
/// Bytes of the field for the length, with the zero byte at its end.
const SIZE: usize = 12;
/// Where the checksum stands, which is counted as if it were spaces.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Why files cannot be put into an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TarError {
    /// A path that the header has no room for, or that is empty.
    #[error("the path {0:?} does not fit an archive")]
    Path(String),
    /// A file of 8 GiB or more, or a time before which nothing can be said.
    #[error("the number {0} does not fit an archive")]
    Number(u64),
}

/// The archive of these files, in this order: paths with `/` between their parts, and contents. All are plain files
/// that their owner may write and everybody may read; `time` is in seconds since 1970-01-01 UTC.
pub fn archive<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    time: u64,
) -> Result<Vec<u8>, TarError> {
    let mut archive = Vec::new();
    for (path, bytes) in files {
        archive.extend(header(path, bytes.len() as u64, time)?);
        archive.extend_from_slice(bytes);
        fill(&mut archive);
    }
    archive.extend([0; 2 * BLOCK]);
    Ok(archive)
}

/// Fills up to whole blocks.
fn fill(archive: &mut Vec<u8>) {
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}

/// The header of a file.
fn header(path: &str, length: u64, time: u64) -> Result<Vec<u8>, TarError> {
    let (prefix, name) = split(path).ok_or_else(|| TarError::Path(path.to_owned()))?;
    let mut header = Vec::with_capacity(BLOCK);
    text(&mut header, name, NAME);
    for number in [0o644, 0, 0] {
        // mode, owner, group
        octal(&mut header, number, 8)?;
    }
    octal(&mut header, length, SIZE)?;
    octal(&mut header, time, SIZE)?;
    header.extend([b' '; CHECKSUM.end - CHECKSUM.start]);
    header.push(b'0');
    text(&mut header, "", NAME);
    header.extend(b"ustar\x0000");
    text(&mut header, "", 32);
    text(&mut header, "", 32);
    for _ in ["major", "minor"] {
        octal(&mut header, 0, 8)?;
    }
    text(&mut header, prefix, PREFIX);
    fill(&mut header);
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    header.splice(CHECKSUM, sum.into_bytes());
    Ok(header)
}

/// The path as prefix and name, which the reader joins with a `/`.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.is_empty() {
        return None;
    }
    if path.len() <= NAME {
        return Some(("", path));
    }
    path.match_indices('/').find_map(|(at, _)| {
        let (prefix, name) = (path.get(..at)?, path.get(at + 1..)?);
        let fits = at > 0 && at <= PREFIX && !name.is_empty() && name.len() <= NAME;
        fits.then_some((prefix, name))
    })
}

/// A text that is known to fit, with zero bytes behind it.
fn text(header: &mut Vec<u8>, text: &str, width: usize) {
    let end = header.len() + width;
    header.extend(text.as_bytes());
    header.resize(end, 0);
}

/// A number in octal digits, with a zero byte at its end.
fn octal(header: &mut Vec<u8>, number: u64, width: usize) -> Result<(), TarError> {
    let digits = width - 1;
    let text = format!("{number:0digits$o}");
    if text.len() > digits {
        return Err(TarError::Number(number));
    }
    header.extend(text.as_bytes());
    header.push(0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(header: &[u8], at: usize, width: usize) -> &[u8] {
        &header[at..at + width]
    }

    #[test]
    fn header_has_every_field_at_its_place() {
        let header = header("record/tile/0/000", 4_097, 1_793_000_000).unwrap();
        assert_eq!(header.len(), BLOCK);
        assert_eq!(field(&header, 0, 18), b"record/tile/0/000\0");
        assert_eq!(field(&header, 100, 8), b"0000644\0");
        assert_eq!(field(&header, 108, 16), b"0000000\x000000000\0");
        assert_eq!(field(&header, 124, 12), b"00000010001\0");
        let time = std::str::from_utf8(field(&header, 136, 11)).unwrap();
        assert_eq!(u64::from_str_radix(time, 8).unwrap(), 1_793_000_000);
        assert_eq!(field(&header, 156, 1), b"0");
        assert_eq!(field(&header, 257, 8), b"ustar\x0000");
        assert!(field(&header, 345, 167).iter().all(|byte| *byte == 0));
    }

    #[test]
    fn checksum_counts_its_own_field_as_spaces() {
        let header = header("a", 5, 0).unwrap();
        let stands = std::str::from_utf8(field(&header, 148, 6)).unwrap();
        assert_eq!(field(&header, 154, 2), b"\0 ");
        let counted: u64 = header
            .iter()
            .enumerate()
            .map(|(at, byte)| if CHECKSUM.contains(&at) { 32 } else { u64::from(*byte) })
            .sum();
        assert_eq!(u64::from_str_radix(stands, 8).unwrap(), counted);
    }

    #[test]
    fn files_stand_in_whole_blocks_and_two_empty_ones_end_the_archive() {
        let long = [7; BLOCK + 1];
        let archive = archive([("one", &b"x"[..]), ("none", &[]), ("long", &long)], 1).unwrap();
        assert_eq!(archive.len(), BLOCK * (2 + 1 + 3 + 2));
        assert_eq!(archive[BLOCK], b'x');
        assert!(archive[BLOCK + 1..2 * BLOCK].iter().all(|byte| *byte == 0));
        assert_eq!(&archive[2 * BLOCK..2 * BLOCK + 5], b"none\0");
        assert_eq!(&archive[4 * BLOCK..5 * BLOCK + 1], &long);
        assert!(archive[6 * BLOCK..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn long_path_is_split_before_a_part() {
        let folder = "f".repeat(120);
        let path = format!("{folder}/name");
        let header = header(&path, 0, 0).unwrap();
        assert_eq!(field(&header, 0, 5), b"name\0");
        assert_eq!(field(&header, 345, 121), format!("{folder}\0").as_bytes());
    }

    #[test]
    fn refuses_what_the_header_has_no_room_for() {
        let name = "n".repeat(101);
        for path in [name.clone(), format!("f/{name}"), format!("{}/n", "f".repeat(156)), String::new()] {
            assert_eq!(archive([(path.as_str(), &[][..])], 0), Err(TarError::Path(path.clone())));
        }
        assert_eq!(header("n", 1 << 33, 0), Err(TarError::Number(1 << 33)));
    }
}
