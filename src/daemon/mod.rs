//! Wires core and shells: supervisor, worker, cycle.
