//! The only code that talks IMAP.
