//! What waits for staff, how much happened, and how budgets, programs and accounts are doing.

mod accounts;
mod burn;
mod figures;
mod needs;
mod plans;
