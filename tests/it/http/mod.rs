//! The edge: problems, limits, what operators look at, the API description, signing in.

mod description;
mod headers;
mod limits;
mod operations;
mod pages;
mod permissions;
mod problems;
mod sign_in;
