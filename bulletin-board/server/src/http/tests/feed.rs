//! Feeds as a reader meets them: from the beginning, from now on, again after a break, and until the board stops.

use tabella_board_core::api::{CheckpointEvent, EntryEvent};
use tabella_board_core::fixtures::SmallElection;
use tokio::time::timeout;

use super::super::feed::Feeds;
use super::super::{TIME_LIMIT, with_feeds};
use super::*;

/// Longer than anything here takes; reached only if an event never comes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// An event as it came.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    event: String,
    id: u64,
    data: String,
}

impl Told {
    fn entry(&self) -> EntryEvent {
        assert_eq!(self.event, "entry");
        let entry: EntryEvent = serde_json::from_str(&self.data).unwrap();
        assert_eq!(self.id, entry.index);
        assert_eq!(entry.leaf, leaf_hash(&entry.entry));
        entry
    }

    fn checkpoint(&self, key: &NoteKey) -> VerifiedCheckpoint {
        assert_eq!(self.event, "checkpoint");
        let CheckpointEvent { size, checkpoint } = serde_json::from_str(&self.data).unwrap();
        let signed = SignedCheckpoint::parse(checkpoint.as_bytes()).unwrap().verify(key, &[]).unwrap();
        assert_eq!((signed.size(), self.id + 1), (size, size));
        signed
    }
}

pub(super) struct Reader {
    response: Response,
    text: String,
}

impl Reader {
    pub(super) fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        Self { response, text: String::new() }
    }

    /// The next event; none at the end.
    pub(super) async fn next(&mut self) -> Option<Told> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let prefix = format!("{name}: ");
                    event.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
                };
                let told = field("data").map(|data| Told {
                    event: field("event").unwrap(),
                    id: field("id").unwrap().parse().unwrap(),
                    data,
                });
                self.text = rest.to_owned();
                if told.is_some() {
                    return told;
                }
            }
            let piece = timeout(PATIENCE, self.response.chunk()).await.expect("an event in time").unwrap()?;
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Entries up to the next checkpoint, and that.
    async fn publication(&mut self) -> (Vec<EntryEvent>, Told) {
        let mut entries = Vec::new();
        loop {
            let told = self.next().await.unwrap();
            match told.event.as_str() {
                "entry" => entries.push(told.entry()),
                _ => return (entries, told),
            }
        }
    }
}

impl Server {
    pub(super) async fn feed(&self, log: &str, query: &str, last: Option<u64>) -> Response {
        let mut request = self.client.get(format!("{}{}{query}", self.url, paths::events(log)));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last.to_string());
        }
        let path = format!("{}{query}", paths::events(log));
        is_described("get", &path, request.send().await.unwrap()).await
    }
}

#[tokio::test]
async fn a_feed_tells_what_stands_and_then_what_comes_each_time_with_the_checkpoint() {
    let mut server = Server::start().await;
    server.create().await;
    let log = paths::election(server.id());
    let key = election_key(&server.key, server.id()).unwrap();
    let mut all = Reader::of(server.feed(&log, "?from=0", None).await);
    let mut new = Reader::of(server.feed(&log, "", None).await);
    let (before, told) = all.publication().await;
    let entries = server.entries().await;
    assert_eq!(before.iter().map(|entry| entry.entry.clone()).collect::<Vec<_>>(), entries);
    assert_eq!(before[1].kind, "manifest-part");
    let head = told.checkpoint(&key);
    assert_eq!((head.size(), head.root()), (entries.len() as u64, server.election_checkpoint().await.root()));
    // who asks for nothing older is told where the log is, so that a break later loses nothing
    assert_eq!(new.next().await.unwrap(), told);
    for trustee in 1..=3 {
        let entry = server.election.registration(trustee);
        let receipt = server.push(entry.clone()).await;
        for feed in [&mut all, &mut new] {
            let (entries, told) = feed.publication().await;
            let head = told.checkpoint(&key);
            assert_eq!(head.size(), receipt.index + 1);
            let last = entries.last().unwrap();
            assert_eq!(
                (last.index, &last.entry, last.kind.as_str()),
                (receipt.index, &entry.encode(), "trustee")
            );
        }
    }
}

#[tokio::test]
async fn a_reader_who_comes_back_misses_nothing_and_is_told_nothing_twice() {
    let mut server = Server::start().await;
    server.create().await;
    let mut first = Reader::of(server.feed(paths::BOARD, "", None).await);
    let seen = first.next().await.unwrap();
    drop(first);
    for trustee in 1..=3 {
        server.push(server.election.registration(trustee)).await;
    }
    // a browser comes back to the same address, with what it has seen
    let mut again = Reader::of(server.feed(paths::BOARD, "?from=0", Some(seen.id)).await);
    let (entries, told) = again.publication().await;
    let head = server.checkpoint(paths::BOARD, &server.key).await;
    assert_eq!(told.checkpoint(&server.key).root(), head.root());
    let indices: Vec<u64> = entries.iter().map(|entry| entry.index).collect();
    assert_eq!(indices, (seen.id + 1..head.size()).collect::<Vec<_>>());
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["block", "anchor"].repeat(3));
}

#[tokio::test]
async fn a_feed_begins_within_its_log_or_says_why_not() {
    let mut server = Server::start().await;
    server.create().await;
    let log = paths::election(server.id());
    let size = server.election_checkpoint().await.size();
    let mut at_the_end = Reader::of(server.feed(&log, &format!("?from={size}"), None).await);
    assert_eq!(at_the_end.next().await.unwrap().id, size - 1);
    problem(server.feed(&log, &format!("?from={}", size + 1), None).await, ProblemCode::NotFound).await;
    problem(server.feed(&log, "", Some(size)).await, ProblemCode::NotFound).await;
    problem(server.feed(&log, "", Some(u64::MAX)).await, ProblemCode::Malformed).await;
    problem(server.feed(&log, "?from=-1", None).await, ProblemCode::Malformed).await;
    problem(server.feed(&log, "?from=1&from=2", None).await, ProblemCode::Malformed).await;
    problem(server.feed(&log, "?since=1", None).await, ProblemCode::Malformed).await;
    let stray = paths::election(ElectionId(Digest([9; 32])));
    problem(server.feed(&stray, "", None).await, ProblemCode::UnknownElection).await;
    let odd =
        server.client.get(format!("{}{}", server.url, paths::events(&log))).header("Last-Event-ID", "x");
    problem(odd.send().await.unwrap(), ProblemCode::Malformed).await;
}

#[tokio::test]
async fn feeds_end_when_the_board_stops_and_none_begins_after_it() {
    let mut server = Server::start().await;
    server.create().await;
    let mut feed = Reader::of(server.feed(paths::BOARD, "", None).await);
    feed.next().await.unwrap();
    let Server { url, client, board: _, running, key, election } = server;
    tokio::task::spawn_blocking(move || running.stop()).await.unwrap().unwrap();
    assert_eq!(feed.next().await, None);
    // another sequencer, which nobody asks
    let (board, running) = started(&election);
    let server = Server { url, client, board, running, key, election };
    let late = server.feed(paths::BOARD, "", None).await;
    assert!(late.headers().contains_key("retry-after"));
    problem(late, ProblemCode::Stopping).await;
}

/// A board without administrators.
pub(super) fn started(election: &SmallElection) -> (Board, Running) {
    let operator = SigningKey::from_seed([1; 32]);
    let genesis = Genesis::new(election.manifest.board.clone(), operator.verifying_key(), Vec::new());
    let store = Arc::new(MemoryStore::new());
    init(store.as_ref(), &operator, genesis, 7).unwrap();
    Board::start(store, operator, Solo, Options::default()).unwrap()
}

#[tokio::test]
async fn there_are_so_many_feeds_and_no_more_and_a_reader_who_goes_makes_room() {
    let election = SmallElection::unpublished(|_| {});
    let (board, running) = started(&election);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let feeds = Feeds::new(2);
    let router = with_feeds(board.clone(), App::default(), TIME_LIMIT, feeds.clone());
    tokio::spawn(axum::serve(listener, router).into_future());
    let key = NoteKey::log(&election.manifest.board, SigningKey::from_seed([1; 32]).verifying_key()).unwrap();
    let server = Server { url, client: Client::new(), board, running, key, election };
    let first = Reader::of(server.feed(paths::BOARD, "", None).await);
    let mut second = Reader::of(server.feed(paths::BOARD, "", None).await);
    let third = server.feed(paths::BOARD, "", None).await;
    assert!(third.headers().contains_key("retry-after"));
    problem(third, ProblemCode::Busy).await;
    drop(first);
    timeout(PATIENCE, feeds.room()).await.expect("room in time");
    let mut third = Reader::of(server.feed(paths::BOARD, "", None).await);
    assert_eq!(third.next().await, second.next().await);
}

#[tokio::test]
async fn a_reader_who_is_slow_is_told_all_of_a_long_log_in_order() {
    let mut server = Server::start().await;
    server.create().await;
    let size = 40;
    let mut feed = Reader::of(server.feed(paths::BOARD, "?from=0", None).await);
    let voters = server.election.sorted([0]);
    server.push(server.election.roll_part(0, true, voters)).await;
    while server.checkpoint(paths::BOARD, &server.key).await.size() < size {
        let number = server.election.log.len() as u64;
        let point = hash_to_point("test voter", &[&number.to_le_bytes()]);
        let voter = Voter { credential: Credential(point.encode()), ..server.election.voter(1) };
        server.push(server.election.roll_change(RollChange::Add { voter })).await;
    }
    // nothing has been read so far
    let mut next = 0;
    while next < size {
        let told = feed.next().await.unwrap();
        match told.event.as_str() {
            "entry" => assert_eq!(told.entry().index, next),
            _ => assert_eq!(told.checkpoint(&server.key).size(), next),
        }
        next = told.id + 1;
    }
}
