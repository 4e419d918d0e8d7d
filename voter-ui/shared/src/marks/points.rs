//! Points as a voter gives them.

use zeroize::DefaultIsZeroes;

/// The points of one option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Points {
    /// None given: counts as 0.
    #[default]
    Open,
    /// So many; perhaps more than allowed.
    Given(u32),
    /// Something that is not a whole number, or one beyond all bounds.
    Unreadable,
}

impl DefaultIsZeroes for Points {}

impl Points {
    /// Reads what was typed: digits, also those of full width that Chinese keyboards give.
    pub fn read(text: &str) -> Self {
        let digits: Option<String> = text.trim().chars().map(digit).collect();
        match digits {
            Some(digits) if digits.is_empty() => Self::Open,
            Some(digits) => digits.parse().map_or(Self::Unreadable, Self::Given),
            None => Self::Unreadable,
        }
    }

    /// The number, 0 where there is none.
    pub fn number(self) -> u32 {
        match self {
            Self::Given(points) => points,
            Self::Open | Self::Unreadable => 0,
        }
    }
}

/// The plain form of a digit.
fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_digit((u32::from(character)).checked_sub(u32::from('０'))?, 10),
        _ => None,
    }
}
