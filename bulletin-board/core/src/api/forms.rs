//! How values stand in JSON: one spelling each.
//!
//! Hexadecimal of the canonical encoding, lower case; base64 (RFC 4648, section 4) with padding.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_crypto::codec;

/// The lower-case hexadecimal of a value's encoding.
pub fn hex_text<T: BorshSerialize>(value: &T) -> String {
    hex::encode(codec::encode(value))
}

/// The value of a lower-case hexadecimal text; none for any other spelling.
pub fn hex_parse<T: BorshDeserialize>(text: &str) -> Option<T> {
    let bytes = hex::decode(text).ok()?;
    if hex::encode(&bytes) != text {
        return None;
    }
    codec::decode(&bytes).ok()
}

/// For `#[serde(with = "hex_form")]`: a value as hexadecimal.
pub mod hex_form {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes it.
    pub fn serialize<T: borsh::BorshSerialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::hex_text(value))
    }

    /// Reads it.
    pub fn deserialize<'de, T: borsh::BorshDeserialize, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::hex_parse(&text)
            .ok_or_else(|| D::Error::custom("not lower-case hexadecimal of the right length"))
    }
}

/// For `#[serde(with = "hex_list")]`: values as a list of hexadecimal texts.
pub mod hex_list {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes them.
    pub fn serialize<T: borsh::BorshSerialize, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(super::hex_text))
    }

    /// Reads them.
    pub fn deserialize<'de, T: borsh::BorshDeserialize, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|text| super::hex_parse(text))
            .collect::<Option<_>>()
            .ok_or_else(|| D::Error::custom("not a list of lower-case hexadecimal of the right length"))
    }
}

/// For `#[serde(with = "hex_option")]`: a value as hexadecimal, or null.
pub mod hex_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes it.
    pub fn serialize<T: borsh::BorshSerialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(super::hex_text).serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, T: borsh::BorshDeserialize, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| {
            super::hex_parse(&text)
                .ok_or_else(|| D::Error::custom("not lower-case hexadecimal of the right length"))
        })
        .transpose()
    }
}

/// For `#[serde(with = "base64_form")]`: bytes as base64.
pub mod base64_form {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes them.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    /// Reads them.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(|_| D::Error::custom("not base64 with padding"))
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn a_value_has_one_spelling() {
        let digest = Digest([0xa5; 32]);
        let text = hex_text(&digest);
        assert_eq!(text, digest.to_hex());
        assert_eq!(hex_parse(&text), Some(digest));
        let upper = text.to_uppercase();
        for bad in ["", "a5", &text[2..], &format!("{text}a5"), &upper, &format!(" {text}")] {
            assert_eq!(hex_parse::<Digest>(bad), None, "{bad}");
        }
    }
}
