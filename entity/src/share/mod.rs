//! Share campaigns, the links that members share, and what is derived for each visitor.

pub mod campaign;
pub mod campaign_event;
pub mod link;
pub mod page;
pub mod reward;
pub mod rules;
pub mod value;
pub mod visit;
