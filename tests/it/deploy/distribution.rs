//! By what each table would be distributed over several databases, or why it would not: `deploy/SCALE.md` in full. A table
//! that nobody has thought about fails.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::story;

/// What belongs to one person, by the column with their id.
const BY_MEMBER: &[(&str, &str)] = &[
    ("channel_person", "member"),
    ("identity", "member_id"),
    ("member", "id"),
    ("member_access", "member_id"),
    ("member_consent", "member_id"),
    ("member_erasure", "member_id"),
    ("member_export", "member_id"),
    ("member_picture", "member_id"),
    ("member_profile", "member_id"),
    ("member_reward_counter", "member_id"),
    ("member_standing", "member_id"),
    ("member_value", "member_id"),
    ("payout", "member_id"),
    ("points_account", "member_id"),
    ("points_counter", "member_id"),
    ("points_difference", "member_id"),
    ("points_draw", "member_id"),
    ("points_entry", "member_id"),
    ("points_lot", "member_id"),
    ("purchase", "member_id"),
    ("reach_message", "member_id"),
    ("referral_code", "member"),
    ("referral_reward", "member_id"),
    ("referral_standing", "member"),
    ("reward_block", "member_id"),
    ("reward_grant", "member_id"),
    ("share_link", "member"),
    ("share_reward", "member_id"),
    ("share_value", "member"),
];

/// What is known of somebody before it is known who they are.
const BY_OPEN_ID: &[&str] = &[
    "behaviour",
    "conversation",
    "delivery",
    "erasure",
    "follower",
    "permit",
    "push",
    "reach_window",
    "session",
    "touch",
    "wechat_session",
];

/// What is about two people: it stands with the one whom it is asked for most.
const BY_ONE_OF_TWO: &[(&str, &str)] =
    &[("conflict", "member_a"), ("merge", "winner"), ("referral", "invitee"), ("share_visit", "visitor")];

/// What is a part of something else and stands where that stands: found by its key today, it would get its column, too.
const WITH: &[(&str, &str, &str)] = &[
    ("channel_follow", "touch_id", "touch"),
    ("identity_link", "identity_id", "identity"),
    ("merge_move", "merge_id", "merge"),
    ("message", "conversation_id", "conversation"),
    ("payout_event", "payout_id", "payout"),
    ("picture_check", "picture_id", "member_picture"),
    ("purchase_refund", "order_number", "purchase"),
    ("referral_appeal", "referral_id", "referral"),
    ("referral_finding", "referral_id", "referral"),
    ("referral_review", "referral_id", "referral"),
];

/// What is small, seldom written and read everywhere: a copy on every database.
const EVERYWHERE: &[&str] = &[
    "campaign",
    "campaign_event",
    "canned_reply",
    "channel",
    "channel_qr",
    "import_mapping",
    "member_attribute",
    "payout_stop",
    "poster_media",
    "poster_picture",
    "referral_program",
    "referral_program_event",
    "referral_qr",
    "referral_rules",
    "reply_rule",
    "share_campaign",
    "share_campaign_event",
    "share_page",
    "share_rules",
    "staff",
    "staff_session",
    "staff_wechat",
    "store",
];

/// What everybody shares as one row, one queue or one order: in one place, with the reason.
const IN_ONE_PLACE: &[(&str, &str)] = &[
    ("audit_chain", "one chain"),
    ("audit_entry", "one chain"),
    ("bill_line", "held against payouts in WeChat's order, once a day"),
    ("budget_account", "one budget for all who ask"),
    ("budget_entry", "the book of that budget"),
    ("event", "one outbox; what it names differs by kind"),
    ("export_part", "a file over all members"),
    ("export_request", "a file over all members"),
    ("follower_sync", "one walk over all followers"),
    ("forgotten_follower", "a digest, by which nobody can be found"),
    ("idempotency_key", "by who calls, staff or member"),
    ("import", "a file of members who are not known yet"),
    ("import_part", "a file of members who are not known yet"),
    ("import_row", "a file of members who are not known yet"),
    ("job", "one queue, taken in its order by all nodes"),
    ("pay_notification", "one key for each notification, before it is known whose"),
    ("points_check", "one walk over all accounts"),
    ("reconciliation", "a day of a merchant"),
    ("reconciliation_case", "a day of a merchant"),
    ("referral_alert", "gathers invitations of many"),
    ("referral_place", "counts of a whole board"),
    ("referral_proof", "one walk over all invitations"),
    ("reward_counter", "caps over all people"),
    ("reward_share", "shares of one budget"),
    ("schedule", "one line for each thing that runs"),
    ("seaql_migrations", "the schema's own book"),
];

/// The column by which a table is distributed; `None` when it is not.
pub fn column(table: &str) -> Option<&'static str> {
    let by_member = BY_MEMBER.iter().chain(BY_ONE_OF_TWO).find(|(name, _)| *name == table).map(|(_, column)| *column);
    let with = || WITH.iter().find(|(name, _, _)| *name == table).map(|(_, column, _)| *column);
    by_member.or_else(with).or_else(|| BY_OPEN_ID.contains(&table).then_some("open_id"))
}

async fn tables(db: &impl ConnectionTrait) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS tab, c.name AS col FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
        }
        _ => {
            "SELECT table_name::text AS tab, column_name::text AS col FROM information_schema.columns
             WHERE table_schema = 'public'"
        }
    };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("the schema") {
        let text = |name: &str| row.try_get::<String>("", name).expect("a text");
        tables.entry(text("tab")).or_default().insert(text("col"));
    }
    tables
}

#[actix_web::test]
async fn every_table_is_distributed_or_says_why_not() {
    story(async |app| {
        let tables = tables(app.app.db.read()).await;
        let pairs = BY_MEMBER.iter().chain(BY_ONE_OF_TWO).map(|(name, _)| *name);
        let apart = BY_OPEN_ID.iter().chain(EVERYWHERE).copied().chain(IN_ONE_PLACE.iter().map(|(name, _)| *name));
        let listed: Vec<&str> = pairs.chain(apart).chain(WITH.iter().map(|(name, _, _)| *name)).collect();
        let once: BTreeSet<&str> = listed.iter().copied().collect();
        assert_eq!(once.len(), listed.len(), "a table stands on two lists");
        let there: BTreeSet<&str> = tables.keys().map(String::as_str).collect();
        let forgotten: Vec<&&str> = there.difference(&once).collect();
        assert!(forgotten.is_empty(), "by what are these distributed? {forgotten:?}");
        let gone: Vec<&&str> = once.difference(&there).collect();
        assert!(gone.is_empty(), "there are no such tables: {gone:?}");
        for (table, columns) in &tables {
            if let Some(column) = column(table) {
                assert!(columns.contains(column), "{table} has no {column}");
            }
            // Whose rows name their member stand with that member, unless another list says why not.
            let own = columns.contains("member_id") && column(table) != Some("member_id");
            assert!(!own || IN_ONE_PLACE.iter().any(|(name, _)| name == table), "{table} has a member_id");
        }
        for (table, _, other) in WITH {
            assert!(column(other).is_some(), "{table} stands with {other}, which is not distributed");
        }
    })
    .await;
}
