//! The ledger is full, lost, damaged, old, or the clock jumps.
