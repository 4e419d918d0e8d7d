//! The practice election's own words.

use crate::language::{Language, Texts};

/// The texts.
pub(crate) struct Practice {
    pub(crate) banner: &'static str,
    pub(crate) letter: &'static str,
    pub(crate) letter_words: &'static str,
    pub(crate) letter_code: &'static str,
    pub(crate) fill_in: &'static str,
    pub(crate) intro: &'static str,
    pub(crate) receipt_title: &'static str,
    pub(crate) receipt_lead: &'static str,
    pub(crate) would: &'static str,
    pub(crate) would_list: [&'static str; 3],
    pub(crate) tested_lead: &'static str,
    pub(crate) tested_words: &'static str,
    pub(crate) examine: &'static str,
    pub(crate) inside: &'static str,
    pub(crate) once_more: &'static str,
    pub(crate) elections: &'static str,
}

impl Texts for Practice {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: Practice = Practice {
    banner: "Practice: nothing is sent or recorded.",
    letter: "Your voting letter",
    letter_words: "In a real election the code comes by letter, or from your election office. This one was made on your device, for practice only.",
    letter_code: "Your code for the practice election",
    fill_in: "Fill in the code for me",
    intro: "Try voting here as often as you like. The ballot is really sealed, and really tested if you wish; it just goes nowhere.",
    receipt_title: "Practice is over: nothing was recorded",
    receipt_lead: "In a real election your receipt would stand here, and your vote would be cast only now.",
    would: "What you would have in a real election",
    would_list: [
        "The place of your ballot on the public record, checked by this device.",
        "A receipt to save or print, which does not show how you voted.",
        "A link and a QR code for checking later, from another device.",
    ],
    tested_lead: "In a real election this ballot would now be used up, and on the public record as a test.",
    tested_words: "You would scan a QR code with another device, which shows what is in the sealed ballot. Here this device can do the same.",
    examine: "Open the sealed ballot",
    inside: "This is what is in the sealed ballot. Is it what you chose?",
    once_more: "Practise again",
    elections: "See the elections",
};

static ZH: Practice = Practice {
    banner: "练习：不会发送或记录任何内容。",
    letter: "您的投票信函",
    letter_words: "在真正的选举中，投票码通过信函寄来，或由选举办公室交给您。这个投票码由您的设备生成，仅供练习。",
    letter_code: "您的练习投票码",
    fill_in: "替我填入投票码",
    intro: "您可以在这里随意练习投票。选票会真正封装，您也可以真正测试，只是不会送往任何地方。",
    receipt_title: "练习结束：没有记录任何内容",
    receipt_lead: "在真正的选举中，这里会显示您的回执；直到此时，您的选票才算投出。",
    would: "在真正的选举中，您会得到",
    would_list: [
        "选票在公开记录中的位置，由本设备核查。",
        "可保存或打印的回执，它不显示您如何投票。",
        "供以后在另一台设备上核对的链接和二维码。",
    ],
    tested_lead: "在真正的选举中，这张选票现在已经作废，并作为测试列入公开记录。",
    tested_words: "您会用另一台设备扫描二维码，由它显示已封装选票中的内容。在这里，本设备也可以做到。",
    examine: "打开已封装的选票",
    inside: "这就是已封装选票中的内容。与您的选择一致吗？",
    once_more: "再练习一次",
    elections: "查看选举",
};
