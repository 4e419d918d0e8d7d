//! A web app from a folder, in place of the one inside this program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{App, PAGE};

/// Most bytes of all files together: many times those of the app.
const MAX_APP_LENGTH: u64 = 256 << 20;

/// Why a folder's app cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What reading failed with.
        error: io::Error,
    },
    /// No page in it.
    #[error("no web app in {}: {PAGE} is missing; `make web` makes one in target/voter-ui", .0.display())]
    NoPage(PathBuf),
    /// Not an app.
    #[error("the files in {} are more than an app has: give the folder of an app alone", .0.display())]
    TooLarge(PathBuf),
}

impl App {
    /// The app whose files are in a folder, as `tabella-web-build` writes them; read once, now.
    pub fn from_folder(folder: &Path) -> Result<Self, FolderError> {
        // before anything else in it is read: it may be any folder
        if !folder.join(PAGE).is_file() {
            return Err(FolderError::NoPage(folder.to_owned()));
        }
        let mut files = Vec::new();
        let mut rest = MAX_APP_LENGTH;
        collect(folder, "", &mut files, &mut rest)?;
        Ok(Self::new(files.into_iter().map(|(path, bytes)| (path, Cow::Owned(bytes)))))
    }
}

fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, Vec<u8>)>,
    rest: &mut u64,
) -> Result<(), FolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| FolderError::Io { path, error }
    };
    for item in fs::read_dir(folder).map_err(failed(folder))? {
        let item = item.map_err(failed(folder))?;
        let path = item.path();
        // what has no name in UTF-8 is none of the app's files
        let Some(name) = item.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
        let about = item.metadata().map_err(failed(&path))?;
        if about.is_dir() {
            collect(&path, &format!("{name}/"), files, rest)?;
        } else {
            *rest = rest.checked_sub(about.len()).ok_or_else(|| FolderError::TooLarge(path.clone()))?;
            files.push((name, fs::read(&path).map_err(failed(&path))?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_an_app_if_it_has_the_page() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(App::from_folder(folder.path()), Err(FolderError::NoPage(_))));
        assert!(matches!(App::from_folder(&folder.path().join("none")), Err(FolderError::NoPage(_))));
        // whatever else is there is not even looked at, such as a socket
        #[cfg(unix)]
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        let refused = App::from_folder(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("index.html is missing; `make web`"), "{refused}");
        #[cfg(unix)]
        fs::remove_file(folder.path().join("socket")).unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        for (path, text) in
            [("index.html", "page"), ("index.html.br", "x"), ("assets/a.js", "1"), ("SHA256SUMS", "")]
        {
            fs::write(folder.path().join(path), text).unwrap();
        }
        let release = App::from_folder(folder.path()).unwrap().release().unwrap();
        let paths: Vec<&str> = release.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["assets/a.js", "index.html"], "what is served, by path");
        // SHA-256 of "1"
        let one = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
        assert_eq!(release.files.first().map(|file| file.hash.to_hex()).as_deref(), Some(one));
        assert!(App::default().release().is_none());
    }
}
