//! [`Secret`]: a value that is never printed, copied or encoded by accident, and leaves memory when dropped.

use zeroize::Zeroize;

/// A secret value: redacted in debug output, zeroized on drop, not `Clone`, not encodable.
///
/// Reading it is spelled [`Secret::expose`], so that every place where a secret is used can be found.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into custody.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for use in constant-time code or for sealing.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_not_printed() {
        assert_eq!(format!("{:?}", super::Secret::new([7u8; 32])), "Secret(…)");
    }
}
