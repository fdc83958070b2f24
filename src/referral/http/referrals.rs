//! Invitations as staff see and decide them.

use std::collections::BTreeMap;

use actix_web::{
    get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::{
        appeal, finding,
        invitation::{Model, State},
        review::{self, Decision},
        reward as rewards,
    },
    types::{CampaignId, GrantId, MemberId, ReferralAlertId, ReferralId, ReferralProgramId, StaffId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Referrals},
    error::Result,
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::names,
    infra::db::{Db, Tx},
    members::shown::begun_many,
    referral::{
        decide,
        guard::{self, alert},
        reward,
        rules::Why,
        store,
    },
    stores::Scope,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(release).service(reject);
}

/// What an invitation is worth, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Referral)]
struct Shown {
    id: ReferralId,
    program: ReferralProgramId,
    invitee: MemberId,
    /// How their name begins.
    invitee_name: String,
    inviter: Option<MemberId>,
    /// How their name begins.
    inviter_name: Option<String>,
    /// Who invited the inviter, where a second level is rewarded.
    second: Option<MemberId>,
    state: State,
    /// How it was decided; a code never changes its meaning.
    code: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    /// The values that led to it.
    #[schema(value_type = Object)]
    seen: Value,
    /// The version of the rules that decided.
    rules_version: i32,
    seen_at: Option<DateTime<Utc>>,
    registered_at: Option<DateTime<Utc>>,
    phone_at: Option<DateTime<Utc>>,
    qualified_at: Option<DateTime<Utc>>,
    matured_at: Option<DateTime<Utc>>,
    rewarded_at: Option<DateTime<Utc>>,
    held_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// When time alone may change it.
    due_at: Option<DateTime<Utc>>,
    value_fen: i64,
    /// What was said against the present hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<Appeal>,
    created_at: DateTime<Utc>,
}

/// What somebody said against a hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReferralAppeal)]
struct Appeal {
    by: MemberId,
    words: String,
    at: DateTime<Utc>,
}

/// How the names of members begin.
type Names = BTreeMap<MemberId, String>;

async fn names_in(db: &Db, rows: &[Model]) -> Result<Names> {
    let members = rows.iter().flat_map(|row| [Some(row.invitee), row.inviter]);
    begun_many(db.read(), members.flatten()).await
}

impl Shown {
    fn of(row: Model, appeal: Option<&appeal::Model>, names: &Names) -> Self {
        let why = Why::of(&row.why);
        Self {
            id: row.id,
            program: row.program_id,
            invitee: row.invitee,
            invitee_name: names.get(&row.invitee).cloned().unwrap_or_default(),
            inviter: row.inviter,
            inviter_name: row.inviter.and_then(|inviter| names.get(&inviter).cloned()),
            second: row.second,
            state: row.state,
            code: row.why,
            reason_zh: why.map_or("", Why::zh),
            reason_en: why.map_or("", Why::en),
            seen: row.seen,
            rules_version: row.rules,
            seen_at: row.seen_at,
            registered_at: row.registered_at,
            phone_at: row.phone_at,
            qualified_at: row.qualified_at,
            matured_at: row.matured_at,
            rewarded_at: row.rewarded_at,
            held_at: row.held_at,
            ended_at: row.ended_at,
            due_at: row.due_at,
            value_fen: row.value_fen,
            appeal: appeal.filter(|appeal| Some(appeal.held_at) == row.held_at).map(|appeal| Appeal {
                by: appeal.by,
                words: appeal.words.clone(),
                at: appeal.at,
            }),
            created_at: row.created_at,
        }
    }
}

/// Which invitations.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this program.
    #[garde(skip)]
    program: Option<ReferralProgramId>,
    /// Only those that are credited to this member.
    #[garde(skip)]
    inviter: Option<MemberId>,
    /// Only those of this member.
    #[garde(skip)]
    invitee: Option<MemberId>,
    /// Only those in this state; `held` is the inbox.
    #[garde(skip)]
    state: Option<State>,
}

/// Invitations by or of members of the caller's store, or all, the latest first
#[utoipa::path(tag = "referrals", params(Filter, PageQuery), security(("bearer" = ["referrals"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/referrals")]
async fn list(
    caller: Staff<Referrals>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let mut wanted = store::Filter { program: filter.program, state: filter.state, ..store::Filter::default() };
    if let Some(inviter) = filter.inviter {
        wanted.inviters = Some(names(db.read(), inviter).await?);
    }
    if let Some(invitee) = filter.invitee {
        wanted.invitees = Some(names(db.read(), invitee).await?);
    }
    let rows = store::list(db.read(), caller.scope(), wanted, &page).await?;
    let ids: Vec<ReferralId> = rows.iter().map(|row| row.id).collect();
    let appeals = decide::appeals(db.read(), &ids).await?;
    let said: BTreeMap<ReferralId, &appeal::Model> = appeals.iter().map(|row| (row.referral_id, row)).collect();
    let begun = names_in(&db, &rows).await?;
    let with_appeal = |row: Model| {
        let appeal = said.get(&row.id).copied();
        Shown::of(row, appeal, &begun)
    };
    Ok(Json(page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, with_appeal)))
}

/// An invitation with everything that led to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralDetail)]
struct Detail {
    #[serde(flatten)]
    referral: Shown,
    findings: Vec<Finding>,
    reviews: Vec<Review>,
    rewards: Vec<Reward>,
}

/// What a rule of the guard found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralFinding)]
pub(super) struct Finding {
    rule: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    alert: ReferralAlertId,
    stage: finding::Stage,
    holds: bool,
    /// What was seen, and what may be.
    #[schema(value_type = Object)]
    seen: Value,
    at: DateTime<Utc>,
}

impl From<finding::Model> for Finding {
    fn from(row: finding::Model) -> Self {
        let rule = guard::rule(&row.rule);
        Self {
            reason_zh: rule.map_or("", |rule| rule.zh),
            reason_en: rule.map_or("", |rule| rule.en),
            rule: row.rule,
            alert: row.alert_id,
            stage: row.stage,
            holds: row.holds,
            seen: row.seen,
            at: row.at,
        }
    }
}

/// What staff decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralReview)]
struct Review {
    decision: Decision,
    reason: String,
    staff: StaffId,
    at: DateTime<Utc>,
}

impl From<review::Model> for Review {
    fn from(row: review::Model) -> Self {
        Self { decision: row.decision, reason: row.reason, staff: row.staff_id, at: row.at }
    }
}

/// What an invitation has earned somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralReward)]
struct Reward {
    role: rewards::Role,
    member: MemberId,
    campaign: CampaignId,
    grant: GrantId,
    state: rewards::State,
    /// In the unit of the campaign.
    amount: i64,
    /// How much was taken back.
    back: i64,
    /// How much could not be.
    gone: i64,
    at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<rewards::Model> for Reward {
    fn from(row: rewards::Model) -> Self {
        Self {
            role: row.role,
            member: row.member_id,
            campaign: row.campaign_id,
            grant: row.grant_id,
            state: row.state,
            amount: row.amount,
            back: row.back,
            gone: row.gone,
            at: row.at,
            ended_at: row.ended_at,
        }
    }
}

/// Why does this invitation count, or not?
#[utoipa::path(tag = "referrals", params(("id" = ReferralId, Path)), security(("bearer" = ["referrals"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/referrals/{id}")]
async fn show(caller: Staff<Referrals>, id: Path<ReferralId>, db: Data<Db>) -> Result<Json<Detail>> {
    Ok(Json(detail(&db, caller.scope(), *id).await?))
}

async fn detail(db: &Db, scope: Scope, id: ReferralId) -> Result<Detail> {
    let row = store::get_within(db.read(), scope, id).await?;
    let names = names_in(db, std::slice::from_ref(&row)).await?;
    let db = db.read();
    let appeals = decide::appeals(db, &[id]).await?;
    Ok(Detail {
        referral: Shown::of(row, appeals.last(), &names),
        findings: alert::findings(db, id).await?.into_iter().map(Finding::from).collect(),
        reviews: decide::reviews(db, id).await?.into_iter().map(Review::from).collect(),
        rewards: reward::of(db, id).await?.into_iter().map(Reward::from).collect(),
    })
}

/// Why staff decide so.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideReferral)]
pub(super) struct Reason {
    /// For the record.
    #[garde(length(chars, min = 1, max = 500))]
    pub(super) reason: String,
}

/// Release an invitation that is held: it goes on at once
#[utoipa::path(tag = "referrals", request_body = Reason, params(("id" = ReferralId, Path)), security(("bearer" = ["referrals"])),
    responses((status = 200, body = Detail), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referrals/{id}/release")]
async fn release(
    caller: Staff<Referrals>,
    id: Path<ReferralId>,
    body: Valid<Reason>,
    db: Data<Db>,
) -> Result<Json<Detail>> {
    let decision = Decision::Release;
    db.tx(async |tx: &Tx| {
        let id = store::get_within(tx.db(), caller.scope(), *id).await?.id;
        decide::decide(tx, id, decision, caller.id, &body.0.reason).await
    })
    .await?;
    Ok(Json(detail(&db, caller.scope(), *id).await?))
}

/// Reject an invitation: what it earned is taken back as far as it can be
#[utoipa::path(tag = "referrals", request_body = Reason, params(("id" = ReferralId, Path)), security(("bearer" = ["referrals"])),
    responses((status = 200, body = Detail), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referrals/{id}/reject")]
async fn reject(
    caller: Staff<Referrals>,
    id: Path<ReferralId>,
    body: Valid<Reason>,
    db: Data<Db>,
) -> Result<Json<Detail>> {
    let decision = Decision::Reject;
    db.tx(async |tx: &Tx| {
        let id = store::get_within(tx.db(), caller.scope(), *id).await?.id;
        decide::decide(tx, id, decision, caller.id, &body.0.reason).await
    })
    .await?;
    Ok(Json(detail(&db, caller.scope(), *id).await?))
}
