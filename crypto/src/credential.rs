//! Credentials: the code that a voter holds, the secret that comes from it, the public credential on the roll.
//! Specification: "Credentials".
//!
//! In *issued* mode the registrar draws the code and hands it out; in *enrolled* mode the voter's device draws
//! it and shows it as the recovery code. From there on both are one: `u = KDF(code; election)`, `U = u*B`.
//!
//! The check symbols find errors of typing. They are no protection against anyone.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::group::{EncodedPoint, GroupError, Point, Scalar};
use crate::secret::{Secret, disclose};
use crate::transcript::{Digest, KeyDerivation, hash};

/// Groups of a code.
pub const CODE_GROUPS: usize = 5;
/// Symbols of a group: four of data and one of check.
pub const GROUP_SYMBOLS: usize = 5;
/// Symbols of a code.
pub const CODE_SYMBOLS: usize = CODE_GROUPS * GROUP_SYMBOLS;

/// Symbols of data: 20 of 5 bits each make 100 bits.
const DATA_SYMBOLS: usize = CODE_GROUPS * (GROUP_SYMBOLS - 1);

/// Crockford's base 32 (<https://www.crockford.com/base32.html>): no I, L, O, U.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// Why a text is not a credential code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not 25 symbols.
    #[error("{found} symbols, where a code has {CODE_SYMBOLS}")]
    Length {
        /// Symbols found, without spaces and hyphens.
        found: usize,
    },
    /// A character that no code contains.
    #[error("symbol {position} is none that a code contains")]
    Symbol {
        /// Its place among the symbols, from 1, spaces and hyphens not counted.
        position: usize,
    },
    /// A group whose check symbol does not fit: mistyped, or in the place of another group.
    #[error("group {group} is mistyped or in the wrong place")]
    Group {
        /// The first such group, from 1.
        group: usize,
    },
}

/// A voter's credential code: 100 random bits with a check symbol in each of five groups.
///
/// A group (c0 c1 c2 c3 | c) at place g (from 1) satisfies `c = g + a*c0 + a^2*c1 + a^3*c2 + a^4*c3` over
/// `GF(32) = GF(2)[a]/(a^5 + a^2 + 1)`, where bits of a number are coefficients, the lowest first. The weights of
/// the five symbols are distinct and not zero, so each single wrong symbol and each swap of two different ones
/// within a group is found; each place has its own constant, so each group in the place of another is too.
#[derive(Debug, ZeroizeOnDrop)]
pub struct CredentialCode(Secret<[u8; DATA_SYMBOLS]>);

impl CredentialCode {
    /// A fresh code.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut symbols = Zeroizing::new([0u8; DATA_SYMBOLS]);
        rng.fill_bytes(symbols.as_mut_slice());
        // 256 is a multiple of 32: the low bits of a uniform byte are uniform
        symbols.iter_mut().for_each(|symbol| *symbol &= 31);
        Self(Secret::new(*symbols))
    }

    /// Reads a code as people type it: in either case, O for 0, I and L for 1, with any spaces and hyphens.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut symbols = Zeroizing::new([0u8; CODE_SYMBOLS]);
        let mut found = 0;
        for character in text.chars().filter(|character| !is_separator(*character)) {
            let value = symbol_value(character).ok_or(CodeError::Symbol { position: found + 1 })?;
            if let Some(symbol) = symbols.get_mut(found) {
                *symbol = value;
            }
            found += 1;
        }
        if found != CODE_SYMBOLS {
            return Err(CodeError::Length { found });
        }
        let mut data = Zeroizing::new([0u8; DATA_SYMBOLS]);
        let groups = symbols.chunks(GROUP_SYMBOLS).zip(data.chunks_mut(GROUP_SYMBOLS - 1));
        for (group, (symbols, data)) in (1u8..).zip(groups) {
            data.iter_mut().zip(symbols).for_each(|(kept, symbol)| *kept = *symbol);
            if symbols.last() != Some(&check_symbol(group, data)) {
                return Err(CodeError::Group { group: usize::from(group) });
            }
        }
        Ok(Self(Secret::new(*data)))
    }

    /// The code as shown to its holder: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`.
    pub fn reveal(&self) -> Secret<String> {
        // of its final length from the start, so that no part of it stays behind in an outgrown buffer
        let mut text = String::with_capacity(CODE_SYMBOLS + CODE_GROUPS - 1);
        for (group, data) in (1u8..).zip(self.0.expose().chunks(GROUP_SYMBOLS - 1)) {
            if group > 1 {
                text.push('-');
            }
            for symbol in data.iter().chain([&check_symbol(group, data)]) {
                text.extend(ALPHABET.get(usize::from(*symbol)));
            }
        }
        Secret::new(text)
    }
}

/// What people put between symbols: blanks, and the hyphens and dashes that programs turn a hyphen into.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
}

fn symbol_value(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    (0u8..).zip(ALPHABET).find(|(_, symbol)| *symbol == character).map(|(value, _)| value)
}

/// A text as a code is written: separators left out, upper case, O as 0, I and L as 1. What no code contains stays, so
/// that people see what they typed. Not longer than `text` in characters.
pub fn tidied(text: &str) -> Zeroizing<String> {
    let mut tidy = Zeroizing::new(String::with_capacity(text.len()));
    for character in text.chars().filter(|character| !is_separator(*character)) {
        tidy.push(symbol_value(character).and_then(symbol).unwrap_or(character));
    }
    tidy
}

/// Whether a text can stand as the group at this place (from 1 to [`CODE_GROUPS`]) of a code: five symbols, as people
/// type them, the last of which is the check symbol of the others at this place.
pub fn group_fits(place: usize, text: &str) -> bool {
    let mut symbols = Zeroizing::new([0u8; GROUP_SYMBOLS]);
    let mut found = 0;
    for character in text.chars().filter(|character| !is_separator(*character)) {
        match (symbol_value(character), symbols.get_mut(found)) {
            (Some(value), Some(symbol)) => *symbol = value,
            _ => return false,
        }
        found += 1;
    }
    let place = u8::try_from(place).ok().filter(|place| (1..=CODE_GROUPS).contains(&usize::from(*place)));
    match (place, symbols.split_last()) {
        (Some(place), Some((check, data))) => found == GROUP_SYMBOLS && *check == check_symbol(place, data),
        _ => false,
    }
}

fn symbol(value: u8) -> Option<char> {
    ALPHABET.get(usize::from(value)).copied()
}

/// c = group + a*c0 + a^2*c1 + …, by Horner's rule.
fn check_symbol(group: u8, data: &[u8]) -> u8 {
    group ^ data.iter().rev().fold(0, |sum, symbol| times_a(sum ^ symbol))
}

/// a*x in GF(32); 37 = 0b100101 is a^5 + a^2 + 1.
fn times_a(x: u8) -> u8 {
    (x << 1) ^ ((x >> 4) * 37)
}

/// A voter's secret u: never zero, good for one election.
#[derive(Debug, ZeroizeOnDrop)]
pub struct CredentialSecret(Secret<Scalar>);

impl CredentialSecret {
    /// u = KDF("credential", 20 bytes, the values of the data symbols in order; election).
    ///
    /// Fails with [`GroupError::Identity`] where u is zero: no code that can be found does this.
    pub fn from_code(code: &CredentialCode, election: &Digest) -> Result<Self, GroupError> {
        let u = KeyDerivation::new("credential", code.0.expose()).scalar(&[&election.0]);
        Self::from_scalar(u)
    }

    fn from_scalar(u: Scalar) -> Result<Self, GroupError> {
        // public: a voter whose secret is zero is told so, and all others see that it is not
        if disclose(u.is_same(&Scalar::ZERO)) { Err(GroupError::Identity) } else { Ok(Self(Secret::new(u))) }
    }

    /// U = u*B.
    pub fn public(&self) -> Credential {
        Credential(Point::base_times(self.0.expose()).encode())
    }

    /// u, for the proof that is the voter's signature.
    pub(crate) fn expose(&self) -> &Scalar {
        self.0.expose()
    }
}

/// A public credential U as it stands on the roll and on ballots: 32 bytes, ordered as the roll is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Credential(pub EncodedPoint);

impl Credential {
    /// The point U; not the identity.
    pub fn point(&self) -> Result<Point, GroupError> {
        self.0.decode_nonzero()
    }
}

/// The opening does not belong to the commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this salt and identity do not open the commitment")]
pub struct OpeningError;

/// The roll's salted commitment to who a voter is, which the registrar can open to an auditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct IdentityCommitment(pub Digest);

impl IdentityCommitment {
    /// Checks an opening.
    pub fn check_opening(&self, salt: &[u8; 32], identity: &str) -> Result<(), OpeningError> {
        if commit_identity(salt, identity) == *self { Ok(()) } else { Err(OpeningError) }
    }
}

/// Commits to an identity, byte for byte as given (UTF-8): hash("identity", salt, identity).
///
/// Hiding needs a fresh random salt for each voter.
pub fn commit_identity(salt: &[u8; 32], identity: &str) -> IdentityCommitment {
    IdentityCommitment(hash("identity", &[salt, identity.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn example() -> String {
        CredentialCode::generate(&mut ChaCha20Rng::seed_from_u64(3)).reveal().expose().clone()
    }

    fn symbols(text: &str) -> Vec<char> {
        text.chars().filter(|character| *character != '-').collect()
    }

    fn parse(symbols: &[char]) -> Result<String, CodeError> {
        CredentialCode::parse(&symbols.iter().collect::<String>()).map(|code| code.reveal().expose().clone())
    }

    #[test]
    fn reads_what_it_shows_and_what_people_make_of_it() {
        let shown = example();
        assert_eq!(shown, KNOWN_CODE);
        assert_eq!(shown.len(), 29);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " "),
            shown.replace('-', " \u{2013}\u{a0}"),
            format!("  {}\n", shown.replace('-', "--")),
            shown.replace('0', "O").replace('1', "I"),
            shown.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(CredentialCode::parse(&typed).unwrap().reveal().expose(), &shown, "{typed:?}");
        }
    }

    #[test]
    fn every_single_wrong_symbol_names_its_group() {
        let good = symbols(&example());
        for position in 0..CODE_SYMBOLS {
            for wrong in ALPHABET.into_iter().filter(|symbol| *symbol != good[position]) {
                let mut typed = good.clone();
                typed[position] = wrong;
                assert_eq!(parse(&typed), Err(CodeError::Group { group: position / GROUP_SYMBOLS + 1 }));
            }
        }
    }

    #[test]
    fn every_swap_of_two_symbols_in_a_group_names_it() {
        let mut swaps = 0;
        for seed in 0..20 {
            let code = CredentialCode::generate(&mut ChaCha20Rng::seed_from_u64(seed));
            let good = symbols(code.reveal().expose());
            for group in 0..CODE_GROUPS {
                for (a, b) in (0..GROUP_SYMBOLS).flat_map(|a| (0..a).map(move |b| (a, b))) {
                    let mut typed = good.clone();
                    typed.swap(group * GROUP_SYMBOLS + a, group * GROUP_SYMBOLS + b);
                    if typed != good {
                        assert_eq!(parse(&typed), Err(CodeError::Group { group: group + 1 }));
                        swaps += 1;
                    }
                }
            }
        }
        assert!(swaps > 900);
    }

    #[test]
    fn every_group_in_the_place_of_another_is_found() {
        let good = symbols(&example());
        for (from, to) in (0..CODE_GROUPS).flat_map(|from| (0..CODE_GROUPS).map(move |to| (from, to))) {
            let mut typed = good.clone();
            for at in 0..GROUP_SYMBOLS {
                typed[to * GROUP_SYMBOLS + at] = good[from * GROUP_SYMBOLS + at];
            }
            let expected = if from == to { Ok(example()) } else { Err(CodeError::Group { group: to + 1 }) };
            assert_eq!(parse(&typed), expected);
        }
    }

    #[test]
    fn a_group_fits_at_its_own_place_and_nowhere_else() {
        let shown = example();
        for (index, group) in shown.split('-').enumerate() {
            for place in 0..=CODE_GROUPS + 1 {
                assert_eq!(group_fits(place, group), place == index + 1, "{group} at {place}");
            }
            assert!(group_fits(index + 1, &format!(" {}-", group.to_lowercase())));
            for wrong in [&group[1..], &format!("{group}0"), &group.replace(&group[..1], "U"), ""] {
                assert!(!group_fits(index + 1, wrong), "{wrong}");
            }
            for wrong in ALPHABET.into_iter().filter(|symbol| !group.starts_with(*symbol)) {
                assert!(!group_fits(index + 1, &format!("{wrong}{}", &group[1..])));
            }
        }
        assert!(!group_fits(257, shown.split('-').next().unwrap()));
    }

    #[test]
    fn tidying_shows_a_code_as_it_is_written_and_keeps_what_is_foreign() {
        assert_eq!(*tidied(" abO1-iL\u{2013}o \u{a0}u*"), "AB01110u*");
        assert_eq!(*tidied(&example()), example().replace('-', ""));
    }

    #[test]
    fn wrong_lengths_and_foreign_symbols_are_told_apart() {
        let good = symbols(&example());
        assert_eq!(parse(&good[..24]), Err(CodeError::Length { found: 24 }));
        assert_eq!(parse(&[good.as_slice(), &['A']].concat()), Err(CodeError::Length { found: 26 }));
        assert_eq!(parse(&[]), Err(CodeError::Length { found: 0 }));
        for foreign in ['U', 'u', '*', 'é', '\u{ff11}'] {
            let mut typed = good.clone();
            typed[6] = foreign;
            assert_eq!(parse(&typed), Err(CodeError::Symbol { position: 7 }), "{foreign}");
        }
    }

    #[test]
    fn a_code_gives_one_credential_for_each_election() {
        let code = CredentialCode::parse(KNOWN_CODE).unwrap();
        let credential = |election: u8| CredentialSecret::from_code(&code, &Digest([election; 32])).unwrap();
        assert_eq!(hex::encode(credential(1).public().0.0), KNOWN_CREDENTIAL);
        assert_ne!(credential(1).public(), credential(2).public());
        assert_eq!(credential(1).public().point(), Ok(Point::base_times(credential(1).expose())));
    }

    #[test]
    fn the_zero_credential_is_refused() {
        assert_eq!(CredentialSecret::from_scalar(Scalar::ZERO).err(), Some(GroupError::Identity));
        assert_eq!(Credential(EncodedPoint::IDENTITY).point(), Err(GroupError::Identity));
    }

    #[test]
    fn secrets_are_not_printed() {
        let code = CredentialCode::parse(KNOWN_CODE).unwrap();
        let secret = CredentialSecret::from_code(&code, &Digest([1; 32])).unwrap();
        assert_eq!(format!("{code:?} {secret:?}"), "CredentialCode(Secret(…)) CredentialSecret(Secret(…))");
    }

    #[test]
    fn an_identity_commitment_opens_to_its_salt_and_identity_alone() {
        let commitment = commit_identity(&[1; 32], "Zoë Example, 12");
        assert_eq!(commitment.check_opening(&[1; 32], "Zoë Example, 12"), Ok(()));
        assert_eq!(commitment.check_opening(&[2; 32], "Zoë Example, 12"), Err(OpeningError));
        assert_eq!(commitment.check_opening(&[1; 32], "Zoë Example, 1"), Err(OpeningError));
    }

    /// ChaCha20 from seed 3.
    const KNOWN_CODE: &str = "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW";
    /// The credential of that code in the election with identifier 0101…01.
    const KNOWN_CREDENTIAL: &str = "a88a68734379675fb9d5d260302a044d574ecdfed158f8633984b9202dc95635";
}
