//! 简体中文.

use super::{Texts, rows};
use crate::programs::trustee::journal::JournalError;
use crate::programs::trustee::paper::PaperTexts;
use crate::standing::words::{Language, Words};
use crate::tally::Fingerprint;

/// The texts in Chinese.
pub(super) struct Chinese;

impl PaperTexts for Chinese {
    fn tag(&self) -> &'static str {
        "zh-Hans"
    }

    fn paper_title(&self) -> &'static str {
        "受托人密钥纸质备份"
    }

    fn paper_name(&self) -> &'static str {
        "受托人："
    }

    fn paper_fingerprint(&self) -> &'static str {
        "密钥指纹（公开）："
    }

    fn paper_instructions(&self) -> [&'static str; 5] {
        [
            "谁拿到这 24 个单词，谁就拥有您的密钥：请像保管现金一样保管本纸，并与电脑分开存放。本纸没有口令保护。",
            "恢复密钥：运行 `tabella-trustee restore`，按顺序输入单词；或用不联网的设备扫描二维码，再输入所显示的单词。",
            "只有单词就够了，二维码中是同样的单词。",
            "恢复之后，请将上面的指纹与程序显示的指纹核对。",
            "选举结果最终确定之后，请销毁本纸。",
        ]
    }
}

impl Texts for Chinese {
    fn words(&self) -> &'static dyn Words {
        Language::Chinese.words()
    }

    fn welcome(&self) -> &'static str {
        "欢迎。您是受托人：您与其他受托人一起生成封装选票的密钥，投票结束后再一起解密总和。现在大约需要十分钟，投票结束后还要再来一次。\
         每一步都可以中断，也可以重做。"
    }

    fn first_menu(&self) -> [&'static str; 2] {
        ["1  为本次选举生成我的密钥", "2  从纸质备份（24 个单词）恢复我的密钥"]
    }

    fn ask_choice(&self) -> &'static str {
        "1 还是 2？"
    }

    fn ask_name(&self) -> &'static str {
        "您的姓名（其他人认识的称呼）："
    }

    fn about_passphrase(&self, suggestion: &str) -> String {
        format!(
            "密钥以口令加密后存在此磁盘上，每次使用都要输入口令。忘记口令，谁也无法告诉您。下面这个口令是刚才随机抽取的，您可以采用：\
             请抄下来，并与密钥分开保管。\n\n    {suggestion}\n"
        )
    }

    fn passphrase_new(&self) -> &'static str {
        "口令（输入时不显示）："
    }

    fn passphrase_again(&self) -> &'static str {
        "再输入一次："
    }

    fn passphrase_differ(&self) -> &'static str {
        "两次输入不同，请重新输入。"
    }

    fn key_made(&self, path: &str) -> String {
        format!("您的密钥已存入 {path}。")
    }

    fn read_back_why(&self) -> &'static str {
        "曾有选举因为密钥从未被重新读取过而无法计票。所以现在就从磁盘打开您的密钥，与计票那天一样。"
    }

    fn read_back_prompt(&self) -> &'static str {
        "请再次输入口令："
    }

    fn read_back_done(&self) -> &'static str {
        "密钥已从磁盘重新读出并打开。"
    }

    fn copies_menu(&self) -> [&'static str; 4] {
        [
            "磁盘可能损坏。密钥的第二份副本放在哪里？",
            "p  纸上：打印 24 个单词，妥善收好",
            "f  另一块磁盘或 U 盘上的文件，使用同一口令",
            "n  没有：如果此磁盘损坏，其他人只能在没有您的情况下完成",
        ]
    }

    fn paper_written(&self, paths: &[String; 2]) -> String {
        let [page, text] = paths;
        format!(
            "请在您信任的电脑上打印其中一个文件：\n    {page}\n    {text}\n文件中是未加密的密钥。打印之后，请对照纸张输入所问的单词。"
        )
    }

    fn paper_word(&self, number: usize) -> String {
        format!("纸上第 {number} 个单词（直接按回车则跳过核对）：")
    }

    fn paper_word_wrong(&self) -> &'static str {
        "纸上该处应是另一个单词，请再看一下。"
    }

    fn copy_checked(&self) -> &'static str {
        "副本已重新读出：确实是这把密钥。"
    }

    fn ask_delete(&self) -> &'static str {
        "有纸就够了，现在删除这两个文件吗？[Y/n]"
    }

    fn ask_copy_path(&self) -> &'static str {
        "另一块磁盘或 U 盘上的文件夹："
    }

    fn copy_failed(&self, error: &str) -> String {
        format!("副本未能写入并重新读出：{error}")
    }

    fn no_copy(&self) -> &'static str {
        "没有第二份副本。随时可以用 `tabella-trustee paper` 制作。"
    }

    fn is_restored(&self) -> &'static str {
        "此密钥是从备份恢复的。解密之前，您需要与其他受托人通过语音核对指纹。"
    }

    fn for_administrator(&self, name: &str, fingerprint: &Fingerprint, digits: &str) -> String {
        format!(
            "请将以下内容发送给选举办公室；这是公开信息。请再通过电话互相读一遍各组字符，以免有人偷换密钥。\n\n\
             {name}\n{digits}\n\n朗读：\n    {}\n",
            rows(fingerprint)
        )
    }

    fn ask_invitation(&self) -> &'static str {
        "收齐所有指纹后，选举办公室会发布选举，并发给您一行邀请，以 https:// 开头。请粘贴到这里；如果还没有收到，请直接按回车："
    }

    fn invitation_wrong(&self, error: &str) -> String {
        format!("无法使用：{error}。")
    }

    fn no_invitation(&self, command: &str) -> String {
        format!("目前就这些。收到邀请后，请再次运行：\n    {command}")
    }

    fn unlock(&self) -> &'static str {
        "密钥的口令（输入时不显示）："
    }

    fn passphrase_wrong(&self) -> &'static str {
        "此口令打不开密钥。请重试；注意大小写和空格。"
    }

    fn heading(&self, title: &str) -> String {
        format!("受托人：{title}")
    }

    fn you(&self) -> &'static str {
        "（您）"
    }

    fn trustee(&self) -> &'static str {
        "受托人"
    }

    fn others_done(&self, number: usize) -> String {
        format!("……另有 {number} 名，无需等待")
    }

    fn done_title(&self) -> &'static str {
        "本次已完成："
    }

    fn threshold(&self, threshold: usize, trustees: usize) -> String {
        format!("{trustees} 名中 {threshold} 名即可解密")
    }

    fn ask_begin_ceremony(&self) -> &'static str {
        "生成密钥共六轮；程序在每一轮完成您的部分，并等待其他人。开始吗？[Y/n]"
    }

    fn ask_begin_tally(&self) -> &'static str {
        "投票已结束。程序已核验每一张选票并相加。现在声明这个总和吗？[Y/n]"
    }

    fn posted(&self, what: &str) -> String {
        format!("已写入公开记录：{what}")
    }

    fn complaint(&self) -> &'static str {
        "异议：发给您的一个份额与发送者公开的内容不符"
    }

    fn answer(&self) -> &'static str {
        "对异议的答复"
    }

    fn stored(&self) -> &'static str {
        "您的密钥份额已加密存盘，并已重新读出"
    }

    fn result_posted(&self, contest: u32) -> String {
        format!("已发布第 {contest} 题的结果")
    }

    fn connection_lost(&self, error: &str) -> String {
        format!("公告板没有应答（{error}），正在重试。")
    }

    fn not_anchored(&self) -> &'static str {
        "等待公告板锚定投票结束。"
    }

    fn shares_missing(&self) -> &'static str {
        "您的解密份额已写入记录，等待其他人的。"
    }

    fn time(&self, opens: &str, closes: &str) -> String {
        format!("投票于 {opens} 开始，{closes} 结束；选举办公室可能获准提前开始或结束。")
    }

    fn ask_stay(&self) -> &'static str {
        "您目前的工作已完成。按回车离开；输入 w 在此等待："
    }

    fn wait_hint(&self) -> &'static str {
        "按 Ctrl-C 可离开，不会丢失任何内容；再次运行同一命令即可继续。"
    }

    fn leave(&self, command: &str) -> String {
        format!("随时可以继续：\n    {command}")
    }

    fn interrupted(&self, command: &str) -> String {
        format!("已中断，没有丢失任何内容：每一步都可以重做。继续请运行\n    {command}")
    }

    fn compare(&self, why: &str, fingerprint: &Fingerprint) -> String {
        format!(
            "{why}。\n如果记录有两个版本，就可能暴露单张选票。请致电能联系到的所有其他受托人，互相读出：\n\n    {}\n",
            rows(fingerprint)
        )
    }

    fn compare_restored(&self) -> &'static str {
        "您的密钥是从备份恢复的，这里无从得知它以前是否用过。只有您从未参与过本次选举中指纹不同的计票，才可以继续"
    }

    fn ask_compare(&self) -> &'static str {
        "输入 c 现在核对（有人缺席时）；按回车则继续等待其他受托人或见证人："
    }

    fn first_group(&self) -> &'static str {
        "另一位受托人读给您的第一组四个字符："
    }

    fn all_groups(&self) -> &'static str {
        "所有各组都一致，并且要解密总和吗？[y/N]"
    }

    fn not_confirmed(&self) -> &'static str {
        "指纹未获确认：没有解密任何内容。如果其他人看到的指纹不同，请告知他们和公告板的运营者，切勿解密"
    }

    fn counted(&self) -> &'static str {
        "结果已公布。谢谢您，您的任务已完成。请将密钥保管到结果最终确定，然后销毁密钥及其副本。"
    }

    fn nobody_answers(&self) -> &'static str {
        "此处无人回答问题：请在终端中运行，或使用供脚本使用的命令（tabella-trustee --help）"
    }

    fn journal(&self, error: &JournalError) -> String {
        match error {
            JournalError::Read { path, cause } => format!("{} 无法读取：{cause}", path.display()),
            JournalError::Write(cause) => format!("无法写入：{cause}"),
            JournalError::Damaged { path, .. } => {
                format!(
                    "{} 已损坏；没有它就无法知道份额是否用过，因此份额不再使用，由其他受托人继续",
                    path.display()
                )
            }
            JournalError::Missing(path) => format!(
                "份额旁缺少 {}：此文件夹像是恢复的备份，份额可能已用过，因此视为已用，由其他受托人继续；\
                 如果您移动过文件夹，请把此文件一并移来",
                path.display()
            ),
            JournalError::Other(path) => {
                format!("{} 属于另一次选举、另一名受托人或另一次密钥生成：请使用对应的文件夹", path.display())
            }
            JournalError::Behind(path) => format!(
                "记录上已有本受托人的声明，而 {} 显示份额从未用过：此文件夹是旧副本，其中的份额视为已用；\
                 请使用作出声明的那个文件夹",
                path.display()
            ),
            JournalError::Restored(fingerprint) => format!(
                "此密钥是从备份恢复的，这里无从得知它是否用过。请与其他受托人通过语音核对此指纹；\
                 只有您从未参与过本次选举中指纹不同的计票，才可以确认：{fingerprint}"
            ),
            JournalError::OtherView { intended, found } => format!(
                "此份额原用于记录 {intended}，而现在的记录是 {found}：存在两个版本的记录。\
                 没有解密任何内容；请告知其他受托人和公告板的运营者"
            ),
        }
    }

    fn yes(&self) -> &'static [&'static str] {
        &["y", "yes", "是", "好"]
    }

    fn ask_words(&self) -> &'static str {
        "请按顺序输入纸上的 24 个单词，每行一个或多个。大小写均可。"
    }

    fn words_prompt(&self, number: usize) -> String {
        format!("从第 {number} 个单词开始：")
    }

    fn word_unknown(&self, number: usize, word: &str, offered: &[&str]) -> String {
        let perhaps =
            if offered.is_empty() { String::new() } else { format!("也许是 {}？", offered.join("、")) };
        format!("第 {number} 个单词“{word}”不在词表中。{perhaps}请从第 {number} 个单词起继续输入。")
    }

    fn words_checksum(&self) -> &'static str {
        "每个单词都在词表中，但合起来不是密钥：有一个单词与纸上不同，或有两个颠倒了。请重新慢慢输入全部单词。"
    }

    fn restored(&self, path: &str, fingerprint: &Fingerprint) -> String {
        format!("密钥已恢复，存入 {path}。请与纸上的指纹核对：\n\n    {}\n", rows(fingerprint))
    }
}
