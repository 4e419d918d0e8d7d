//! Connections that send ballots, and what is measured on them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use tabella_board_core::api::{BoardInfo, paths};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::VerifyingKey;

/// A board and an election on it.
pub(crate) struct Target {
    address: String,
    election: ElectionId,
}

impl Target {
    pub(crate) fn new(url: &str, election: ElectionId) -> Result<Self> {
        Ok(Self { address: url.strip_prefix("http://").context("an address")?.to_owned(), election })
    }

    /// The operator's key.
    pub(crate) fn board_key(&self) -> Result<VerifyingKey> {
        let info: BoardInfo = serde_json::from_slice(&self.get(paths::BOARD)?)?;
        Ok(info.operator)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Vec<u8>> {
        self.alone(Method::GET, path, Vec::new())
    }

    /// Posts something that must be accepted.
    pub(crate) fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        self.alone(Method::POST, path, body)
    }

    fn alone(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        runtime()?.block_on(async {
            let mut connection = Connection::open(&self.address).await?;
            let (status, answer, _) = connection.request(method, path, body).await?;
            ensure!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&answer));
            Ok(answer.to_vec())
        })
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// A connection that is kept open.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(Self { sender, host: address.to_owned() })
    }

    /// Sends a request; gives the answer, and after how many seconds to send it again, if it says so.
    async fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(StatusCode, Bytes, Option<u64>)> {
        self.sender.ready().await?;
        let request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        let answer = self.sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        let wait =
            answer.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes(), wait))
    }
}

/// What honest voters noticed.
pub(crate) struct Measured {
    /// Ballots with a receipt.
    pub(crate) sent: usize,
    seconds: f64,
    /// From sending to the parsed receipt, in seconds, ascending.
    latencies: Vec<f64>,
    /// Answers that the board is busy; the ballot was sent again, and its latency counts from the first time.
    busy: usize,
}

impl Measured {
    /// Receipts a second.
    pub(crate) fn rate(&self) -> f64 {
        self.sent as f64 / self.seconds
    }

    /// The latency that this share of the ballots stayed below, in seconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let at = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(at).or(self.latencies.last()).copied().unwrap_or_default()
    }

    pub(crate) fn print(&self, title: &str) {
        println!("\n{title}");
        println!("  ballots              {:>9}", self.sent);
        println!("  rate                 {:>9.0} /s", self.rate());
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
            println!("  latency, {name}         {:>9.1} ms", self.percentile(share) * 1e3);
        }
        println!("  told to wait         {:>9}", self.busy);
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "ballots": self.sent,
            "ballots_a_second": self.rate(),
            "p50_seconds": self.percentile(0.5),
            "p99_seconds": self.percentile(0.99),
            "max_seconds": self.percentile(1.0),
            "busy": self.busy,
        })
    }
}

/// What goes on beside a measurement.
pub(crate) struct Beside {
    /// Told when the connections are open.
    pub(crate) begin: Sender<()>,
    /// Told when it is over.
    pub(crate) over: Receiver<()>,
}

/// Fewest ballots of a measurement beside something that is soon over.
const FEWEST: usize = 2_000;

/// Sends ballots that must be accepted over so many connections, until there are no more or what goes on beside them
/// is over.
pub(crate) fn measure(
    target: &Target,
    ballots: Vec<Vec<u8>>,
    connections: usize,
    beside: Option<Beside>,
) -> Result<Measured> {
    let queue = Arc::new(Mutex::new(ballots.into_iter()));
    let (begin, until) = beside.map(|Beside { begin, over }| (begin, over)).unzip();
    let until = Arc::new(Mutex::new(until));
    let taken = Arc::new(AtomicUsize::new(0));
    runtime()?.block_on(async {
        let mut voters = tokio::task::JoinSet::new();
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(&target.address).await?);
        }
        let start = Instant::now();
        if let Some(begin) = begin {
            begin.send(())?;
        }
        for mut connection in open {
            let (queue, until, path) = (queue.clone(), until.clone(), paths::entries(target.election));
            let taken = taken.clone();
            voters.spawn(async move {
                let (mut latencies, mut busy) = (Vec::new(), 0);
                loop {
                    let enough = taken.fetch_add(1, Ordering::Relaxed) >= FEWEST;
                    let over = enough && until.lock().ok().is_some_and(|until| is_over(until.as_ref()));
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some(ballot) = next.filter(|_| !over) else { return anyhow::Ok((latencies, busy)) };
                    let sent = Instant::now();
                    loop {
                        let (status, answer, wait) =
                            connection.request(Method::POST, &path, ballot.clone()).await?;
                        if matches!(status.as_u16(), 429 | 503) {
                            busy += 1;
                            tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
                            continue;
                        }
                        if status != StatusCode::CREATED {
                            bail!("{status}: {}", String::from_utf8_lossy(&answer));
                        }
                        let receipt: Receipt = serde_json::from_slice(&answer)?;
                        ensure!(!receipt.path.is_empty(), "a receipt without a path");
                        break;
                    }
                    latencies.push(sent.elapsed().as_secs_f64());
                }
            });
        }
        let (mut latencies, mut busy) = (Vec::new(), 0);
        while let Some(voter) = voters.join_next().await {
            let (more, waits) = voter??;
            latencies.extend(more);
            busy += waits;
        }
        let seconds = start.elapsed().as_secs_f64();
        latencies.sort_by(f64::total_cmp);
        Ok(Measured { sent: latencies.len(), seconds, latencies, busy })
    })
}

/// Whether the other side has sent or gone.
fn is_over(until: Option<&Receiver<()>>) -> bool {
    until.is_some_and(|until| !matches!(until.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)))
}

/// What became of ballots that nobody expects to be accepted.
pub(crate) struct Refused {
    pub(crate) accepted: usize,
    pub(crate) seconds: f64,
    /// Answers by HTTP status.
    pub(crate) statuses: BTreeMap<u16, usize>,
}

/// Sends ballots over so many connections, as fast as they go, each once.
pub(crate) fn send_all(target: &Target, ballots: Vec<Vec<u8>>, connections: usize) -> Result<Refused> {
    let queue = Arc::new(Mutex::new(ballots.into_iter()));
    runtime()?.block_on(async {
        let start = Instant::now();
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let mut connection = Connection::open(&target.address).await?;
            let (queue, path) = (queue.clone(), paths::entries(target.election));
            senders.spawn(async move {
                let mut statuses = BTreeMap::new();
                loop {
                    let next = queue.lock().ok().and_then(|mut queue| queue.next());
                    let Some(ballot) = next else { return anyhow::Ok(statuses) };
                    let (status, ..) = connection.request(Method::POST, &path, ballot).await?;
                    *statuses.entry(status.as_u16()).or_insert(0) += 1;
                }
            });
        }
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        while let Some(sender) = senders.join_next().await {
            for (status, number) in sender?? {
                *statuses.entry(status).or_default() += number;
            }
        }
        let accepted = statuses.range(200..300).map(|(_, number)| number).sum();
        Ok(Refused { accepted, seconds: start.elapsed().as_secs_f64(), statuses })
    })
}
