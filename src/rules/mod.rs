//! The rule set: TOML as written, compiled, and the one evaluator.
