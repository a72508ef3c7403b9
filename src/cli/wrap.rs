//! Lines that fit a terminal.

/// Columns of a line.
const WIDTH: usize = 100;

/// Adds words to a page, wrapped behind `lead`; further lines begin after `indent` blanks.
pub fn paragraph(page: &mut String, lead: &str, indent: usize, text: &str) {
    page.push_str(lead);
    let mut column = lead.chars().count();
    for (number, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if number > 0 && column + 1 + length > WIDTH {
            page.push_str(&format!("\n{}", " ".repeat(indent)));
            column = indent;
        } else if number > 0 {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += length;
    }
    page.push('\n');
}
