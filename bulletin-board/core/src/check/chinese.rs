//! The titles of the checks in Chinese: what holds if a check passes. The verifier's report and the web app show the same.

use super::Check;

impl Check {
    /// What holds if the check passes, in Chinese (简体中文), as a sentence without its full stop.
    pub fn title_in_chinese(self) -> &'static str {
        match self {
            Self::Files => "记录包含应有的全部文件，且没有其他文件",
            Self::Checkpoints => "每个检查点都有公告板的签名，且彼此一致",
            Self::Tree => "由各条目算出的根与检查点签署的根相同",
            Self::Tiles => "公布的哈希值由各条目得出",
            Self::Encoding => "每个条目都是其内容的规范编码",
            Self::Blocks => "区块编号连续，时间从不倒退，且每个区块都写明之前的根",
            Self::Anchors => "公告板日志锚定了本次选举的检查点",
            Self::Cosignatures => "选举文件要求的见证人已签署检查点",
            Self::Order => "自动产生的条目位于规则规定的位置",
            Self::Releases => "网页应用的每个版本都列出其文件，且与上一版本不同",
            Self::ManifestParts => "选举文件按顺序位于第一个区块之后",
            Self::ManifestHash => "选举以其文件的哈希值命名",
            Self::ManifestRules => "选举文件中的规则彼此相符",
            Self::AdministratorSignatures => "管理员签署了每一项操作，且签署时间与所处时间相符",
            Self::Registrations => "每位受托人都登记了选举文件中指定的密钥",
            Self::TrusteeSignatures => "受托人签署了自己发布的全部内容",
            Self::CeremonyOrder => "密钥仪式各轮按顺序进行，每条消息只出现一次",
            Self::CommitmentHashes => "各项承诺与此前公布的哈希值相符",
            Self::Possession => "每位分发者都作出 t 项承诺，并证明自己持有秘密",
            Self::SealedShares => "每位分发者都为其他每位受托人封装了一份密钥份额",
            Self::Complaints => "每项申诉都得到了与承诺相符的份额作为答复",
            Self::Confirmations => "全体受托人确认了同一个密钥仪式",
            Self::JointKey => "选举密钥和所有验证密钥均不是单位元",
            Self::TestDecryptions => "每位受托人都证明其保存的份额可以使用",
            Self::CeremonyRestarts => "密钥仪式的每次重启都有依据",
            Self::RollSignatures => "登记机构签署了名册及其每次变更，且每次都针对变更前的名册",
            Self::RollParts => "名册各部分完整且有序",
            Self::RollVoters => "选民有序排列且不重复，凭证、权重和票样有效，分组足够大",
            Self::RollWeight => "权重之和不超过选举文件允许的上限",
            Self::RollChanges => "名册变更有序，发生在投票开始之前，且切实可行",
            Self::OpeningConditions => "投票按规则规定的时间和条件开始",
            Self::OpeningContent => "投票使用密钥仪式产生的密钥，并针对该名册开始",
            Self::BallotTime => "选票位于投票开始与结束之间",
            Self::VoterSignatures => "每张选票都由其凭证持有人签名",
            Self::BallotProofs => "每张选票都证明自己遵守各题的规则",
            Self::RollMembership => "每张选票都属于名册上的选民，且票样与该选民相符",
            Self::BallotChain => "每张选票都指明该选民的前一张选票，且计数加一",
            Self::BallotLimits => "没有选民投出或测试的选票超过选举文件允许的数量",
            Self::FreshCiphertexts => "没有任何密文出现在两张选票中，测试过的选票也没有被投出",
            Self::TestedBallots => "每次公开的内容都对应一张测试选票，并由该选民签名",
            Self::ClosingConditions => "投票按规则规定的时间和条件结束",
            Self::ClosingContent => "投票结束时清点了此前的全部选票",
            Self::Aggregate => "汇总值是所有计票选票的加权和",
            Self::WithheldContests => "仅当某题中有分组过小时，该题才不予公布",
            Self::Statements => "受托人声明其解密的正是本记录和本汇总值",
            Self::DecryptionShares => "每份解密份额都属于相应的受托人和本汇总值",
            Self::Totals => "总数正是由 t 位受托人的份额解密所得",
            Self::Outcomes => "结果依照选举文件的规则由总数得出",
        }
    }
}
