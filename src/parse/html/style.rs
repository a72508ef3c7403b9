//! The few style rules that decide where a reader sees a blank line, and what a reader does not see at all.

/// Smallest margin, in CSS pixels, that looks like a blank line and not like a somewhat larger gap between two lines.
const BLANK_LINE: f32 = 4.0;
/// Names of classes kept of one document.
const CLASSES: usize = 64;

/// What a `style` attribute says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Whether there is a margin above, if anything is said about it.
    pub(super) above: Option<bool>,
    /// The same below.
    pub(super) below: Option<bool>,
    /// `display: none`.
    pub(super) is_hidden: bool,
    /// Line ends in the source are line ends.
    pub(super) is_preformatted: bool,
}

impl Style {
    pub(super) fn read(declarations: &str) -> Self {
        let mut style = Style::default();
        for (property, value) in declarations.split(';').filter_map(|declaration| declaration.split_once(':')) {
            let property = property.trim_ascii();
            let value = value.trim_ascii();
            let is = |name: &str| property.eq_ignore_ascii_case(name);
            if is("margin") {
                let mut sides = value.split_ascii_whitespace();
                let above = sides.next();
                style.above = above.map(is_blank_line);
                style.below = sides.nth(1).or(above).map(is_blank_line);
            } else if is("margin-top") {
                style.above = Some(is_blank_line(value));
            } else if is("margin-bottom") {
                style.below = Some(is_blank_line(value));
            } else if is("display") {
                style.is_hidden = starts_with(value, "none");
            } else if is("white-space") {
                style.is_preformatted = starts_with(value, "pre");
            }
        }
        style
    }

    /// No margin above or below. Where only the one below is set, the one above follows it, as mail programs mean it.
    fn is_tight(&self) -> bool {
        self.below == Some(false) && self.above != Some(true)
    }
}

fn starts_with(value: &str, word: &str) -> bool {
    value.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_blank_line(length: &str) -> bool {
    let number_len = length.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let (number, unit) = length.split_at(number_len.count());
    let Ok(number) = number.parse::<f32>() else { return false };
    let pixels = match unit.get(..2).unwrap_or(unit).to_ascii_lowercase().as_str() {
        "pt" => 4.0 / 3.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "in" => 96.0,
        "em" | "re" | "%" => 16.0,
        "ex" => 8.0,
        _ => 1.0,
    };
    number * pixels >= BLANK_LINE
}

/// What the style sheets of a document say about paragraphs.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// A `p` has no margins.
    tight_paragraphs: bool,
    /// Classes without margins.
    tight_classes: Vec<String>,
}

impl Sheet {
    /// Takes note of the rules for `p`, `p.class` and `.class` that set margins to nothing.
    pub(super) fn add(&mut self, sheet: &str) {
        for rule in sheet.split('}') {
            let Some((before, declarations)) = rule.rsplit_once('{') else { continue };
            if !Style::read(declarations).is_tight() {
                continue;
            }
            let selectors = before.rsplit(['{', ';', '>']).next().unwrap_or(before);
            let selectors = selectors.rsplit("*/").next().unwrap_or(selectors);
            for selector in selectors.split(',').map(str::trim_ascii) {
                let class = selector.strip_prefix(['p', 'P']).unwrap_or(selector);
                if selector.eq_ignore_ascii_case("p") {
                    self.tight_paragraphs = true;
                } else if let Some(class) = class.strip_prefix('.')
                    && self.tight_classes.len() < CLASSES
                {
                    self.tight_classes.push(class.to_owned());
                }
            }
        }
    }

    /// Whether a paragraph of these classes is a mere line, if nothing else is said.
    pub(super) fn is_tight(&self, classes: &str) -> bool {
        self.tight_paragraphs || classes.split_ascii_whitespace().any(|class| is_outlook(class) || self.knows(class))
    }

    fn knows(&self, class: &str) -> bool {
        self.tight_classes.iter().any(|known| known == class)
    }
}

/// Outlook writes each line as a paragraph of such a class; other programs keep the class and lose the style sheet, or
/// put something before its name.
fn is_outlook(class: &str) -> bool {
    let class = class.strip_prefix("x_").unwrap_or(class);
    starts_with(class.strip_prefix(['x', 'X']).unwrap_or(class), "Mso")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_that_look_like_a_blank_line() {
        let cases = [
            ("margin:0", Some(false), Some(false)),
            ("margin: 0 0 8pt 0; line-height: 1.4", Some(false), Some(true)),
            ("margin:0cm 0cm 0.0001pt", Some(false), Some(false)),
            ("margin:0cm;margin-bottom:.0001pt;font-size:11.0pt", Some(false), Some(false)),
            ("MARGIN-TOP: 0px; Margin-Bottom: 0px !important", Some(false), Some(false)),
            ("margin-bottom:0", None, Some(false)),
            ("margin: 1em 0", Some(true), Some(true)),
            ("margin:auto", Some(false), Some(false)),
            ("margin-left: 40px", None, None),
            ("margin", None, None),
            ("", None, None),
        ];
        for (declarations, above, below) in cases {
            let style = Style::read(declarations);
            assert_eq!((style.above, style.below), (above, below), "{declarations}");
        }
        assert!(Style::read("color: red; DISPLAY : None").is_hidden);
        assert!(Style::read("white-space:pre-wrap").is_preformatted);
    }

    #[test]
    fn style_sheets_tell_lines_from_paragraphs() {
        let cases = [
            ("P {margin-top:0;margin-bottom:0;}", "", true),
            ("<!-- /* Fonts */ @font-face {x:y} p.MsoX, li.X, div.Y {margin:0cm} -->", "MsoX", true),
            ("p.Zeile{margin:0}", "breit Zeile", true),
            ("@media print { .Zeile, h1 { margin: 0 } }", "Zeile", true),
            ("p.Zeile{margin:0}", "andere", false),
            ("p{margin:1em 0}", "", false),
            ("span, div p {margin:0}", "", false),
            ("p{margin:0", "", true),
            ("", "MsoNormal", true),
            ("", "x_MsoNormal", true),
            ("", "xmsonormal", true),
            ("", "normal", false),
        ];
        for (text, classes, expected) in cases {
            let mut sheet = Sheet::default();
            sheet.add(text);
            assert_eq!(sheet.is_tight(classes), expected, "{text} {classes}");
        }
    }
}
