//! One waiting, running or parked job. Finished jobs are deleted.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::{
    ActiveModelBehavior, DeriveActiveEnum, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait, EnumIter,
    Json, PrimaryKeyTrait, StringLen,
};

use crate::types::JobId;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Ids of one node follow the order of writing, which per-key ordering relies on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub state: State,
    /// Waiting: when to run. Running: when the lease of the worker ends and another one may take it.
    pub due_at: DateTime<Utc>,
    /// How often the plan of its kind has been used; with `due_at` the fencing token of the present run.
    pub attempts: i32,
    pub order_key: Option<String>,
    pub unique_key: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The id of the request that led to it.
    pub cause: Option<String>,
    /// Why the last run failed.
    pub error: Option<String>,
}

/// Whether the job will run again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))", rename_all = "snake_case")]
pub enum State {
    /// Waiting or running.
    Live,
    /// Parked after the last attempt, for staff to look at.
    Dead,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
