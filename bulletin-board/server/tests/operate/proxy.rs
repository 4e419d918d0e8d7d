//! The shipped configurations of nginx, tried. Without nginx on the machine there is nothing to try: `.ci/setup proxy`
//! installs it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rcgen::{CertifiedKey, KeyPair};
use reqwest::{Client, Response, StatusCode};

use tabella_board_core::api::paths;
use tabella_crypto::codec::MAX_ENTRY_LENGTH;

use super::{Program, deploy_file, tls, until};

/// nginx with a shipped configuration, on loopback, in a folder of its own.
struct Nginx {
    child: Child,
    url: String,
    client: Client,
    folder: tempfile::TempDir,
}

/// A port that is free now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Nginx {
    /// Starts it, with the paths and addresses of the shipped file changed to these; none if there is no nginx.
    fn start(name: &str, changes: &[(&str, &str)]) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"];
        let program = program.into_iter().find(|file| Path::new(file).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let pair: CertifiedKey<KeyPair> = tls::certify(folder.path());
        let listen = free();
        let at = |file: &str| folder.path().join(file).to_str().unwrap().to_owned();
        let mut site: String = deploy_file(name)
            .lines()
            .filter(|line| !line.trim_start().starts_with("listen [::]") && line.trim() != "listen 80;")
            .map(|line| match line.trim_start().split(' ').next() {
                Some("ssl_certificate") => format!("ssl_certificate {};\n", at("chain.pem")),
                Some("ssl_certificate_key") => format!("ssl_certificate_key {};\n", at("key.pem")),
                Some("listen") => format!("listen {listen} ssl http2;\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        site = site.replace("/var/log/nginx", &at("")).replace("/var/cache/nginx", &at(""));
        // the server that leads from port 80 to 443 has no port of its own here
        let redirect = site.find("    return 301").and_then(|place| site[..place].rfind("server {"));
        if let Some(begin) = redirect {
            let end = begin + site[begin..].find("\n}\n").unwrap() + 3;
            site.replace_range(begin..end, "");
        }
        for (from, to) in changes {
            assert!(site.contains(from), "{from} is not in {name}");
            site = site.replace(from, to);
        }
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {};\n", at(&format!("{kind}_temp"))))
            .collect();
        let pid = at("pid");
        let main = format!(
            "daemon off;\nmaster_process off;\npid {pid};\nerror_log {} emerg;\nevents {{}}\n\
             http {{\n{temporary}access_log off;\n{site}}}\n",
            at("error.log")
        );
        let file = at("nginx.conf");
        fs::write(&file, main).unwrap();
        let child = Command::new(program)
            .args(["-p", folder.path().to_str().unwrap(), "-c", &file])
            .stdout(Stdio::null())
            .stderr(fs::File::create(at("stderr")).unwrap())
            .spawn()
            .unwrap();
        until("nginx listens", || {
            let listens = TcpStream::connect(listen).ok();
            listens.or_else(|| {
                let said = fs::read_to_string(at("stderr")).unwrap();
                assert!(!said.contains("[emerg]"), "{said}");
                None
            })
        });
        let client = tls::client(&pair);
        Some(Self { child, url: format!("https://{listen}"), client, folder })
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn nginx_in_front_of_the_board_keeps_tiles_and_nothing_that_changes() {
    let program = Program::start("[limits]\nconnections_per_address = 0\n");
    let board = program.address().to_string();
    let Some(nginx) = Nginx::start("nginx/board.conf", &[("127.0.0.1:8080", &board)]) else { return };
    let election = program.create_election().await;
    let direct = async |path: &str| reqwest::get(format!("{}{path}", program.url)).await.unwrap();

    let manifest = paths::manifest(election);
    for (path, cache) in [
        ("/v1/board/tile/entries/000.p/5".to_owned(), "public, max-age=60"),
        (manifest, "public, max-age=31536000, immutable"),
    ] {
        let expected = direct(&path).await.bytes().await.unwrap();
        for state in ["MISS", "HIT", "HIT"] {
            let response = nginx.get(&path).await;
            assert_eq!(header(&response, "x-cache"), state, "{path}");
            assert_eq!(header(&response, "cache-control"), cache, "{path}");
            assert_eq!(header(&response, "access-control-allow-origin"), "*", "{path}");
            assert_eq!(header(&response, "strict-transport-security"), "max-age=31536000", "{path}");
            assert_eq!(response.bytes().await.unwrap(), expected, "{path}");
        }
    }
    // what is not there yet may be there at the next moment
    for _ in 0..2 {
        let response = nginx.get("/v1/board/tile/entries/000.p/200").await;
        assert_eq!((response.status(), header(&response, "x-cache")), (StatusCode::NOT_FOUND, "MISS"));
    }

    // a checkpoint is the newest, always
    let before = nginx.get("/v1/board/checkpoint").await;
    assert_eq!((header(&before, "cache-control"), header(&before, "x-cache")), ("no-cache", ""));
    assert_eq!(header(&before, "strict-transport-security"), "max-age=31536000");
    let before = before.text().await.unwrap();
    let entries = paths::entries(election);
    let client = &nginx.client;
    let post = |body: Vec<u8>| client.post(format!("{}{entries}", nginx.url)).body(body).send();
    let registration = tabella_board_core::fixtures::SmallElection::unpublished(|manifest| {
        manifest.opens = 4_000_000_000_000;
        manifest.closes = 4_000_000_001_000;
    })
    .registration(1);
    assert_eq!(post(registration.encode()).await.unwrap().status(), StatusCode::CREATED, "POST is passed");
    let after = nginx.get("/v1/board/checkpoint").await.text().await.unwrap();
    assert_ne!(before, after);
    assert_eq!(after, direct("/v1/board/checkpoint").await.text().await.unwrap());
    let long = post(vec![0; MAX_ENTRY_LENGTH + 1]).await.unwrap();
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(long.text().await.unwrap().contains("too-large"), "the board says so itself");

    // the log has neither addresses nor paths
    let log = fs::read_to_string(nginx.folder.path().join("tabella-board.log")).unwrap();
    assert!(log.lines().count() >= 10 && log.contains(" POST 201 "), "{log}");
    assert!(!log.contains("127.0.0.1") && !log.contains("/v1"), "{log}");
}

#[tokio::test]
async fn nginx_passes_server_sent_events_one_by_one() {
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = upstream.local_addr().unwrap().to_string();
    let Some(nginx) = Nginx::start("nginx/board.conf", &[("127.0.0.1:8080", &address)]) else { return };
    let (seen, second) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = upstream.accept().unwrap();
        let mut request = [0; 4_096];
        let length = stream.read(&mut request).unwrap();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n",
            )
            .unwrap();
        stream.write_all(b"id: 1\ndata: one\n\n").unwrap();
        // the second event is sent only when the first has arrived
        second.recv().unwrap();
        stream.write_all(b"id: 2\ndata: two\n\n").unwrap();
        request
    });
    let mut response = nginx.get("/v1/elections/00/events").await;
    assert_eq!(header(&response, "content-type"), "text/event-stream");
    assert_eq!(response.chunk().await.unwrap().unwrap(), "id: 1\ndata: one\n\n");
    seen.send(()).unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "id: 2\ndata: two\n\n");
    let request = server.join().unwrap().to_lowercase();
    assert!(!request.contains("x-forwarded-for") && !request.contains("x-real-ip"), "{request}");
}

#[tokio::test]
async fn nginx_alone_serves_a_record_at_a_boards_paths() {
    let program = Program::start("");
    let election = program.create_election().await;
    let record = tempfile::tempdir().unwrap();
    let files = [
        "board/checkpoint".to_owned(),
        "board/tile/entries/000.p/5".to_owned(),
        format!("elections/{election}/checkpoint"),
        format!("elections/{election}/tile/0/000.p/2"),
    ];
    let mut contents = Vec::new();
    for file in &files {
        let bytes = reqwest::get(format!("{}/v1/{file}", program.url)).await.unwrap().bytes().await.unwrap();
        let path = record.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &bytes).unwrap();
        contents.push(bytes);
    }
    // a log long enough for a full tile would take a while
    let tiles = record.path().join("board/tile/0");
    fs::create_dir_all(&tiles).unwrap();
    fs::write(tiles.join("000"), [7; 8_192]).unwrap();
    let root = record.path().to_str().unwrap();
    let Some(nginx) = Nginx::start("nginx/record.conf", &[("/srv/tabella/record", root)]) else { return };
    for (file, bytes) in files.iter().zip(contents) {
        let (kind, cache) = match file.ends_with("checkpoint") {
            true => ("text/plain; charset=utf-8", "no-cache"),
            false => ("application/octet-stream", "public, max-age=60"),
        };
        for path in [format!("/v1/{file}"), format!("/{file}")] {
            let response = nginx.get(&path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, "content-type"), kind, "{path}");
            assert_eq!(header(&response, "cache-control"), cache, "{path}");
            assert_eq!(header(&response, "access-control-allow-origin"), "*", "{path}");
            assert_eq!(response.bytes().await.unwrap(), bytes, "{path}");
        }
    }
    let full = nginx.get("/v1/board/tile/0/000").await;
    assert_eq!(header(&full, "cache-control"), "public, max-age=31536000, immutable");
    for path in ["/v1/health", "/", "/v1/board/tile/0/001", "/v1/board/../../etc/passwd"] {
        let response = nginx.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!header(&response, "cache-control").contains("immutable"), "{path}");
    }
}
