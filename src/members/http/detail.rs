//! One member in six blocks (R15), and what staff change of it.

use actix_web::{
    get, patch, put,
    web::{Data, Json, Path},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    members::{
        attribute::{Class, Kind},
        consent::Purpose,
        profile::{JoinedBy, Model, Sex, Source},
    },
    types::{AccountKey, MemberId, StoreId},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::patch::BasicsPatch;
use crate::{
    admin::{
        Staff,
        rights::{Counter, MemberData, Stores},
    },
    error::Result,
    http::{body::Valid, problem::Problem},
    identity::{self, Summary},
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    members::{
        access, attribute,
        consent::{self, Standing, Texts},
        profile, value,
    },
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show).service(change).service(set_values).service(set_store);
}

/// Who it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Basics {
    name: Option<String>,
    nickname: Option<String>,
    sex: Option<Sex>,
    birthday: Option<NaiveDate>,
    region: Option<String>,
    language: Option<String>,
    /// Where the picture can be seen, below the address of the service.
    avatar: Option<String>,
    /// The phone to call, masked.
    phone: Option<String>,
}

impl Basics {
    pub(super) async fn read(db: &Db, vault: &Vault, row: &Model) -> Result<Self> {
        let row = row.clone();
        Ok(Self {
            name: row.name,
            nickname: row.nickname,
            sex: row.sex,
            birthday: row.birthday,
            region: row.region,
            language: row.language,
            avatar: row.avatar.as_deref().map(super::pictures::address),
            phone: identity::phone::masked(db.read(), vault, row.member_id).await?,
        })
    }
}

/// What the brand knows of them as a member.
#[derive(Debug, Serialize, ToSchema)]
struct Membership {
    joined_at: DateTime<Utc>,
    /// By which way they came.
    joined_by: JoinedBy,
    /// The account through which they came.
    joined_account: Option<AccountKey>,
    /// The scene of the code, or the menu item, that led here.
    joined_channel: Option<String>,
    /// The home store.
    store: Option<StoreId>,
    /// What identifies them, masked.
    identities: Vec<Summary>,
    /// Former names: members that were merged into this one.
    aliases: Vec<MemberId>,
    /// What their data may be used for.
    consents: Vec<Allowed>,
    /// Values of the attributes that the brand has declared.
    attributes: Vec<AttributeValue>,
}

/// Whether data may be used for a purpose, and since when that was said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllowedPurpose)]
struct Allowed {
    purpose: Purpose,
    allowed: bool,
    version: Option<String>,
    at: Option<DateTime<Utc>>,
}

/// The value of one attribute.
#[derive(Debug, Serialize, ToSchema)]
struct AttributeValue {
    key: String,
    label_zh: String,
    label_en: String,
    kind: Kind,
    class: Class,
    /// Whether it is sealed and read in named scenes only.
    sensitive: bool,
    /// What it is; left out of what is sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    source: Source,
    at: DateTime<Utc>,
}

/// A member in six blocks. A block is empty as long as nothing is known.
#[derive(Debug, Serialize, ToSchema)]
struct MemberDetail {
    /// Who it is today; the id of somebody who was merged shows who they are now.
    id: MemberId,
    basics: Basics,
    member: Membership,
    tags: Vec<Value>,
    assets: Vec<Value>,
    spending: Vec<Value>,
    preferences: Vec<Value>,
}

async fn detail(db: &Db, vault: &Vault, id: MemberId) -> Result<MemberDetail> {
    let row = profile::get(db.read(), id).await?;
    let mut aliases = identity::names(db.read(), id).await?;
    aliases.retain(|name| *name != id);
    let declared = attribute::all(db.read()).await?;
    let values = value::of(db.read(), id).await?.into_iter().filter_map(|value| {
        let attribute = &declared.get(&value.key)?.row;
        Some(AttributeValue {
            key: value.key,
            label_zh: attribute.label_zh.clone(),
            label_en: attribute.label_en.clone(),
            kind: attribute.kind,
            class: attribute.class,
            sensitive: attribute.sensitive,
            value: value.value,
            source: value.source,
            at: value.at,
        })
    });
    let consents = consent::standing(db.read(), &Texts::default(), id).await?.into_iter().map(|standing| {
        let Standing { purpose, allowed, version, at, .. } = standing;
        Allowed { purpose, allowed, version, at }
    });
    Ok(MemberDetail {
        id,
        basics: Basics::read(db, vault, &row).await?,
        member: Membership {
            joined_at: row.joined_at,
            joined_by: row.joined_by,
            joined_account: row.joined_account,
            joined_channel: row.joined_channel,
            store: identity::home(db.read(), id).await?,
            identities: identity::summaries(db.read(), vault, id).await?,
            aliases,
            consents: consents.collect(),
            attributes: values.collect(),
        },
        tags: Vec::new(),
        assets: Vec::new(),
        spending: Vec::new(),
        preferences: Vec::new(),
    })
}

/// One member: of the caller's store, or whom the caller looked up today by phone or card
#[utoipa::path(tag = "members", params(("id" = MemberId, Path)), security(("bearer" = ["counter"])), responses((status = 200, body = MemberDetail), (status = 404, body = Problem)))]
#[get("/members/{id}")]
async fn show(
    caller: Staff<Counter>,
    id: Path<MemberId>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MemberDetail>> {
    let member = access::at_hand(db.read(), &caller, *id, db.now()).await?;
    Ok(Json(detail(&db, &vault, member).await?))
}

/// Correct the basics of a member. A field that is left out stays, null empties it
#[utoipa::path(tag = "members", request_body = BasicsPatch, params(("id" = MemberId, Path)), security(("bearer" = ["member_data"])), responses((status = 200, body = MemberDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[patch("/members/{id}")]
async fn change(
    caller: Staff<MemberData>,
    id: Path<MemberId>,
    body: Valid<BasicsPatch>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MemberDetail>> {
    let said = body.0.said(db.now())?;
    let member = identity::seen(db.read(), caller.scope(), *id).await?;
    db.tx(async |tx: &Tx| profile::say(tx, member, said.clone(), Source::Staff).await).await?;
    Ok(Json(detail(&db, &vault, member).await?))
}

/// Values of attributes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Values {
    /// By the key of the attribute; null takes the value away.
    #[garde(length(min = 1, max = 100))]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    values: value::Said,
}

/// Set values of declared attributes; one that will not do refuses all of them
#[utoipa::path(tag = "members", request_body = Values, params(("id" = MemberId, Path)), security(("bearer" = ["member_data"])), responses((status = 200, body = MemberDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[patch("/members/{id}/values")]
async fn set_values(
    caller: Staff<MemberData>,
    id: Path<MemberId>,
    body: Valid<Values>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MemberDetail>> {
    let member = identity::seen(db.read(), caller.scope(), *id).await?;
    db.tx(async |tx: &Tx| value::say(tx, &vault, member, &body.0.values, Source::Staff).await).await?;
    Ok(Json(detail(&db, &vault, member).await?))
}

/// Where a member is at home.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Home {
    #[garde(skip)]
    store: StoreId,
}

/// Make a store the home of a member
#[utoipa::path(tag = "members", request_body = Home, params(("id" = MemberId, Path)), security(("bearer" = ["stores"])), responses((status = 200, body = MemberDetail), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[put("/members/{id}/store")]
async fn set_store(
    caller: Staff<Stores>,
    id: Path<MemberId>,
    body: Valid<Home>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<MemberDetail>> {
    let member = identity::seen(db.read(), caller.scope(), *id).await?;
    db.tx(async |tx: &Tx| identity::rehome(tx, member, body.0.store).await).await?;
    Ok(Json(detail(&db, &vault, member).await?))
}
