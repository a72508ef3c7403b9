//! Mail that cannot be read, or is made to do harm.
