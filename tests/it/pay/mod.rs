//! WeChat Pay's way to us: notifications that are believed, and those that are not.

mod certificates;
mod letter;
mod notifications;
