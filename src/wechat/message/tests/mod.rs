//! Every sample body, every hostile body, and what holds for any text.

mod custom;
mod event;
mod expected;
mod limits;
mod push;
mod reply;
mod samples;
mod tree;
