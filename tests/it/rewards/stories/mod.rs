//! Money on its whole way, by real HTTP and TLS: from the rule that gives it to the person's pocket, or back.

mod breakers;
mod letters;
mod refused;
mod returned;
mod taken;
