//! Voting from the sealed ballot on: decision, sending, receipt, test.

use crate::language::{Language, Texts};

/// The texts.
pub(crate) struct After {
    pub(crate) sealed_title: &'static str,
    pub(crate) sealed_lead: &'static str,
    pub(crate) tracking_code: &'static str,
    pub(crate) anew: &'static str,
    pub(crate) copy_code: &'static str,
    pub(crate) copy_link: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) cast: &'static str,
    pub(crate) cast_words: &'static str,
    pub(crate) test: &'static str,
    pub(crate) test_words: &'static str,
    pub(crate) change: &'static str,
    pub(crate) why_code: &'static str,
    pub(crate) why_code_words: &'static str,
    pub(crate) before_test: &'static str,
    pub(crate) before_test_list: [&'static str; 4],
    /// How many ballots can be tested, and whether none has been.
    pub(crate) tests_left: fn(u16, bool) -> String,
    pub(crate) no_tests: &'static str,
    pub(crate) test_now: &'static str,
    pub(crate) sending: fn(bool) -> &'static str,
    pub(crate) open_title: fn(bool) -> &'static str,
    pub(crate) open_words: fn(bool) -> &'static str,
    pub(crate) send_again: &'static str,
    pub(crate) resumed: &'static str,
    pub(crate) your_receipt: &'static str,
    pub(crate) receipt_again: &'static str,
    pub(crate) later_title: &'static str,
    pub(crate) later_again: &'static str,
    pub(crate) gone_title: &'static str,
    pub(crate) gone_words: &'static str,
    pub(crate) look_for_receipt: &'static str,
    pub(crate) absent_title: &'static str,
    pub(crate) absent_words: &'static str,
    pub(crate) start_again: &'static str,
    pub(crate) refused_title: &'static str,
    pub(crate) refused_words: &'static str,
    pub(crate) look_again: &'static str,
    pub(crate) forged_title: &'static str,
    pub(crate) forged_words: &'static str,
    pub(crate) receipt_title: &'static str,
    pub(crate) receipt_lead: &'static str,
    pub(crate) recorded: &'static str,
    pub(crate) place: fn(&str) -> String,
    pub(crate) checked: &'static str,
    pub(crate) own_clock: &'static str,
    pub(crate) witnesses: &'static str,
    pub(crate) comma: &'static str,
    pub(crate) witnessed_by: fn(&str) -> String,
    /// How many have signed, of how many that must.
    pub(crate) witnesses_wait: fn(usize, usize) -> String,
    pub(crate) witnesses_later: &'static str,
    pub(crate) signed_title: &'static str,
    pub(crate) signed_words: &'static str,
    pub(crate) replaces: fn(u16, u16) -> String,
    pub(crate) ballots: &'static str,
    pub(crate) only_one: &'static str,
    pub(crate) first_of: fn(u16) -> String,
    pub(crate) keep: &'static str,
    pub(crate) save_receipt: &'static str,
    pub(crate) print: &'static str,
    pub(crate) later: &'static str,
    pub(crate) later_qr: &'static str,
    pub(crate) later_words: &'static str,
    pub(crate) later_why: &'static str,
    pub(crate) proves: &'static str,
    pub(crate) proves_list: [&'static str; 3],
    pub(crate) forgotten: &'static str,
    pub(crate) leave: &'static str,
    /// Whether an earlier ballot still counts.
    pub(crate) tested_title: fn(bool) -> &'static str,
    pub(crate) tested_lead: &'static str,
    pub(crate) other_device: &'static str,
    pub(crate) other_device_words: &'static str,
    pub(crate) other_device_why: &'static str,
    pub(crate) opening_qr: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) save_opening: &'static str,
    pub(crate) check_here: &'static str,
    pub(crate) check_here_words: &'static str,
    pub(crate) afresh: &'static str,
    pub(crate) afresh_words: &'static str,
    pub(crate) publish_title: &'static str,
    pub(crate) publish_words: &'static str,
    pub(crate) publish_confirm: &'static str,
    pub(crate) publish: &'static str,
    pub(crate) published: &'static str,
}

impl Texts for After {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Chinese => &ZH,
        }
    }
}

static EN: After = After {
    sealed_title: "Sealed – it is not cast yet",
    sealed_lead: "First take a photo of this code or copy it. It finds your ballot on the public record.",
    anew: "This is a new tracking code. One that you noted before is void.",
    tracking_code: "Tracking code",
    copy_code: "Copy the tracking code",
    copy_link: "Copy the link",
    choose: "Cast or test?",
    cast: "Cast this ballot",
    cast_words: "It is sent, and counts as your vote.",
    test: "Test this ballot",
    test_words: "See for yourself that the device sealed what you chose. This ballot is then used up; you vote afterwards with a fresh one.",
    change: "Change my choices",
    why_code: "Why the code comes first",
    why_code_words: "The tracking code belongs to this one sealed ballot. A dishonest device would have to cheat before it knows whether you cast the ballot or test it, and a test would catch it. You need not test for this to protect everyone: it is enough that some voters do.",
    before_test: "Test this ballot?",
    before_test_list: [
        "This sealed ballot goes on the public record as a test. It will never be counted.",
        "You take a key to it to another device, by a QR code or a file.",
        "The other device opens the sealed ballot and shows what is in it. Compare that with what you chose.",
        "Then you come back here and vote with a fresh ballot. A test does not use up your vote.",
    ],
    tests_left: |left, is_first| {
        let more = if is_first { "" } else { " more" };
        let ballots = if left == 1 { "ballot" } else { "ballots" };
        format!("You can test {left}{more} {ballots}.")
    },
    no_tests: "You have used all the tests that this election allows. You can still cast your vote.",
    test_now: "Test it now",
    sending: |test| if test { "Recording your test" } else { "Casting your ballot" },
    open_title: |test| {
        if test {
            "It is not known whether your test was recorded"
        } else {
            "It is not known whether your vote arrived"
        }
    },
    open_words: |test| {
        if test {
            "Send the very same ballot again: it is recorded once only."
        } else {
            "Stay on this page and send it again. It is the very same ballot: it can never count twice. Until the receipt stands here, your vote is not cast."
        }
    },
    send_again: "Send the same ballot again",
    resumed: "The page was loaded again while your ballot was on its way. Looking for it on the public record.",
    your_receipt: "Your receipt",
    receipt_again: "The page was loaded again. Looking for your ballot on the public record, to show its receipt once more.",
    later_title: "Your receipt cannot be shown at the moment",
    later_again: "It stood here before the page was loaded again: your vote was cast. Try again, or look your ballot up later with its tracking code.",
    gone_title: "The board does not show your ballot any more",
    gone_words: "Its receipt stood here before the page was loaded again. Tell the election office, with this tracking code, and the receipt if you saved it.",
    look_for_receipt: "Look again",
    absent_title: "Your ballot has not arrived",
    absent_words: "It is sealed and signed and still on this device, but the server says that it is not on the public record. Send it now, or give it up and start again.",
    start_again: "Give it up and start again",
    refused_title: "The board did not take this ballot",
    refused_words: "By its word, it was not recorded. If you have voted in another window or on another device in the meantime, look at what stands under your code, then seal a new ballot.",
    look_again: "Look again and go on",
    forged_title: "Stop: treat your vote as not cast",
    forged_words: "The answer to your ballot cannot be true. Do not send anything more from here. Vote with another device or from another network, and tell the election office what you see below.",
    receipt_title: "Your vote is cast",
    receipt_lead: "It is on the public record. This device has checked that itself.",
    recorded: "Recorded",
    place: |place| format!("as entry {place} of this election’s record"),
    checked: "Checked",
    own_clock: "by this device’s clock",
    witnesses: "Witnesses",
    comma: ", ",
    witnessed_by: |names| format!("Witnessed by {names}"),
    witnesses_wait: |have, of| format!("Not witnessed yet: {have} of {of} have signed"),
    witnesses_later: "Your vote is cast all the same. This line changes by itself when witnesses sign.",
    signed_title: "Who has signed it",
    signed_words: "The server that keeps the public record. In some elections independent witnesses sign too; this record has none.",
    replaces: |cast, allowed| {
        format!(
            "This ballot replaces your earlier one: only this one counts. You have cast {cast} of {allowed} ballots."
        )
    },
    ballots: "Your ballots",
    only_one: "This is your one ballot in this election.",
    first_of: |allowed| {
        format!(
            "This is your first ballot. If you change your mind, you can vote again while voting is open ({allowed} ballots in all); the last one counts."
        )
    },
    keep: "Keep your receipt",
    save_receipt: "Save the receipt",
    print: "Print",
    later: "Check later",
    later_qr: "QR code of the link for checking later",
    later_words: "Check once more after voting has closed, from another device: scan this code or open the link.",
    later_why: "Why another device? If this one were dishonest, it could show you anything. Two devices that tell the same can hardly be wrong by chance. And after closing it is final which ballot counts.",
    proves: "What this receipt proves",
    proves_list: [
        "It proves that the sealed ballot with this tracking code is on the public record. If it ever disappears, the receipt shows that.",
        "It does not show how you voted. Neither you nor anyone else can read that from it.",
        "It does not show that the device sealed what you chose. Testing a ballot shows that.",
    ],
    forgotten: "Your code and your choices have been erased from this page. The receipt stays here, even if the page is loaded again, until you leave or close it.",
    leave: "Finish and leave the receipt",
    tested_title: |counts| {
        if counts {
            "Your test is recorded – your earlier ballot still counts"
        } else {
            "Your test is recorded – you have not voted yet"
        }
    },
    tested_lead: "This ballot is used up and never counts. Now look at what is in it.",
    other_device: "Take this to another device",
    other_device_words: "Scan this code with another phone, best someone else’s or on another network. It opens the check page there, which shows the choices in this ballot. Compare them, and the tracking code.",
    other_device_why: "Why another device: this one would not tell on itself.",
    opening_qr: "QR code that lets another device open this test ballot",
    too_long: "This ballot is too large for a QR code. Save the file instead and open it on another device, on the page “Check something”.",
    save_opening: "Save as a file",
    check_here: "Check it on this device",
    check_here_words: "To check on this device is better than nothing: if it is dishonest, so is its check.",
    afresh: "Vote now with a fresh ballot",
    afresh_words: "Your choices are still marked. They are sealed anew, with a new tracking code.",
    publish_title: "Publish what was in this test",
    publish_words: "This puts on the public record, for everyone and for ever, what was in this test ballot, so that others too can see that the device was honest. Do it only if the choices in it may be known: people could take them for your opinion. It cannot be undone.",
    publish_confirm: "I want everyone to see what was in this test ballot",
    publish: "Publish it",
    published: "Published: anyone can now see what was in this test ballot.",
};

static ZH: After = After {
    sealed_title: "选票已封装，但尚未投出",
    sealed_lead: "请先拍照或复制此码。凭它可在公开记录中找到您的选票。",
    anew: "这是新的查询码，您之前记下的已作废。",
    tracking_code: "查询码",
    copy_code: "复制查询码",
    copy_link: "复制链接",
    choose: "投出，还是测试？",
    cast: "投出这张选票",
    cast_words: "选票将送入票箱，计为您的一票。",
    test: "测试这张选票",
    test_words: "亲自查证本设备封装的正是您的选择。测试后这张选票作废，您再用一张新选票投票。",
    change: "修改我的选择",
    why_code: "为什么先给出查询码",
    why_code_words: "查询码只属于这一张已封装的选票。不诚实的设备必须在不知道您会投出还是测试之前就作弊，而测试会揭穿它。并不需要人人都测试：只要有一部分选民测试，所有人就都得到保护。",
    before_test: "要测试这张选票吗？",
    before_test_list: [
        "这张已封装的选票将作为测试列入公开记录，永远不会计票。",
        "您用二维码或文件，把打开它的钥匙带到另一台设备。",
        "另一台设备打开选票并显示其中的内容。请与您的选择比较。",
        "然后您回到这里，用一张新选票投票。测试不会占用您的投票机会。",
    ],
    tests_left: |left, is_first| format!("您{}可以测试 {left} 张选票。", if is_first { "" } else { "还" }),
    no_tests: "本次选举允许的测试次数已用完。您仍然可以投票。",
    test_now: "开始测试",
    sending: |test| if test { "正在记录您的测试" } else { "正在投出您的选票" },
    open_title: |test| {
        if test { "尚不清楚测试是否已记录" } else { "尚不清楚您的选票是否已送达" }
    },
    open_words: |test| {
        if test {
            "请再次发送同一张选票：它只会被记录一次。"
        } else {
            "请留在本页再次发送。发送的是同一张选票，绝不会重复计票。在本页显示回执之前，您的选票尚未投出。"
        }
    },
    send_again: "再次发送同一张选票",
    resumed: "选票发送途中页面被重新载入。正在公开记录中查找您的选票。",
    your_receipt: "您的回执",
    receipt_again: "页面已重新载入。正在公开记录中查找您的选票，以便再次显示回执。",
    later_title: "暂时无法显示您的回执",
    later_again: "页面重新载入之前，回执已在此显示：您的选票已经投出。请重试，或以后用查询码查询您的选票。",
    gone_title: "服务器不再显示您的选票",
    gone_words: "页面重新载入之前，它的回执曾在此显示。请将此查询码告知选举办公室；如已保存回执，请一并出示。",
    look_for_receipt: "再次查找",
    absent_title: "您的选票尚未送达",
    absent_words: "选票已封装并签名，仍在本设备上，但服务器称它不在公开记录中。您可以现在发送，或放弃并重新开始。",
    start_again: "放弃并重新开始",
    refused_title: "公告板没有接受这张选票",
    refused_words: "服务器称它没有被记录。如果您在此期间用另一个窗口或另一台设备投过票，请先查看该投票码目前的情况，再封装一张新选票。",
    look_again: "重新查看并继续",
    forged_title: "请停止：请视为尚未投出",
    forged_words: "对您选票的答复不可能属实。请不要再从这里发送任何内容。请换一台设备或换一个网络投票，并将下面的内容告知选举办公室。",
    receipt_title: "您的选票已投出",
    receipt_lead: "它已列入公开记录，本设备已亲自核查。",
    recorded: "已记录",
    place: |place| format!("本次选举记录的第 {place} 号条目"),
    checked: "核查时间",
    own_clock: "（以本设备时钟为准）",
    witnesses: "见证人",
    comma: "、",
    witnessed_by: |names| format!("已由{names}见证"),
    witnesses_wait: |have, of| format!("尚未见证：{of} 位中已有 {have} 位签名"),
    witnesses_later: "您的选票已经投出。见证人签名后，这一行会自动更新。",
    signed_title: "谁签署了这份回执",
    signed_words: "由保存公开记录的服务器签署。有些选举还有独立见证人共同签署；本记录没有设见证人。",
    replaces: |cast, allowed| {
        format!("这张选票取代您之前的选票：只有这一张有效。您已投 {cast} 次，最多可投 {allowed} 次。")
    },
    ballots: "您的选票",
    only_one: "这是您在本次选举中唯一的一张选票。",
    first_of: |allowed| {
        format!(
            "这是您的第一张选票。如果改变主意，投票结束前可以重新投票（最多 {allowed} 次），以最后一次为准。"
        )
    },
    keep: "保存回执",
    save_receipt: "保存回执文件",
    print: "打印",
    later: "以后再核对",
    later_qr: "以后核对用的链接二维码",
    later_words: "请在投票结束后换一台设备再核对一次：扫描此码或打开链接。",
    later_why: "为什么要换设备？如果本设备不诚实，它可以向您显示任何内容。两台设备结果一致，就很难是巧合。而且投票结束后，哪张选票有效才最终确定。",
    proves: "回执证明什么",
    proves_list: [
        "它证明带有此查询码的已封装选票已列入公开记录。万一选票消失，回执可以作证。",
        "它不显示您如何投票。您和其他任何人都无法从中看出。",
        "它不能说明设备封装的是否是您的选择。测试选票可以说明这一点。",
    ],
    forgotten: "您的投票码和选择已从本页清除。在您离开或关闭页面之前，回执会一直显示，重新载入页面也不会消失。",
    leave: "完成并离开回执",
    tested_title: |counts| {
        if counts {
            "测试已记录，您之前的选票仍然有效"
        } else {
            "测试已记录，您还没有投票"
        }
    },
    tested_lead: "这张选票已作废，永不计票。现在来看看其中的内容。",
    other_device: "转到另一台设备",
    other_device_words: "请用另一部手机扫描此码，最好是别人的手机或使用另一个网络。它会打开核对页面，显示这张选票中的选择。请比较这些选择和查询码。",
    other_device_why: "为什么要换设备：不诚实的设备不会揭发自己。",
    opening_qr: "让另一台设备打开这张测试选票的二维码",
    too_long: "这张选票的内容超出二维码容量。请保存为文件，并在另一台设备的“核对”页面打开。",
    save_opening: "保存为文件",
    check_here: "在本设备上核对",
    check_here_words: "在本设备上核对聊胜于无：如果它不诚实，它的核对也不可信。",
    afresh: "用新选票投票",
    afresh_words: "您的选择仍保留着，将重新封装，并得到新的查询码。",
    publish_title: "公布这张测试选票的内容",
    publish_words: "这会把这张测试选票的内容永久列入公开记录，所有人都能看到，从而也能查证设备是诚实的。只有在其中的选择可以公开时才这样做：别人可能会把它当作您的真实意愿。公布后无法撤回。",
    publish_confirm: "我愿意让所有人看到这张测试选票的内容",
    publish: "公布",
    published: "已公布：任何人现在都能看到这张测试选票的内容。",
};
