//! Raw RFC 5322 bytes become a `Message`; a broken mail gives a message with notes, never an error.
