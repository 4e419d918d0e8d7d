//! An election that exists on this device only, to practise with: nobody counts it, and nobody could.

use rand_core::{CryptoRng, RngCore};

use tabella_crypto::credential::CredentialCode;
use tabella_crypto::manifest::{
    Contest, CredentialMode, MANIFEST_VERSION, MAX_ATTEMPTS, Manifest, Powers, Recasting, Style, TrusteeInfo,
};
use tabella_crypto::outcome::{OutcomeRule, Ties};
use tabella_crypto::rules::Method;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::text::Text;
use tabella_crypto::transcript::{Digest, hash_to_point};
use tabella_web_shared::Trouble;
use tabella_web_shared::prover::{PracticeCard, Purpose};
use tabella_web_worker::trouble::fault;

/// No board has this name: RFC 6761 keeps `invalid` free for ever.
const BOARD: &str = "practice.invalid";
/// How long practice lasts, in milliseconds.
const DURATION: u64 = 7 * 86_400_000;

/// Words in English and Chinese.
type Words = [&'static str; 2];

/// A new election that opens now (milliseconds since 1970-01-01 UTC), and a code for it.
///
/// Its key is a point hashed from random bytes, so that there is no secret that would open its ballots.
pub(super) fn practice(now: u64, rng: &mut (impl RngCore + CryptoRng)) -> Result<PracticeCard, Trouble> {
    let manifest = manifest(now, rng)?.check().map_err(fault)?;
    let key = hash_to_point("practice key", &[&random::<32>(rng)]);
    Ok(PracticeCard {
        election: manifest.id(),
        purpose: Purpose { manifest: manifest.encode(), key: key.encode().0.to_vec() },
        code: CredentialCode::generate(rng).reveal().expose().clone(),
    })
}

fn manifest(now: u64, rng: &mut (impl RngCore + CryptoRng)) -> Result<Manifest, Trouble> {
    let contests = vec![
        contest(
            ["Where shall the class trip go?", "班级旅行去哪里？"],
            &[
                ["The seaside", "海边"],
                ["The mountains", "山里"],
                ["The zoo", "动物园"],
                ["The museum", "博物馆"],
            ],
            Method::ChooseOne,
            ["Blank vote", "空白票"],
        )?,
        contest(
            ["What shall we do there? Choose up to two.", "到了那里做什么？最多选两项。"],
            &[
                ["Have a picnic", "野餐"],
                ["Fly kites", "放风筝"],
                ["Go on a treasure hunt", "寻宝"],
                ["Sing by the campfire", "篝火歌会"],
            ],
            Method::Choose { min: 1, max: 2 },
            ["Blank vote", "空白票"],
        )?,
    ];
    Ok(Manifest {
        version: MANIFEST_VERSION,
        board: BOARD.to_owned(),
        nonce: random(rng),
        title: text(["Practice ballot", "练习投票"])?,
        description: Some(text([
            "Try everything out. This ballot stays on your device: it is sent nowhere and counted by nobody.",
            "随意试用。这张选票只留在您的设备上：不会发送到任何地方，也没有人计票。",
        ])?),
        administrator: SigningKey::generate(rng).verifying_key(),
        registrar: SigningKey::generate(rng).verifying_key(),
        trustees: vec![TrusteeInfo { name: "Nobody".to_owned(), fingerprint: Digest(random(rng)) }],
        threshold: 1,
        complaint_window: 60_000,
        credentials: CredentialMode::Issued,
        total_weight: 1,
        opens: now,
        closes: now.saturating_add(DURATION),
        powers: Powers { open_early: false, close_early: false },
        recasting: Recasting::LastCounts { limit: MAX_ATTEMPTS },
        tests: MAX_ATTEMPTS,
        show_turnout: false,
        smallest_group: 1,
        cosignatures: 0,
        contests,
        styles: vec![Style { name: text(["Everybody", "所有人"])?, contests: vec![0, 1] }],
    })
}

fn contest(title: Words, options: &[Words], method: Method, blank: Words) -> Result<Contest, Trouble> {
    Ok(Contest {
        title: text(title)?,
        description: None,
        options: options.iter().map(|option| text(*option)).collect::<Result<_, _>>()?,
        grades: Vec::new(),
        method,
        blank: Some(text(blank)?),
        shuffle: false,
        outcome: OutcomeRule { seats: 1, quorum: None, requirements: Vec::new(), ties: Ties::Undecided },
    })
}

fn text([english, chinese]: Words) -> Result<Text, Trouble> {
    let versions = vec![("en".to_owned(), english.to_owned()), ("zh-Hans".to_owned(), chinese.to_owned())];
    Text::new(versions).map_err(fault)
}

fn random<const N: usize>(rng: &mut (impl RngCore + CryptoRng)) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
