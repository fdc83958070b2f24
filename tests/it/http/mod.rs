//! The edge: problems, limits, what operators look at, the API description, signing in.

pub mod description;
mod headers;
mod limits;
mod operations;
mod pages;
pub mod permissions;
mod problems;
mod sign_in;
