//! The page for addresses that lead nowhere.

use crate::language::{Language, Texts};

/// The texts.
pub(crate) struct NotFound {
    pub(crate) title: &'static str,
    pub(crate) no_election: &'static str,
    pub(crate) words: &'static str,
    pub(crate) elections: &'static str,
    pub(crate) check: &'static str,
    pub(crate) how: &'static str,
}

impl Texts for NotFound {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

pub(super) static EN: NotFound = NotFound {
    title: "There is no such page",
    no_election: "There is no such election",
    words: "The address may be cut short or mistyped. Compare it with your letter, or scan the letter’s QR code again. Nothing was sent, and nothing is lost.",
    elections: "See the elections",
    check: "Check a receipt or a test",
    how: "How it works",
};

pub(super) static ZH: NotFound = NotFound {
    title: "没有这个页面",
    no_election: "没有这场选举",
    words: "网址可能不完整或输入有误。请与您的信函对照，或重新扫描信函上的二维码。没有发送任何内容，也没有丢失任何内容。",
    elections: "查看选举",
    check: "核对回执或测试",
    how: "工作原理",
};
