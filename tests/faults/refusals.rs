//! The server refuses, hangs up, lies or changes.
