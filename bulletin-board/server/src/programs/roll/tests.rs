//! Wrong tables are refused with their lines, and nobody gets two codes.

use std::path::PathBuf;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

use super::*;
use crate::programs::manifest_file::{self, Setting};
use tabella_board_core::entry::{Entry, roll_digest};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::transcript::Digest;

const EXAMPLE: &str = include_str!("../../../../../docs/manifest.example.toml");

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn manifest(source: &str) -> CheckedManifest {
    let setting = Setting {
        board: "board.example.org/tabella".to_owned(),
        administrator: VerifyingKey([9; 32]),
        nonce: [1; 16],
        now: 0,
    };
    manifest_file::read(source, &setting).unwrap()
}

/// Two styles, Members and Guests.
fn example() -> CheckedManifest {
    manifest(EXAMPLE)
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.path("table.csv");
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn electors(names: &[&str]) -> Vec<Elector> {
    names.iter().map(|name| Elector { identity: (*name).to_owned(), weight: 1, style: 0 }).collect()
}

#[test]
fn voters_are_read_with_weight_and_style() {
    let folder = Folder::new();
    let path = folder.file("identity,style,weight\nAda,Members,3\nBo,2,\nCy,guests,1\n");
    let voters = read_voters(&path, &example()).unwrap();
    let found: Vec<_> = voters.iter().map(|v| (v.identity.as_str(), v.weight, v.style)).collect();
    assert_eq!(found, [("Ada", 3, 0), ("Bo", 1, 1), ("Cy", 1, 1)]);
}

#[test]
fn a_wrong_list_of_voters_is_refused_with_its_line() {
    let folder = Folder::new();
    let two_styles = example();
    let small = EXAMPLE.replacen("# total-weight = 1000000", "total-weight = 5", 1);
    let small = manifest(&small);
    for (manifest, text, sentence) in [
        (&two_styles, "identity,style\nAda,1\nBo,1\nAda,2\n", "line 4: \"Ada\" stands in line 2 already"),
        (
            &two_styles,
            "identity,style\nAda,3\n",
            "line 2: there is no ballot style \"3\"; there are: 1 Members, 2 Guests",
        ),
        (&two_styles, "identity,style\nAda,Member\n", "line 2: there is no ballot style \"Member\""),
        (&two_styles, "identity\nAda\n", "line 2: \"Ada\" has no ballot style; there are: 1 Members"),
        (&two_styles, "identity,style,weight\nAda,1,0\n", "line 2: \"Ada\" has weight 0"),
        (&two_styles, "identity,style,weight\nAda,1,-1\n", "line 2: "),
        (&two_styles, "identity,style\n,1\n", "line 2: an identity has 1 to"),
        (&two_styles, "identity,style\n", "there are no voters"),
        (&two_styles, "name,style\nAda,1\n", "column \"name\" is none of: identity, weight, style"),
        (&small, "identity,style,weight\nAda,1,3\nBo,1,3\n", "line 3: up to here the weights add up to 6"),
    ] {
        let found = read_voters(&folder.file(text), manifest).unwrap_err().to_string();
        assert!(found.contains(sentence), "{sentence:?} is missing in: {found}");
    }
}

#[test]
fn enrolled_credentials_are_points_and_each_there_once() {
    let folder = Folder::new();
    let code = CredentialCode::generate(&mut rng(1));
    let credential = hex::encode(credential_of(&code, example().id()).unwrap().0.0);
    let good = folder.file(&format!("identity,credential,style\nAda,{},1\n", credential.to_uppercase()));
    assert_eq!(read_enrolled(&good, &example()).unwrap()[0].1, parse_credential(&credential).unwrap());
    for (rows, sentence) in [
        (format!("Ada,{},1\n", "00".repeat(32)), "line 2: "),
        (format!("Ada,{},1\n", "ff".repeat(32)), "line 2: "),
        (format!("Ada,{},1\n", &credential[2..]), "is not a credential"),
        (
            format!("Ada,{credential},1\nBo,{credential},1\n"),
            "line 3: the credential stands in line 2 already",
        ),
    ] {
        let path = folder.file(&format!("identity,credential,style\n{rows}"));
        let found = read_enrolled(&path, &example()).unwrap_err().to_string();
        assert!(found.contains(sentence), "{sentence:?} is missing in: {found}");
    }
}

#[test]
fn a_program_that_was_killed_goes_on_and_gives_nobody_a_second_code() {
    let folder = Folder::new();
    let (codes_path, private_path) = (folder.path("codes.csv"), folder.path("private.csv"));
    let election = example().id();
    let mut codes = Codes::read(&codes_path).unwrap();
    let first =
        issue(election, electors(&["Ada", "Bo"]), &mut codes, &PrivateRoll::default(), &mut rng(1)).unwrap();
    // killed between the two tables: the codes are there, the private roll is not
    codes.write(&codes_path).unwrap();
    let mut codes = Codes::read(&codes_path).unwrap();
    let kept = PrivateRoll::read(&private_path).unwrap();
    let second = issue(election, electors(&["Cy", "Bo", "Ada"]), &mut codes, &kept, &mut rng(2)).unwrap();
    second.write(&private_path).unwrap();
    for name in ["Ada", "Bo"] {
        assert_eq!(second.voter(name).unwrap().credential, first.voter(name).unwrap().credential);
    }
    assert_eq!(codes.len(), 3);
    // once more, from both tables: nothing changes
    let read = PrivateRoll::read(&private_path).unwrap();
    assert_eq!(read, second);
    let third = issue(election, electors(&["Cy", "Bo", "Ada"]), &mut codes, &read, &mut rng(3)).unwrap();
    assert_eq!((third, codes.len()), (second, 3));
}

#[test]
fn tables_that_do_not_belong_together_are_refused() {
    let election = example().id();
    let mut codes = Codes::default();
    let roll = issue(election, electors(&["Ada"]), &mut codes, &PrivateRoll::default(), &mut rng(1)).unwrap();
    let stranger = issue(election, electors(&["Bo"]), &mut codes, &roll, &mut rng(1));
    assert!(matches!(stranger, Err(RollError::Stranger(name)) if name == "Ada"));
    let mut others = Codes::default();
    let mismatch = issue(election, electors(&["Ada"]), &mut others, &roll, &mut rng(2));
    assert!(matches!(mismatch, Err(RollError::Mismatch(name)) if name == "Ada"));
}

#[test]
fn a_mistyped_table_of_codes_names_the_voter_and_the_group() {
    let folder = Folder::new();
    let mut codes = Codes::default();
    codes.put("Ada", CredentialCode::generate(&mut rng(1)));
    let path = folder.path("codes.csv");
    codes.write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, tail) = text.split_at(text.find("Ada,").unwrap() + 4);
    let flipped = if tail.starts_with('A') { 'B' } else { 'A' };
    std::fs::write(&path, format!("{head}{flipped}{}", &tail[1..])).unwrap();
    let found = Codes::read(&path).unwrap_err().to_string();
    assert!(found.contains("\"Ada\"") && found.contains("group 1 is mistyped"), "{found}");
}

#[cfg(unix)]
#[test]
fn secret_tables_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mut codes = Codes::default();
    let roll = issue(example().id(), electors(&["Ada"]), &mut codes, &PrivateRoll::default(), &mut rng(1));
    let (codes_path, private_path) = (folder.path("codes.csv"), folder.path("private.csv"));
    codes.write(&codes_path).unwrap();
    roll.unwrap().write(&private_path).unwrap();
    for path in [codes_path, private_path] {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_group_below_the_smallest_is_found_before_anything_is_published() {
    let election = example();
    let smallest = election.smallest_group as usize;
    assert!(smallest > 1);
    let names: Vec<String> = (0..2 * smallest).map(|number| format!("Voter {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut voters = electors(&names);
    let made = |voters: &[Elector]| {
        issue(election.id(), voters.to_vec(), &mut Codes::default(), &PrivateRoll::default(), &mut rng(1))
            .unwrap()
    };
    made(&voters).check_classes(&election).unwrap();
    for voter in voters.iter_mut().take(smallest - 1) {
        voter.weight = 2;
    }
    let refused = made(&voters).check_classes(&election).unwrap_err().to_string();
    assert!(refused.contains("weight 2") && refused.contains("smallest-group"), "{refused}");
    voters[smallest - 1].weight = 2;
    made(&voters).check_classes(&election).unwrap();
}

#[test]
fn parts_ascend_by_credential_and_open_to_the_identities() {
    let names: Vec<String> = (0..ROLL_PART_LENGTH + 1).map(|number| format!("Voter {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let election = example().id();
    let mut codes = Codes::default();
    let roll = issue(election, electors(&names), &mut codes, &PrivateRoll::default(), &mut rng(1)).unwrap();
    let key = SigningKey::from_seed([5; 32]);
    let parts = roll.parts(election, &key);
    let shape: Vec<_> = parts.iter().map(|part| (part.part, part.last, part.voters.len())).collect();
    assert_eq!(shape, [(0, false, ROLL_PART_LENGTH), (1, true, 1)]);
    let voters: Vec<Voter> = parts.iter().flat_map(|part| part.voters.clone()).collect();
    assert!(voters.is_sorted_by(|a, b| a.credential < b.credential));
    let mut digest = Digest::default();
    for part in &parts {
        assert_eq!(part.verify(election, &digest, &key.verifying_key()), Ok(()));
        digest = roll_digest(&digest, &Entry::Roll(part.clone()).encode());
    }
    assert!(
        parts[1].verify(election, &Digest::default(), &key.verifying_key()).is_err(),
        "part 0 stands before it"
    );
    let private = roll.voter("Voter 7").unwrap();
    let public = voters.iter().find(|voter| voter.credential == private.credential).unwrap();
    assert_eq!(public.identity.check_opening(&private.salt, "Voter 7"), Ok(()));
    // signatures are deterministic: a part that is posted again is the same entry
    assert_eq!(roll.parts(election, &key), parts);
}
