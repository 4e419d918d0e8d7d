//! An election's page, in Chinese.

use tabella_crypto::manifest::{CredentialMode, Recasting};

use super::Election;

pub(super) static ZH: Election = Election {
    title: "选举",
    vote: "立即投票",
    check: "查询您的选票",
    results: "查看结果",
    follow: "查看计票进展",
    recount: "在本设备上重新计票",
    practice: "先试试练习选举",
    record: "公开记录",
    was_open: ["投票时间：", " 至 ", "。"],
    early: |opened, closed| match (opened, closed) {
        (false, false) => None,
        (true, false) => Some("由选举办公室下令提前开始。"),
        (false, true) => Some("由选举办公室下令提前结束。"),
        (true, true) => Some("由选举办公室下令提前开始并提前结束。"),
    },
    planned: ["原定时间：", " 至 ", "。"],
    zone: |zone| format!("时间按您所在时区（{zone}）显示。"),
    preparing: "此选举正在筹备，公告板上的选举说明尚不完整。一旦完整，本页会自动显示。",
    stale: "刚才未能更新，所见内容可能略旧。",
    turnout: "投票率",
    turnout_none: "投票尚未开始。",
    turnout_hidden: "本次选举在投票结束后才公布投票率。不过，查阅公开记录的人可以数出其中封好的选票。",
    voted: |voted, voters, share| format!("{voters} 名选民中已有 {voted} 人投票（{share}）。"),
    replaced: |cast| format!("共收到 {cast} 张选票。同一选民多次投票的，以最后一张为准。"),
    tested: |tests, _| format!("另有 {tests} 张选票用于测试，不计入结果。"),
    roll: |voters, is_complete| match is_complete {
        true => format!("名册上共有 {voters} 名选民。"),
        false => format!("名册上目前有 {voters} 名选民，名册尚未完成。"),
    },
    questions: |_| "表决事项",
    options: |number| format!("显示全部 {number} 个选项"),
    grades: "等级（由高到低）：",
    shuffled: "每位选民看到的选项顺序各不相同，以免排在前面的占便宜。",
    blank: "也可以投空白票：",
    styles: "适用选票：",
    between: "、",
    outcome: "如何得出结果",
    people: "由谁解密结果",
    threshold: |threshold, all| match (threshold, all) {
        (1, 1) => "结果由一名受托人解密，即用其持有的密钥打开封好的总和。".to_owned(),
        (1, all) => format!("{all} 名受托人中任何一人都可以单独解密结果，即用密钥打开封好的总和。"),
        (threshold, all) if threshold == all => {
            format!(
                "须由全部 {all} 名受托人共同解密结果，即用各自持有的密钥一起打开封好的总和。缺一人便什么也看不到。"
            )
        }
        (threshold, all) => {
            format!(
                "须由 {all} 名受托人中的任意 {threshold} 名共同解密结果，即用各自持有的密钥一起打开封好的总和。少于此数便什么也看不到。"
            )
        }
    },
    threshold_more: |threshold| {
        match threshold {
        1 => "他们解密的是全部选票的总和，其程序不会解密别的内容。但若有一名受托人违反规则，就可能看到单张选票：选票的保密有赖于每一名受托人，计票的正确则不然。".to_owned(),
        threshold => format!("他们解密的是全部选票的总和，其程序不会解密别的内容。只有 {threshold} 名受托人串通违规，才可能看到单张选票。即使全体串通，也无法悄悄更改计票。"),
    }
    },
    trustees: "受托人",
    trustee: "受托人",
    so_far: "目前进展",
    making: |done, of| match done {
        0 => "尚未开始生成密钥".to_owned(),
        done => format!("生成密钥：已完成第 {done} 步，共 {of} 步"),
    },
    ready: "已就绪：其持有的密钥部分经过试用，可以使用",
    counting: |has_stated, shares, of| match (has_stated, shares) {
        (false, 0) => "尚未开始计票".to_owned(),
        (true, 0) => "已声明哪些选票计入结果".to_owned(),
        (_, shares) => format!("已参与解密 {of} 项结果中的 {shares} 项"),
    },
    counted: |shares, of, threshold| match (shares, of) {
        (_, 0) => "没有需要解密的结果".to_owned(),
        (0, _) => format!("未参与计票；有 {threshold} 名受托人参与即可"),
        (1, 1) => "参与解密了结果".to_owned(),
        (shares, of) if shares >= of => format!("参与解密了全部 {of} 项结果"),
        (shares, of) => format!("参与解密了 {of} 项结果中的 {shares} 项"),
    },
    restarted: |attempts| format!("密钥生成曾重新开始 {attempts} 次，原因见公开记录。"),
    rounds: "逐轮查看谁完成了什么",
    rules: "须知",
    recasting: |recasting, is_over| match (recasting, is_over) {
        (Recasting::FirstOnly | Recasting::LastCounts { limit: 1 }, false) => {
            "您只能投票一次，投出后不能更改。".to_owned()
        }
        (Recasting::FirstOnly | Recasting::LastCounts { limit: 1 }, true) => {
            "每位选民只能投票一次，投出后不能更改。".to_owned()
        }
        (Recasting::LastCounts { limit }, false) => {
            format!("投票结束前您可以重新投票，总共最多 {limit} 次，以最后一张选票为准。")
        }
        (Recasting::LastCounts { limit }, true) => {
            format!("投票期间选民可以重新投票，总共最多 {limit} 次，以每人的最后一张选票为准。")
        }
    },
    tests: |tests, is_over| match (tests, is_over) {
        (0, false) => "本次选举不能测试选票。".to_owned(),
        (0, true) => "本次选举未开放选票测试。".to_owned(),
        (tests, false) => {
            format!("您最多可测试 {tests} 张选票，以查证设备封装的正是您的选择。测试过的选票绝不计入结果。")
        }
        (tests, true) => {
            format!(
                "投票期间每位选民最多可测试 {tests} 张选票，以查证设备封装的正是其选择。测试过的选票绝不计入结果。"
            )
        }
    },
    smallest: |smallest| match smallest {
        1 => "无论投票人数多少，结果都会解密。如只有极少数人投票，结果可能透露他们的选择。".to_owned(),
        smallest => format!(
            "同一类选票（选票样式与权重相同）如不足 {smallest} 张，该题结果不予解密，以免透露个人的选择。"
        ),
    },
    credentials: |mode| match mode {
        CredentialMode::Issued => {
            "投票码由登记机构生成并发放。您需要相信登记机构没有留存副本，否则有人可能用副本替未投票的人投票。"
        }
        CredentialMode::Enrolled => "投票码由选民自己的设备生成。登记机构核实了选民身份，但从未见过投票码。",
    },
    powers: |powers, is_over| {
        let what = match (powers.open_early, powers.close_early) {
            (false, false) => return None,
            (true, false) => "提前开始投票",
            (false, true) => "提前结束投票",
            (true, true) => "提前开始或提前结束投票",
        };
        Some(match is_over {
            false => format!("选举办公室可以{what}，公开记录会显示这一操作。"),
            true => format!("选举办公室有权{what}，实际操作见公开记录。"),
        })
    },
    cosignatures: |number| match number {
        0 => None,
        number => Some(format!("须有 {number} 名独立见证人为同一份记录签名，结果方为有效。")),
    },
    facts: "事实",
    facts_lead: "您的设备会读取公开记录的开头部分并自行核查：选举说明、密钥的生成过程和选民名册。",
    facts_start: "在本设备上核查",
    facts_size: |size| format!("约需载入 {size} MB。"),
    facts_compare: "如果您的信函或选举办公室的公告列出了这些指纹，请逐一对照。如果一致，这就是正确的选举。",
    name: "选举指纹",
    name_more: "它由上面的选举说明计算得出：改动一个字，指纹就会不同。它也出现在本页地址中。",
    key: "封装选票的密钥",
    no_key: "尚未生成。",
    transcript: "密钥生成过程的指纹",
    voters: "名册上的选民",
    roll_hash: "名册指纹",
    health: "保存公开记录的公告板",
    health_lead: "公告板为其显示的内容签名。本设备已核查签名，并确认以前见过的内容没有被撤回。",
    health_good: "本次选举最新的签名状态",
    first_visit: "本设备在此次访问前从未见过此公告板，因此直接采信了它的密钥。如果信函或选举办公室的公告列出了运营者指纹，请对照。",
    board: "公告板名称",
    operator: "运营者指纹",
    board_key: "密钥（供其他程序使用）",
    witnesses: "见证人",
    no_witnesses: "无。除运营者外，没有人签名证明人人看到的是同一份记录。若有不同，大家对照回执便会发现。",
    witnessed: |signed, all| format!("{all} 名见证人中已有 {signed} 名为公告板的最新状态签名"),
    entries: "条目数",
    root: "记录指纹",
    more: "亲自查证",
    record_more: "本次选举的每一条记录，随时更新。",
    check_more: "凭查询码找到一张封好的选票。",
    recount_more: "您的设备下载全部记录，逐张核查选票和每一项总和。",
    verify: "在本设备上核查记录",
    verify_more: "您的设备下载记录，核查迄今为止的全部内容。",
};
