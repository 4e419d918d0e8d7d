//! Files that people write, and files that programs keep: in TOML, CSV and JSON, and sealed ones.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::str::from_utf8;
use std::sync::Arc;

use age::secrecy::SecretString;
use tabella_board::config::Settings;
use tabella_board::programs::manifest_file::{self, Setting};
use tabella_board::programs::roll::{Codes, PrivateRoll, read_enrolled, read_voters};
use tabella_board_client::keyfile::{KeyFile, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_board_client::sealed::unseal;
use tabella_board_core::fixtures::ORIGIN;
use tabella_crypto::credential::CredentialCode;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::secret::Secret;
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::Digest;
use tabella_tally::programs::trustee::journal::Journal;
use tabella_tally::programs::trustee::offline::stick::{Answer, RecordNote, Stick};
use tabella_tally::programs::trustee::settings::Settings as TrusteeSettings;

use crate::scene::{rng, scene};

const EXAMPLE: &str = include_str!("../../../../docs/manifest.example.toml");

fn setting() -> Setting {
    Setting {
        board: ORIGIN.to_owned(),
        administrator: VerifyingKey([9; 32]),
        nonce: [1; 16],
        now: 1_700_000_000_000,
    }
}

/// The manifest of the documented example.
pub(crate) fn example_manifest() -> CheckedManifest {
    manifest_file::read(EXAMPLE, &setting()).unwrap()
}

/// A manifest as an administrator writes it. What is read can be published: its bytes are read as the same manifest.
pub fn manifest_file(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let named = manifest_file::named_in(text);
    match manifest_file::read(text, &setting()) {
        Ok(manifest) => {
            assert!(named.is_ok());
            let published = CheckedManifest::decode(&manifest.encode()).expect("it was checked");
            assert_eq!(published.id(), manifest.id());
        }
        Err(error) => drop(error.to_string()),
    }
}

/// The documented example, and a small file for each method.
pub fn manifest_file_seeds() -> Vec<Vec<u8>> {
    let methods = [
        "\"choose-one\"",
        "\"approval\"",
        "{ choose = { min = 1, max = 2 } }",
        "{ score = { max = 9 } }",
        "{ cumulative = { points = 5 } }",
        "{ for-against-abstain = { max-for = 1 } }",
        "{ grades = [\"good\", \"bad\"] }",
        "\"rank\"",
    ];
    let small = |method: &str| {
        format!(
            "title = \"T\"\nopens = \"now\"\ncloses = \"+2h\"\nregistrar = \"{}\"\n[[trustee]]\nname = \"A\"\n\
             fingerprint = \"{}\"\n[[contest]]\ntitle = \"Q\"\noptions = [\"a\", \"b\", \"c\"]\nmethod = {method}\n",
            "02".repeat(32),
            "03".repeat(32),
        )
    };
    let small = methods.map(|method| small(method).into_bytes());
    small.into_iter().chain([EXAMPLE.as_bytes().to_vec()]).collect()
}

thread_local! {
    /// A folder of this thread, in memory where the system has such a place.
    static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
}

/// Runs with a folder in which nothing stands.
fn in_folder<R>(run: impl FnOnce(&Path) -> R) -> R {
    FOLDER.with(|kept| {
        let mut kept = kept.borrow_mut();
        let memory = Path::new("/dev/shm");
        let make = || match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let folder = kept.get_or_insert_with(|| make().unwrap());
        for item in fs::read_dir(folder.path()).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        run(folder.path())
    })
}

/// The board's settings: what is read and written as a file is read as the same.
pub fn board_settings(data: &[u8]) {
    in_folder(|folder| {
        let file = folder.join("board.toml");
        fs::write(&file, data).unwrap();
        let settings = match Settings::load(Some(&file), []) {
            Ok(settings) => settings,
            Err(error) => return drop(error.to_string()),
        };
        fs::write(&file, settings.config.to_toml()).unwrap();
        let again = Settings::load(Some(&file), []).expect("what is printed is read");
        assert_eq!(again.config, settings.config);
        assert_eq!(again.check().is_ok(), settings.check().is_ok());
        drop(settings.ignored());
    });
    // variables of the environment: NAME=VALUE in each line
    let Ok(text) = from_utf8(data) else { return };
    let variables = text.lines().filter_map(|line| line.split_once('='));
    let variables = variables.map(|(name, value)| (name.trim().to_owned(), value.into()));
    match Settings::load(None, variables) {
        Ok(settings) => drop(settings.check()),
        Err(error) => drop(error.to_string()),
    }
}

/// The defaults, a few settings with lists, and variables.
pub fn board_settings_seeds() -> Vec<Vec<u8>> {
    vec![
        Settings::default().config.to_toml().into_bytes(),
        b"[server]\nlisten = \"127.0.0.1:0\"\n[limits]\nidle_seconds = 9\n[[witness]]\nname = \"w\"\n\
          url = \"https://w.example.org\"\n"
            .to_vec(),
        b"TABELLA_BOARD_LOG_LEVEL=debug\nTABELLA_BOARD_SERVER_LISTEN=[::1]:80\n".to_vec(),
    ]
}

/// Tables of the registrar, each file as each of them: what is written is read as the same.
pub fn table(data: &[u8]) {
    let manifest: &Arc<CheckedManifest> = &scene().election.manifest;
    in_folder(|folder| {
        let file = folder.join("table.csv");
        fs::write(&file, data).unwrap();
        if let Ok(voters) = read_voters(&file, manifest) {
            let total: u64 = voters.iter().map(|voter| u64::from(voter.weight)).sum();
            assert!(!voters.is_empty() && total <= manifest.total_weight);
        }
        if let Ok(voters) = read_enrolled(&file, manifest) {
            assert!(voters.iter().all(|(_, credential)| credential.point().is_ok()));
        }
        if let Ok(codes) = Codes::read(&file) {
            let copy = folder.join("copy.csv");
            codes.write(&copy).unwrap();
            let again = Codes::read(&copy).expect("what is written is read");
            assert_eq!(again.len(), codes.len());
        }
        if let Ok(roll) = PrivateRoll::read(&file) {
            let copy = folder.join("copy.csv");
            roll.write(&copy).unwrap();
            assert_eq!(PrivateRoll::read(&copy).expect("what is written is read"), roll);
        }
    });
}

/// A table of each kind.
pub fn table_seeds() -> Vec<Vec<u8>> {
    let code = CredentialCode::generate(&mut rng(3)).reveal().expose().clone();
    let credential = tabella_board_core::api::hex_text(&scene().election.voters[0].public());
    let salt = "05".repeat(32);
    vec![
        b"identity,weight,style\nAda,2,City\n\"Bo, B.\",,2\n".to_vec(),
        format!("identity,style,credential\nAda,1,{credential}\n").into_bytes(),
        format!("identity,code\nAda,{code}\n").into_bytes(),
        format!("identity,weight,style,salt,credential\nAda,1,1,{salt},{credential}\n").into_bytes(),
    ]
}

/// What a trustee's program keeps beside its key, and what is on the stick between two machines.
pub fn trustee_folder(data: &[u8]) {
    in_folder(|folder| {
        let find = |name: &str| {
            let mut files = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
            files.find(|path| path.file_name().is_some_and(|found| found.to_string_lossy().contains(name)))
        };
        let (election, digest) = (scene().election.manifest.id(), Digest([2; 32]));
        let index = TrusteeIndex::new(2).unwrap();
        // where the files stand is the programs' to say
        Journal::unused(election, &digest, index).write(folder).unwrap();
        let journal = find("json").expect("the journal");
        fs::write(&journal, data).unwrap();
        if let Ok(Some(journal)) = Journal::read(folder) {
            journal.write(folder).unwrap();
            let again = Journal::read(folder).unwrap().expect("what is written is read");
            assert_eq!(format!("{again:?}"), format!("{journal:?}"));
            let beside = Journal::read_beside_share(folder, election, &digest, index);
            assert_eq!(beside.is_ok(), journal.is_of(election, &digest, index));
            if let Ok(beside) = beside {
                drop(beside.intend(folder, &digest, None, Some(&Digest([4; 32]))));
            }
        }
        TrusteeSettings::default().write(folder).unwrap();
        fs::write(find("toml").expect("the settings"), data).unwrap();
        if let Ok(settings) = TrusteeSettings::read(folder) {
            settings.write(folder).unwrap();
            assert_eq!(TrusteeSettings::read(folder).expect("what is written is read"), settings);
            if let Ok(Some(invitation)) = settings.invitation(folder) {
                let mut copy = settings.clone();
                copy.accept(&invitation);
                assert_eq!(copy.invitation(folder).unwrap(), Some(invitation));
            }
        }
    });
    in_folder(|folder| {
        let stick = Stick::at(folder);
        fs::create_dir_all(stick.path()).unwrap();
        fs::write(stick.path().join("record.json"), data).unwrap();
        fs::write(stick.path().join("answer-2.json"), data).unwrap();
        if let Ok(note) = stick.note() {
            drop((note.election(&stick), note.board_key(&stick), note.board()));
        }
        for (path, answer) in stick.answers().unwrap_or_default() {
            assert_eq!(answer.trustee(), 2);
            drop(answer.entries(&path));
            drop(answer.check_election(&path, scene().election.manifest.id()));
        }
    });
}

/// Each of these files as the programs write it.
pub fn trustee_folder_seeds() -> Vec<Vec<u8>> {
    let election = scene().election.manifest.id();
    let (digest, index) = (Digest([2; 32]), TrusteeIndex::new(2).unwrap());
    in_folder(|folder| {
        let read_all = |folder: &Path| -> Vec<Vec<u8>> {
            let files = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
            let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
            files.sort();
            files.into_iter().map(|path| fs::read(path).unwrap()).collect()
        };
        let journal = Journal::unused(election, &digest, index).write(folder);
        journal.unwrap();
        let invitation = tabella_board_client::invitation::Invitation {
            board: "https://board.example.org".to_owned(),
            election,
            board_key: Some(digest),
        };
        let mut settings =
            TrusteeSettings { language: Some("zh-Hans".to_owned()), ..TrusteeSettings::default() };
        settings.accept(&invitation);
        settings.write(folder).unwrap();
        let mut seeds = read_all(folder);
        let stick = Stick::at(folder);
        fs::create_dir_all(stick.fresh().unwrap()).unwrap();
        let note = RecordNote::new(election, digest, 7, digest);
        stick.put(&note).unwrap();
        stick.leave(&Answer::new(&note, 2, "shares", 0, &[vec![3, 1, 4]])).unwrap();
        seeds.extend(read_all(stick.path()));
        seeds
    })
}

fn passphrase() -> Passphrase {
    Passphrase::new("open".to_owned()).unwrap()
}

/// Seals as the programs do, but in a moment.
fn seal(plain: &[u8]) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("open"));
    recipient.set_work_factor(1);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(plain).unwrap();
    writer.finish().unwrap();
    sealed
}

/// A key file: what is in it once it is open.
pub fn key_file(data: &[u8]) {
    let sealed = seal(data);
    let plain = unseal(&sealed, &passphrase()).expect("it was sealed so");
    assert_eq!(plain.as_slice(), data);
    let kinds = [KeyKind::Trustee, KeyKind::Registrar, KeyKind::Administrator];
    let read = kinds.map(|kind| KeyFile::unseal(&sealed, kind, &passphrase()));
    assert!(read.iter().filter(|read| read.is_ok()).count() <= 1, "a key is for one purpose");
    for (read, kind) in read.into_iter().zip(kinds) {
        if let Ok(key) = read {
            assert_eq!(key.kind(), kind);
            assert!(key.label().len() <= data.len());
        }
    }
}

/// The plain form of a key file, which another program would write.
pub fn key_file_seeds() -> Vec<Vec<u8>> {
    let key = KeyFile::new(KeyKind::Trustee, Secret::new([5; 32]), "Ada", 1_700_000_000_000);
    let sealed = key.seal(&passphrase()).unwrap();
    vec![unseal(&sealed, &passphrase()).unwrap().to_vec()]
}

/// A sealed file. One whose passphrase would take long to try is left out: that is refused beyond a bound, and the bound
/// is a gibibyte.
pub fn sealed(data: &[u8]) {
    let head = String::from_utf8_lossy(&data[..data.len().min(200)]).into_owned();
    let dear = head.lines().any(|line| {
        let factor = line.strip_prefix("-> scrypt ").and_then(|rest| rest.split(' ').nth(1));
        factor.is_some_and(|factor| factor.parse::<u8>().is_ok_and(|factor| factor > 6))
    });
    if dear {
        return;
    }
    if let Ok(plain) = unseal(data, &passphrase()) {
        assert_eq!(plain.as_slice(), b"plain", "nobody sealed anything else");
    }
}

/// A sealed file of five bytes, made by a program that draws nothing, so that it is always the same.
pub fn sealed_seeds() -> Vec<Vec<u8>> {
    vec![include_bytes!("sealed.age").to_vec()]
}

/// The keys of operators and witnesses, which lie open.
pub fn operator_key(data: &[u8]) {
    in_folder(|folder| {
        let file = folder.join("key");
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&file).unwrap().write_all(data).unwrap();
        let (operator, witness) =
            (tabella_board::keyfile::read(&file), tabella_board::keyfile::read_witness(&file));
        assert!(operator.is_err() || witness.is_err(), "a key is for one purpose");
        if let Ok(key) = operator.or(witness) {
            let seed = key.seed().expose().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let text = from_utf8(data).expect("it was read").to_ascii_lowercase();
            assert!(text.trim_end().ends_with(&seed));
        }
    });
}

/// A key of each kind.
pub fn operator_key_seeds() -> Vec<Vec<u8>> {
    in_folder(|folder| {
        let mut rng = rng(9);
        let files = [folder.join("operator"), folder.join("witness")];
        tabella_board::keyfile::create(&files[0], &mut rng).unwrap();
        tabella_board::keyfile::create_witness(&files[1], &mut rng).unwrap();
        files.map(|file| fs::read(file).unwrap()).to_vec()
    })
}
