//! Tables of the tests that belong to members, beside those of the product: gifts, of which a member has many, and a
//! profile, of which a member has one.

use std::collections::BTreeMap;

use entity::types::MemberId;
use futures_util::FutureExt;
use huilian::{
    belongings::BELONGINGS,
    error::{Code, Error},
    identity::{
        belonging::{Belonging, Belongings, Chosen, Decision, OnMerge},
        merge::{OnePerMember, combine},
        own,
    },
    infra::db::{Db, Tx},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, Statement};
use uuid::Uuid;

use crate::support::TestApp;

pub mod gift {
    use entity::types::MemberId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "test_gift")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub member_id: MemberId,
        pub what: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod profile {
    use chrono::{DateTime, Utc};
    use entity::types::MemberId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
    #[sea_orm(table_name = "test_profile")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub member_id: MemberId,
        pub name: Option<String>,
        pub visits: i64,
        pub updated_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

struct Profile;

impl OnePerMember for Profile {
    const TABLE: &'static str = "test_profile";
    type Entity = profile::Entity;
    type Model = profile::Model;
    type ActiveModel = profile::ActiveModel;

    fn owner() -> profile::Column {
        profile::Column::MemberId
    }

    fn of(row: profile::Model, member: MemberId) -> profile::Model {
        profile::Model { member_id: member, ..row }
    }

    fn combine(winner: &profile::Model, loser: &profile::Model) -> (profile::Model, Vec<Decision>) {
        let decision = |field: &str, chosen, why: &str| Decision {
            table: Self::TABLE.to_owned(),
            field: field.to_owned(),
            chosen,
            why: why.to_owned(),
        };
        let made = profile::Model {
            name: winner.name.clone().or_else(|| loser.name.clone()),
            visits: winner.visits + loser.visits,
            ..winner.clone()
        };
        let named = if winner.name.is_some() { Chosen::Winner } else { Chosen::Loser };
        (made, vec![decision("name", named, "not_empty"), decision("visits", Chosen::Both, "sum")])
    }
}

const GIFTS: Belonging = Belonging {
    table: "test_gift",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |_, _, _| async { Ok(0) }.boxed_local(),
    export: None,
};

const PROFILES: Belonging = Belonging {
    table: "test_profile",
    begin: None,
    on_merge: combine::<Profile>(),
    erase: |_, _, _| async { Ok(0) }.boxed_local(),
    export: None,
};

/// A part of a merge that never succeeds.
pub const BROKEN: Belonging = Belonging {
    table: "test_broken",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |_, _| async { Err(Error::new(Code::Timeout)) }.boxed_local(),
        undo: |_, _| async { Err(Error::new(Code::Timeout)) }.boxed_local(),
    },
    erase: |_, _, _| async { Ok(0) }.boxed_local(),
    export: None,
};

/// The application's database with the tables of the tests, and `more` at the end of the list of belongings.
pub async fn with_tables(app: &TestApp, more: &[Belonging]) -> Db {
    let db = app.app.db.read();
    let time = match db.get_database_backend() {
        DbBackend::Sqlite => "timestamp_with_timezone_text",
        _ => "timestamp with time zone",
    };
    for table in [
        "CREATE TABLE test_gift (id uuid PRIMARY KEY, member_id uuid NOT NULL, what text NOT NULL)".to_owned(),
        "CREATE INDEX test_gift_member ON test_gift (member_id)".to_owned(),
        format!(
            "CREATE TABLE test_profile (member_id uuid PRIMARY KEY, name text, visits bigint NOT NULL,
             updated_at {time} NOT NULL)"
        ),
    ] {
        db.execute_unprepared(&table).await.expect("a table");
    }
    let lines: Vec<Belonging> = [BELONGINGS, &[GIFTS, PROFILES], more].concat();
    app.app.db.handing(Belongings(lines.leak()))
}

pub async fn give(db: &Db, member: MemberId, gifts: &[&str]) {
    let work = async |tx: &Tx| {
        let member_id = own(tx, member).await?;
        let rows = gifts.iter().map(|what| gift::ActiveModel {
            id: Set(Uuid::from(tx.id::<entity::types::EventId>())),
            member_id: Set(member_id),
            what: Set((*what).to_owned()),
        });
        tx.db().execute(&tx.insert(rows)?).await?;
        Ok(())
    };
    db.tx(work).await.expect("gifts");
}

pub async fn describe(db: &Db, member: MemberId, name: Option<&str>, visits: i64) {
    let work = async |tx: &Tx| {
        let row = profile::ActiveModel {
            member_id: Set(own(tx, member).await?),
            name: Set(name.map(str::to_owned)),
            visits: Set(visits),
            updated_at: Set(tx.now()),
        };
        profile::Entity::insert(row).exec_without_returning(tx.db()).await?;
        Ok(())
    };
    db.tx(work).await.expect("a profile");
}

/// Every column of every row of every table that a merge changes, as the database itself writes them. Leaves out that
/// members were kept apart, which undoing a merge notes.
pub async fn everything(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    for table in BELONGINGS.iter().chain([&GIFTS, &PROFILES]) {
        if matches!(table.on_merge, OnMerge::Stay) {
            continue;
        }
        let rows = rows(db, table.table).await;
        let rows = rows.into_iter().filter(|row| !row.contains("separated")).collect();
        tables.insert(table.table.to_owned(), rows);
    }
    tables
}

async fn rows(db: &Db, table: &str) -> Vec<String> {
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            let columns = format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || '','' || ') AS line FROM pragma_table_info('{table}')"
            );
            let columns = lines(db, &columns).await.remove(0);
            format!("SELECT {columns} AS line FROM {table} ORDER BY 1")
        }
        _ => format!("SELECT t::text AS line FROM {table} t ORDER BY 1"),
    };
    lines(db, &sql).await
}

async fn lines(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), sql)).await.expect("rows");
    rows.iter().map(|row| row.try_get("", "line").expect("a line")).collect()
}
