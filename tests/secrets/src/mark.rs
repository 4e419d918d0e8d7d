//! Marks for valgrind's `memcheck`: a secret is marked as undefined memory, and the marks follow it through every
//! computation, bit by bit. A conditional jump or a memory address that depends on marked bits is an error that valgrind
//! counts and reports. (A. Langley, "ctgrind", 2010.)
//!
//! Outside valgrind every function here does nothing.

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng as _};

/// Requests, as `valgrind.h` and `memcheck.h` number them: part of valgrind's stable interface.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_UNDEFINED: usize = MEMCHECK + 1;
const MAKE_DEFINED: usize = MEMCHECK + 2;
const GET_MARKS: usize = MEMCHECK + 8;

/// Asks valgrind for something: the instructions, which together do nothing, of `valgrind.h` for this processor.
#[expect(unsafe_code, reason = "a request is a sequence of instructions")]
fn request(number: usize, first: usize, second: usize, third: usize) -> usize {
    let arguments = [number, first, second, third, 0, 0];
    let mut answer = 0usize;
    // Safety: rdi is rotated by 3 + 13 + 61 + 51 = 128 bits, back to where it was; rbx is swapped with itself.
    // Valgrind reads `arguments`, writes rdx, and of the memory named here changes the marks alone, but for the buffer
    // of `GET_MARKS`, which is its caller's.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
        );
    }
    answer
}

/// Whether valgrind runs this program.
pub fn is_under_valgrind() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0, 0) > 0
}

/// Errors that valgrind has found so far, suppressed ones left out.
pub fn errors() -> usize {
    request(COUNT_ERRORS, 0, 0, 0)
}

/// Marks values as secret, without what they point to.
pub fn secret<T>(values: &mut [T]) {
    request(MAKE_UNDEFINED, values.as_mut_ptr() as usize, size_of_val(values), 0);
}

/// Takes the marks away from values that are public from now on, without what they point to.
pub fn public<T>(values: &[T]) {
    request(MAKE_DEFINED, values.as_ptr() as usize, size_of_val(values), 0);
}

/// The same of one value, handed back.
pub fn published<T>(value: T) -> T {
    public(std::slice::from_ref(&value));
    value
}

/// Whether each of these values, without what it points to, bears marks.
pub fn is_secret<T>(values: &[T]) -> bool {
    let mut marks = vec![0u8; size_of_val(values)];
    request(GET_MARKS, values.as_ptr() as usize, marks.as_mut_ptr() as usize, marks.len());
    !marks.is_empty() && marks.chunks(size_of::<T>()).all(|value| value.iter().any(|mark| *mark != 0))
}

/// Randomness all of which is secret, and the same in every run.
pub struct SecretRandomness(ChaCha20Rng);

impl SecretRandomness {
    /// Randomness from a number.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha20Rng::seed_from_u64(seed))
    }
}

impl RngCore for SecretRandomness {
    fn next_u32(&mut self) -> u32 {
        let mut number = [self.0.next_u32()];
        secret(&mut number);
        number[0]
    }

    fn next_u64(&mut self) -> u64 {
        let mut number = [self.0.next_u64()];
        secret(&mut number);
        number[0]
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
        secret(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for SecretRandomness {}
