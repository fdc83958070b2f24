//! Programs as staff write and see them.

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::{
        program::{Model, State},
        program_event,
    },
    types::{ReferralProgramId, StaffId},
};
use garde::Validate;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{Staff, rights::Referrals},
    error::{Error, Result},
    http::{
        body::{Valid, ValidQuery},
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    infra::db::{Db, Tx},
    referral::{
        funnel::{self, Funnel},
        program::{self, Terms},
        terms::Rules,
    },
    rewards::campaign::By,
    wechat::{
        account::{Accounts, Kind},
        induced::{Warning, check},
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(create).service(show).service(change).service(how_far);
}

/// A program of invitations.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferralProgram)]
pub(super) struct Shown {
    id: ReferralProgramId,
    state: State,
    /// To be named by whoever changes it.
    version: i32,
    /// The version of the rules in force.
    rules_version: i32,
    terms: Terms,
    /// What WeChat may have against its words.
    warnings: Vec<Warning>,
    written_by: StaffId,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Shown {
    pub(super) async fn of(db: &impl ConnectionTrait, row: Model) -> Result<Self> {
        let rules = program::rules_of(db, row.id, row.rules).await?;
        let terms = Terms { name: row.name, starts_at: row.starts_at, ends_at: row.ends_at, rules };
        Ok(Self {
            id: row.id,
            state: row.state,
            version: row.version,
            rules_version: row.rules,
            warnings: check(&terms.name),
            terms,
            written_by: row.written_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Whether the accounts that are named are what they have to be.
fn check_accounts(rules: &Rules, accounts: &Accounts) -> Result<()> {
    let named = [
        ("rules.qualification.follow", rules.qualification.follow.as_ref(), Kind::Official),
        ("rules.carriers.official", rules.carriers.official.as_ref(), Kind::Official),
        ("rules.carriers.mini.account", rules.carriers.mini.as_ref().map(|mini| &mini.account), Kind::Mini),
    ];
    for (field, key, kind) in named {
        let Some(key) = key else { continue };
        match accounts.get(key) {
            None => return Err(Error::invalid(field, "is no account of the brand")),
            Some(account) if account.kind != kind => {
                let official = kind == Kind::Official;
                let why = if official { "must be an official account" } else { "must be a mini program" };
                return Err(Error::invalid(field, why));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Which programs.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those in this state.
    #[garde(skip)]
    state: Option<State>,
}

/// Programs of invitations, the newest first
#[utoipa::path(tag = "referrals", params(Filter, PageQuery), security(("bearer" = ["referrals"])), responses((status = 200, body = Page<Shown>), (status = 403, body = Problem)))]
#[get("/referral-programs")]
async fn list(
    _: Staff<Referrals>,
    filter: ValidQuery<Filter>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let rows = program::list(db.read(), filter.state, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let mut shown = Vec::with_capacity(items.len());
    for row in items {
        shown.push(Shown::of(db.read(), row).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

/// Write a program of invitations; nothing counts until it is run
#[utoipa::path(tag = "referrals", request_body = Terms, params(("Idempotency-Key" = String, Header)), security(("bearer" = ["referrals"])),
    responses((status = 201, body = Shown), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/referral-programs")]
async fn create(
    caller: Staff<Referrals>,
    key: IdempotencyKey,
    body: Valid<Terms>,
    db: Data<Db>,
    accounts: Data<Accounts>,
) -> Result<HttpResponse> {
    let Valid(terms) = body;
    check_accounts(&terms.rules, &accounts)?;
    let written = db
        .tx(async |tx: &Tx| {
            let effect = async || Shown::of(tx.db(), program::create(tx, &terms, caller.id).await?).await;
            key.once(tx, &caller.actor(), &terms, effect).await
        })
        .await?;
    Ok(HttpResponse::Created().json(written))
}

/// A program with what was done to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralProgramDetail)]
struct Detail {
    #[serde(flatten)]
    program: Shown,
    history: Vec<Line>,
    /// Every version of the rules, in order.
    rules: Vec<Version>,
}

/// Something that was done to a program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralProgramChange)]
struct Line {
    staff: StaffId,
    from: Option<State>,
    to: State,
    version: i32,
    reason: String,
    at: DateTime<Utc>,
}

impl From<program_event::Model> for Line {
    fn from(row: program_event::Model) -> Self {
        let program_event::Model { staff_id, from_state, to_state, version, reason, at, .. } = row;
        Self { staff: staff_id, from: from_state, to: to_state, version, reason, at }
    }
}

/// One version of rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralRulesVersion)]
struct Version {
    version: i32,
    rules: Rules,
    staff: StaffId,
    reason: String,
    at: DateTime<Utc>,
}

/// One program of invitations
#[utoipa::path(tag = "referrals", params(("id" = ReferralProgramId, Path)), security(("bearer" = ["referrals"])), responses((status = 200, body = Detail), (status = 404, body = Problem)))]
#[get("/referral-programs/{id}")]
async fn show(_: Staff<Referrals>, id: Path<ReferralProgramId>, db: Data<Db>) -> Result<Json<Detail>> {
    let row = program::get(db.read(), *id).await?;
    let history = program::history(db.read(), *id).await?.into_iter().map(Line::from).collect();
    let mut rules = Vec::new();
    for row in program::versions(db.read(), *id).await? {
        let (version, staff, reason, at) = (row.version, row.staff_id, row.reason, row.at);
        rules.push(Version { version, rules: serde_json::from_value(row.rules)?, staff, reason, at });
    }
    Ok(Json(Detail { program: Shown::of(db.read(), row).await?, history, rules }))
}

/// Terms as they shall be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeReferralProgram)]
struct Change {
    /// The version that was seen.
    #[garde(skip)]
    version: i32,
    #[garde(dive)]
    terms: Terms,
    /// Why, for the record.
    #[garde(length(chars, min = 1, max = 500))]
    reason: String,
}

/// Change a program: who registered before is judged by the rules of that time, bans and trust hold for everybody
#[utoipa::path(tag = "referrals", request_body = Change, params(("id" = ReferralProgramId, Path)), security(("bearer" = ["referrals"])),
    responses((status = 200, body = Shown), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[put("/referral-programs/{id}")]
async fn change(
    caller: Staff<Referrals>,
    id: Path<ReferralProgramId>,
    body: Valid<Change>,
    db: Data<Db>,
    accounts: Data<Accounts>,
) -> Result<Json<Shown>> {
    let Valid(Change { version, terms, reason }) = body;
    check_accounts(&terms.rules, &accounts)?;
    let by = By { staff: caller.id, version, reason: &reason };
    let row = db.tx(async |tx: &Tx| program::change(tx, *id, &terms, by).await).await?;
    Ok(Json(Shown::of(db.read(), row).await?))
}

/// How far the invitations of a program came, all of them counted
#[utoipa::path(tag = "referrals", params(("id" = ReferralProgramId, Path)), security(("bearer" = ["referrals"])), responses((status = 200, body = Funnel), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[get("/referral-programs/{id}/funnel")]
async fn how_far(_: Staff<Referrals>, id: Path<ReferralProgramId>, db: Data<Db>) -> Result<Json<Funnel>> {
    program::get(db.read(), *id).await?;
    Ok(Json(funnel::of(db.read(), *id).await?))
}
