//! What members see of their points, in [`mini`]; what staff see, correct and check, in [`admin`].

pub mod admin;
mod books;
pub mod mini;
mod shown;
