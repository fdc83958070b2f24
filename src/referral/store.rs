//! The rows of invitations.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    referral::invitation::{Column, Entity, Model, State},
    types::{AccountKey, MemberId, OpenId, ReferralId, ReferralProgramId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, Iterable,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict, Query},
};
use serde_json::json;

use super::code;
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::{Named, open_ids, open_ids_of, within},
    infra::{
        clock::Time,
        db::{Tx, among},
    },
    stores::Scope,
    tracking::touches,
};

/// How many touches, follows and leaves of one person are read, the first ones.
pub(super) const MOST: u64 = 1_000;

/// Those of these members whom a program concerns as somebody who is invited, by the program.
pub(super) async fn programs(
    db: &impl ConnectionTrait,
    members: BTreeSet<MemberId>,
) -> Result<BTreeMap<ReferralProgramId, BTreeSet<MemberId>>> {
    let mut people: BTreeMap<MemberId, Vec<(AccountKey, OpenId)>> = BTreeMap::new();
    for (member, place) in open_ids_of(db, members.clone()).await? {
        people.entry(member).or_default().push(place);
    }
    let mut codes: BTreeMap<String, BTreeSet<MemberId>> = BTreeMap::new();
    for (member, touched) in touches::logs(db, &people, MOST).await? {
        for code in touched.into_iter().filter_map(|touch| touch.code) {
            codes.entry(code).or_default().insert(member);
        }
    }
    let mut found: BTreeMap<ReferralProgramId, BTreeSet<MemberId>> = BTreeMap::new();
    for row in code::many(db, codes.keys().cloned().collect()).await? {
        found.entry(row.program_id).or_default().extend(codes.get(&row.code).into_iter().flatten());
    }
    let rows = Entity::find().select_only().columns([Column::ProgramId, Column::Invitee]);
    let rows = rows.filter(among(db, Column::Invitee, members)).into_tuple::<(ReferralProgramId, MemberId)>();
    for (program, member) in rows.all(db).await? {
        found.entry(program).or_default().insert(member);
    }
    Ok(found)
}

/// Whether invitations know anybody of these: as somebody who is invited or, where that is asked for, who invites.
pub(super) async fn concerns(db: &impl ConnectionTrait, who: &Named, invited: bool) -> Result<bool> {
    let members = who.members(db).await?;
    if members.is_empty() {
        return Ok(false);
    }
    let mut named = Condition::any().add(Column::Invitee.is_in(members.clone()));
    if invited {
        named = named.add(Column::Inviter.is_in(members.clone())).add(Column::Second.is_in(members.clone()));
    }
    if Entity::find().select_only().column(Column::Id).filter(named).into_tuple::<ReferralId>().one(db).await?.is_some()
    {
        return Ok(true);
    }
    for member in members {
        if touches::invited(db, &open_ids(db, member).await?).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an invitation counts for its inviter.
pub(super) fn counts(state: State) -> bool {
    matches!(state, State::Matured | State::Rewarded)
}

/// The row of an invitation.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    invitee: MemberId,
) -> Result<Option<Model>> {
    let row = Entity::find().filter(Column::ProgramId.eq(program)).filter(Column::Invitee.eq(invitee));
    Ok(row.one(db).await?)
}

/// The invitation of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ReferralId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The same, when it concerns somebody of a scope.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get_within(db: &impl ConnectionTrait, scope: Scope, id: ReferralId) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(of_scope(scope)).one(db).await?;
    row.ok_or_else(|| Error::new(Code::NotFound))
}

/// Holds the rows of invitations until the unit of work ends, whoever else looks at them; made where there are none. In the
/// order of their members, so that two units of work do not wait for each other in a circle.
pub(super) async fn hold(tx: &Tx, program: ReferralProgramId, invitees: &BTreeSet<MemberId>) -> Result<Vec<Model>> {
    let row = |invitee: &MemberId| Model {
        id: tx.id(),
        program_id: program,
        invitee: *invitee,
        inviter: None,
        second: None,
        code: None,
        touch_id: None,
        rules: 0,
        state: State::Seen,
        why: String::new(),
        seen: json!({}),
        seen_at: None,
        registered_at: None,
        phone_at: None,
        qualified_at: None,
        matured_at: None,
        rewarded_at: None,
        held_at: None,
        ended_at: None,
        due_at: None,
        checks: json!([]),
        prefix: None,
        device: None,
        network: None,
        value_fen: 0,
        month: None,
        version: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    if invitees.is_empty() {
        return Ok(Vec::new());
    }
    let held = OnConflict::columns([Column::ProgramId, Column::Invitee])
        .value(Column::Version, Expr::col((Entity, Column::Version)).add(1))
        .to_owned();
    let mut insert = tx.insert(invitees.iter().map(|invitee| row(invitee).into_active_model()))?;
    insert.on_conflict(held).returning(Query::returning().columns(Column::iter()));
    let rows = tx.db().query_all(&insert).await?;
    Ok(rows.iter().map(|row| Model::from_query_result(row, "")).collect::<std::result::Result<_, DbErr>>()?)
}

/// Writes rows that are held, and takes them.
pub(super) async fn save(tx: &Tx, rows: &mut Vec<Model>) -> Result<()> {
    let (mut count, mut written) = (0, 0);
    let rows = std::mem::take(rows).into_iter().inspect(|_| count += 1).map(IntoActiveModel::into_active_model);
    let others = Column::iter().filter(|column| !matches!(column, Column::Id | Column::Version));
    let held = Expr::col((Entity, Column::Version)).eq(Expr::col(("excluded", Column::Version)));
    let known = OnConflict::column(Column::Id).update_columns(others).action_and_where(held).to_owned();
    for mut insert in tx.inserts(rows)? {
        written += tx.db().execute(insert.on_conflict(known.clone())).await?.rows_affected();
    }
    if written == count { Ok(()) } else { Err(Error::new(Code::Unavailable)) }
}

/// Removes the row that was made a moment ago of somebody who turned out not to be invited.
pub(super) async fn drop(tx: &Tx, id: ReferralId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx.db()).await?;
    Ok(())
}

/// Which invitations.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this program.
    pub program: Option<ReferralProgramId>,
    /// Only those that are credited to one of these.
    pub inviters: Option<Vec<MemberId>>,
    /// Only those of one of these.
    pub invitees: Option<Vec<MemberId>>,
    /// Only those in this state.
    pub state: Option<State>,
}

/// What concerns somebody of a scope: the invited person or the inviter.
fn of_scope(scope: Scope) -> Condition {
    match scope {
        Scope::All => Condition::all(),
        Scope::Store(_) => Condition::any().add(within(scope, Column::Invitee)).add(within(scope, Column::Inviter)),
    }
}

/// Invitations that concern somebody of a scope, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(of_scope(scope));
    if let Some(program) = filter.program {
        rows = rows.filter(Column::ProgramId.eq(program));
    }
    if let Some(inviters) = filter.inviters {
        rows = rows.filter(Column::Inviter.is_in(inviters));
    }
    if let Some(invitees) = filter.invitees {
        rows = rows.filter(Column::Invitee.is_in(invitees));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// How many invitations that concern somebody of a scope were seen for the first time from one moment up to another.
///
/// # Errors
/// When the database does not answer.
pub async fn seen_between(db: &impl ConnectionTrait, scope: Scope, from: Time, until: Time) -> Result<u64> {
    let seen =
        Entity::find().filter(of_scope(scope)).filter(Column::CreatedAt.gte(from)).filter(Column::CreatedAt.lt(until));
    Ok(seen.count(db).await?)
}
