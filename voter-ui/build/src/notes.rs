//! Custom sections of WebAssembly (WebAssembly Core Specification 2.0, 5.5.3): names, relocations and other notes that
//! no browser needs.

use anyhow::{Context, Result};

/// A module without its custom sections; an error if it is none.
pub(crate) fn without_notes(module: &[u8]) -> Result<Vec<u8>> {
    without_custom_sections(module).context("this is not WebAssembly")
}

fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let (header, mut rest) = module.split_at_checked(HEADER)?;
    let mut kept = header.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, used) = leb128(after)?;
        let (section, next) = rest.split_at_checked(1 + used + length)?;
        if *kind != CUSTOM {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Some(kept)
}

/// A number as WebAssembly writes it (unsigned LEB128, 32 bits), and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, place + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";

    #[test]
    fn notes_go_and_everything_else_stays() {
        let module = [&HEADER[..], &[0, 2, 1, b'n', 1, 1, 0, 0, 0x81, 0, 9]].concat();
        assert_eq!(without_custom_sections(&module), Some([&HEADER[..], &[1, 1, 0]].concat()));
    }

    #[test]
    fn a_module_that_ends_early_is_none() {
        assert_eq!(without_custom_sections(&[&HEADER[..], &[1, 5, 0]].concat()), None);
        assert_eq!(without_custom_sections(&[&HEADER[..], &[1, 0x80]].concat()), None);
        assert_eq!(without_custom_sections(&HEADER[..4]), None);
    }
}
