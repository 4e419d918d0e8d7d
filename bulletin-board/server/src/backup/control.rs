//! The way from `tabella-board backup` to the board that runs: a socket in the board's folder, which only the folder's
//! owner can reach.
//!
//! One question a connection: a line with the absolute path of the file to write. One answer: a line `ok SIZE ROOT`
//! with the head of the board log in the backup, or `error` and a sentence.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as Client;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::Record;
use crate::store::RedbStore;

/// The folder in the board's folder that only its owner may enter.
const FOLDER: &str = "control";
/// The socket in it.
const SOCKET: &str = "socket";
/// Most bytes of a line.
const MAX_LINE: u64 = 8_192;

fn socket(data: &Path) -> PathBuf {
    data.join(FOLDER).join(SOCKET)
}

/// Listens in a board's folder. To be called by whoever holds the folder: a socket that is there is left over.
pub fn listen(data: &Path) -> io::Result<UnixListener> {
    let folder = data.join(FOLDER);
    if !folder.is_dir() {
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    match fs::remove_file(socket(data)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => UnixListener::bind(socket(data)),
    }
}

/// Answers questions, one after the other, for as long as it is polled.
pub async fn serve(listener: UnixListener, store: Arc<RedbStore>, record: Arc<Record>) {
    loop {
        let answered = match listener.accept().await {
            Ok((stream, _)) => answer(stream, store.clone(), &record).await,
            Err(error) => Err(error),
        };
        if let Err(error) = answered {
            tracing::warn!("a request for a backup broke off: {error}");
            // whatever is wrong with the listener does not go away by asking at once again
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}

async fn answer(mut stream: UnixStream, store: Arc<RedbStore>, record: &Record) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = String::new();
    tokio::io::BufReader::new(read.take(MAX_LINE)).read_line(&mut line).await?;
    let file = PathBuf::from(line.trim_end_matches('\n'));
    let answer = if file.is_absolute() && line.ends_with('\n') {
        let to = file.clone();
        match tokio::task::spawn_blocking(move || super::write(&store, &to)).await? {
            Ok(head) => {
                record.written(&file, &head);
                tracing::info!(file = %file.display(), size = head.size(), "backup written");
                format!("ok {} {}\n", head.size(), head.root())
            }
            Err(error) => {
                record.failed();
                format!("error {error}\n")
            }
        }
    } else {
        "error the path of a backup must be absolute and one line\n".to_owned()
    };
    write.write_all(answer.as_bytes()).await
}

/// Why a running board made no backup.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody listens.
    #[error(
        "the board does not answer at {}: {error}; run this as the board's own user, on its machine",
        .socket.display()
    )]
    Unreachable {
        /// The socket.
        socket: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The board says why.
    #[error("{0}")]
    Refused(String),
    /// A path that is not one line of text.
    #[error("the file's path must be text of one line")]
    Path,
}

/// Asks the board that runs on a folder for a backup; gives size and root of the board log in it, in words.
pub fn ask(data: &Path, file: &Path) -> Result<String, AskError> {
    let unreachable = |error| AskError::Unreachable { socket: socket(data), error };
    let file = std::path::absolute(file).map_err(unreachable)?;
    let path = file.to_str().filter(|path| !path.contains('\n')).ok_or(AskError::Path)?;
    let mut stream = Client::connect(socket(data)).map_err(unreachable)?;
    stream.write_all(format!("{path}\n").as_bytes()).map_err(unreachable)?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut line).map_err(unreachable)?;
    match line.trim_end().split_once(' ') {
        Some(("ok", head)) => Ok(head.to_owned()),
        Some(("error", sentence)) => Err(AskError::Refused(sentence.to_owned())),
        _ => Err(unreachable(io::ErrorKind::UnexpectedEof.into())),
    }
}
