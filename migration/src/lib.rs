//! How the schema of Huilian grew. Migrations write columns by name and never depend on `entity`, so that history
//! stays as it was. Every change is expand, move, contract, because old and new code overlap during a deploy.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

mod column;
mod m20261121_000001_jobs_create;
mod m20261121_000002_http_create_idempotency_keys;
mod m20261121_000003_wechat_create_pushes;
mod m20261121_000004_identity_create_followers;
mod m20261121_000005_tracking_create_touches;
mod m20261121_000006_reach_create_deliveries;
mod m20261121_000007_chat_create_conversations;
mod m20261121_000008_admin_create_staff;
mod m20261122_000009_identity_create_members;
mod m20261122_000010_identity_create_sessions;
mod m20261122_000011_tracking_create_behaviours;
mod m20261122_000012_reach_create_permits;
mod m20261122_000013_members_create_profiles;
mod m20261122_000014_members_create_imports;
mod m20261122_000015_identity_remember_forgotten;
mod m20261122_000016_members_create_pictures;
mod m20261122_000017_members_note_who_asked_for_erasure;
mod m20261122_000020_points_create;
mod m20261122_000030_wechat_create_pay_notifications;
mod m20261122_000040_rewards_create;
mod m20261122_000041_rewards_remember_who_and_why;
mod m20261122_000050_rewards_reconcile;
mod m20261122_000060_reach_create_messages;
mod m20261122_000070_tracking_note_invitations;
mod m20261122_000071_orders_create;
mod m20261122_000072_referral_create;
mod m20261122_000080_referral_create_carriers;
mod m20261122_000081_tracking_create_channels;
mod m20261122_000090_share_create;
mod m20261122_000091_referral_find_latest;
mod m20261122_000100_admin_create_audit;
mod m20261122_000110_analytics_find_what_waits;
mod m20261122_000111_chat_note_since_when_they_wait;
mod m20261122_000120_stores_create;
mod m20261122_000125_chat_create_canned_replies;
mod m20261122_000126_exports_create;
mod m20261123_000130_exports_find_waiting;
mod m20261123_000140_admin_link_wechat;
mod m20261123_000150_members_find_names;

/// All migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_jobs_create::Migration),
            Box::new(m20261121_000002_http_create_idempotency_keys::Migration),
            Box::new(m20261121_000003_wechat_create_pushes::Migration),
            Box::new(m20261121_000004_identity_create_followers::Migration),
            Box::new(m20261121_000005_tracking_create_touches::Migration),
            Box::new(m20261121_000006_reach_create_deliveries::Migration),
            Box::new(m20261121_000007_chat_create_conversations::Migration),
            Box::new(m20261121_000008_admin_create_staff::Migration),
            Box::new(m20261122_000009_identity_create_members::Migration),
            Box::new(m20261122_000010_identity_create_sessions::Migration),
            Box::new(m20261122_000011_tracking_create_behaviours::Migration),
            Box::new(m20261122_000012_reach_create_permits::Migration),
            Box::new(m20261122_000013_members_create_profiles::Migration),
            Box::new(m20261122_000014_members_create_imports::Migration),
            Box::new(m20261122_000015_identity_remember_forgotten::Migration),
            Box::new(m20261122_000016_members_create_pictures::Migration),
            Box::new(m20261122_000017_members_note_who_asked_for_erasure::Migration),
            Box::new(m20261122_000020_points_create::Migration),
            Box::new(m20261122_000030_wechat_create_pay_notifications::Migration),
            Box::new(m20261122_000040_rewards_create::Migration),
            Box::new(m20261122_000041_rewards_remember_who_and_why::Migration),
            Box::new(m20261122_000050_rewards_reconcile::Migration),
            Box::new(m20261122_000060_reach_create_messages::Migration),
            Box::new(m20261122_000070_tracking_note_invitations::Migration),
            Box::new(m20261122_000071_orders_create::Migration),
            Box::new(m20261122_000072_referral_create::Migration),
            Box::new(m20261122_000080_referral_create_carriers::Migration),
            Box::new(m20261122_000081_tracking_create_channels::Migration),
            Box::new(m20261122_000090_share_create::Migration),
            Box::new(m20261122_000091_referral_find_latest::Migration),
            Box::new(m20261122_000100_admin_create_audit::Migration),
            Box::new(m20261122_000110_analytics_find_what_waits::Migration),
            Box::new(m20261122_000111_chat_note_since_when_they_wait::Migration),
            Box::new(m20261122_000120_stores_create::Migration),
            Box::new(m20261122_000125_chat_create_canned_replies::Migration),
            Box::new(m20261122_000126_exports_create::Migration),
            Box::new(m20261123_000130_exports_find_waiting::Migration),
            Box::new(m20261123_000140_admin_link_wechat::Migration),
            Box::new(m20261123_000150_members_find_names::Migration),
        ]
    }
}
