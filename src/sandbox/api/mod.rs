//! The part of the sandbox that answers as `api.weixin.qq.com` does: which calls there are, what all of them check, and
//! how an answer looks. What each call does stands in the file of its concept.

mod answer;
mod call;
mod pipeline;
mod table;

pub(super) use answer::{Answer, Outcome, done};
pub(super) use call::{Call, Upload};
pub(super) use pipeline::{Ending, Request, answer};
pub(super) use table::knows;
