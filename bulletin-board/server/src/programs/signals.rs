//! Signals of the operating system.

/// The signals to stop.
#[cfg(unix)]
pub(in crate::programs) struct Stop(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Stop {
    pub(in crate::programs) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    }

    /// Waits for one.
    pub(in crate::programs) async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// The signal to read files again.
#[cfg(unix)]
pub(in crate::programs) struct Reload(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Reload {
    pub(in crate::programs) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for one.
    pub(in crate::programs) async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// The signals to stop.
#[cfg(not(unix))]
pub(in crate::programs) struct Stop;

#[cfg(not(unix))]
impl Stop {
    pub(in crate::programs) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for one.
    pub(in crate::programs) async fn next(&mut self) {
        // without a handler the process ends at once, which the store survives
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The signal to read files again, which there is not.
#[cfg(not(unix))]
pub(in crate::programs) struct Reload;

#[cfg(not(unix))]
impl Reload {
    pub(in crate::programs) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for ever.
    pub(in crate::programs) async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}
