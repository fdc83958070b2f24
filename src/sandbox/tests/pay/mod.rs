//! WeChat Pay driven by a client of its own: it knows what a merchant is given, and nothing else.

mod bill;
mod faults;
mod keys;
mod notify;
mod packets;
mod people;
mod till;
mod transfers;
