//! Single values of a manifest file and how they are spelled.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use tabella_crypto::outcome::{Fraction, Requirement};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::text::{Text, TextError};
use tabella_crypto::transcript::Digest;

/// Why a value is not one of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a time.
    #[error(
        "{0:?} is not a time: write one with its zone such as \"2026-12-01T08:00:00Z\", or \"now\", or \"+2h\""
    )]
    Time(String),
    /// Not a duration.
    #[error("{0:?} is not a duration: write a number and one of ms, s, m, h, d, such as \"90s\" or \"2h\"")]
    Duration(String),
    /// Not a key or fingerprint.
    #[error("{0:?} is not a key or fingerprint: it has 64 hexadecimal digits")]
    Hex(String),
    /// Not a fraction.
    #[error("{0:?} is not a fraction from 0 to 1: write one such as \"1/4\"")]
    Fraction(String),
    /// Not a requirement.
    #[error(
        "{0:?} is not a requirement: write one such as \"more than 1/2 of valid\" or \"at least 2/3 of roll\"; \
         bases are valid, counted, roll, for-and-against"
    )]
    Requirement(String),
}

/// A text in the file's language, or a table of languages.
#[derive(Debug, Clone)]
pub(super) enum Words {
    Default(String),
    Languages(Vec<(String, String)>),
}

impl Words {
    pub(super) fn text(&self, language: &str) -> Result<Text, TextError> {
        Text::new(match self {
            Self::Default(words) => vec![(language.to_owned(), words.clone())],
            Self::Languages(versions) => versions.clone(),
        })
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;
        impl<'de> Visitor<'de> for WordsVisitor {
            type Value = Words;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, or a table of languages such as { en = \"Yes\", fr = \"Oui\" }")
            }
            fn visit_str<E: de::Error>(self, words: &str) -> Result<Words, E> {
                Ok(Words::Default(words.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                let mut versions = Vec::new();
                while let Some(version) = map.next_entry::<String, String>()? {
                    versions.push(version);
                }
                Ok(Words::Languages(versions))
            }
        }
        deserializer.deserialize_any(WordsVisitor)
    }
}

/// A moment, or a distance from now in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum When {
    At(u64),
    FromNow(u64),
}

impl When {
    pub(super) fn at(self, now: u64) -> u64 {
        match self {
            Self::At(time) => time,
            Self::FromNow(distance) => now.saturating_add(distance),
        }
    }
}

impl TryFrom<String> for When {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        let relative = text.strip_prefix("now").unwrap_or(&text).trim();
        if relative.is_empty() && !text.is_empty() {
            return Ok(Self::FromNow(0));
        }
        if let Some(distance) = relative.strip_prefix('+') {
            return Ok(Self::FromNow(duration(distance.trim()).ok_or(ValueError::Time(text.clone()))?));
        }
        text.parse::<jiff::Timestamp>()
            .ok()
            .and_then(|time| u64::try_from(time.as_millisecond()).ok())
            .map(Self::At)
            .ok_or(ValueError::Time(text))
    }
}

/// A duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Milliseconds(pub(super) u64);

impl TryFrom<String> for Milliseconds {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        duration(&text).map(Self).ok_or(ValueError::Duration(text))
    }
}

fn duration(text: &str) -> Option<u64> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

fn digest(text: String) -> Result<Digest, ValueError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    Digest::from_hex(&digits.to_ascii_lowercase()).ok_or(ValueError::Hex(text))
}

/// A verifying key, in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Key(pub(super) VerifyingKey);

impl TryFrom<String> for Key {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        digest(text).map(|digest| Self(VerifyingKey(digest.0)))
    }
}

/// A trustee's fingerprint, in hexadecimal; blanks and hyphens between groups do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Fingerprint(pub(super) Digest);

impl TryFrom<String> for Fingerprint {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        digest(text).map(Self)
    }
}

/// A fraction from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Share(pub(super) Fraction);

impl TryFrom<String> for Share {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse().map(Self).map_err(|_| ValueError::Fraction(text))
    }
}

/// What an option must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Condition(pub(super) Requirement);

impl TryFrom<String> for Condition {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse().map(Self).map_err(|_| ValueError::Requirement(text))
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::outcome::Base;

    use super::*;

    #[test]
    fn times_are_moments_with_a_zone_or_distances_from_now() {
        let at = |text: &str| When::try_from(text.to_owned());
        assert_eq!(at("1970-01-01T00:00:01Z"), Ok(When::At(1000)));
        assert_eq!(at("1970-01-01T02:00:01+02:00"), Ok(When::At(1000)));
        assert_eq!(at("now"), Ok(When::FromNow(0)));
        assert_eq!(at("+2h"), Ok(When::FromNow(7_200_000)));
        assert_eq!(at("now + 90s"), Ok(When::FromNow(90_000)));
        assert_eq!(When::FromNow(5).at(10), 15);
        for wrong in [
            "",
            "2026-12-01",
            "2026-12-01T08:00:00",
            "+2",
            "+h",
            "soon",
            "1969-01-01T00:00:00Z",
            "+99999999999999999999d",
        ] {
            assert_eq!(at(wrong), Err(ValueError::Time(wrong.to_owned())), "{wrong}");
        }
    }

    #[test]
    fn fractions_and_requirements_are_spelled_in_one_way() {
        let fraction = Fraction { numerator: 2, denominator: 3 };
        let condition = |text: &str| Condition::try_from(text.to_owned()).map(|condition| condition.0);
        assert_eq!(
            condition("at least 2/3 of roll"),
            Ok(Requirement { fraction, of: Base::Roll, more_than: false })
        );
        assert_eq!(
            condition("more than 2/3 of for-and-against"),
            Ok(Requirement { fraction, of: Base::ForAndAgainst, more_than: true })
        );
        for wrong in
            ["2/3 of roll", "at least 4/3 of roll", "at least 2/0 of roll", "at least 2/3 of all", ""]
        {
            assert_eq!(condition(wrong), Err(ValueError::Requirement(wrong.to_owned())));
        }
    }

    #[test]
    fn keys_have_64_digits_whatever_stands_between_groups() {
        let digits = "01".repeat(32);
        let grouped =
            digits.as_bytes().chunks(4).map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>();
        assert_eq!(Fingerprint::try_from(grouped.join(" ")), Ok(Fingerprint(Digest([1; 32]))));
        assert!(Key::try_from(digits[2..].to_owned()).is_err());
        assert!(Key::try_from("g".repeat(64)).is_err());
    }
}
