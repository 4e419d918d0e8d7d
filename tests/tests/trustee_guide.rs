//! Trustees who use `tabella-trustee` as people do: they answer its questions, are killed in the middle, lose disks, keep
//! their key on a machine without a network, and are refused with a reason and what to do.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use tabella_tests::guide::Guide;
use tabella_tests::process::{Finished, Running, run, succeed};
use tabella_tests::small::{BY_HAND, YES_NO, code, read_codes, voters};
use tabella_tests::world::{Election, World, copy_folder};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A fingerprint's first group of four.
fn first_group(fingerprint: &str) -> &str {
    &fingerprint[..4]
}

/// Roll, opening, three ballots, closing.
fn vote(world: &World, election: &Election) -> Result<()> {
    let codes = read_codes(&world.roll(election, &voters(3))?)?;
    world.administrator(election, "open")?;
    for voter in codes.keys() {
        world.cast(election, code(&codes, voter)?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    }
    world.administrator(election, "close")?;
    Ok(())
}

/// The 24 words of a paper form in plain text, in their order.
fn words_on(paper: &str) -> Result<Vec<String>> {
    let mut words: Vec<(usize, String)> = Vec::new();
    for line in paper.lines().filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit())) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        for pair in cells.chunks(2).filter(|pair| pair.len() == 2) {
            let is_word = pair[1].chars().all(|letter| letter.is_ascii_lowercase());
            if let Some(number) = pair[0].parse().ok().filter(|_| is_word) {
                words.push((number, pair[1].to_owned()));
            }
        }
    }
    words.sort();
    ensure!(words.len() == 24, "{paper}");
    Ok(words.into_iter().map(|(_, word)| word).collect())
}

/// The tally's fingerprint as the record gives it.
fn fingerprint(world: &World, election: &Election, folder: &Path) -> Result<String> {
    world.trustee(election, "status", folder, &[])?.line("fingerprint")
}

#[test]
fn three_trustees_are_guided_from_their_first_visit_to_the_result() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let home = |number: usize| place.path().join(format!("home-{number}"));
    let log = |name: &str| place.path().join(name);

    // the first visit: a key, read back, with a copy; the fingerprint goes to the administrator
    let mut keys = Vec::new();
    for number in 1..=3 {
        fs::create_dir(home(number))?;
        let mut guide = Guide::start(&[], &home(number), &log(&format!("first-{number}")))?;
        guide.answer("1 or 2?", "1")?;
        guide.answer("Your name", &format!("Trustee {number}"))?;
        guide.hears("The key was read back from the disk and opened.")?;
        match number {
            1 => {
                guide.answer("p / f / n?", "p")?;
                guide.hears("Print one of these")?;
                let paper = fs::read_to_string(home(1).join("trustee/trustee-paper.txt"))?;
                let words = words_on(&paper)?;
                for _ in 0..3 {
                    guide.hears("Word ")?;
                    let said = guide.said()?;
                    let asked = said.rsplit("Word ").next().and_then(|rest| rest.split(' ').next());
                    let asked: usize = asked.context("a number")?.parse()?;
                    guide.answer("on the paper", "zzz")?;
                    guide.answer("on the paper", &words[asked - 1])?;
                }
                guide.answer("Delete both files now", "")?;
            }
            2 => {
                let stick = place.path().join("stick-of-2");
                fs::create_dir(&stick)?;
                guide.answer("p / f / n?", "f")?;
                guide.answer("A folder on the other disk", &text(&stick))?;
                guide.hears("The copy was read back")?;
                ensure!(stick.join("tabella-trustee-key.age").is_file());
            }
            _ => {
                guide.answer("p / f / n?", "n")?;
                guide.hears("There is no second copy")?;
            }
        }
        guide.answer("Paste it here", "")?;
        let (code, said) = guide.end()?;
        assert_eq!(code, Some(0), "{said}");
        let is_digits = |line: &&str| line.len() == 64 && line.chars().all(|c| c.is_ascii_hexdigit());
        let digits = said.lines().find(is_digits).with_context(|| said.clone())?.to_owned();
        keys.push((home(number).join("trustee"), digits));
    }
    ensure!(!home(1).join("trustee/trustee-paper.html").exists(), "the key in the clear was left behind");
    let settings = fs::read_to_string(home(1).join("trustee/trustee.toml"))?;
    ensure!(settings.contains("read-back") && settings.contains("paper "), "{settings}");

    // the second visit: the invitation, and the ceremony; the third trustee reads Chinese
    let manifest = world.small_manifest("guided", BY_HAND, YES_NO, &keys)?;
    let folders: Vec<_> = keys.iter().map(|(folder, _)| folder.clone()).collect();
    let election = world.create("guided", &manifest, &folders)?;
    let invite = |number: usize, log: &Path| -> Result<Guide> {
        let mut guide = Guide::start(&[], &home(number), log)?;
        guide.answer("Paste it here", "hello")?;
        guide.hears("this is no invitation")?;
        guide.answer("Paste it here", &election.invitation)?;
        guide.answer("Begin? [Y/n]", "")?;
        Ok(guide)
    };
    let mut first = invite(1, &log("ceremony-1"))?;
    let mut second = invite(2, &log("ceremony-2"))?;
    first.hears("Waiting for")?;
    let chinese = ["--language", "zh", "--invitation", &election.invitation];
    let mut third = Guide::start(&chinese, &home(3), &log("ceremony-3"))?;
    third.hears("第 1 轮")?;
    third.answer("开始吗", "")?;
    for guide in [&mut first, &mut second] {
        guide.answer("Enter leaves", "")?;
        let (code, said) = guide.end()?;
        assert_eq!(code, Some(0), "{said}");
        for words in ["test decryption", "your share of the key is on the disk", "Go on whenever you like"] {
            ensure!(said.contains(words), "{words:?} is not in: {said}");
        }
    }
    third.answer("按回车离开", "w")?;
    third.hears("等待")?;

    // the tally: the third has waited, the first comes again; both compare by voice
    vote(&world, &election)?;
    third.answer("现在声明这个总和吗", "")?;
    let mut first = Guide::start(&[], &home(1), &log("tally-1"))?;
    first.answer("State the sum now?", "")?;
    first.hears("read this to each other")?;
    let view = fingerprint(&world, &election, &keys[1].0)?;
    // a reflex is not enough
    first.answer("The first group of four", "0000")?;
    let (code, said) = first.end()?;
    ensure!(code == Some(1) && said.contains("nothing was decrypted"), "{said}");
    let mut first = Guide::start(&[], &home(1), &log("tally-1-again"))?;
    first.answer("The first group of four", first_group(&view))?;
    first.answer("Do all groups agree", "y")?;
    third.answer("第一组四个字符", first_group(&view))?;
    third.answer("所有各组都一致", "是")?;
    for guide in [&mut first, &mut third] {
        let (code, said) = guide.end()?;
        assert_eq!(code, Some(0), "{said}");
        ensure!(said.contains("Yes: 3"), "{said}");
    }
    assert_eq!(world.verify(&election, &[])?.holds()?.votes(1)?, [3, 0]);

    // asked once more, the guide has nothing to do
    let mut again = Guide::start(&[], &home(3), &log("after"))?;
    let (code, said) = again.end()?;
    ensure!(code == Some(0) && said.contains("您的任务已完成"), "{said}");
    Ok(())
}

#[test]
fn a_passphrase_is_typed_twice_at_a_terminal_unseen_and_a_weak_one_is_refused() -> Result<()> {
    const TYPED: &str = "velvet otter lantern quarry 81";
    let place = tempfile::tempdir()?;
    let mut guide = Guide::at_terminal(place.path(), &place.path().join("terminal"))?;
    guide.answer("1 or 2?", "1")?;
    guide.answer("Your name", "Ada")?;
    guide.answer_unseen("Passphrase (nothing is shown)", "password1")?;
    guide.hears("Too easy to guess")?;
    guide.answer_unseen("Passphrase (nothing is shown)", TYPED)?;
    guide.hears("Strength: ")?;
    guide.answer_unseen("The same again", "velvet otter lantern quarry 18")?;
    guide.hears("These were two different ones")?;
    ensure!(!place.path().join("trustee/key.age").exists(), "a key under a passphrase that nobody knows");
    guide.answer_unseen("Passphrase (nothing is shown)", TYPED)?;
    guide.answer_unseen("The same again", TYPED)?;
    guide.answer_unseen("Your passphrase once more", "velvet otter")?;
    guide.hears("This passphrase does not open the key")?;
    guide.answer_unseen("Your passphrase once more", TYPED)?;
    guide.hears("The key was read back from the disk and opened.")?;
    guide.answer("p / f / n?", "n")?;
    guide.answer("https://", "")?;
    let (code, said) = guide.end()?;
    assert_eq!(code, Some(0), "{said}");
    for typed in [TYPED, "quarry 18", "password1"] {
        ensure!(!said.contains(typed), "what was typed was shown: {said}");
    }

    // the next visit asks for it, and a file with it opens the same key
    let mut again = Guide::at_terminal(place.path(), &place.path().join("again"))?;
    again.answer_unseen("Passphrase of your key", TYPED)?;
    again.answer("https://", "")?;
    let (code, said) = again.end()?;
    assert_eq!(code, Some(0), "{said}");
    let (folder, file) = (text(&place.path().join("trustee")), text(&place.path().join("passphrase")));
    fs::write(&file, TYPED)?;
    let paper = text(&place.path().join("paper"));
    let arguments = ["paper", "--folder", &folder, "--passphrase-file", &file, "--to", &paper];
    run("tabella-trustee", &arguments)?.says(&["They are your key in the clear"])?;
    Ok(())
}

/// One trustee uses the guide and is killed after each message; the others are quick.
#[test]
fn a_guide_that_is_killed_after_each_step_goes_on_and_an_interrupted_one_says_how() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("killed", BY_HAND, YES_NO)?;
    let own = &election.trustees[0];
    let arguments = ["--folder", &text(own), "--invitation", &election.invitation];
    let log = |step: usize| place.path().join(format!("guide-{step}"));
    let others: Vec<Running> = election.trustees[1..]
        .iter()
        .zip(2..)
        .map(|(folder, number)| {
            let run = world.trustee_run(&election, "ceremony", folder, &["--wait"]);
            Running::spawn("tabella-trustee", &run, &place.path().join(format!("other-{number}")))
        })
        .collect::<Result<_>>()?;
    let mut guide = Guide::start(&arguments, place.path(), &log(0))?;
    guide.answer("p / f / n?", "n")?;
    let mut kills = 0;
    // killed as soon as something is done: a message that stands, or the share on the disk
    while guide.hears_one_of(&["Begin? [Y/n]", "Enter leaves"])? == 0 {
        guide.say("")?;
        guide.hears("On this visit:")?;
        guide.kill()?;
        kills += 1;
        ensure!(kills <= 7, "more visits than there is to do");
        guide = Guide::start(&arguments, place.path(), &log(kills))?;
    }
    ensure!(kills >= 2, "{kills} kills");
    // interrupted, as by Ctrl-C
    interrupt(guide.id())?;
    let (code, said) = guide.end()?;
    ensure!(code == Some(130) && said.contains("Nothing is lost"), "{code:?}: {said}");
    ensure!(said.contains("tabella-trustee --folder"), "{said}");
    drop(others);
    let status = world.status(&election)?;
    assert_eq!(status["ceremony"]["attempt"], 0, "nothing had to be started anew");
    assert_eq!(status["ceremony"]["trustees"][0]["tested"], true);
    Ok(())
}

/// Sends an interrupt to one process.
fn interrupt(id: u32) -> Result<()> {
    let status = std::process::Command::new("kill").args(["-INT", &id.to_string()]).status()?;
    ensure!(status.success(), "{status}");
    Ok(())
}

#[test]
fn a_key_restored_from_paper_or_copy_decrypts_only_after_the_fingerprint_was_compared() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("restored", BY_HAND, YES_NO)?;
    let [first, second, _] = election.trustees.as_slice() else { unreachable!("three trustees") };
    let paper = text(&place.path().join("paper"));
    let printed = run("tabella-trustee", &["paper", "--folder", &text(first), "--to", &paper])?;
    printed.says(&["They are your key in the clear"])?;
    let page = fs::read_to_string(format!("{paper}/trustee-paper.html"))?;
    ensure!(page.contains("<svg") && !page.contains("http"), "the page needs nothing else");
    run("tabella-trustee", &["paper", "--folder", &text(first), "--to", &paper])?
        .refuses(&["is there already"])?;
    let printed = fs::read_to_string(format!("{paper}/trustee-paper.txt"))?;
    let words = words_on(&printed)?;

    world.ceremony(&election)?;
    // the disk of the first is lost; a slip in the eleventh word is found
    let lost = place.path().join("lost");
    fs::rename(first, &lost)?;
    let mut guide =
        Guide::start(&["restore", "--folder", &text(first)], place.path(), &place.path().join("words"))?;
    guide.answer("from word 1 on:", &words[..10].join(" "))?;
    guide.answer("from word 11 on:", &format!("{}q {}", words[10], words[11]))?;
    guide.hears("is not on the list")?;
    guide.answer("from word 11 on:", &words[10..23].join(" "))?;
    guide.answer("from word 24 on:", &words[23].to_uppercase())?;
    guide.answer("Your name", "Trustee 1")?;
    let (code, said) = guide.end()?;
    ensure!(code == Some(0) && said.contains("The key is back"), "{said}");
    run("tabella-trustee", &["restore", "--folder", &text(first)])?.refuses(&["has a key already"])?;

    // the second's disk is lost too, and its copy of the key file is used
    let copy = text(&place.path().join("copy.age"));
    fs::copy(second.join("key.age"), &copy)?;
    fs::rename(second, place.path().join("lost-too"))?;
    succeed("tabella-trustee", &["restore", "--folder", &text(second), "--key-file", &copy])?;
    // a copy that is only put in place, without a word, is an old folder
    let silent = place.path().join("silent");
    fs::create_dir(&silent)?;
    fs::copy(&copy, silent.join("key.age"))?;
    world
        .trustee(&election, "ceremony", &silent, &[])?
        .refuses(&["has proved a share", "tabella-trustee restore"])?;

    world.trustee(&election, "ceremony", first, &[])?.says(&["status: complete"])?;
    vote(&world, &election)?;
    let tally = |folder: &Path, more: &[&str]| world.trustee(&election, "tally", folder, more);
    let refused = tally(first, &[])?;
    refused
        .refuses(&["restored from a backup", "Compare this fingerprint with the other trustees by voice"])?;
    assert_eq!(refused.status.code(), Some(3), "a person must look");
    ensure!(stated(&world, &election)? == 0, "nothing was stated before the comparison");
    let view = refused.line("fingerprint")?;
    let other = "1".repeat(64);
    tally(first, &["--confirm-fingerprint", &other])?.refuses(&["Nothing is decrypted"])?;
    tally(first, &["--confirm-fingerprint", &view])?.says(&["Posted the statement"])?;
    // what the lost disk remembers is another matter: its journal never saw the statement
    tally(&lost, &[])?.refuses(&["old copy", "counts as spent here"])?;
    tally(second, &["--confirm-fingerprint", &view])?.says(&["Posted the decryption shares"])?;
    tally(first, &["--confirm-fingerprint", &view])?.says(&["status: counted"])?;
    assert_eq!(world.verify(&election, &[])?.holds()?.votes(1)?, [3, 0]);
    Ok(())
}

/// Statements that stand.
fn stated(world: &World, election: &Election) -> Result<usize> {
    let status = world.status(election)?;
    let trustees = status["tally"]["trustees"].as_array().context("trustees")?;
    Ok(trustees.iter().filter(|trustee| trustee["stated"] == true).count())
}

/// A trustee on two machines with a stick between them.
struct Offline<'a> {
    world: &'a World,
    key: String,
    online: String,
    stick: String,
    invitation: String,
}

impl<'a> Offline<'a> {
    /// The election's first trustee, with the machine for the network and the stick in this folder.
    fn new(world: &'a World, election: &Election, place: &Path) -> Self {
        let path = |name: &str| text(&place.join(name));
        Self {
            world,
            key: text(&election.trustees[0]),
            online: path("online"),
            stick: path("stick"),
            invitation: election.invitation.clone(),
        }
    }

    fn export(&self, more: &[&str]) -> Result<Finished> {
        let mut arguments = vec!["export", "--folder", &self.online, "--stick", &self.stick];
        arguments.extend(["--invitation", &self.invitation]);
        arguments.extend(more);
        run("tabella-trustee", &arguments)
    }

    fn answer(&self, more: &[&str]) -> Result<Finished> {
        let mut arguments = vec!["answer", "--folder", &self.key, "--stick", &self.stick];
        arguments.extend(more);
        run("tabella-trustee", &arguments)
    }

    fn import(&self, more: &[&str]) -> Result<Finished> {
        let mut arguments = vec!["import", "--folder", &self.online, "--stick", &self.stick];
        arguments.extend(more);
        run("tabella-trustee", &arguments)
    }

    /// There and back; what the answer was.
    fn trip(&self, more: &[&str]) -> Result<Finished> {
        self.export(&[])?.says(&["status: exported"])?;
        let answered = self.answer(more)?;
        if answered.text().contains("status: answered") {
            self.import(&[])?.says(&["status: posted"])?;
        }
        Ok(answered)
    }
}

#[test]
fn the_last_trustee_to_register_brings_the_key_and_the_next_message_on_one_stick() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("last", BY_HAND, YES_NO)?;
    for other in &election.trustees[1..] {
        world.trustee(&election, "ceremony", other, &[])?.says(&["status: waiting"])?;
    }
    let offline = Offline::new(&world, &election, place.path());
    offline.export(&[])?.says(&["status: exported"])?;
    offline.answer(&[])?.says(&["message: registration", "message: hash of the commitments"])?;
    let posted = offline.import(&[])?;
    posted.says(&["posted: registration", "posted: hash of the commitments", "status: posted"])?;
    Ok(())
}

#[test]
fn a_trustee_without_a_network_takes_part_in_ceremony_and_tally_by_stick() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("offline", BY_HAND, YES_NO)?;
    let path = |name: &str| text(&place.path().join(name));
    let offline = Offline::new(&world, &election, place.path());
    // wrong directions
    offline.answer(&[])?.refuses(&["there is no record on the stick", "export"])?;
    run("tabella-trustee", &["import", "--folder", &path("nobody"), "--stick", &offline.stick])?
        .refuses(&["knows no election yet", "--invitation"])?;
    offline.export(&[])?.says(&["status: exported"])?;
    offline.import(&[])?.refuses(&["no answer yet", "tabella-trustee answer"])?;
    offline.answer(&[])?.says(&["status: answered", "message: registration", "file: "])?;
    offline.answer(&[])?.says(&["message: registration", "Signed: registration of the keys."])?;
    // in Chinese, and from then on without being told; what scripts read stays
    offline.answer(&["--language", "zh"])?.says(&[
        "status: answered",
        "已签名：登记密钥。",
        "带回联网的电脑",
    ])?;
    offline.answer(&[])?.says(&["message: registration", "已签名：登记密钥。"])?;
    offline.answer(&["--language", "en"])?.says(&["Signed: registration of the keys."])?;
    offline.export(&[])?.refuses(&["has not been posted", "import"])?;
    // an answer that was changed on its way, or is another trustee's
    let file = format!("{}/tabella-trustee/answer-1.json", offline.stick);
    let sound = fs::read_to_string(&file)?;
    let swapped = sound.replace("\"trustee\": 1", "\"trustee\": 2");
    fs::write(&file, &swapped)?;
    offline.import(&[])?.refuses(&["holds a message of trustee"])?;
    let message = sound.find("\"messages\"").context("messages")?;
    let (head, tail) = sound.split_at(message + 20);
    let digit = if tail.contains('7') { tail.replacen('7', "8", 1) } else { tail.replacen('1', "2", 1) };
    fs::write(&file, format!("{head}{digit}"))?;
    ensure!(!offline.import(&[])?.status.success(), "a changed message was posted");
    fs::write(&file, &sound)?;
    let posted = offline.import(&["--language", "zh"])?;
    posted.says(&["posted: registration", "status: posted", "已写入公开记录：登记密钥。", "等待"])?;
    let refused = offline.import(&[])?;
    refused.refuses(&["还没有答复", "tabella-trustee answer", "no answer yet"])?;
    offline.export(&[])?.says(&["status: exported", "请把 U 盘带到有密钥的电脑"])?;
    offline.export(&["--language", "en"])?.says(&["Carry the stick to the machine with the key"])?;

    // another election's stick and folder
    let other = world.small("other", BY_HAND, YES_NO)?;
    let astray = Offline {
        world: &world,
        key: offline.key.clone(),
        online: path("online-other"),
        stick: path("stick-other"),
        invitation: other.invitation.clone(),
    };
    astray.export(&[])?.says(&["status: exported"])?;
    astray.answer(&[])?.refuses(&["the stick is of the election", &other.id])?;
    run("tabella-trustee", &["import", "--folder", &offline.online, "--stick", &astray.stick])?
        .refuses(&["the stick is of the election"])?;

    // the ceremony: the others are online and quick
    let others: Vec<Running> = election.trustees[1..]
        .iter()
        .zip(2..)
        .map(|(folder, number)| {
            let run = world.trustee_run(&election, "ceremony", folder, &["--wait"]);
            Running::spawn("tabella-trustee", &run, &place.path().join(format!("other-{number}")))
        })
        .collect::<Result<_>>()?;
    let old = path("old-stick");
    copy_folder(Path::new(&offline.stick), Path::new(&old))?;
    let mut trips = 1;
    while world.status(&election)?["ceremony"]["trustees"][0]["tested"] != true {
        ensure!(trips < 60, "the ceremony never ends");
        let answered = offline.trip(&[])?;
        ensure!(answered.status.success(), "{}", answered.text());
        if answered.text().contains("status: answered") {
            trips += 1;
        } else {
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    ensure!(trips <= 6, "{trips} trips");
    for mut other in others {
        ensure!(other.wait(Duration::from_secs(60))?.success());
    }
    // the stick of last week
    let stale = Offline { stick: old, ..offline_like(&offline) };
    stale.answer(&[])?.refuses(&["older than one that this machine has seen", "export it anew"])?;

    vote(&world, &election)?;
    let stated = offline.trip(&[])?;
    stated.says(&["message: statement"])?;
    let view = stated.line("fingerprint")?;
    let second = world.trustee(&election, "tally", &election.trustees[1], &[])?;
    ensure!(second.line("fingerprint")? == view, "two views");
    let asked = offline.trip(&[])?;
    asked.refuses(&["Compare this fingerprint with the other trustees by voice"])?;
    assert_eq!(asked.status.code(), Some(3));
    offline.trip(&["--confirm-fingerprint", &view])?.says(&["message: decryption shares"])?;
    let last = world.trustee(
        &election,
        "tally",
        &election.trustees[1],
        &["--wait", "--confirm-fingerprint", &view],
    )?;
    last.says(&["status: counted"])?;
    assert_eq!(offline.world.verify(&election, &[])?.holds()?.votes(1)?, [3, 0]);
    offline.trip(&[])?.says(&["Nothing to carry"])?;
    Ok(())
}

fn offline_like<'a>(of: &Offline<'a>) -> Offline<'a> {
    let Offline { world, key, online, stick, invitation } = of;
    Offline {
        world,
        key: key.clone(),
        online: online.clone(),
        stick: stick.clone(),
        invitation: invitation.clone(),
    }
}

#[test]
fn the_guide_refuses_wrong_keys_and_elections_and_shows_restarts_with_what_to_do() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("wrong", BY_HAND, YES_NO)?;
    let other = world.small("another", BY_HAND, YES_NO)?;
    let own = text(&election.trustees[0]);
    let log = |name: &str| place.path().join(name);

    let wrong = text(&place.path().join("passphrase"));
    fs::write(&wrong, "incorrect horse\n")?;
    run("tabella-trustee", &["--folder", &own, "--passphrase-file", &wrong])?
        .refuses(&["the passphrase does not open", "hint: type the passphrase again"])?;
    // another election than the one that the key was made for
    let mut astray =
        Guide::start(&["--folder", &own, "--invitation", &other.invitation], place.path(), &log("astray"))?;
    astray.answer("p / f / n?", "n")?;
    let (code, said) = astray.end()?;
    ensure!(code == Some(1), "{said}");
    let said = said.replace('\n', " ");
    ensure!(said.contains("is not one of this election's trustees: use the folder"), "{said}");
    run("tabella-trustee", &["--folder", &own, "--invitation", "https://board/e/12"])?
        .refuses(&["64 hexadecimal digits", "paste the whole line again"])?;
    // nobody there to answer
    let arguments = ["--folder", &own, "--invitation", &election.invitation];
    run("tabella-trustee", &arguments)?.refuses(&["nobody answers the questions here", "--help"])?;

    // a ceremony that was begun anew
    world.trustee(&election, "ceremony", &election.trustees[0], &[])?.says(&["status: waiting"])?;
    let administrator = world.path("administrator");
    let mut restart = vec!["restart-ceremony", "--folder", &administrator];
    restart.extend(world.at(&election));
    succeed("tabella-admin", &restart)?;
    let mut guide = Guide::start(&arguments, place.path(), &log("restarted"))?;
    guide.hears("Attempt 1 was given up: the administrator began anew.")?;
    guide.hears("Waiting for")?;
    guide.kill()?;

    // a share that is gone, after it was proved
    world.ceremony(&election)?;
    let kept = place.path().join("kept.age");
    fs::rename(election.trustees[0].join("share.age"), &kept)?;
    let gone = Guide::start(&["--folder", &own, "--language", "zh"], place.path(), &log("gone"))?.end()?;
    ensure!(gone.0 == Some(1) && gone.1.contains("旧副本") && gone.1.contains("restore"), "{}", gone.1);
    fs::rename(&kept, election.trustees[0].join("share.age"))?;

    // a second tally, after the first one is done
    vote(&world, &election)?;
    world.tally(&election, &election.trustees[1..])?;
    let after = world.trustee(&election, "tally", &election.trustees[0], &[])?;
    after.says(&["status: counted"])?;
    let status = world.status(&election)?;
    let shares = status["tally"]["trustees"][0]["shares"].as_array().map(Vec::len);
    assert_eq!(shares, Some(0), "a tally that is over is not done again");
    Ok(())
}

/// With one ballot the sum is that ballot: nobody decrypts it, whatever the trustees are asked.
#[test]
fn a_single_ballot_and_too_small_a_group_are_withheld_and_the_guide_says_why() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let settings = BY_HAND.replace("smallest-group = 1", "smallest-group = 2");
    let (election, codes) = world.open("single", &settings, YES_NO, &voters(2))?;
    world.cast(&election, code(&codes, "voter-1")?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    world.administrator(&election, "close")?;
    for folder in &election.trustees {
        let said = world.trustee(&election, "tally", folder, &["--wait"])?;
        said.says(&["status: counted"])?;
    }
    let own = text(&election.trustees[0]);
    let mut guide = Guide::start(
        &["--folder", &own, "--invitation", &election.invitation],
        place.path(),
        &place.path().join("single-guide"),
    )?;
    guide.answer("p / f / n?", "n")?;
    let (code, said) = guide.end()?;
    ensure!(code == Some(0), "{said}");
    let said = said.replace('\n', " ");
    ensure!(
        said.contains("withheld for ever; so few voted that the sum would betray single votes"),
        "{said}"
    );
    ensure!(!said.contains("Yes: 1"), "{said}");
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.contest(1)["verdict"], "withheld");
    Ok(())
}
