//! Everybody who takes part in an election, each with a folder of their own, acting through the real programs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process::{Finished, Running, all_succeed, run, succeed};

/// A board as a process on loopback, an administrator and a registrar.
#[derive(Debug)]
pub struct World {
    root: PathBuf,
    /// Folder of the board's key and store.
    data: PathBuf,
    /// The administrator's folder, which remembers this board.
    administrator: PathBuf,
    board: Option<Running>,
    url: String,
    registrar_key: String,
    witnesses: Vec<Witness>,
}

/// A witness of a world's board, as a process on loopback.
#[derive(Debug)]
struct Witness {
    data: String,
    name: String,
    key: String,
    /// From its first start on.
    url: String,
    running: Option<Running>,
}

impl Witness {
    fn new(data: String, number: usize) -> Result<Self> {
        let name = format!("witness.example/{number}");
        let key = succeed("tabella-board", &["witness", "init", "--data", &data, "--name", &name])?;
        Ok(Self { data, name, key: key.line("key")?, url: String::new(), running: None })
    }

    fn start(&mut self) -> Result<()> {
        let listen = self.url.strip_prefix("http://").unwrap_or("127.0.0.1:0").to_owned();
        let arguments = ["witness", "run", "--data", &self.data, "--listen", &listen];
        let log = PathBuf::from(format!("{}.log", self.data));
        let (running, url) = Running::start("tabella-board", &arguments, "listening on ", &log)?;
        (self.running, self.url) = (Some(running), url);
        Ok(())
    }
}

/// An election on a world's board.
#[derive(Debug, Clone)]
pub struct Election {
    /// Its name: 64 hexadecimal digits.
    pub id: String,
    /// The trustees' folders, by index less one.
    pub trustees: Vec<PathBuf>,
    /// A folder for its rolls, codes and ballots.
    pub folder: PathBuf,
    /// The line that the administrator sends to trustees.
    pub invitation: String,
}

/// A voter of a roll: identity, weight, style.
pub type Voter = (String, u32, String);

impl World {
    /// Makes folders and keys under `root`, which must not exist, and starts the board.
    pub fn new(root: &Path) -> Result<Self> {
        Self::witnessed(root, 0)
    }

    /// The same with so many witnesses, who run and whom the board asks.
    pub fn witnessed(root: &Path, witnesses: usize) -> Result<Self> {
        ensure!(!root.exists(), "{} exists already", root.display());
        fs::create_dir_all(root)?;
        let root = fs::canonicalize(root)?;
        let mut world = Self {
            data: root.join("board"),
            administrator: root.join("administrator"),
            root,
            board: None,
            url: String::new(),
            registrar_key: String::new(),
            witnesses: Vec::new(),
        };
        let administrator = succeed("tabella-admin", &["init", "--folder", &world.path("administrator")])?;
        let registrar = succeed("tabella-registrar", &["init", "--folder", &world.path("registrar")])?;
        world.registrar_key = registrar.line("public key")?;
        let key = administrator.line("public key")?;
        let data = world.path("board");
        for number in 1..=witnesses {
            world.witnesses.push(Witness::new(world.path(&format!("witness-{number}")), number)?);
        }
        let mut arguments =
            vec!["init", "--data", &data, "--origin", "localhost/tabella", "--administrator", &key];
        arguments.extend(world.witnesses.iter().flat_map(|witness| ["--witness", &witness.key]));
        let board_key = succeed("tabella-board", &arguments)?.line("key")?;
        for witness in &mut world.witnesses {
            succeed("tabella-board", &["witness", "add", "--data", &witness.data, "--log", &board_key])?;
            witness.start()?;
        }
        world.start_board("127.0.0.1:0")?;
        Ok(world)
    }

    /// The path of something in the world's folder.
    pub fn path(&self, name: &str) -> String {
        self.root.join(name).to_string_lossy().into_owned()
    }

    /// The board's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The registrar's public key, for a manifest.
    pub fn registrar_key(&self) -> &str {
        &self.registrar_key
    }

    /// Starts the board, or starts it again, on an address.
    pub fn start_board(&mut self, listen: &str) -> Result<()> {
        let log = self.data.with_extension("log");
        let flags: Vec<String> =
            self.witnesses.iter().map(|witness| format!("{}={}", witness.name, witness.url)).collect();
        let data = self.data.to_string_lossy();
        let mut arguments = vec!["run", "--data", &data, "--listen", listen];
        arguments.extend(flags.iter().flat_map(|flag| ["--witness", flag]));
        let (board, url) = Running::start("tabella-board", &arguments, "listening on ", &log)?;
        self.board = Some(board);
        self.url = url;
        Ok(())
    }

    /// Starts the board again where it was.
    pub fn restart_board(&mut self) -> Result<()> {
        let address = self.url.strip_prefix("http://").context("an address")?.to_owned();
        self.start_board(&address)
    }

    /// A second board from a copy of this one's data, with its key, at an address of its own, and an administrator with
    /// the same key who has seen the same so far; everybody else is the same. This one must not run meanwhile.
    pub fn twin(&self, name: &str) -> Result<Self> {
        ensure!(self.board.is_none(), "a board that runs cannot be copied");
        let (root, data) = (self.root.clone(), self.root.join(name));
        copy_folder(&self.data, &data)?;
        let administrator = root.join(format!("{name}-administrator"));
        copy_folder(&self.administrator, &administrator)?;
        let registrar_key = self.registrar_key.clone();
        let mut twin = Self {
            root,
            data,
            administrator,
            board: None,
            url: String::new(),
            registrar_key,
            witnesses: Vec::new(),
        };
        twin.start_board("127.0.0.1:0")?;
        Ok(twin)
    }

    /// Kills the board at once.
    pub fn kill_board(&mut self) -> Result<()> {
        self.board.as_mut().context("the board is not running")?.kill()?;
        self.board = None;
        Ok(())
    }

    /// Kills a witness at once, from 0.
    pub fn kill_witness(&mut self, place: usize) -> Result<()> {
        let witness = self.witnesses.get_mut(place).context("no such witness")?;
        witness.running.take().context("the witness is not running")?.kill()
    }

    /// Starts a witness again where it was.
    pub fn restart_witness(&mut self, place: usize) -> Result<()> {
        self.witnesses.get_mut(place).context("no such witness")?.start()
    }

    /// Makes so many trustees in folders of their own and returns folders and fingerprints.
    pub fn trustees(&self, names: &[&str]) -> Result<Vec<(PathBuf, String)>> {
        let folders: Vec<String> = names.iter().map(|name| self.path(&format!("trustees/{name}"))).collect();
        let runs = folders
            .iter()
            .map(|folder| vec!["init".to_owned(), "--folder".to_owned(), folder.clone()])
            .collect();
        let finished = all_succeed("tabella-trustee", runs)?;
        folders
            .iter()
            .zip(finished)
            .map(|(folder, finished)| Ok((PathBuf::from(folder), finished.line("fingerprint")?)))
            .collect()
    }

    /// Publishes a manifest written in TOML; the name is that of the election's folder.
    pub fn create(&self, name: &str, manifest: &str, trustees: &[PathBuf]) -> Result<Election> {
        let created = self.publish(name, manifest)?;
        let (id, invitation) = (created.line("election")?, created.line("invitation")?);
        Ok(Election { id, trustees: trustees.to_vec(), folder: self.root.join(name), invitation })
    }

    /// Publishes a manifest, kept in a folder of that name, and returns what the administrator was told.
    pub fn publish(&self, name: &str, manifest: &str) -> Result<Finished> {
        let folder = self.root.join(name);
        fs::create_dir_all(&folder)?;
        let file = folder.join("manifest.toml").to_string_lossy().into_owned();
        fs::write(&file, manifest)?;
        let administrator = self.administrator.to_string_lossy();
        succeed("tabella-admin", &["create", &file, "--board", &self.url, "--folder", &administrator])
    }

    /// The arguments by which every program finds the election.
    pub fn at<'a>(&'a self, election: &'a Election) -> [&'a str; 4] {
        ["--board", &self.url, "--election", &election.id]
    }

    /// The arguments of an act of a trustee.
    pub fn trustee_run(&self, election: &Election, act: &str, folder: &Path, more: &[&str]) -> Vec<String> {
        let folder = folder.to_string_lossy();
        let mut arguments = vec![act, "--folder", &folder];
        arguments.extend(self.at(election));
        arguments.extend(more);
        arguments.into_iter().map(str::to_owned).collect()
    }

    /// All trustees make the key together, at the same time, each in a process of their own.
    pub fn ceremony(&self, election: &Election) -> Result<()> {
        let runs = election
            .trustees
            .iter()
            .map(|folder| self.trustee_run(election, "ceremony", folder, &["--wait"]))
            .collect();
        all_succeed("tabella-trustee", runs).map(drop)
    }

    /// The registrar issues a code to each voter and publishes the roll; returns the file of codes.
    pub fn roll(&self, election: &Election, voters: &[Voter]) -> Result<PathBuf> {
        let list = election.folder.join("voters.csv");
        let mut writer = csv::Writer::from_path(&list)?;
        writer.write_record(["identity", "weight", "style"])?;
        for (identity, weight, style) in voters {
            writer.write_record([identity, &weight.to_string(), style])?;
        }
        writer.flush()?;
        let codes = election.folder.join("codes.csv");
        let private = election.folder.join("roll-private.csv");
        let mut arguments = vec!["issue", "--publish", "--folder"];
        let folder = self.path("registrar");
        let (list, codes_path, private) =
            (list.to_string_lossy(), codes.to_string_lossy(), private.to_string_lossy());
        arguments.extend([folder.as_str(), "--voters", &list, "--codes", &codes_path, "--private", &private]);
        arguments.extend(self.at(election));
        succeed("tabella-registrar", &arguments)?;
        Ok(codes)
    }

    /// An act of the administrator: `open`, `close`.
    pub fn administrator(&self, election: &Election, act: &str) -> Result<Finished> {
        let folder = self.administrator.to_string_lossy();
        let mut arguments = vec![act, "--folder", &folder];
        arguments.extend(self.at(election));
        succeed("tabella-admin", &arguments)
    }

    /// A voter at the command line; may fail.
    pub fn vote(&self, election: &Election, act: &str, more: &[&str]) -> Result<Finished> {
        let mut arguments = vec![act];
        arguments.extend(self.at(election));
        arguments.extend(more);
        run("tabella-vote", &arguments)
    }

    /// The trustees in these folders state what they saw, compare the fingerprint, and decrypt.
    ///
    /// The comparison by voice of the real ceremony is a comparison of what each program printed by itself.
    pub fn tally(&self, election: &Election, trustees: &[PathBuf]) -> Result<()> {
        let mut fingerprints = Vec::new();
        for folder in trustees {
            let run = run("tabella-trustee", &self.trustee_run(election, "tally", folder, &[]))?;
            fingerprints.push(run.line("fingerprint")?);
        }
        let first = fingerprints.first().context("at least one trustee")?;
        ensure!(
            fingerprints.iter().all(|fingerprint| fingerprint == first),
            "the trustees saw different records"
        );
        let runs = trustees
            .iter()
            .map(|folder| {
                self.trustee_run(election, "tally", folder, &["--wait", "--confirm-fingerprint", first])
            })
            .collect();
        all_succeed("tabella-trustee", runs).map(drop)
    }

    /// Exports the record into a folder that does not exist yet.
    pub fn export(&self, election: &Election, folder: &Path) -> Result<()> {
        let folder = folder.to_string_lossy();
        let mut arguments = vec!["export", "--to", &folder];
        arguments.extend(self.at(election));
        succeed("tabella-admin", &arguments).map(drop)
    }
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for item in fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy_folder(&item.path(), &target)?;
        } else if item.file_type()?.is_file() {
            // not the socket that a board leaves when it is killed
            fs::copy(item.path(), target)?;
        }
    }
    Ok(())
}
