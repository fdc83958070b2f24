//! WeChat Pay (微信支付): money to people by red packet (v2) and merchant transfer (v3), bills, notifications. The protocol
//! alone, free of business; sections are those of the pay notes ("pay section …").
//!
//! Words: a *merchant* (商户号) pays; its *number* of a payout (商户单号) is the idempotency key; a *red packet* (红包) is opened
//! by the person, a *transfer* (商家转账) confirmed, both within 24 hours; a *scene* (转账场景) is what a transfer is for.
//!
//! What holds:
//! - **Three answers, never two** ([`Answer`]): done, refused, unknown. A refusal is about one request, never about the
//!   order: only a query says that an order failed (pay section 4.7, "central official rule"). Unknown frees no money.
//! - **One try.** Nothing is repeated here: whoever owns the payout asks first, then sends the same request again.
//! - **The same request is the same.** Requests are values that are stored as JSON and sent again; what each try
//!   adds (time, nonce, signature, encryption) is no part of them.
//! - **Nothing is believed unsigned.** v3 answers and notifications are verified before they are read.
//! - **Nothing personal is logged:** no bodies, OpenIDs, signatures, `package_info` or keys; numbers of orders neither.

mod answer;
pub mod bill;
mod client;
mod crypto;
pub mod development;
mod exchange;
pub mod expiry;
mod files;
pub mod keys;
pub mod notify;
mod number;

mod rate;
pub mod red_packet;
mod refusal;
pub mod settings;
#[cfg(test)]
pub(crate) mod tests;
pub mod transfer;
mod trust;
mod trust_store;
mod v2;
mod v3;

pub use self::{
    answer::{Answer, Refusal, Unknown, Why},
    client::{Around, Merchant, Pay},
    files::{FOLDER, read_merchants},
    number::{Broken, OutNo},
    refusal::Kind,
    settings::{Merchants, Settings},
};
