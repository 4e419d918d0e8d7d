//! The trustees' page, in Chinese.

use tabella_tally::standing::Round;
use tabella_web_shared::trustee::KeyTrouble;

use super::Trustees;

pub(super) static ZH: Trustees = Trustees {
    title: "谁来生成密钥",
    lead: "封装选票的密钥由受托人共同生成，任何人都从未单独持有它。投票结束后，受托人一起解密总和，绝不解密单张选票。谁完成了什么，人人都可以在这里看到。",
    jump: "我是受托人",
    threshold: |threshold, all| match (threshold, all) {
        (1, 1) => "解密结果的密钥由一名受托人持有。".to_owned(),
        (1, all) => format!("{all} 名受托人中的任何一名都能单独解密结果。"),
        (threshold, all) if threshold == all => {
            format!("必须由全部 {all} 名受托人共同解密结果：缺一名就没有结果。")
        }
        (threshold, all) => format!(
            "{all} 名受托人中任意 {threshold} 名可以共同解密结果；少于 {threshold} 名则什么也得不到，最多允许 {} 名缺席。",
            all - threshold
        ),
    },
    broken_link: "链接不完整",
    broken_link_words: "“key=”之后必须有 64 位数字。请完整复制选举办公室发给您的那一行，直到末尾，再粘贴到地址栏。",
    other_board: "请停止：这不是邀请中的公告板",
    other_board_words: "它的密钥与您链接中的不同。可能是链接被改动，也可能有人介入了您与公告板之间。请不要在此进行任何操作，并打电话向选举办公室询问公告板的密钥。",
    read: "读取记录并在本设备上核查",
    stand: "目前进展",
    attempt: |number| format!("第 {number} 次尝试"),
    making: "生成密钥，共六轮",
    counting: "投票结束后，解密总和",
    trustee: "受托人",
    you: "（您）",
    legend: "符号的含义",
    statements: |statements, quorum| match quorum.saturating_sub(statements) {
        0 => format!("已有 {statements} 名受托人声明要解密的总和，足以排除记录有第二个版本。"),
        missing => format!(
            "已声明要解密的总和的受托人：{statements} 名；再有 {missing} 名，即可排除记录有第二个版本。"
        ),
    },
    waiting_for: |who, what| format!("等待 {who}：{what}。"),
    renewed: "本页每隔几秒重新查看公开记录。",
    results: "查看结果",
    own: "我是受托人",
    own_lead: "载入您的密钥文件后，本页会完成您在密钥生成和计票中的部分。密钥只留在本页的内存中，直到您锁定或离开。浏览器既不存储密钥，也不存储口令。",
    file: "您的密钥文件",
    file_hint: "文件名以 .age 结尾。用 tabella-trustee 生成的密钥也可以使用：即其文件夹中的 key.age。",
    passphrase: "文件的口令",
    show_passphrase: "显示输入的内容",
    open: "打开密钥",
    is_opening: "正在打开密钥。这一步有意较慢，使人难以猜测口令。",
    no_file: "请选择您的密钥文件。",
    no_passphrase: "请输入文件的口令。",
    key_trouble: |trouble| match trouble {
        KeyTrouble::Passphrase => "此口令打不开密钥。请重新输入，注意大小写和空格；或选择另一个文件。",
        KeyTrouble::NotAKey => {
            "这不是密钥文件，或文件已损坏。请选择以 .age 结尾的文件，或从纸质备份重新生成。"
        }
        KeyTrouble::OtherKind => "这是用于其他用途的密钥，不是受托人的密钥。请选择您的受托人密钥。",
    },
    no_key: "我还没有密钥",
    limits: "浏览器不能保证什么",
    limits_words: [
        "本页来自公告板自己的服务器。服务器如果有意，可以只向您一人发送另一个页面，泄露您的密钥。观察者会核对公告板发送的内容，但没有人能看到发给您的是什么。",
        "如果事关重大，请在您自己的电脑上使用 tabella-trustee 程序，或使用它的不联网方式。密钥文件是通用的，您随时可以更换方式。",
        "无论使用哪种方式，都请与其他受托人通过语音核对指纹。",
    ],
    is_open: "密钥已打开",
    key_fingerprint: "此密钥的指纹",
    lock: "锁定密钥",
    lock_hint: "锁定后，本页不再持有密钥；已完成的内容不会丢失。",
    not_a_trustee: "此密钥不属于本次选举的任何受托人。请载入指纹已交给选举办公室的那个文件，或核对邀请是否属于本次选举。",
    steps: "您的步骤",
    begin_ceremony: "开始",
    begin_ceremony_words: "生成密钥共六轮。本页会自动在每一轮完成您的部分，并等待其他人。",
    begin_tally: "声明总和",
    begin_tally_words: "投票已结束。本设备已核验记录中的每一张选票，并在封装状态下相加。现在请声明这个总和；解密之前，可能需要您通过电话核对它的指纹。",
    acting: "正在完成您的部分……",
    may_leave: "您可以随时离开，不会丢失任何内容。再次载入密钥文件，即可从这里继续。",
    done: "本次已完成",
    posted: |what| format!("已写入公开记录：{what}"),
    complaint: "异议，因为发给您的一个份额与发送者公开的内容不符",
    answer: "您对异议的答复",
    has_share: "您的选举密钥份额已由您的密钥得出，经过核对，可以使用",
    result_posted: |contest| format!("已写入公开记录：第 {contest} 题的结果"),
    is_lost: "公告板暂时没有应答，正在自动重试；不会丢失任何内容。",
    halted: "无法继续",
    again: "重试",
    compare: "请通过电话核对",
    compare_words: "请致电能联系到的所有其他受托人，逐组互相读出。如果记录有两个版本，就可能暴露单张选票。",
    may_pass: "您也可以等待：如果有更多受托人或见证人参与，就不必核对，本页会自动继续。",
    first_group: "另一位受托人读给您的第一组四个字符",
    first_group_hint: "请不要照抄上面的内容：先听，再输入。",
    first_group_missing: "请输入第一组的四个字符。",
    compare_next: "继续",
    all_groups: "十六组字符与其他人的全部一致",
    all_groups_missing: "请核对全部十六组，然后勾选。",
    decrypt: "确认并继续",
    differ: "不一致",
    differs: "没有解密任何内容",
    differs_words: "指纹未获确认。如果其他人看到的指纹不同，说明记录有两个版本：请不要解密，锁定您的密钥，并告知其他受托人和公告板的运营者。",
    compare_again: "只是输错了：重新核对",
    rest: "您目前的部分已经完成",
    rest_times: ["投票于 ", " 开始，", " 结束；选举办公室可能获准提前开始或结束。"],
    rest_words: "请锁定密钥，保管好密钥文件和口令。投票结束后，请再回到本页，与其他受托人一起解密总和。",
    counted: "计票完成",
    counted_words: "谢谢您，您的任务已完成。请将密钥保管到结果最终确定，然后销毁密钥及其副本。",
    over: "这里没有其他事情要做了",
    over_words: "密钥生成之前投票已结束。选举办公室需要另行设立选举。",
    unkept: "此浏览器不为本页存储任何内容，因此无法记住您要解密的是哪个记录，您可能被诱使解密两个版本。没有解密任何内容。请允许本网站存储数据（或退出无痕窗口）后重试；也可以使用 tabella-trustee 程序。",
    other_view: "此浏览器记得您原本要解密的是另一个版本的记录，与现在显示的不同。没有解密任何内容。请告知其他受托人和公告板的运营者。",
    explanation: |round| match round {
        Round::Confirmation => Some(
            "您打开别人封装给您的小份，逐一与其公开的内容核对，由此得出您的密钥份额，并签名确认全部相符。",
        ),
        Round::TestDecryption => {
            Some("您用由密钥重新得出的份额解密一个测试值，让所有人在投票开始之前就知道您的密钥确实可用。")
        }
        _ => None,
    },
};
