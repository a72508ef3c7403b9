//! Text as HTML. Whatever comes from configuration or master data goes through here.

use std::fmt::{self, Display, Formatter};

/// Text that shows as it is written: nothing in it is markup.
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// Between two folders of a path: an arrow for the eye, a word for the ear.
pub const TRENNER: &str = r#" <span aria-hidden="true">›</span><span class="nur-vorlesen"> darin </span> "#;

/// A way through folders, from the outermost to the innermost.
pub fn pfad<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<String> = parts.into_iter().map(|part| format!("<b>{}</b>", Text(part))).collect();
    parts.join(TRENNER)
}

/// Keys that are pressed together.
pub fn tasten(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("<kbd>{}</kbd>", Text(key))).collect();
    keys.join("+")
}
