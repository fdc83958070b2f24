//! Alerts: findings of one rule that have something in common. One row for each, made and counted in one statement.

use entity::{
    referral::{
        alert::{Column, Entity, Model, Severity, State},
        finding::{self, Stage},
        invitation,
    },
    types::{MemberId, ReferralAlertId, ReferralId, StaffId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{Features, Found, Mode, REGISTRY, Rule};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    infra::{
        db::{Tx, count_up_to},
        news::{Need, News},
    },
    referral::{rules::log, terms::Rules},
};

/// Lets every rule look at an invitation, and keeps what they find.
pub(in crate::referral) async fn look(
    tx: &Tx,
    row: &invitation::Model,
    stage: Stage,
    rules: &Rules,
    features: &Features,
) -> Result<()> {
    for rule in REGISTRY {
        let setting = rules.setting(rule);
        if setting.mode == Mode::Off {
            continue;
        }
        if let Some(found) = (rule.judge)(features, setting) {
            keep(tx, row, stage, rule, setting.mode, features.inviter, &found).await?;
        }
    }
    Ok(())
}

async fn keep(
    tx: &Tx,
    row: &invitation::Model,
    stage: Stage,
    rule: &Rule,
    mode: Mode,
    inviter: MemberId,
    found: &Found,
) -> Result<()> {
    let severity = if mode == Mode::Hold { Severity::Hold } else { Severity::Watch };
    let fresh = Model {
        id: tx.id(),
        program_id: row.program_id,
        rule: rule.name.to_owned(),
        fingerprint: found.fingerprint.clone(),
        severity,
        count: 1,
        first_at: tx.now(),
        last_at: tx.now(),
        state: State::Open,
        staff_id: None,
        reason: None,
        decided_at: None,
    };
    let again = OnConflict::columns([Column::ProgramId, Column::Rule, Column::Fingerprint])
        .value(Column::Count, Expr::cust("referral_alert.count + 1"))
        .value(Column::LastAt, Expr::value(tx.now()))
        .value(Column::Severity, Expr::value(severity))
        .to_owned();
    let alert = Entity::insert(fresh.into_active_model()).on_conflict(again).exec_with_returning(tx.db()).await?;
    tx.tell(News::Need(Need::Alerts));
    // What staff have found to be all right is known, and holds nobody.
    let holds = severity == Severity::Hold && alert.state != State::Released;
    let line = finding::ActiveModel {
        id: Set(tx.id()),
        referral_id: Set(row.id),
        rule: Set(rule.name.to_owned()),
        alert_id: Set(alert.id),
        stage: Set(stage),
        inviter: Set(inviter),
        holds: Set(holds),
        seen: Set(found.seen.clone()),
        at: Set(tx.now()),
    };
    finding::Entity::insert(line).exec_without_returning(tx.db()).await?;
    metrics::counter!("referral_findings_total", "rule" => rule.name).increment(1);
    Ok(())
}

/// What the guard found about an invitation, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn findings(db: &impl ConnectionTrait, referral: ReferralId) -> Result<Vec<finding::Model>> {
    let rows = finding::Entity::find().filter(finding::Column::ReferralId.eq(referral));
    Ok(rows.order_by_asc(finding::Column::Id).all(db).await?)
}

/// The same, as decisions need it.
pub(in crate::referral) fn as_log(rows: &[finding::Model]) -> Vec<log::Finding> {
    let line = |row: &finding::Model| log::Finding {
        rule: row.rule.clone(),
        inviter: row.inviter,
        holds: row.holds,
        at: row.at,
    };
    rows.iter().map(line).collect()
}

/// Which alerts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of this severity.
    pub severity: Option<Severity>,
}

/// Alerts, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find();
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(severity) = filter.severity {
        rows = rows.filter(Column::Severity.eq(severity));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::LastAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::LastAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// The alert of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ReferralAlertId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// The invitations that an alert is about.
///
/// # Errors
/// When the database does not answer.
pub async fn referrals(db: &impl ConnectionTrait, id: ReferralAlertId) -> Result<Vec<ReferralId>> {
    let rows = finding::Entity::find().select_only().column(finding::Column::ReferralId).distinct();
    let rows = rows.filter(finding::Column::AlertId.eq(id)).order_by_asc(finding::Column::ReferralId);
    Ok(rows.into_tuple().all(db).await?)
}

/// Takes note of what staff think of an alert; they may change their mind.
pub(in crate::referral) async fn decide(
    tx: &Tx,
    id: ReferralAlertId,
    state: State,
    staff: StaffId,
    reason: &str,
) -> Result<Model> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::StaffId, Expr::value(staff))
        .col_expr(Column::Reason, Expr::value(reason))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id).and(Column::State.ne(state)));
    if update.exec(tx.db()).await?.rows_affected == 0 {
        get(tx.db(), id).await?;
        return Err(Error::new(Code::AlreadyDecided));
    }
    tx.tell(News::Need(Need::Alerts));
    get(tx.db(), id).await
}

/// Alerts that nobody has decided, counted up to `most`.
///
/// # Errors
/// When the database does not answer.
pub async fn undecided(db: &impl ConnectionTrait, most: u64) -> Result<u64> {
    count_up_to(db, Entity::find().filter(Column::State.eq(State::Open)), most).await
}
