//! What inviters and invited people see and do, under `/api/mini/v1`. There is nothing but one's own.

use std::time::Duration;

use actix_web::{
    HttpResponse, get, post, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    referral::{
        code as row_of_code,
        invitation::{Model, State},
        program::{self as row, State as ProgramState},
    },
    types::{ReferralId, ReferralProgramId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::board::{Asked, Line, begun};
use crate::{
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{names, session::Consumer},
    infra::{
        cache::Cache,
        config::Http,
        db::{Db, Tx},
    },
    referral::{carrier, code, decide, program, reward, rules::Why, standing, store},
    stores::Scope,
    tracking::{
        channel::{self, Came},
        invitation,
        origin::Origin,
        touches::Carrier,
        visits::{Visit, Visits},
    },
};

/// Visits that one session may tell in a minute.
const VISITS: u64 = 30;
const MINUTE: Duration = Duration::from_secs(60);
/// Codes that nobody has, which one session or one network may try in an hour: with 50 bits guessing is hopeless anyway.
const GUESSES: u64 = 10;
const GUESSES_OF_NETWORK: u64 = 100;
const HOUR: Duration = Duration::from_secs(3600);

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(mine).service(invitations).service(board).service(visit).service(appeal);
}

/// A program of invitations that is open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenReferralProgram)]
struct Open {
    id: ReferralProgramId,
    name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl From<row::Model> for Open {
    fn from(row: row::Model) -> Self {
        Self { id: row.id, name: row.name, starts_at: row.starts_at, ends_at: row.ends_at }
    }
}

/// Programs in which I can invite now, the newest first
#[utoipa::path(tag = "consumer", params(PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<Open>), (status = 401, body = Problem)))]
#[get("/referral-programs")]
async fn list(_: Consumer, page: ValidQuery<PageQuery>, db: Data<Db>) -> Result<Json<Page<Open>>> {
    let rows = program::list(db.read(), Some(ProgramState::Running), &page).await?;
    let shown = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let now = db.now();
    let open = shown.items.into_iter().filter(|row| (row.starts_at..row.ends_at).contains(&now)).map(Open::from);
    Ok(Json(Page { items: open.collect(), next: shown.next }))
}

/// How I invite, and how far I am.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnReferralCode)]
struct Mine {
    #[serde(flatten)]
    program: Open,
    /// The code, to be told or typed.
    code: String,
    /// The scene of QR codes and mini-program codes that carry it.
    scene: String,
    /// The link to the page that carries it.
    link: String,
    /// Invitations that count.
    matured: i64,
    /// What the invited people bought.
    value_fen: i64,
    /// My rank among all inviters; none without an invitation that counts.
    rank: Option<i64>,
    /// What a number of invitations earns.
    ladder: Vec<Rung>,
}

/// One step of the ladder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnReferralStep)]
struct Rung {
    count: u32,
    /// Whether it is reached and given.
    given: bool,
}

/// The caller's code in a program, made when there is none and people can be invited.
pub(super) async fn own_code(
    db: &Db,
    program: &row::Model,
    caller: &Consumer,
    device: Option<&str>,
) -> Result<row_of_code::Model> {
    if program.state == ProgramState::Draft {
        return Err(Error::new(Code::NotFound));
    }
    let made = async |tx: &Tx| match (program.state, code::find_of(tx.db(), program.id, caller.member).await?) {
        (_, Some(known)) => Ok(known),
        (ProgramState::Running, None) => code::mine(tx, program.id, caller.member, device).await,
        _ => Err(Error::new(Code::Conflict).detail("活动未在进行中 / The program is not running")),
    };
    db.tx(made).await
}

/// My code in a program, made when I have none, and how far I am
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path)), security(("bearer" = [])),
    responses((status = 200, body = Mine), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[put("/referral-programs/{id}/code")]
async fn mine(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    origin: Origin,
    db: Data<Db>,
    http: Data<Http>,
) -> Result<Json<Mine>> {
    let row = program::get(db.read(), *id).await?;
    let made = own_code(&db, &row, &caller, origin.device.as_deref()).await?;
    let code: invitation::Code = made.code.parse().map_err(Error::internal)?;
    let rules = program::rules_of(db.read(), *id, row.rules).await?;
    let given = reward::steps(db.read(), *id, caller.member).await?;
    let rung = |count: u32| Rung { count, given: given.iter().any(|step| u32::try_from(step.step) == Ok(count)) };
    let ladder = rules.rewards.ladder.iter().map(|step| rung(step.count)).collect();
    let rank = standing::rank(db.read(), *id, standing::ALL, standing::Board::Matured, caller.member).await?;
    let link = carrier::link(&http.public_url, &code);
    Ok(Json(Mine {
        program: row.into(),
        scene: code.scene(),
        code: code.to_string(),
        link,
        matured: rank.as_ref().map_or(0, |(_, row)| row.matured),
        value_fen: rank.as_ref().map_or(0, |(_, row)| row.value_fen),
        rank: rank.map(|(rank, _)| rank),
        ladder,
    }))
}

/// One of my invitations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnReferral)]
struct Shown {
    id: ReferralId,
    /// How the name of the invited person begins.
    name: String,
    state: State,
    /// How it was decided; a code never changes its meaning.
    code: String,
    reason_zh: &'static str,
    reason_en: &'static str,
    seen_at: Option<DateTime<Utc>>,
    registered_at: Option<DateTime<Utc>>,
    qualified_at: Option<DateTime<Utc>>,
    matured_at: Option<DateTime<Utc>>,
    rewarded_at: Option<DateTime<Utc>>,
    /// When time alone may change it: then it matures, or is too late.
    due_at: Option<DateTime<Utc>>,
    /// Whether I can say something against a hold.
    can_appeal: bool,
    created_at: DateTime<Utc>,
}

impl Shown {
    async fn of(db: &Db, row: Model) -> Result<Self> {
        let why = Why::of(&row.why);
        let said = decide::appeals(db.read(), &[row.id]).await?;
        let can_appeal = row.state == State::Held && said.iter().all(|said| Some(said.held_at) != row.held_at);
        Ok(Self {
            id: row.id,
            name: begun(db.read(), row.invitee).await?,
            state: row.state,
            code: row.why,
            reason_zh: why.map_or("", Why::zh),
            reason_en: why.map_or("", Why::en),
            seen_at: row.seen_at,
            registered_at: row.registered_at,
            qualified_at: row.qualified_at,
            matured_at: row.matured_at,
            rewarded_at: row.rewarded_at,
            due_at: row.due_at,
            can_appeal,
            created_at: row.created_at,
        })
    }
}

/// Whom I invited in a program, the latest first, and how far each is
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path), PageQuery), security(("bearer" = [])), responses((status = 200, body = Page<Shown>), (status = 401, body = Problem)))]
#[get("/referral-programs/{id}/invitations")]
async fn invitations(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    page: ValidQuery<PageQuery>,
    db: Data<Db>,
) -> Result<Json<Page<Shown>>> {
    let inviters = Some(names(db.read(), caller.member).await?);
    let wanted = store::Filter { program: Some(*id), inviters, ..store::Filter::default() };
    let rows = store::list(db.read(), Scope::All, wanted, &page).await?;
    let Page { items, next } = page.page(rows, |row| Cursor { at: row.created_at, id: row.id.into() }, |row| row);
    let mut shown = Vec::with_capacity(items.len());
    for row in items {
        shown.push(Shown::of(&db, row).await?);
    }
    Ok(Json(Page { items: shown, next }))
}

/// A leaderboard with the caller's own line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralLeaderboard)]
struct Leaderboard {
    items: Vec<Line>,
    own: Option<Line>,
}

/// Who has invited most, or brought most, and where I stand
#[utoipa::path(tag = "consumer", params(("id" = ReferralProgramId, Path), Asked), security(("bearer" = [])), responses((status = 200, body = Leaderboard), (status = 401, body = Problem)))]
#[get("/referral-programs/{id}/board")]
async fn board(
    caller: Consumer,
    id: Path<ReferralProgramId>,
    asked: ValidQuery<Asked>,
    db: Data<Db>,
) -> Result<Json<Leaderboard>> {
    let items = Line::all(db.read(), *id, &asked, None).await?;
    Ok(Json(Leaderboard { items, own: Line::own(db.read(), *id, &asked, caller.member).await? }))
}

/// By what an invitation, or somebody through a channel, came.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VisitByInvitation)]
struct CameBy {
    /// The code as it was typed or stands in the link, or the scene that carries it; or the scene of a channel.
    #[garde(length(min = 1, max = 64))]
    code: String,
    /// By what it came; QR codes of an official account are seen by themselves.
    #[garde(custom(told_by_clients))]
    carrier: Carrier,
}

fn told_by_clients(carrier: &Carrier, _: &()) -> garde::Result {
    match carrier {
        Carrier::MiniCode | Carrier::Link | Carrier::Typed | Carrier::Share => Ok(()),
        Carrier::Qr => Err(garde::Error::new("must be mini_code, link, typed or share")),
    }
}

/// I came by an invitation, or typed its code. Whether it counts, the inviter sees
#[utoipa::path(tag = "consumer", request_body = CameBy, security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[post("/touches")]
async fn visit(
    caller: Consumer,
    body: Valid<CameBy>,
    origin: Origin,
    db: Data<Db>,
    cache: Data<Cache>,
    visits: Data<Visits>,
) -> Result<HttpResponse> {
    let Valid(CameBy { code, carrier }) = body;
    let often = || Error::new(Code::RateLimited).retry_after(MINUTE);
    if cache.count(&format!("touches:{}", caller.session), 1, MINUTE).await > VISITS {
        return Err(often());
    }
    let guessed = |times: i64| {
        let (session, network) = (caller.session.to_string(), origin.network.clone().unwrap_or_default());
        let cache = &cache;
        async move {
            let own = cache.count(&format!("guess:{session}"), times, HOUR).await;
            own > GUESSES || cache.count(&format!("guess:{network}"), times, HOUR).await > GUESSES_OF_NETWORK
        }
    };
    if guessed(0).await {
        return Err(often());
    }
    if channel::is_scene(&code) {
        let came = Came { carrier, origin: origin.clone(), began_at: caller.since };
        let seen =
            db.tx(async |tx: &Tx| channel::came(tx, &caller.account, &caller.open_id, &code, &came).await).await?;
        if !seen {
            guessed(1).await;
            return Err(Error::new(Code::NotFound).detail("there is no such channel"));
        }
        return Ok(HttpResponse::NoContent().finish());
    }
    let known = match invitation::Code::of_scene(&code).or_else(|| code.parse().ok()) {
        Some(code) => code::get(db.read(), &code).await.map(|row| (code, row)),
        None => Err(Error::new(Code::NotFound).detail("there is no such invitation")),
    };
    let (code, row) = match known {
        Err(missing) if missing.code() == Code::NotFound => {
            guessed(1).await;
            return Err(missing);
        }
        known => known?,
    };
    // Who types a code wants to know; a link that is too late is still seen.
    if carrier == Carrier::Typed {
        let program = program::get(db.read(), row.program_id).await?;
        program::must_be_open(&program, db.now())?;
        if names(db.read(), caller.member).await?.contains(&row.member) {
            return Err(Error::new(Code::Conflict).detail("不能邀请自己 / Nobody can invite themselves"));
        }
    }
    let visit = Visit {
        account: caller.account.clone(),
        open_id: caller.open_id.clone(),
        code,
        carrier,
        origin,
        began_at: caller.since,
        at: db.now(),
    };
    visits.take(visit).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Why an invitation should not be held.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppealReferral)]
struct Words {
    #[garde(length(chars, min = 1, max = 500))]
    words: String,
}

/// Say why an invitation of mine, or by which I came, should not be held; once for each time that it is
#[utoipa::path(tag = "consumer", request_body = Words, params(("id" = ReferralId, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[post("/referrals/{id}/appeal")]
async fn appeal(caller: Consumer, id: Path<ReferralId>, body: Valid<Words>, db: Data<Db>) -> Result<HttpResponse> {
    db.tx(async |tx: &Tx| decide::appeal(tx, caller.member, *id, &body.0.words).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
