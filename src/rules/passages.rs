//! Whose words a mail holds: the author's own, and other people's.
//!
//! Where somebody of the house forwards a customer's message, the customer is the author: only the innermost forwarded
//! message counts, and neither the forwarder's remark nor his signature. Everybody else speaks for himself, and what he
//! forwards or quotes is said by others.

use super::blocks::{BlockArt, Bloecke};
use super::prepare::Prepared;

/// A quoted line as long as this may have been wrapped; what follows without a `>` is the rest of it.
const WRAPPED: usize = 60;

/// The words of a mail by who says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Passages<'a> {
    /// Lines of the author without quotation marks; an empty line where somebody else comes in between.
    pub eigene: Vec<&'a str>,
    /// Everybody else's.
    pub fremde: Vec<&'a str>,
    /// The name of the author, as far as the mail tells; with address.
    pub verfasser: Vec<String>,
}

/// Reads who says what.
pub(super) fn read<'a>(mail: &Prepared<'a>) -> Passages<'a> {
    let mut passages = Passages::default();
    let forwarded = mail.is_passed_on();
    let attached = forwarded.then(|| mail.innermost_customer_attached()).flatten();
    let spoken_in = attached.unwrap_or(0);
    for (index, (message, bloecke)) in mail.messages().zip(mail.bloecke()).enumerate() {
        let mut others = Vec::new();
        let author = match (index == spoken_in, forwarded && attached.is_none()) {
            (false, _) => None,
            (true, false) => Some(Speaker::Outer),
            (true, true) => innermost(mail, bloecke).map(Speaker::Block),
        };
        if let Some(author) = author {
            match author {
                Speaker::Block(index) => passages.verfasser.push(bloecke.bloecke[index].absender_wortlaut.clone()),
                _ => {
                    let names = message.from.iter().take(1).map(|from| {
                        let name = from.name.as_deref().unwrap_or_default();
                        format!("{name} {}", from.address)
                    });
                    passages.verfasser.extend(names);
                }
            }
        }
        split(&message.text, bloecke, author, &mut passages.eigene, &mut others);
        passages.fremde.append(&mut others);
    }
    passages
}

fn innermost(mail: &Prepared<'_>, bloecke: &Bloecke) -> Option<usize> {
    let innermost = mail.innermost_customer_block(bloecke)?;
    bloecke.bloecke.iter().position(|block| block == innermost)
}

/// Who says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    /// Whoever sent the message that the text belongs to.
    Outer,
    /// The sender of this block.
    Block(usize),
    /// Somebody who is quoted without a head.
    Quoted,
    /// A mail program: head of a block.
    Nobody,
}

fn split<'t>(
    text: &'t str,
    bloecke: &Bloecke,
    author: Option<Speaker>,
    own: &mut Vec<&'t str>,
    others: &mut Vec<&'t str>,
) {
    let mut turn = Turn::new(bloecke);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let speaker = turn.speaker(start, line, &text[start..]);
        start += line.len();
        let said = without_marks(line).0;
        if speaker == Speaker::Nobody {
            own.push("");
            others.push("");
        } else if Some(speaker) == author {
            own.push(said);
        } else {
            others.push(said);
            // Between two passages of the author there is a new paragraph.
            if author.is_some() && own.last().is_some_and(|last| !last.is_empty()) {
                own.push("");
            }
        }
    }
}

/// Whose turn it is, line by line.
struct Turn<'b> {
    bloecke: &'b Bloecke,
    /// The next block to come.
    next: usize,
    /// Those that go on, outermost first, with the depth of marks of their words.
    open: Vec<(usize, usize)>,
    /// Marks before the head that was read last.
    head_depth: usize,
    /// The line before was quoted, and so long that it may have been wrapped.
    may_continue: bool,
}

impl<'b> Turn<'b> {
    fn new(bloecke: &'b Bloecke) -> Self {
        Turn { bloecke, next: 0, open: Vec::new(), head_depth: 0, may_continue: false }
    }

    fn speaker(&mut self, start: usize, line: &str, rest: &str) -> Speaker {
        let (said, depth) = without_marks(line);
        if let Some(block) = self.bloecke.bloecke.get(self.next).filter(|block| start >= block.kopf) {
            if start < block.text.start {
                self.head_depth = depth;
                return Speaker::Nobody;
            }
            // Words that are marked end with their marks; others go on to the end.
            let first =
                rest.lines().find(|line| !without_marks(line).0.is_empty()).map_or(0, |line| without_marks(line).1);
            while self.open.last().is_some_and(|&(_, marks)| marks > self.head_depth) {
                self.open.pop();
            }
            let depth = if block.art == BlockArt::Einleitung { first } else { self.head_depth };
            self.open.push((self.next, depth));
            self.next += 1;
        }
        if said.is_empty() {
            self.may_continue = false;
        }
        let continues = std::mem::replace(&mut self.may_continue, depth > 0 && said.len() >= WRAPPED) && depth == 0;
        if !said.is_empty() && !continues {
            while self.open.last().is_some_and(|&(_, marks)| marks > depth) {
                self.open.pop();
            }
        }
        match self.open.last() {
            _ if continues => Speaker::Quoted,
            Some(&(block, marks)) if depth <= marks => Speaker::Block(block),
            None if depth == 0 => Speaker::Outer,
            _ => Speaker::Quoted,
        }
    }
}

/// A line without its marks of quotation and without blanks at its ends, and how many marks there were.
fn without_marks(line: &str) -> (&str, usize) {
    let mut depth = 0;
    let mut said = line.trim();
    while let Some(rest) = said.strip_prefix('>') {
        depth += 1;
        said = rest.trim_start();
    }
    (said, depth)
}

#[cfg(test)]
#[path = "passages_tests.rs"]
mod tests;
