//! Campaigns, budgets, grants and payouts, and their reconciliation with bills.

pub mod bill_line;
pub mod block;
pub mod budget_account;
pub mod budget_entry;
pub mod campaign;
pub mod campaign_event;
pub mod counter;
pub mod grant;
pub mod member_counter;
pub mod payout;
pub mod payout_event;
pub mod reconciliation;
pub mod reconciliation_case;
pub mod share;
pub mod stop;
