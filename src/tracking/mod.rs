//! What people do, as it is seen. The second half of the door "facts": behaviour, many and small, append-only.
//!
//! Words: a *touch* (触点) is one seen scan, visit or open, with its scene; attribution reads touches later. A
//! *behaviour* (行为) is one page view, stay or tap in a mini program or on a page.

pub mod behaviours;
pub mod http;
mod joining;
pub mod touches;
