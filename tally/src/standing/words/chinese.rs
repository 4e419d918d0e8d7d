//! 简体中文.

use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::{Words, waited_for};
use crate::ceremony::Trouble;
use crate::passphrase::Weakness;
use crate::standing::{Aborted, ComplaintStanding, ContestOutcome, Mark, Next, Round, Stage, Standing};
use crate::tally::{Doubt, ReleaseRefusal};

/// The texts in Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Chinese;

impl Words for Chinese {
    fn round(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => "登记密钥",
            Round::CommitmentHash => "预告",
            Round::Commitments => "公开承诺",
            Round::Shares => "封装份额",
            Round::Confirmation => "确认",
            Round::TestDecryption => "试解密",
            Round::Statement => "声明",
            Round::Decryption => "解密份额",
        }
    }

    fn column(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => "登记",
            Round::CommitmentHash => "预告",
            Round::Commitments => "承诺",
            Round::Shares => "份额",
            Round::Confirmation => "确认",
            Round::TestDecryption => "试解密",
            Round::Statement => "声明",
            Round::Decryption => "解密",
        }
    }

    fn explanation(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => {
                "您的公钥经签名写入公开记录：此后人人都能核对您的消息，其他受托人也能向您发送封装的内容。"
            }
            Round::CommitmentHash => {
                "在任何人公开之前，您先预告自己那部分选举密钥的哈希值，这样谁也无法看着别人的部分来挑选自己的。"
            }
            Round::Commitments => {
                "您按预告公开自己那部分的公开一面，并证明您知道其秘密一面；所有人的部分合成封装选票所用的选举密钥。"
            }
            Round::Shares => {
                "您把自己那部分拆成小份，分别封装给每位受托人，只有本人能打开；即使有人缺席，足够多的人仍能共同解密。"
            }
            Round::Confirmation => {
                "您打开别人封装给您的小份，逐一与其公开的内容核对，把您的密钥份额用口令加密存盘，并签名确认全部相符。"
            }
            Round::TestDecryption => {
                "您用从磁盘重新读出的份额解密一个测试值，让所有人在投票开始之前就知道您的密钥确实可用。"
            }
            Round::Statement => {
                "您亲自核验记录中的每一张选票，在封装状态下相加，并签名声明所得的总和，确保所有受托人解密的是同一个总和。"
            }
            Round::Decryption => {
                "您解密总和中属于您的部分，绝不解密任何单张选票；达到门限人数的受托人合起来就得出结果。"
            }
        }
    }

    fn repetition(&self, round: Round) -> &'static str {
        match round {
            Round::Registration => "您的公钥始终相同：重复登记不会改变什么。",
            Round::CommitmentHash | Round::Commitments => {
                "您的部分由密钥文件和公开记录推出，再做一次结果相同。"
            }
            Round::Shares => "重新封装的是同样的小份，而记录只接受一条消息。",
            Round::Confirmation => "签名之前份额已在磁盘上；再做一次，签的是同样的内容。",
            Round::TestDecryption => "测试值由公开记录决定，可以反复解密。",
            Round::Statement => "声明先写入您的磁盘，然后才离开您的电脑；您绝不会作出另一份声明。",
            Round::Decryption => "再解密一次，仍是同一个总和，绝不会是另一个。",
        }
    }

    fn mark(&self, mark: Mark) -> &'static str {
        match mark {
            Mark::Done => "已完成",
            Mark::Due => "等待中",
            Mark::Later => "未到",
            Mark::Spared => "不再需要",
        }
    }

    fn list(&self, trustees: &[(TrusteeIndex, String)]) -> String {
        let named: Vec<String> = trustees.iter().map(|(number, name)| format!("{number} {name}")).collect();
        named.join("、")
    }

    fn stage(&self, stage: Stage) -> String {
        match stage {
            Stage::Manifest => "选举正在发布".to_owned(),
            Stage::Round(round @ (Round::Statement | Round::Decryption)) => {
                format!("计票，第 {} 步（共 2 步）：{}", round.number(), self.round(round))
            }
            Stage::Round(round) => {
                format!("生成密钥，第 {} 轮（共 6 轮）：{}", round.number(), self.round(round))
            }
            Stage::Answers => "生成密钥：有异议待答复".to_owned(),
            Stage::NoKey => "生成密钥：必须重新开始".to_owned(),
            Stage::Opening => "密钥已生成，投票尚未开始".to_owned(),
            Stage::Voting => "投票进行中".to_owned(),
            Stage::Results => "计票：即将得出结果".to_owned(),
            Stage::Counted => "计票完成，结果已公布".to_owned(),
            Stage::Over => "已终止：密钥生成之前投票已结束".to_owned(),
        }
    }

    fn waiting(&self, standing: &Standing) -> String {
        let names = self.list(&waited_for(standing));
        match standing.stage {
            Stage::Manifest => "等待选举办公室发布选举。".to_owned(),
            Stage::Round(round) => format!("等待 {names}：{}。", self.round(round)),
            Stage::Answers => format!("等待 {names} 答复异议，即公开有争议的那一个份额。"),
            Stage::NoKey => "等待选举办公室重新开始：受托人提供的部分不能组成安全的密钥。".to_owned(),
            Stage::Opening => "等待名册发布，以及投票开始的时间。".to_owned(),
            Stage::Voting => "等待投票结束。".to_owned(),
            Stage::Results => "等待结果发布。".to_owned(),
            Stage::Counted | Stage::Over => "无需再等待。".to_owned(),
        }
    }

    fn next(&self, next: Next) -> String {
        match next {
            Next::NotATrustee => {
                "此文件夹中的密钥不属于本次选举的任何受托人：请使用指纹已交给选举办公室的那个文件夹，\
                 或核对邀请是否属于本次选举。"
                    .to_owned()
            }
            Next::Do(round) => format!("轮到您：{}。", self.round(round)),
            Next::Answer => {
                "轮到您：另一位受托人认为您的份额不符。您公开那一个份额即可解决，您的密钥不受损害。"
                    .to_owned()
            }
            Next::Results => "份额已经足够：可以算出并发布结果。".to_owned(),
            Next::Wait => "您目前的部分已经完成。".to_owned(),
            Next::Nothing => "您没有其他事情要做了。".to_owned(),
        }
    }

    fn aborted(&self, aborted: &[Aborted]) -> Vec<String> {
        let line = |ended: &Aborted| {
            let number = u64::from(ended.attempt) + 1;
            match ended.culprit {
                Some(culprit) => {
                    format!("第 {number} 次尝试已放弃：{culprit} 号受托人分发的份额不符，且未改正。")
                }
                None => format!("第 {number} 次尝试已放弃：选举办公室重新开始。"),
            }
        };
        aborted.iter().map(line).collect()
    }

    fn complaints(&self, standing: &Standing) -> Vec<String> {
        let line = |about: &ComplaintStanding| {
            let (receiver, dealer) = (about.receiver, about.dealer);
            if about.is_settled {
                format!("{receiver} 号受托人曾对 {dealer} 号的份额提出异议，经答复已解决。")
            } else {
                format!("{receiver} 号受托人认为 {dealer} 号的份额不符。")
            }
        };
        standing.complaints.iter().map(line).collect()
    }

    fn tally(&self, standing: &Standing) -> Vec<String> {
        let Some(tally) = &standing.tally else { return Vec::new() };
        let statements = tally.statements;
        let mut lines = vec![match tally.missing_statements() {
            0 => format!("声明：{statements} 份，足以排除记录有第二个版本。"),
            missing => format!("声明：{statements} 份；再有 {missing} 份即可排除记录有第二个版本。"),
        }];
        lines.extend(tally.contests.iter().map(|contest| {
            let number = u32::from(contest.contest) + 1;
            match contest.outcome {
                ContestOutcome::Withheld => {
                    format!("第 {number} 题：永不公布，因为投票人数太少，总和会暴露单张选票。")
                }
                ContestOutcome::Pending { shares, missing } => {
                    format!("第 {number} 题：已有 {shares} 份解密份额，还缺 {missing} 份。")
                }
                ContestOutcome::Counted => format!("第 {number} 题：结果已公布。"),
            }
        }));
        lines
    }

    fn weakness(&self, weakness: Weakness) -> &'static str {
        match weakness {
            Weakness::Keyboard => "太容易猜到：是键盘上相邻的键。请用几个互不相关的词。",
            Weakness::Pattern => "太容易猜到：是重复或连续的字符。请用几个互不相关的词。",
            Weakness::Common => "太容易猜到：很多人使用类似的口令。请用几个互不相关的词。",
            Weakness::Date => "太容易猜到：是日期。请用几个互不相关的词。",
            Weakness::Word => "太容易猜到：是单个词或姓名。请用几个互不相关的词。",
            Weakness::Short => "太容易猜到：太短。请再加两三个不常用的词。",
        }
    }

    fn strength(&self, is_strong: bool) -> &'static str {
        if is_strong { "强度：强。" } else { "强度：良好。" }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        match trouble {
            Trouble::NoManifest => "选举尚未写入记录：请等选举办公室发布后再试。".to_owned(),
            Trouble::NotATrustee(own) => format!(
                "本次选举中 {own} 号受托人的指纹与此密钥文件不同：请使用为本次选举生成的密钥文件；\
                 若选举尚未发布，请将指纹告知选举办公室。"
            ),
            Trouble::Foreign(own) => format!(
                "记录中有 {own} 号受托人的承诺，但不是由此密钥文件生成的：有他人在使用该受托人的密钥。\
                 请告知选举办公室；此密钥不得再用。"
            ),
            Trouble::Key(error) => {
                format!("受托人提供的部分不能组成安全的密钥（{error}）：选举办公室必须重新开始。")
            }
            Trouble::Own(error) => {
                format!("本受托人的部分未能完成（{error}）：请告知选举办公室，可以重新开始。")
            }
            Trouble::ShareGone(own) => format!(
                "{own} 号受托人已在记录上证明过自己的份额，但此文件夹中没有：这是旧副本，或份额已被删除。\
                 请使用正确的文件夹，或用 `tabella-trustee restore` 从纸质备份恢复；\
                 投票开始之前，选举办公室也可以重新开始。"
            ),
            Trouble::Over => "密钥生成之前投票已结束：本次选举没有其他事情要做了。".to_owned(),
        }
    }

    fn refusal(&self, refusal: &ReleaseRefusal) -> String {
        match refusal {
            ReleaseRefusal::NotClosed => "投票尚未结束：请在结束后计票。".to_owned(),
            ReleaseRefusal::NoStatement(own) => {
                format!("{own} 号受托人的声明尚未写入记录：请先提交声明。")
            }
            ReleaseRefusal::TooFew { found, threshold } => format!(
                "需要 {threshold} 名受托人，目前只有 {found} 名作出声明：请等待其他人；\
                 少于 {threshold} 名受托人时，永远无法解密任何内容。"
            ),
            ReleaseRefusal::Cosignatures { found, demanded } => format!(
                "投票结束的记录需要 {demanded} 名见证人联署，目前只有 {found} 名：请等待；\
                 若迟迟没有，请询问公告板的运营者。"
            ),
            ReleaseRefusal::OtherFingerprint { confirmed, found } => format!(
                "所确认的指纹是 {confirmed}，而此记录的指纹是 {found}：记录可能有两个版本。\
                 没有解密任何内容；请告知其他受托人。"
            ),
            ReleaseRefusal::Unconfirmed { doubts, fingerprint } => {
                let doubts: Vec<String> = doubts.iter().map(|doubt| self.doubt(doubt)).collect();
                format!(
                    "此刻选票的保密只依靠公告板（{}）。请与其他受托人通过语音核对此指纹，然后确认：{fingerprint}",
                    doubts.join("；")
                )
            }
        }
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::Quorum { found, quorum } => {
                format!("有 {found} 名受托人声明此记录，而排除第二个版本需要 {quorum} 名")
            }
            Doubt::NoWitness => "没有见证人为投票结束的记录联署，只有公告板运营者为其担保".to_owned(),
        }
    }
}
