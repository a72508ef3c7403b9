//! People are at work in the mailbox at the same time.
