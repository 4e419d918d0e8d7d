//! The drawing of a path in the tree.

use crate::language::{Language, Texts};

/// The texts of the drawing.
pub(crate) struct Tree {
    /// What it shows, of the entry's index, the log's size, and how many steps, as the language writes them.
    pub(crate) explain: fn(&str, &str, usize) -> String,
    pub(crate) alone: &'static str,
    /// The description of the drawing, of the number of steps.
    pub(crate) label: fn(usize) -> String,
    pub(crate) leaf: &'static str,
    pub(crate) root: &'static str,
    pub(crate) table: &'static str,
    pub(crate) step: &'static str,
    pub(crate) neighbour: &'static str,
    pub(crate) side: &'static str,
    pub(crate) left: &'static str,
    pub(crate) right: &'static str,
    pub(crate) gives: &'static str,
    pub(crate) as_table: &'static str,
    pub(crate) note: &'static str,
}

impl Texts for Tree {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Tree = Tree {
    explain: |index, size, steps| {
        let steps = if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") };
        format!(
            "All {size} entries of this log are joined in pairs, again and again, until one number is left: the root of this tree, which is the fingerprint of the record. It stands in the checkpoint, which the board has signed. From entry {index} at the bottom it is {steps} to the root, and this device has calculated each of them. If one letter of any entry were changed, another root would come out."
        )
    },
    alone: "The log has one entry: it is the root itself.",
    label: |steps| {
        let steps = if steps == 1 { "one step".to_owned() } else { format!("{steps} steps") };
        format!(
            "The way from the entry up to the root of the tree, in {steps}. The table below says the same."
        )
    },
    leaf: "this entry",
    root: "root",
    table: "The way to the root, from the bottom up",
    step: "Step",
    neighbour: "Joined with",
    side: "which stands",
    left: "on the left",
    right: "on the right",
    gives: "gives",
    as_table: "The same as a table",
    note: "The checkpoint, as the board has signed it",
};

static ZH: Tree = Tree {
    explain: |index, size, steps| {
        format!(
            "日志中的全部 {size} 个条目两两相连、层层合并，最后只剩一个数：树根，也就是记录指纹。它写在由公告板签名的检查点中。从最下方的第 {index} 号条目到根共 {steps} 步，每一步都由本设备计算。任何条目哪怕改动一个字，得到的根都会不同。"
        )
    },
    alone: "日志中只有一个条目：它本身就是根。",
    label: |steps| format!("从条目向上到树根的路径，共 {steps} 步。下方表格列出相同内容。"),
    leaf: "此条目",
    root: "根",
    table: "自下而上到根的路径",
    step: "步骤",
    neighbour: "与之合并",
    side: "位置",
    left: "左侧",
    right: "右侧",
    gives: "得到",
    as_table: "以表格显示",
    note: "公告板签名的检查点",
};
