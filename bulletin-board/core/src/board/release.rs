//! What a release of the web app may say. Specification: "Board log".

use crate::entry::{Release, ReleaseFile};

/// Most bytes of a release's version.
pub const MAX_RELEASE_VERSION: usize = 64;
/// Most files of a release: with paths of the longest it has below 63 KiB, and an entry has 64.
pub const MAX_RELEASE_FILES: usize = 384;
/// Most bytes of a file's path.
pub const MAX_RELEASE_PATH: usize = 128;

/// Why a release may not stand on the board log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefusal {
    /// Not a version.
    #[error("its version is not 1 to {MAX_RELEASE_VERSION} visible ASCII characters")]
    Version,
    /// No file, or too many.
    #[error("it has {0} files, where 1 to {MAX_RELEASE_FILES} are allowed")]
    Files(usize),
    /// Not a path. Files are counted from 0.
    #[error(
        "the path of file {0} is not 1 to {MAX_RELEASE_PATH} letters, digits and . _ - in names with / between them"
    )]
    Path(usize),
    /// Not ascending by path, or one twice.
    #[error("file {0} does not follow the one before in the order of the paths")]
    Order(usize),
    /// The very release that was the last one.
    #[error("it is the last release on the log already")]
    Twice,
}

/// Version, number, paths and order of a release.
pub fn check_release(release: &Release) -> Result<(), ReleaseRefusal> {
    let Release { version, files } = release;
    let is_visible = version.bytes().all(|byte| byte.is_ascii_graphic());
    if version.is_empty() || version.len() > MAX_RELEASE_VERSION || !is_visible {
        return Err(ReleaseRefusal::Version);
    }
    if files.is_empty() || files.len() > MAX_RELEASE_FILES {
        return Err(ReleaseRefusal::Files(files.len()));
    }
    if let Some(place) = files.iter().position(|ReleaseFile { path, hash: _ }| !is_path(path)) {
        return Err(ReleaseRefusal::Path(place));
    }
    let mut pairs = files.iter().zip(files.iter().skip(1));
    match pairs.position(|(file, next)| file.path >= next.path) {
        Some(place) => Err(ReleaseRefusal::Order(place + 1)),
        None => Ok(()),
    }
}

/// [`check_release`], and it is another one than the last.
pub(super) fn check_next(last: Option<&Release>, release: &Release) -> Result<(), ReleaseRefusal> {
    check_release(release)?;
    if last == Some(release) { Err(ReleaseRefusal::Twice) } else { Ok(()) }
}

/// Names with a slash between them, none of them `.` or `..`: nothing that a program could take for another place.
fn is_path(path: &str) -> bool {
    let is_name = |name: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        !name.is_empty() && name != "." && name != ".." && name.bytes().all(allowed)
    };
    path.len() <= MAX_RELEASE_PATH && path.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use tabella_crypto::codec::MAX_ENTRY_LENGTH;
    use tabella_crypto::transcript::Digest;

    use super::*;
    use crate::entry::BoardEntry;

    fn file(path: &str) -> ReleaseFile {
        ReleaseFile { path: path.to_owned(), hash: Digest([7; 32]) }
    }

    fn release(paths: &[&str]) -> Release {
        Release { version: "0.1.0".to_owned(), files: paths.iter().map(|path| file(path)).collect() }
    }

    #[test]
    fn a_release_is_a_version_and_files_in_the_order_of_their_paths() {
        let good = release(&["assets/app-1.js", "assets/app-1.wasm", "index.html"]);
        assert_eq!(check_release(&good), Ok(()));
        assert_eq!(
            BoardEntry::decode(&BoardEntry::Release(good.clone()).encode()),
            Ok(BoardEntry::Release(good))
        );
        for version in ["", "0 1", "0.1\n", "版", &"1".repeat(65)] {
            let bad = Release { version: version.to_owned(), ..release(&["index.html"]) };
            assert_eq!(check_release(&bad), Err(ReleaseRefusal::Version), "{version:?}");
        }
        for (version, fits) in [(" ", false), ("!", true), ("~", true), ("\u{7f}", false)] {
            let named = Release { version: version.to_owned(), ..release(&["index.html"]) };
            assert_eq!(check_release(&named).is_ok(), fits, "{version:?}");
        }
        assert_eq!(check_release(&release(&[])), Err(ReleaseRefusal::Files(0)));
        // what is not a name, and what begins like it
        assert_eq!(check_release(&release(&["-", "...", "..a", ".a/_", "0", "A", "z"])), Ok(()));
        for path in [".", "..", "a/.", "a/..", "/", ""] {
            assert_eq!(check_release(&release(&[path])), Err(ReleaseRefusal::Path(0)), "{path:?}");
        }
        for path in
            ["", "/a", "a/", "a//b", "./a", "a/../b", "a b", "a?b", "a%2fb", "版", "a\\b", &"a".repeat(129)]
        {
            assert_eq!(check_release(&release(&["0", path])), Err(ReleaseRefusal::Path(1)), "{path:?}");
        }
        for paths in [["a", "a"], ["b", "a"], ["index.html", "assets/x"]] {
            assert_eq!(check_release(&release(&paths)), Err(ReleaseRefusal::Order(1)), "{paths:?}");
        }
    }

    #[test]
    fn the_longest_release_fits_an_entry() {
        let paths: Vec<String> = (0..MAX_RELEASE_FILES).map(|place| format!("{place:0>128}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let longest = Release { version: "1".repeat(MAX_RELEASE_VERSION), ..release(&paths) };
        assert_eq!(check_release(&longest), Ok(()));
        assert!(BoardEntry::Release(longest.clone()).encode().len() <= MAX_ENTRY_LENGTH);
        let mut more = longest;
        more.files.push(file("z"));
        assert_eq!(check_release(&more), Err(ReleaseRefusal::Files(MAX_RELEASE_FILES + 1)));
    }

    #[test]
    fn the_last_release_is_not_released_again_but_an_earlier_one_may_come_back() {
        let (first, second) = (release(&["index.html"]), release(&["assets/x", "index.html"]));
        assert_eq!(check_next(None, &first), Ok(()));
        assert_eq!(check_next(Some(&first), &first), Err(ReleaseRefusal::Twice));
        assert_eq!(check_next(Some(&first), &second), Ok(()));
        assert_eq!(check_next(Some(&second), &first), Ok(()));
    }
}
