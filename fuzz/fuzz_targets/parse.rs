//! Any bytes, whole and as the beginning of a mail, become a message within its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postweiche::domain::message::{Message, Note};
use postweiche::parse::parse;

fuzz_target!(|bytes: &[u8]| {
    for complete in [true, false] {
        let message = parse(bytes, complete);
        check(&message);
        assert!(complete || message.has(Note::Truncated), "a beginning says that it is one");
        assert_eq!(parse(bytes, complete), message, "the same bytes give the same message");
    }
});

fn check(message: &Message) {
    assert!(!message.has(Note::ParserFailed), "nothing panics inside");
    assert!(message.notes.is_sorted_by(|one, next| one < next), "each note stands once");
    assert!(!message.text.contains(['\r', '\0']), "lines end in LF");
    assert!(message.text.len() <= 128 * 1024);
    message.attached.iter().for_each(check);
}
