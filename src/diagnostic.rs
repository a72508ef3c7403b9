//! Problems in files that people write, shown where they stand.
//!
//! Configuration, master data and rules are checked completely before anything is said: each problem becomes a
//! [`Diagnostic`] that points into its [`Source`], and [`render`] shows them all, as a compiler would. A value of this
//! module never holds a secret: sources are files that an admin edits, and passwords stand in other files.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A file as read, shared by the problems that point into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub path: PathBuf,
    pub text: Arc<str>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The program does not run with this.
    Error,
    /// It runs, but somebody should look.
    Warning,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// What is wrong, with the name of the thing; lower case, no full stop.
    pub title: String,
    /// Where, as a byte range of the source; none if the file as a whole is meant (unreadable, missing).
    pub place: Option<(Source, Range<usize>)>,
    /// The file meant, where there is no source text to point into.
    pub path: Option<PathBuf>,
    /// Short words beside the caret.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a byte range of a source.
    pub fn error(source: &Source, span: Range<usize>, title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            title: title.into(),
            place: Some((source.clone(), span)),
            path: None,
            label: String::new(),
            help: None,
        }
    }

    /// An error about a file that cannot be pointed into.
    pub fn file(path: impl Into<PathBuf>, title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            title: title.into(),
            place: None,
            path: Some(path.into()),
            label: String::new(),
            help: None,
        }
    }

    /// The same, only as a warning.
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// With words beside the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Line and column, both from 1, columns in characters.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        let (source, span) = self.place.as_ref()?;
        let mut start = span.start.min(source.text.len());
        while !source.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &source.text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        Some((line, column))
    }
}

/// One line: `path:line:column: title`, for logs.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some((source, _)), Some((line, column))) = (&self.place, self.line_column()) {
            write!(f, "{}:{line}:{column}: ", source.path.display())?;
        } else if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.title)
    }
}

/// Whether the program must not run with these.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// All problems as text for a terminal, errors and warnings in the order given, a blank line between them.
pub fn render(diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic)]));
        out.push_str("\n\n");
    }
    out
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = match (&diagnostic.place, &diagnostic.path) {
        (Some((source, span)), _) => {
            let path = source.path.to_string_lossy().into_owned();
            let (excerpt, span, first_line) = excerpt(&source.text, span);
            Group::with_title(level.primary_title(diagnostic.title.as_str())).element(
                Snippet::source(excerpt)
                    .line_start(first_line)
                    .path(path)
                    .annotation(AnnotationKind::Primary.span(span).label(diagnostic.label.as_str())),
            )
        }
        (None, Some(path)) => {
            Group::with_title(level.primary_title(format!("{}: {}", path.display(), diagnostic.title)))
        }
        (None, None) => Group::with_title(level.primary_title(diagnostic.title.as_str())),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// The lines that a span touches, the span within them, and the number of the first one. Master data are long, and the
/// renderer would search all of it for each problem.
fn excerpt<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, Range<usize>, usize) {
    let border = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = border(span.start);
    let end = border(span.end).max(start);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let to = if text[end..to].ends_with('\r') { to - 1 } else { to };
    (&text[from..to], start - from..end - from, text[..from].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_shown_where_it_stands() {
        let source = Source { path: "regeln.toml".into(), text: "ä = 1\nprofil = \"streg\"\n".into() };
        let start = source.text.find("\"streg\"").unwrap();
        let diagnostic = Diagnostic::error(&source, start..start + 7, "unknown profil \"streg\"")
            .label("not a profil")
            .help("use \"streng\" or \"weit\"");
        assert_eq!(diagnostic.line_column(), Some((2, 10)));
        assert_eq!(diagnostic.to_string(), "regeln.toml:2:10: unknown profil \"streg\"");
        let text = render(&[diagnostic], false);
        for part in
            ["error: unknown profil \"streg\"", "--> regeln.toml:2:10", "^^^^^^^ not a profil", "help: use \"streng\""]
        {
            assert!(text.contains(part), "{part} missing in\n{text}");
        }
    }
}
