//! Long stories across domains, as people live them.

mod day;
