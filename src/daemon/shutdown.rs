//! Signals: the first one ends the workers between two steps, the second one ends the process at once.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Listens for SIGTERM and SIGINT for the rest of the process.
///
/// # Errors
/// If the system gives no signal handler.
pub fn listen(stop: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        for second in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if second {
                warn!("second signal: ending at once; the journal knows what is open");
                // The same as a power cut, which every step is made for.
                std::process::exit(1);
            }
            info!("asked to stop: ending the steps under way");
            stop.cancel();
        }
    });
    Ok(())
}
