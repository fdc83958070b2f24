use sea_orm_migration::prelude::{
    ConditionalStatement, DbErr, DeriveMigrationName, Expr, ExprTrait, Index, MigrationTrait, SchemaManager,
    async_trait,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Every index with its table and columns.
const INDEXES: [(&str, &str, &[&str]); 4] = [
    ("campaign_state", "campaign", &["state", "created_at", "id"]),
    ("reconciliation_state", "reconciliation", &["state", "created_at", "id"]),
    ("referral_created", "referral", &["created_at"]),
    ("member_profile_channel", "member_profile", &["joined_channel", "joined_at", "member_id"]),
];

/// Those of the few rows that anybody looks for by this column.
fn partial() -> [(&'static str, &'static str, &'static str, Expr); 4] {
    [
        ("conversation_unread", "conversation", "unread", Expr::col("unread").gt(0)),
        ("payout_review", "payout", "review", Expr::col("review").is_not_null()),
        ("job_dead", "job", "state", Expr::col("state").eq("dead")),
        ("follower_followed", "follower", "first_followed_at", Expr::col("first_followed_at").is_not_null()),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, columns) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        for (name, table, column, rows) in partial() {
            let mut index = Index::create();
            manager.create_index(index.name(name).table(table).col(column).and_where(rows).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let all = INDEXES.iter().map(|(name, table, _)| (*name, *table));
        for (name, table) in all.chain(partial().map(|(name, table, ..)| (name, table))) {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
