//! Bytes encrypted under a passphrase: the age format (<https://c2sp.org/age>) with its scrypt recipient, so that the
//! `age` program opens them too. `files` keeps them on a disk.

use std::io::{Read, Write};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor};
use zeroize::Zeroizing;

use crate::passphrase::Passphrase;

#[cfg(feature = "programs")]
mod files;

#[cfg(feature = "programs")]
pub use files::{Existing, SealedError, create, open, replace, write_atomically};

/// log2 of scrypt's N, with r = 8 and p = 1: 64 MiB and some 0.2 seconds for each guess. Fixed, so that a file
/// made on a fast computer opens on a slow one.
pub const WORK_FACTOR: u8 = 16;
/// The largest work factor that is accepted of a file: 1 GiB.
const MAX_WORK_FACTOR: u8 = 20;
/// Most bytes of what is sealed, in its sealed form.
pub const MAX_LENGTH: u64 = 16 << 20;

/// Why what is sealed does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Another passphrase.
    #[error("the passphrase does not open it")]
    Passphrase,
    /// Not of this kind, or damaged.
    #[error("it is not sealed under a passphrase, or it is damaged")]
    Format,
}

/// Seals bytes. The same ones never look the same twice.
///
/// # Errors
/// None that is known: the bytes go to memory.
pub fn seal(plain: &[u8], passphrase: &Passphrase) -> std::io::Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.expose()));
    recipient.set_work_factor(WORK_FACTOR);
    let encryptor =
        Encryptor::with_recipients(std::iter::once(&recipient as _)).map_err(std::io::Error::other)?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed)?;
    writer.write_all(plain)?;
    writer.finish()?;
    Ok(sealed)
}

/// The bytes that are sealed here, of at most [`MAX_LENGTH`].
///
/// # Errors
/// See [`UnsealError`].
pub fn unseal(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
    if sealed.len() as u64 > MAX_LENGTH {
        return Err(UnsealError::Format);
    }
    decrypt(sealed, passphrase).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => UnsealError::Passphrase,
        _ => UnsealError::Format,
    })
}

fn decrypt(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.expose()));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let decryptor = Decryptor::new_buffered(sealed)?;
    if !decryptor.is_scrypt() {
        return Err(DecryptError::NoMatchingKeys);
    }
    let mut reader = decryptor.decrypt(std::iter::once(&identity as _))?;
    // room for everything, so that no copy is left behind by growing
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    // beyond the header, what fails to read was changed
    reader.read_to_end(&mut plain).map_err(|_| DecryptError::InvalidMac)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn sealed_bytes_open_under_their_passphrase_alone_and_whole() {
        let sealed = seal(b"secret", &passphrase("right")).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n-> scrypt "));
        let header = String::from_utf8_lossy(&sealed);
        assert!(header.lines().nth(1).unwrap().ends_with(&format!(" {WORK_FACTOR}")), "{header}");
        assert_eq!(unseal(&sealed, &passphrase("right")).unwrap().as_slice(), b"secret");
        assert_eq!(unseal(&sealed, &passphrase("wrong")), Err(UnsealError::Passphrase));
        let (last, rest) = sealed.split_last().unwrap();
        let changed = [rest, &[last ^ 1]].concat();
        for broken in [rest, b"", b"text", changed.as_slice()] {
            assert_eq!(unseal(broken, &passphrase("right")), Err(UnsealError::Format));
        }
        assert_eq!(unseal(&vec![0; MAX_LENGTH as usize + 1], &passphrase("right")), Err(UnsealError::Format));
    }
}
