//! The app that an address serves, held against the release on the board log.

use std::collections::BTreeMap;

use tabella_board_core::entry::{RELEASE_PAGE, Release};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::{Digest, sha256};

use super::fetch::{Coding, Fetched, Place, Unreachable};
use super::page::{PageFault, named_assets, page_faults};

/// Addresses of the page, beside those of elections.
const PAGES: [&str; 6] = ["/", "/board", "/how", "/practice", "/check", "/trustee"];
/// Elections at whose addresses the page is looked at: the newest of the board.
pub const MAX_ELECTIONS: usize = 16;

/// Paths that are named where many have the same fault.
const MAX_NAMED: usize = 3;

/// How what is served differs from what is released.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Other bytes.
    #[error("it has the SHA-256 {found}, where the release says {listed}")]
    Changed {
        /// What the release lists.
        listed: Digest,
        /// What is served.
        found: Digest,
    },
    /// Not there.
    #[error("it is not there: the address answers with status {0}")]
    Status(u16),
    /// It cannot be unpacked, or came in an encoding that was not asked for.
    #[error("it cannot be unpacked")]
    Damaged,
    /// Too long for an app.
    #[error("it is longer than any file of an app")]
    TooLong,
    /// The page, in what it loads or runs.
    #[error(transparent)]
    Page(#[from] PageFault),
    /// A script or style names a file that is not listed.
    #[error("it names {0}, which the release does not list")]
    Unlisted(String),
    /// The page came without the policy that keeps it from loading anything else.
    #[error("it comes without the policy (Content-Security-Policy) that keeps it from loading other things")]
    NoPolicy,
    /// A header that loads something or leads elsewhere.
    #[error("it comes with a header \"{0}\", which makes a browser load something else")]
    Header(String),
    /// The release lists no page.
    #[error("the release lists no {RELEASE_PAGE}, so that nobody knows which page is right")]
    NoPage,
    /// The app of an earlier release.
    #[error("it is the page of an earlier release, entry {0} of the board log")]
    Earlier(u64),
    /// A page is served, and no release is on the log.
    #[error("a page is served, but no release of the web app is on the board log")]
    NoRelease,
}

/// A fault, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The address.
    pub address: String,
    /// The path at the address.
    pub path: String,
    /// The encoding that was asked for; none if it does not matter.
    pub coding: Option<Coding>,
    /// What is wrong.
    pub fault: Fault,
}

/// One fault, wherever it was found at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The paths, in the order in which they were looked at.
    pub paths: Vec<String>,
    /// The encodings, by their names; empty if they do not matter.
    pub codings: Vec<&'static str>,
    /// What is wrong.
    pub fault: Fault,
}

impl std::fmt::Display for Gathered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (named, more) = self.paths.split_at(self.paths.len().min(MAX_NAMED));
        formatter.write_str(&named.join(", "))?;
        if !more.is_empty() {
            write!(formatter, " and {} more", more.len())?;
        }
        match self.codings.as_slice() {
            // as everybody gets it
            codings if codings.is_empty() || codings.len() == Coding::ALL.len() => {}
            codings => write!(formatter, " (encoding {})", codings.join(", "))?,
        }
        write!(formatter, ": {}", self.fault)
    }
}

/// Differences of one address with each fault told once: with the encodings in which a path has it, and the paths that
/// have it in the same encodings.
pub fn gather(differences: &[Difference]) -> Vec<Gathered> {
    let mut by_path: Vec<Gathered> = Vec::new();
    for Difference { address: _, path, coding, fault } in differences {
        let coding = coding.map(Coding::name);
        let same = |found: &&mut Gathered| found.paths.contains(path) && found.fault == *fault;
        match by_path.iter_mut().find(same) {
            Some(found) => found.codings.extend(coding),
            None => by_path.push(Gathered {
                paths: vec![path.clone()],
                codings: coding.into_iter().collect(),
                fault: fault.clone(),
            }),
        }
    }
    let mut gathered: Vec<Gathered> = Vec::new();
    for found in by_path {
        let same = |other: &&mut Gathered| other.fault == found.fault && other.codings == found.codings;
        match gathered.iter_mut().find(same) {
            Some(other) => other.paths.extend(found.paths),
            None => gathered.push(found),
        }
    }
    gathered
}

/// What is compared with.
pub struct Released<'a> {
    /// The last release.
    pub release: &'a Release,
    /// SHA-256 of the pages of earlier releases, with their indices on the board log.
    pub earlier: &'a [(u64, Digest)],
    /// The newest elections, at whose addresses the page stands too.
    pub elections: &'a [ElectionId],
}

/// Whether an address serves a page at all: what a board without a release must not.
pub async fn check_unreleased(place: &Place) -> Result<Vec<Difference>, Unreachable> {
    let difference =
        |fault| Difference { address: place.address().to_owned(), path: "/".to_owned(), coding: None, fault };
    Ok(match place.fetch("/", Coding::Identity).await? {
        Fetched::Status(_) => Vec::new(),
        _ => vec![difference(Fault::NoRelease)],
    })
}

/// Fetches every file of the release, and the page at all its addresses, and compares. The same fault in several
/// encodings or at several addresses of the page is a difference each time: a lie may be told in one of them alone.
/// [`gather`] puts them together for people.
pub async fn check_app(place: &Place, released: &Released<'_>) -> Result<Vec<Difference>, Unreachable> {
    let mut check = Check { place, released, files: BTreeMap::new(), differences: Vec::new() };
    for file in &released.release.files {
        if file.path != RELEASE_PAGE {
            check.asset(&file.path, file.hash).await?;
        }
    }
    let page = released.release.files.iter().find(|file| file.path == RELEASE_PAGE);
    match page {
        Some(page) => {
            let elections = released.elections.iter().map(|election| format!("/e/{election}/vote"));
            for path in PAGES.map(str::to_owned).into_iter().chain(elections) {
                check.page(&path, page.hash).await?;
            }
        }
        None => check.differ("/", None, Fault::NoPage),
    }
    Ok(check.differences)
}

struct Check<'a> {
    place: &'a Place,
    released: &'a Released<'a>,
    /// Listed files whose bytes are the listed ones, by path.
    files: BTreeMap<String, Vec<u8>>,
    differences: Vec<Difference>,
}

impl Check<'_> {
    fn differ(&mut self, path: &str, coding: Option<Coding>, fault: Fault) {
        let (address, path) = (self.place.address().to_owned(), path.to_owned());
        self.differences.push(Difference { address, path, coding, fault });
    }

    /// A file in every encoding.
    async fn asset(&mut self, path: &str, listed: Digest) -> Result<(), Unreachable> {
        let address = format!("/{path}");
        for coding in Coding::ALL {
            let Some((bytes, _)) = self.fetch(&address, coding).await? else { continue };
            let found = Digest(sha256(&[&bytes]));
            if found != listed {
                self.differ(&address, Some(coding), Fault::Changed { listed, found });
            } else if coding == Coding::Identity {
                self.names(&address, &bytes);
                self.files.insert(path.to_owned(), bytes);
            }
        }
        Ok(())
    }

    /// What a script or style of the release loads in its turn.
    fn names(&mut self, address: &str, bytes: &[u8]) {
        let is_text = address.ends_with(".js") || address.ends_with(".css");
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| is_text) else { return };
        for name in named_assets(text) {
            if !self.released.release.files.iter().any(|file| file.path == name) {
                self.differ(address, None, Fault::Unlisted(format!("/{name}")));
            }
        }
    }

    /// The page at one of its addresses.
    async fn page(&mut self, path: &str, listed: Digest) -> Result<(), Unreachable> {
        for coding in Coding::ALL {
            let Some((bytes, answer)) = self.fetch(path, coding).await? else { continue };
            let found = Digest(sha256(&[&bytes]));
            let earlier = self.released.earlier.iter().find(|(_, page)| *page == found);
            let mut faults = Vec::new();
            match earlier {
                _ if found == listed => {}
                Some((index, _)) => faults.push(Fault::Earlier(*index)),
                None => faults.push(Fault::Changed { listed, found }),
            }
            faults.extend((!answer.has_policy).then_some(Fault::NoPolicy));
            faults.extend(answer.leads_to.map(Fault::Header));
            if earlier.is_none() || found == listed {
                let file = |path: &str| self.files.get(path).map(Vec::as_slice);
                let markup = std::str::from_utf8(&bytes).map(|html| page_faults(html, file));
                // a file that is listed and not served as listed has been told of
                let told =
                    |fault: &PageFault| matches!(fault, PageFault::Unlisted(name) if self.is_listed(name));
                let markup = markup.unwrap_or_else(|_| vec![PageFault::Markup]);
                faults.extend(markup.into_iter().filter(|fault| !told(fault)).map(Fault::Page));
            }
            for fault in faults {
                self.differ(path, Some(coding), fault);
            }
        }
        Ok(())
    }

    fn is_listed(&self, address: &str) -> bool {
        let path = address.strip_prefix('/').unwrap_or(address);
        self.released.release.files.iter().any(|file| file.path == path)
    }

    /// A file's bytes; what is answered instead is told of.
    async fn fetch(&mut self, path: &str, coding: Coding) -> Result<Option<(Vec<u8>, Answer)>, Unreachable> {
        let fault = match self.place.fetch(path, coding).await? {
            Fetched::File { bytes, has_policy, leads_to } => {
                return Ok(Some((bytes, Answer { has_policy, leads_to })));
            }
            Fetched::Status(status) => Fault::Status(status),
            Fetched::Damaged => Fault::Damaged,
            Fetched::TooLong => Fault::TooLong,
        };
        self.differ(path, Some(coding), fault);
        Ok(None)
    }
}

/// What came with a file.
struct Answer {
    has_policy: bool,
    leads_to: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_once_with_its_paths_and_encodings() {
        let difference = |path: &str, coding, fault: &Fault| Difference {
            address: "https://a.example".to_owned(),
            path: path.to_owned(),
            coding,
            fault: fault.clone(),
        };
        let (missing, damaged) = (Fault::Status(404), Fault::Damaged);
        let mut all = Vec::new();
        for path in ["/a", "/b", "/c", "/d", "/e"] {
            all.extend(Coding::ALL.map(|coding| difference(path, Some(coding), &missing)));
        }
        all.push(difference("/f", Some(Coding::Brotli), &damaged));
        all.push(difference("/f", Some(Coding::Gzip), &missing));
        all.push(difference("/", None, &Fault::NoPage));
        let told: Vec<String> = gather(&all).iter().map(Gathered::to_string).collect();
        assert_eq!(
            told,
            [
                format!("/a, /b, /c and 2 more: {missing}"),
                format!("/f (encoding br): {damaged}"),
                format!("/f (encoding gzip): {missing}"),
                format!("/: {}", Fault::NoPage),
            ]
        );
    }
}
