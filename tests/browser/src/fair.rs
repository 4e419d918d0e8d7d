//! An election with every voting method, in both languages, with names that are hard to show.

use std::path::Path;

use anyhow::Result;
use tabella_tests::small::{BY_HAND, Codes, code};
use tabella_tests::world::{Election, Voter, World};

/// An option whose name would run, if it were taken for markup.
pub const MARKUP: &str = "<img src=x onerror=\"document.title=1\"><script>document.title=2</script> & Söhne";

/// A board with an election of every voting method, open for voting.
pub struct Fair {
    /// The world.
    pub world: World,
    /// The election.
    pub election: Election,
    /// Codes of `member-1` to `member-6` (all questions), `guest-1`, `guest-2` (two questions) and `elder-1` (weight 3).
    pub codes: Codes,
}

impl Fair {
    /// Makes it, in a folder that does not exist yet.
    pub fn open(root: &Path) -> Result<Self> {
        let world = World::new(root)?;
        let voter = |name: String, weight, style: &str| -> Voter { (name, weight, style.to_owned()) };
        let mut voters: Vec<Voter> = (1..=6).map(|n| voter(format!("member-{n}"), 1, "Members")).collect();
        voters.extend((1..=2).map(|n| voter(format!("guest-{n}"), 1, "Guests")));
        voters.push(voter("elder-1".to_owned(), 3, "Members"));
        let (election, codes) = world.open("fair", &settings(), &contests(), &voters)?;
        Ok(Self { world, election, codes })
    }

    /// The address of one of the election's pages; the empty one is the election's own.
    pub fn page(&self, name: &str) -> String {
        at(self.world.url(), &self.election, name)
    }

    /// A voter's code.
    pub fn code(&self, voter: &str) -> Result<&str> {
        code(&self.codes, voter)
    }
}

/// The address of a page of an election at a board or liar.
pub fn at(url: &str, election: &Election, page: &str) -> String {
    let slash = if page.is_empty() { "" } else { "/" };
    format!("{url}/e/{}{slash}{page}", election.id)
}

fn settings() -> String {
    // The title of a small election is its name; texts in two languages stand in the contests.
    format!("{BY_HAND}\ntests = 4\n")
}

fn contests() -> String {
    r#"
[[contest]]
title = { en = "Who shall be mayor?", zh-Hans = "谁来担任镇长？" }
description = { en = "The mayor is elected for three years.", zh-Hans = "镇长任期三年。" }
options = ["Ada", { en = 'MARKUP', zh-Hans = 'MARKUP' }, { en = "Bo", zh-Hans = "阿波" }]
method = "choose-one"
blank = { en = "Blank vote", zh-Hans = "空白票" }
outcome = { quorum = "1/4", requirements = ["more than 1/2 of valid"] }

[[contest]]
title = { en = "Which works shall be built?", zh-Hans = "应建设哪些工程？" }
options = ["Bridge", "Library", "Pool", "A road with a very long name that goes on and on, past the mill, over the hill and down to the harbour"]
method = { choose = { max = 2 } }

[[contest]]
title = { en = "How good are these days?", zh-Hans = "您如何评价这些日子？" }
options = ["Friday", "Saturday"]
method = { score = { max = 10 } }

[[contest]]
title = { en = "Spread five points", zh-Hans = "分配五分" }
options = ["Red", "Green", "Blue"]
method = { cumulative = { points = 5 } }

[[contest]]
title = { en = "The council", zh-Hans = "议会" }
options = ["Dee", "Eli", "Fay"]
method = { for-against-abstain = { max-for = 2 } }
blank = { en = "Blank vote", zh-Hans = "空白票" }
outcome = { seats = 2, requirements = ["more than 1/2 of for-and-against"] }

[[contest]]
title = { en = "Grade the plans", zh-Hans = "为方案评级" }
options = ["Plan A", "Plan B"]
method = { grades = [{ en = "Good", zh-Hans = "好" }, { en = "Fair", zh-Hans = "一般" }, { en = "Poor", zh-Hans = "差" }] }
blank = { en = "No opinion", zh-Hans = "没有意见" }

[[contest]]
title = { en = "In which order?", zh-Hans = "按什么顺序？" }
options = ["Gil", "Hal", "Ina"]
method = "rank"
blank = { en = "Blank vote", zh-Hans = "空白票" }

[[style]]
name = "Members"
contests = [1, 2, 3, 4, 5, 6, 7]

[[style]]
name = "Guests"
contests = [2, 3]
"#
    .replace("MARKUP", MARKUP)
}
