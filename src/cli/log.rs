//! The log on standard error.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing::{Subscriber, error};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins to log. `POSTWEICHE_LOG` sets levels as `RUST_LOG` does elsewhere (`info` if unset).
///
/// The crates below us log through the `log` crate, at TRACE with passwords and mail text. No bridge from there is
/// installed, so that no setting of a level can let it through.
pub fn start(format: Format) {
    let filter = EnvFilter::try_from_env("POSTWEICHE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).with_target(false);
    let subscriber: Box<dyn Subscriber + Send + Sync> = match format {
        Format::Text => Box::new(Registry::default().with(lines.with_filter(filter))),
        Format::Json => Box::new(Registry::default().with(lines.json().flatten_event(true).with_filter(filter))),
    };
    // A second call, as in tests, finds the first subscriber in place.
    let _ = tracing::subscriber::set_global_default(subscriber);
    quiet_panics();
}

/// A panic is reported by its place alone: the text of a library's panic may quote the mail it was reading.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        error!(place, "a defect in the program; please report this");
    }));
}
