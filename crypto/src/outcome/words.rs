//! How people and files write fractions and requirements: "1/4", "more than 1/2 of valid".

use std::fmt;
use std::str::FromStr;

use super::{Base, Fraction, Requirement};

/// The bases of requirements, as they are written.
const BASES: [(Base, &str); 4] = [
    (Base::Valid, "valid"),
    (Base::Counted, "counted"),
    (Base::Roll, "roll"),
    (Base::ForAndAgainst, "for-and-against"),
];

/// A text is not a fraction from 0 to 1, or not a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a fraction from 0 to 1 such as \"1/4\", a requirement such as \"more than 1/2 of valid\"")]
pub struct OutcomeWordsError;

impl fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }
}

impl FromStr for Fraction {
    type Err = OutcomeWordsError;
    fn from_str(text: &str) -> Result<Self, OutcomeWordsError> {
        let (numerator, denominator) = text.split_once('/').ok_or(OutcomeWordsError)?;
        let number = |text: &str| text.trim().parse().map_err(|_| OutcomeWordsError);
        let fraction = Self { numerator: number(numerator)?, denominator: number(denominator)? };
        let proper = fraction.denominator > 0 && fraction.numerator <= fraction.denominator;
        if proper { Ok(fraction) } else { Err(OutcomeWordsError) }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = if self.more_than { "more than" } else { "at least" };
        let base = BASES.iter().find(|(base, _)| *base == self.of).map_or("", |(_, name)| name);
        write!(formatter, "{comparison} {} of {base}", self.fraction)
    }
}

impl FromStr for Requirement {
    type Err = OutcomeWordsError;
    fn from_str(text: &str) -> Result<Self, OutcomeWordsError> {
        let (more_than, rest) = match text.strip_prefix("more than ") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("at least ").ok_or(OutcomeWordsError)?),
        };
        let (share, base) = rest.split_once(" of ").ok_or(OutcomeWordsError)?;
        let of = BASES.iter().find(|(_, name)| *name == base.trim()).ok_or(OutcomeWordsError)?.0;
        Ok(Self { fraction: share.parse()?, of, more_than })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_lies_between_nothing_and_all() {
        let fraction = |text: &str| text.parse::<Fraction>().map(|f| (f.numerator, f.denominator));
        for (text, parts) in [("0/1", (0, 1)), ("1/1", (1, 1)), (" 2 / 3 ", (2, 3)), ("7/7", (7, 7))] {
            assert_eq!(fraction(text), Ok(parts), "{text}");
        }
        let largest = format!("1/{}", u32::MAX);
        assert_eq!(fraction(&largest), Ok((1, u32::MAX)));
        for wrong in
            ["0/0", "1/0", "2/1", "4/3", "-1/2", "1", "1/", "/2", "1/2/3", "0.5/1", "1/4294967296", ""]
        {
            assert_eq!(fraction(wrong), Err(OutcomeWordsError), "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (of, name) in BASES {
            for more_than in [true, false] {
                let requirement =
                    Requirement { fraction: Fraction { numerator: 2, denominator: 3 }, of, more_than };
                let written = requirement.to_string();
                assert!(written.ends_with(&format!(" 2/3 of {name}")), "{written}");
                assert_eq!(written.parse(), Ok(requirement));
            }
        }
        for wrong in
            ["2/3", "more than 2/3", "more than 4/3 of valid", "at least 1/0 of roll", "at least 1/2 of all"]
        {
            assert_eq!(wrong.parse::<Requirement>(), Err(OutcomeWordsError), "{wrong}");
        }
    }
}
