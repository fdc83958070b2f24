//! What members get, as they see it, under `/api/mini/v1`. There is nothing but one's own.

use actix_web::{
    HttpRequest, get, post,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    rewards::{
        campaign::What,
        grant::{Model, State},
        payout::State as PayoutState,
    },
    types::{GrantId, MemberId},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    error::{Code, Error, Result},
    http::{
        body::ValidQuery,
        caller,
        idempotency::IdempotencyKey,
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{self, session::Consumer},
    infra::{
        config::{Http, Rewards},
        db::{Db, Tx},
        secret::Vault,
    },
    rewards::{
        block, campaign,
        decision::Why,
        grant,
        payout::{
            self,
            provider::{ClaimParameters, Number, Providers},
        },
    },
    stores::Scope,
    wechat::{
        account::Kind,
        client::WeChat,
        mini::risk::{Occasion, Risk, RiskQuestion},
    },
};

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(show).service(claim).service(parameters);
}

/// What I got, and how far it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = OwnGrant)]
struct Shown {
    id: GrantId,
    /// The campaign.
    name: String,
    what: What,
    /// Fen, or points.
    amount: i64,
    state: State,
    /// How it was decided, or what became of it; a code never changes its meaning.
    code: String,
    reason_zh: String,
    reason_en: String,
    /// Until when it can be claimed.
    claim_until: Option<DateTime<Utc>>,
    /// Until when the money can be taken.
    take_until: Option<DateTime<Utc>>,
    /// Whether the client can ask for the parameters now.
    can_take: bool,
    created_at: DateTime<Utc>,
}

impl Shown {
    async fn of(db: &impl ConnectionTrait, row: Model) -> Result<Self> {
        let campaign = campaign::get(db, row.campaign_id).await?;
        let latest = payout::standing(db, row.id).await?;
        let waits = latest.as_ref().is_some_and(|payout| payout.state == PayoutState::WaitingUser);
        let (code, zh, en) = match row.state {
            State::Refused => {
                let why = Why::of(&row.code).ok_or_else(|| Error::internal("a grant without a decision"))?;
                (why.as_str(), why.zh(), why.en())
            }
            State::Returned | State::Lapsed if row.taken_back.is_some() => {
                ("taken_back", "发放条件未满足，已撤回", "It was taken back, as what it was for did not hold")
            }
            State::Claimable => ("claimable", "请尽快领取", "Please claim it"),
            State::Paying if waits => ("waiting", "已到账待领取，请尽快确认", "It has arrived, please take it"),
            State::Paying => ("paying", "正在发放，请稍候", "It is on its way"),
            State::Given => ("given", "已领取", "It is yours"),
            State::Returned => {
                ("returned", "未领取或发放未成功，已退回", "It was not taken or could not be paid, and went back")
            }
            State::Lapsed => ("lapsed", "已过领取时间", "It was not claimed in time"),
        };
        Ok(Self {
            id: row.id,
            name: campaign.terms.name,
            what: campaign.row.what,
            amount: row.amount,
            state: row.state,
            code: code.to_owned(),
            reason_zh: zh.to_owned(),
            reason_en: en.to_owned(),
            claim_until: row.claim_until,
            take_until: latest.as_ref().filter(|_| waits).and_then(|payout| payout.expires_at),
            can_take: waits && latest.is_some_and(|payout| payout.package.is_some()),
            created_at: row.created_at,
        })
    }
}

/// One of the caller's own; somebody else's is not there.
async fn own(db: &impl ConnectionTrait, member: MemberId, id: GrantId) -> Result<Model> {
    let row = grant::get(db, id).await?;
    if row.member_id == member { Ok(row) } else { Err(Error::new(Code::NotFound)) }
}

/// What I got, the latest first
#[utoipa::path(tag = "consumer", params(PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<Shown>), (status = 401, body = Problem)))]
#[get("/grants")]
async fn list(caller: Consumer, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<Shown>>> {
    let mine = grant::Filter { member: Some(caller.member), without_refused: true, ..grant::Filter::default() };
    let rows = grant::list(db.read(), Scope::All, mine, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let mut shown = Vec::with_capacity(items.len());
    for row in items {
        shown.push(Shown::of(db.read(), row).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

/// One of what I got, or why I did not
#[utoipa::path(tag = "consumer", params(("id" = GrantId, Path)), security(("bearer" = [])), responses((status = 200, body = Shown), (status = 401, body = Problem), (status = 404, body = Problem)))]
#[get("/grants/{id}")]
async fn show(caller: Consumer, id: Path<GrantId>, db: Data<Db>) -> Result<Json<Shown>> {
    let row = own(db.read(), caller.member, *id).await?;
    Ok(Json(Shown::of(db.read(), row).await?))
}

/// Claim what was promised to me
#[utoipa::path(tag = "consumer", params(("id" = GrantId, Path), ("Idempotency-Key" = String, Header)), security(("bearer" = [])),
    responses((status = 200, body = Shown), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
#[post("/grants/{id}/claim")]
async fn claim(
    caller: Consumer,
    id: Path<GrantId>,
    key: IdempotencyKey,
    request: HttpRequest,
    db: Data<Db>,
    wechat: Data<WeChat>,
) -> Result<Json<Shown>> {
    let row = own(db.read(), caller.member, *id).await?;
    if row.state == State::Claimable {
        trusted(&request, &db, &wechat, &row).await?;
    }
    let claimed = db.tx(async |tx: &Tx| {
        let effect = async || {
            let row = crate::rewards::claim(tx, caller.member, *id).await?;
            Shown::of(tx.db(), row).await
        };
        key.once(tx, &caller.actor(), &*id, effect).await
    });
    Ok(Json(claimed.await?))
}

/// A section of the configuration.
fn setting<T: 'static>(request: &HttpRequest) -> Result<&T> {
    let missing = || Error::internal(format!("no {} was handed down", std::any::type_name::<T>()));
    request.app_data::<Data<T>>().map(|data| data.get_ref()).ok_or_else(missing)
}

/// Asks WeChat whether it trusts the person, before money (pay sheet section 9, rule 15). Only mini programs can ask. Whom
/// it does not trust is held back until staff have looked.
async fn trusted(request: &HttpRequest, db: &Db, wechat: &WeChat, row: &Model) -> Result<()> {
    let (http, limits) = (setting::<Http>(request)?, setting::<Rewards>(request)?);
    let campaign = campaign::get(db.read(), row.campaign_id).await?;
    let Some(route) = campaign.terms.gives.route() else { return Ok(()) };
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    let api = wechat.of(route.account).map_err(unavailable)?;
    if api.account().kind != Kind::Mini {
        return Ok(());
    }
    let held = || {
        let why = Why::Blocked;
        Error::new(Code::Conflict).detail(format!("{} / {}", why.zh(), why.en()))
    };
    let open_ids = identity::open_ids(db.read(), row.member_id).await?;
    let Some((_, open_id)) = open_ids.iter().find(|(account, _)| account == route.account) else { return Ok(()) };
    let client_ip = caller::address(request, http.proxies).ok_or_else(|| Error::new(Code::BadRequest))?;
    let question = RiskQuestion { openid: open_id, occasion: Occasion::Marketing, client_ip, phone: None };
    match api.risk(&question).await.map_err(unavailable)? {
        Risk::Rank(rank) if rank < limits.risk_rank => Ok(()),
        Risk::Rank(rank) => {
            let reason = format!("WeChat's risk rank is {rank}");
            db.tx(async |tx: &Tx| block::block(tx, row.member_id, &reason, None).await).await?;
            Err(held())
        }
        Risk::Unknown => {
            let words = "请先打开小程序再领取 / Please open the mini program first";
            Err(Error::new(Code::Conflict).detail(words))
        }
    }
}

/// What the client needs to take the money: only the person who is paid, only while WeChat waits for them
#[utoipa::path(tag = "consumer", params(("id" = GrantId, Path)), security(("bearer" = [])),
    responses((status = 200, body = ClaimParameters), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[get("/grants/{id}/claim-parameters")]
async fn parameters(
    caller: Consumer,
    id: Path<GrantId>,
    db: Data<Db>,
    vault: Data<Vault>,
    providers: Data<Providers>,
) -> Result<Json<ClaimParameters>> {
    let not_now = || Error::new(Code::Conflict).detail("there is nothing to take now");
    own(db.read(), caller.member, *id).await?;
    let latest = payout::standing(db.read(), *id).await?.ok_or_else(not_now)?;
    if latest.state != PayoutState::WaitingUser {
        return Err(not_now());
    }
    let sealed = latest.package.as_deref().ok_or_else(not_now)?;
    let package = vault.open(payout::SEAL, sealed).map_err(Error::internal)?;
    let number = Number { merchant: &latest.merchant, out_no: &latest.out_no, request: &latest.request };
    let found = providers.of(latest.provider).parameters(number, &package)?;
    Ok(Json(found.ok_or_else(not_now)?))
}
