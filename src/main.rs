//! The one binary of Huilian.

fn main() {}
