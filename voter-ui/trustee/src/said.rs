//! What a trustee is told, in both languages: the sentences of all programs for trustees, and those that differ where the
//! key is in a file that a page has loaded.

use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::transcript::Digest;
use tabella_tally::ceremony::Trouble;
use tabella_tally::standing::Standing;
use tabella_tally::standing::words::{Language, Words};
use tabella_tally::tally::{Doubt, Fingerprint, ReleaseRefusal};
use tabella_tally::trustee::intent::Refused;
use tabella_web_shared::trustee::Said;

/// The same in every language.
fn said(sentence: impl Fn(&dyn Words) -> String) -> Said {
    both(sentence(Language::English.words()), sentence(Language::Chinese.words()))
}

fn both(english: impl Into<String>, chinese: impl Into<String>) -> Said {
    Said { english: english.into(), chinese: chinese.into() }
}

/// What is waited for, and for whom.
pub(crate) fn waiting(standing: &Standing) -> Said {
    said(|words| words.waiting(standing))
}

/// Why the ceremony cannot go on, and what to do.
pub(crate) fn trouble(trouble: &Trouble) -> Said {
    said(|words| words.trouble(trouble))
}

/// Why no share is released, and what to do.
pub(crate) fn refusal(refusal: &ReleaseRefusal) -> Said {
    said(|words| words.refusal(refusal))
}

/// Why a person must compare fingerprints.
pub(crate) fn doubts(doubts: &[Doubt]) -> Said {
    let join = |words: &dyn Words, between: &str| {
        doubts.iter().map(|doubt| words.doubt(doubt)).collect::<Vec<_>>().join(between)
    };
    both(join(Language::English.words(), "; "), join(Language::Chinese.words(), "；"))
}

/// Why a key from a file needs it.
pub(crate) fn unknown_use() -> Said {
    both(
        "This browser does not remember whether your key was used before. Go on only if you never took part in a tally of \
         this election that had another fingerprint.",
        "此浏览器没有您的密钥以前是否用过的记录。只有您从未参与过本次选举中指纹不同的计票，才可以继续。",
    )
}

/// The closing is not on the board log.
pub(crate) fn not_anchored() -> Said {
    both("Waiting for the board to anchor the end of voting.", "等待公告板锚定投票结束。")
}

/// The key is nobody's in this election.
pub(crate) fn not_a_trustee(fingerprint: &Digest) -> Said {
    let fingerprint = Fingerprint(*fingerprint);
    both(
        format!(
            "No trustee of this election has the fingerprint of this key: {fingerprint}. Load the key file that was made \
             for this election, or check that the invitation is to this election."
        ),
        format!(
            "本次选举没有受托人的指纹与此密钥相同：{fingerprint}。请载入为本次选举生成的密钥文件，或核对邀请是否属于\
             本次选举。"
        ),
    )
}

/// The share that follows from the key does not fit.
pub(crate) fn foreign_share(error: &CeremonyError) -> Said {
    both(
        format!(
            "The share that follows from your key is not one of this election's key ({error}). Tell the election office."
        ),
        format!("由您的密钥得出的份额不属于本次选举的密钥（{error}）。请告知选举办公室。"),
    )
}

/// Why this key serves no view like this one, ever.
pub(crate) fn refused(refused: &Refused) -> Said {
    match refused {
        Refused::Behind => both(
            "A statement of yours stands on the record, but this browser does not know of it. Go on in the browser or with \
             the program that made it; the other trustees can go on without you.",
            "记录上已有您的声明，但此浏览器并不知道。请在作出声明的浏览器或程序中继续；其他受托人无须等您。",
        ),
        Refused::OtherView { intended, found } => {
            let found = Fingerprint(*found);
            let intended = Digest::from_hex(intended).map(|view| Fingerprint(view).to_string());
            let intended = intended.unwrap_or_default();
            both(
                format!(
                    "Your key was meant for the record with the fingerprint {intended}, but the board now shows {found}: \
                     two versions of the record exist. Nothing is decrypted. Tell the other trustees and the board's \
                     operator."
                ),
                format!(
                    "您的密钥原用于指纹为 {intended} 的记录，而公告板现在显示 {found}：存在两个版本的记录。没有解密任何\
                     内容；请告知其他受托人和公告板的运营者。"
                ),
            )
        }
    }
}

/// Voting ended before there was a key.
pub(crate) fn no_key() -> Said {
    trouble(&Trouble::Over)
}
