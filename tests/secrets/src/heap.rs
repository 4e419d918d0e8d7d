//! An allocator that looks for secrets in every block that is given back to it.
//!
//! Blocks that move while they grow are given back too: `realloc` is here an allocation, a copy and the return of the old
//! block, as it is wherever there is no room behind a block.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Mutex;

/// Fewest bytes of a secret: fewer would be found by chance.
const SHORTEST: usize = 8;
/// Most bytes of a secret.
const LONGEST: usize = 64;
/// Most secrets that are looked for.
const MOST: usize = 256;

/// A secret that is looked for: what it is, its bytes, and how many.
type Sought = (&'static str, [u8; LONGEST], usize);

static SOUGHT: Mutex<([Sought; MOST], usize)> = Mutex::new(([("", [0; LONGEST], 0); MOST], 0));

thread_local! {
    /// Whether this thread is watched: one test does not see another's blocks, and the search not its own.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    /// Whether what it gives back is erased.
    static ERASES: Cell<bool> = const { Cell::new(false) };
    /// Which of the secrets it left.
    static FOUND: [Cell<bool>; MOST] = const { [const { Cell::new(false) }; MOST] };
}

/// Looks for a secret of [`SHORTEST`] to [`LONGEST`] bytes from now on.
///
/// # Panics
/// If it is shorter or longer, or there are too many.
pub fn seek(name: &'static str, secret: &[u8]) {
    if !(SHORTEST..=LONGEST).contains(&secret.len()) || secret.iter().all(|byte| *byte == secret[0]) {
        panic!("{name}: {} bytes, or all of them one, cannot be looked for", secret.len());
    }
    let mut bytes = [0; LONGEST];
    bytes[..secret.len()].copy_from_slice(secret);
    let mut sought = SOUGHT.lock().unwrap_or_else(|_| panic!("the search failed"));
    let (list, count) = &mut *sought;
    list[*count] = (name, bytes, secret.len());
    *count += 1;
}

/// Does something, and gives the names of the secrets that it left in freed memory, each once, with what was done.
pub fn watched<T>(work: impl FnOnce() -> T) -> (T, Vec<&'static str>) {
    FOUND.with(|found| found.iter().for_each(|found| found.set(false)));
    WATCHED.set(true);
    let done = work();
    WATCHED.set(false);
    let names = SOUGHT.lock().map(|sought| sought.0.map(|(name, _, _)| name));
    let mut left: Vec<_> = FOUND.with(|found| {
        let found = names.into_iter().flatten().zip(found).filter(|(_, found)| found.get());
        found.map(|(name, _)| name).collect()
    });
    left.dedup();
    (done, left)
}

/// The system's allocator, and before it one that erases what is given back; each block is searched after that.
///
/// `Z` stands in front of [`Searched`] while [`erasing`] runs, and [`Searched`] alone otherwise.
pub struct Switched<Z>(pub Z);

/// The system's allocator, where every block that is given back is searched.
pub struct Searched;

/// Does something on top of the allocator that erases.
pub fn erasing<T>(work: impl FnOnce() -> T) -> T {
    ERASES.set(true);
    let done = work();
    ERASES.set(false);
    done
}

// Safety: every block comes from the system and goes back to it with its own layout. No `realloc`: the trait's own one
// gives the old block back.
#[expect(unsafe_code, reason = "an allocator is unsafe to be one")]
unsafe impl GlobalAlloc for Searched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Safety: the caller's promise
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHED.try_with(|watched| watched.replace(false)).unwrap_or(false) {
            // Safety: `alloc` has initialized the whole block, and it is the caller's until it is given back below
            search(unsafe { std::slice::from_raw_parts(block, layout.size()) });
            WATCHED.set(true);
        }
        // Safety: the caller's promise
        unsafe { System.dealloc(block, layout) }
    }
}

// Safety: both ways lead to `Searched`.
#[expect(unsafe_code, reason = "an allocator is unsafe to be one")]
unsafe impl<Z: GlobalAlloc> GlobalAlloc for Switched<Z> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Safety: the caller's promise
        unsafe { Searched.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // Safety: the caller's promise
        match ERASES.try_with(Cell::get) {
            Ok(true) => unsafe { self.0.dealloc(block, layout) },
            _ => unsafe { Searched.dealloc(block, layout) },
        }
    }
}

fn search(block: &[u8]) {
    let Ok(sought) = SOUGHT.lock() else { return };
    let (list, count) = &*sought;
    for (at, window) in block.windows(SHORTEST).enumerate() {
        for (place, (_, secret, length)) in list.iter().take(*count).enumerate() {
            let begins = secret.get(..SHORTEST) == Some(window);
            if begins && block.get(at..at + length) == secret.get(..*length) {
                FOUND.with(|found| found.get(place).map(|found| found.set(true)));
            }
        }
    }
}
