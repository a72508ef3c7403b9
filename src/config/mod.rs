//! Configuration and master data: as written, as checked.
