//! What can be seen from outside.

mod secrecy;
mod traces;
