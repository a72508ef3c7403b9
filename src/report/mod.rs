//! Reports: what stands in the ledger, counted and put in order for people.
//!
//! Pure: rows of the ledger come in, figures go out. `store` reads the rows, `cli` lays the figures out. Figures are of
//! rules and Vorgänge, never of persons, and nothing is ranked: lists are in the order of their names.
//!
//! | file | job |
//! |---|---|
//! | `wilson` | how sure a share is |
//! | `regelguete` | how often each rule and each kind of evidence was right |
//! | `servicetage` | what is still young |
//! | `verlauf` | the life of one Vorgang |

pub mod regelguete;
pub mod servicetage;
pub mod verlauf;
pub mod wilson;
