//! Long stories across domains, as people live them.
