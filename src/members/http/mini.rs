//! What members see and say of themselves, under `/api/mini/v1`. There is nothing but one's own.

use actix_web::{
    get, patch, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, Utc};
use entity::{
    members::{consent::Purpose, profile::Source},
    types::MemberId,
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{detail::Basics, patch::BasicsPatch, pictures::Picture};
use crate::{
    error::{Code, Error, Result},
    http::{body::Valid, problem::Problem},
    identity::{self, Summary, session::Consumer},
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    members::{
        consent::{self, Answer, Standing, Texts},
        picture, profile,
    },
    wechat::{
        account::Kind,
        client::WeChat,
        message::event::Verdict,
        mini::text_check::{Place, TextQuestion},
    },
};

/// The routes of this domain under `/api/mini/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show)
        .service(change)
        .service(identities)
        .service(consents)
        .service(answer)
        .configure(super::pictures::mini_routes)
        .configure(super::wishes::routes);
}

/// What I am like.
#[derive(Serialize, ToSchema)]
struct OwnProfile {
    member: MemberId,
    #[serde(flatten)]
    basics: Basics,
    joined_at: DateTime<Utc>,
    /// The latest picture that I sent, which others may not see yet.
    picture: Option<Picture>,
}

async fn own_profile(db: &Db, vault: &Vault, member: MemberId) -> Result<Json<OwnProfile>> {
    let row = profile::get(db.read(), member).await?;
    let basics = Basics::read(db, vault, &row).await?;
    let picture = picture::latest(db.read(), member).await?.map(Picture::from);
    Ok(Json(OwnProfile { member, basics, joined_at: row.joined_at, picture }))
}

/// My profile
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = OwnProfile), (status = 401, body = Problem)))]
#[get("/profile")]
async fn show(caller: Consumer, db: Data<Db>, vault: Data<Vault>) -> Result<Json<OwnProfile>> {
    own_profile(&db, &vault, caller.member).await
}

/// Change my profile. A field that is left out stays, null empties it. WeChat looks at nicknames before others see them
#[utoipa::path(tag = "consumer", request_body = BasicsPatch, security(("bearer" = [])), responses((status = 200, body = OwnProfile), (status = 401, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[patch("/profile")]
async fn change(
    caller: Consumer,
    body: Valid<BasicsPatch>,
    db: Data<Db>,
    vault: Data<Vault>,
    wechat: Data<WeChat>,
) -> Result<Json<OwnProfile>> {
    if let Some(nickname) = body.0.nickname() {
        decent(&wechat, &caller, nickname).await?;
    }
    let said = body.0.said(db.now())?;
    db.tx(async |tx: &Tx| profile::say(tx, caller.member, said.clone(), Source::Person).await).await?;
    own_profile(&db, &vault, caller.member).await
}

/// Whether others may see these words. Only mini programs can ask; who is not sure says no.
async fn decent(wechat: &WeChat, caller: &Consumer, words: &str) -> Result<()> {
    let unavailable = |failure| Error::new(Code::Unavailable).because(failure);
    let api = wechat.of(&caller.account).map_err(unavailable)?;
    if api.account().kind != Kind::Mini {
        return Ok(());
    }
    let question = TextQuestion { openid: &caller.open_id, place: Place::Profile, content: words, nickname: None };
    match api.check_text(&question).await.map_err(unavailable)?.verdict {
        Verdict::Pass => Ok(()),
        _ => Err(Error::invalid("nickname", "cannot be shown to others; please choose other words")),
    }
}

/// What identifies me, masked
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Summary>), (status = 401, body = Problem)))]
#[get("/identities")]
async fn identities(caller: Consumer, db: Data<Db>, vault: Data<Vault>) -> Result<Json<Vec<Summary>>> {
    Ok(Json(identity::summaries(db.read(), &vault, caller.member).await?))
}

/// What my data may be used for, and what I am asked today
#[utoipa::path(tag = "consumer", security(("bearer" = [])), responses((status = 200, body = Vec<Standing>), (status = 401, body = Problem)))]
#[get("/consents")]
async fn consents(caller: Consumer, db: Data<Db>, texts: Data<Texts>) -> Result<Json<Vec<Standing>>> {
    Ok(Json(consent::standing(db.read(), &texts, caller.member).await?))
}

/// My answer.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentAnswer {
    /// Yes or no.
    #[garde(skip)]
    granted: bool,
    /// The version of the text that I read.
    #[garde(length(min = 1, max = 32))]
    version: String,
}

/// Say what my data may be used for; it holds at once
#[utoipa::path(tag = "consumer", request_body = ConsentAnswer, params(("purpose" = Purpose, Path, example = "marketing")), security(("bearer" = [])), responses((status = 200, body = Vec<Standing>), (status = 401, body = Problem), (status = 422, body = Problem)))]
#[put("/consents/{purpose}")]
async fn answer(
    caller: Consumer,
    purpose: Path<Purpose>,
    body: Valid<ConsentAnswer>,
    db: Data<Db>,
    texts: Data<Texts>,
) -> Result<Json<Vec<Standing>>> {
    let Valid(ConsentAnswer { granted, version }) = body;
    let (purpose, account) = (purpose.into_inner(), Some(caller.account.clone()));
    let answer = Answer { purpose, granted, version, source: Source::Person, account };
    db.tx(async |tx: &Tx| consent::answer(tx, &texts, caller.member, &answer).await).await?;
    Ok(Json(consent::standing(db.read(), &texts, caller.member).await?))
}
