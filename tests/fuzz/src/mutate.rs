//! Changed inputs for the bounded run: without feedback, but always the same, and in a moment. What a stranger would try
//! first: other bytes, something cut out, put in or taken from another input, other lengths and numbers.

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

/// Lengths and numbers at which something changes.
const NUMBERS: [u64; 12] =
    [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// A number below `bound`, which is not 0.
fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    (rng.next_u64() % bound as u64) as usize
}

/// One of the inputs, changed in one to four places, of at most `longest` bytes.
pub fn changed(inputs: &[Vec<u8>], longest: usize, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut input = inputs.get(below(rng, inputs.len().max(1))).cloned().unwrap_or_default();
    for _ in 0..=below(rng, 4) {
        change(&mut input, inputs, rng);
    }
    input.truncate(longest);
    input
}

fn change(input: &mut Vec<u8>, inputs: &[Vec<u8>], rng: &mut ChaCha20Rng) {
    if input.is_empty() {
        return input.push(rng.next_u32() as u8);
    }
    let at = below(rng, input.len());
    let length = 1 + below(rng, (input.len() - at).min(32));
    match below(rng, 9) {
        0 => input[at] ^= 1 << below(rng, 8),
        1 => input[at] = rng.next_u32() as u8,
        2 => drop(input.drain(at..at + length)),
        3 => input.truncate(at),
        4 => {
            let piece = input[at..at + length].to_vec();
            input.splice(at..at, piece);
        }
        5 => input.insert(at, b" \n-+/0:\"{}[]=,.#\0\xff"[below(rng, 18)]),
        // a number in two, four or eight bytes, lowest first
        6 => {
            let number = NUMBERS[below(rng, NUMBERS.len())].to_le_bytes();
            let width = [1, 2, 4, 8][below(rng, 4)].min(input.len() - at);
            input[at..at + width].copy_from_slice(&number[..width]);
        }
        // a number in digits
        7 => match (at..input.len()).find(|place| input[*place].is_ascii_digit()) {
            Some(from) => {
                let to = (from..input.len()).find(|place| !input[*place].is_ascii_digit());
                let number = NUMBERS[below(rng, NUMBERS.len())].to_string();
                input.splice(from..to.unwrap_or(input.len()), number.into_bytes());
            }
            None => input[at] = input[at].wrapping_add(1),
        },
        // the end of another input
        _ => {
            let other = &inputs[below(rng, inputs.len())];
            let from = below(rng, other.len().max(1)).min(other.len());
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
    }
}
