//! Something that stands in front of a board and changes what it says: requests without a body alone, one connection each.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

/// What becomes of a request for a path.
#[derive(Debug, Clone)]
pub enum Lie {
    /// Another board answers, at this address.
    Divert(String),
    /// A body, with status 200 and these headers.
    Body(Vec<u8>, Vec<String>),
    /// Nothing is there.
    Missing,
    /// This status, and nothing else.
    Status(u16),
}

/// Chooses a lie for a path and its request's headers, or none.
type Chooser = dyn Fn(&str, &str) -> Option<Lie> + Send;

/// A proxy on loopback; it runs until the test ends.
#[derive(Clone)]
pub struct Proxy {
    /// Its address.
    pub url: String,
    lie: Arc<Mutex<Box<Chooser>>>,
}

impl Proxy {
    /// Stands in front of the board at an address, honest at first.
    pub fn before(board: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let lie: Arc<Mutex<Box<Chooser>>> = Arc::new(Mutex::new(Box::new(|_, _| None)));
        let (chooser, board) = (Arc::clone(&lie), board.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (chooser, board) = (Arc::clone(&chooser), board.clone());
                std::thread::spawn(move || {
                    // who asked sees a broken connection
                    let _ = answer(stream, &board, &chooser);
                });
            }
        });
        Ok(Self { url, lie })
    }

    /// Lies like this from now on: by the path, and the request's headers in lower case.
    pub fn lie(&self, lie: impl Fn(&str, &str) -> Option<Lie> + Send + 'static) {
        *self.lie.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(lie);
    }
}

fn answer(mut stream: TcpStream, board: &str, chooser: &Mutex<Box<Chooser>>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let path = first.split(' ').nth(1).context("a request")?.to_owned();
    let mut headers = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if !line.starts_with("host:") && !line.starts_with("connection:") {
            headers.push_str(&line);
            headers.push_str("\r\n");
        }
    }
    let lie = chooser.lock().unwrap_or_else(PoisonError::into_inner)(&path, &headers);
    let board = match lie {
        None => board.to_owned(),
        Some(Lie::Divert(other)) => other,
        Some(Lie::Body(body, own)) => {
            let own: String = own.iter().map(|header| format!("{header}\r\n")).collect();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{own}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            return Ok(stream.write_all(&body)?);
        }
        Some(lie @ (Lie::Missing | Lie::Status(_))) => {
            let status = if let Lie::Status(status) = lie { status } else { 404 };
            let head = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return Ok(stream.write_all(head.as_bytes())?);
        }
    };
    let host = board.strip_prefix("http://").context("an address")?;
    let mut upstream = TcpStream::connect(host)?;
    write!(upstream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(stream.write_all(&answer)?)
}

/// The body under an address without encoding.
pub fn get(url: &str) -> Result<Vec<u8>> {
    let rest = url.strip_prefix("http://").context("an address")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|part| part == b"\r\n\r\n").context("an answer")?;
    Ok(answer.split_off(head + 4))
}
