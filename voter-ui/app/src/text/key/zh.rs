//! Making a trustee's key, in Chinese.

use tabella_web_shared::trustee::WordsTrouble;

use super::Key;

pub(super) static ZH: Key = Key {
    title: "您的受托人密钥",
    lead: "密钥在本设备上生成，并以口令加密存入文件。浏览器既不存储密钥，也不存储口令。大约需要五分钟。",
    steps: ["姓名和口令", "保存文件", "重新载入", "发送指纹"],
    new: "生成新密钥",
    from_paper: "我有一张写着 24 个单词的纸",
    name: "您的姓名",
    name_hint: "其他受托人认识的称呼。",
    name_missing: "请输入您的姓名。",
    words: "纸上的 24 个单词",
    words_hint: "请按顺序输入，用空格或换行隔开。大小写均可。",
    words_trouble: |trouble| match trouble {
        WordsTrouble::Count(found) => format!("纸上有 24 个单词，这里有 {found} 个。请按顺序输入全部单词。"),
        WordsTrouble::Unknown { number, word, offered } if offered.is_empty() => {
            format!("第 {number} 个单词“{word}”不在词表中。请再看一下纸上的内容。")
        }
        WordsTrouble::Unknown { number, word, offered } => {
            format!("第 {number} 个单词“{word}”不在词表中。也许是 {}？", offered.join("、"))
        }
        WordsTrouble::Checksum => {
            "每个单词都在词表中，但合起来不是密钥：有一个单词与纸上不同，或有两个颠倒了。请逐个核对。"
                .to_owned()
        }
    },
    about_passphrase: "口令用来锁住文件，每次使用都要输入。忘记口令，谁也无法告诉您：请抄下来，并与文件分开保管。如果浏览器提出保存口令，请拒绝。",
    passphrase: "口令",
    repeat: "再输入一次",
    suggest: "为我抽取一个",
    suggested: "刚才随机抽取的六个单词。请按顺序抄下来，单词之间用空格隔开。",
    take: "采用这一个",
    differ: "两次输入不同，请重新输入。",
    make: "生成密钥",
    restore: "恢复密钥",
    is_making: "正在把密钥封入文件。这一步有意较慢，使人难以猜测口令。",
    save_title: "保存密钥文件",
    save_words: "请存放在计票那天能找到的地方：最好用单独的 U 盘，不要放在与他人共享文件的地方。",
    save: "保存密钥文件",
    load_title: "重新载入",
    load_words: "曾有选举因为密钥从未被重新读取过而无法计票。所以请现在就打开刚才保存的文件，与计票那天一样。在此之前，密钥不算数。",
    load_hint: "请从文件现在所在的位置，选择刚才保存的文件。",
    load: "打开并核对",
    save_again: "找不到文件：再保存一次",
    other_key: "此文件中的密钥不是刚才生成的那一把。请选择刚才保存的文件。",
    read_back: "密钥已从文件重新读出并打开：现在算数了。",
    send_title: "请发送给选举办公室",
    send_words: "发送您的姓名和这 64 位数字，它们是公开信息。请再通过电话互相读一遍各组字符，以免有人偷换密钥。",
    compare_paper: "如果密钥是从纸质备份恢复的，请将这些数字与纸上的核对。",
    copy: "复制姓名和指纹",
    second: "第二份副本",
    second_words: "磁盘可能损坏，U 盘可能丢失。请在另一个地方再保存一份文件，或把密钥打印在纸上。如果没有副本而文件丢失，其他人只能在没有您的情况下完成。",
    second_file: "再保存一份文件",
    show_paper: "显示密钥以便打印",
    hide_paper: "隐藏",
    print: "打印",
    next: "接下来",
    next_words: "收齐所有指纹后，选举办公室会发布选举，并发给您一行邀请，其中有一个链接。打开它，就会进入共同生成选举密钥的页面。",
    paper: "受托人密钥纸质备份",
    paper_name: "受托人",
    paper_fingerprint: "密钥指纹（公开）",
    paper_words: "24 个单词：谁拿到它们，谁就拥有密钥",
    paper_code: "同样的 24 个单词，二维码形式",
    paper_rules: [
        "请像保管现金一样保管本纸，并与电脑分开存放。本纸没有口令保护。",
        "请用您信任的电脑和打印机打印。",
        "恢复密钥：打开公告板的 /trustee 页面，或运行 tabella-trustee restore，按顺序输入单词。",
        "恢复之后，请将上面的指纹与显示的指纹核对。",
        "选举结果最终确定之后，请销毁本纸。",
    ],
    afresh: "重新开始",
};
