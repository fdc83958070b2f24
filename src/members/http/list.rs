//! All members, and finding the one at hand. What identifies somebody is never in an address.

use actix_web::{
    get, post,
    web::{Data, Json},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    members::profile::{JoinedBy, Model},
    types::{MemberId, Phone},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::{
        Role, Staff,
        rights::{Counter, Members},
    },
    error::{Code, Error, Result},
    http::{
        body::{Valid, ValidQuery},
        page::{Cursor, Page, PageQuery},
        problem::Problem,
    },
    identity::{self, Claim},
    infra::{
        calendar::{end_of, of_our_era, start_of},
        db::{Db, Tx},
        secret::Vault,
    },
    members::{access, profile},
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list).service(look_up);
}

/// A member in a list.
#[derive(Debug, Serialize, ToSchema)]
struct MemberLine {
    id: MemberId,
    name: Option<String>,
    nickname: Option<String>,
    /// The phone to call, masked.
    phone: Option<String>,
    joined_at: DateTime<Utc>,
    joined_by: JoinedBy,
}

async fn page(db: &Db, vault: &Vault, query: &PageQuery, rows: Vec<Model>) -> Result<Page<MemberLine>> {
    let mut phones = identity::phones(db.read(), vault, rows.iter().map(|row| row.member_id)).await?;
    let place = |row: &Model| Cursor { at: row.joined_at, id: row.member_id.into() };
    Ok(query.page(rows, place, |row| MemberLine {
        id: row.member_id,
        name: row.name,
        nickname: row.nickname,
        phone: phones.remove(&row.member_id),
        joined_at: row.joined_at,
        joined_by: row.joined_by,
    }))
}

/// Which members.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those who joined on this day of Shanghai or later.
    #[garde(inner(custom(of_our_era)))]
    joined_from: Option<NaiveDate>,
    /// Only those who joined on this day of Shanghai or before.
    #[garde(inner(custom(of_our_era)))]
    joined_to: Option<NaiveDate>,
    /// Only those who follow an official account now, or only the others.
    #[garde(skip)]
    follows: Option<bool>,
    /// Only those who came by this scene of a code, such as that of a channel, or by this menu item.
    #[garde(length(min = 1, max = 128))]
    channel: Option<String>,
}

/// Members of the caller's store, or of all, who joined last first
#[utoipa::path(tag = "members", params(Filter, PageQuery), security(("bearer" = ["members"])), responses((status = 200, body = Page<MemberLine>), (status = 403, body = Problem)))]
#[get("/members")]
async fn list(
    caller: Staff<Members>,
    filter: ValidQuery<Filter>,
    query: ValidQuery<PageQuery>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<Page<MemberLine>>> {
    let wanted = profile::Filter {
        from: filter.joined_from.map(start_of),
        until: filter.joined_to.map(end_of),
        channel: filter.channel.as_deref(),
        follows: filter.follows,
        ..profile::Filter::default()
    };
    let rows = profile::list(db.read(), caller.scope(), wanted, &query).await?;
    Ok(Json(page(&db, &vault, &query, rows).await?))
}

/// By what to find members.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LookUp {
    /// The whole phone number.
    Phone(#[garde(skip)] Phone),
    /// The number of a member card.
    Card(#[garde(dive)] Card),
    /// How the name begins. Not for clerks, who know the customer at hand.
    Name(#[garde(length(chars, min = 1, max = 64))] String),
}

/// A member card.
#[derive(Debug, Deserialize, Validate, ToSchema)]
struct Card {
    /// Who gave it out, such as the brand's old system.
    #[garde(length(min = 1, max = 64))]
    issuer: String,
    #[garde(length(min = 1, max = 64))]
    number: String,
}

/// Find members by phone, by card, or by how their name begins; those of another store by phone or card only, which goes on
/// record
///
/// Whoever found a member of another store so sees the masked card for the rest of the day in Shanghai.
#[utoipa::path(tag = "members", request_body = LookUp, params(PageQuery), security(("bearer" = ["counter"])), responses((status = 200, body = Page<MemberLine>), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[post("/members/look-up")]
async fn look_up(
    caller: Staff<Counter>,
    query: ValidQuery<PageQuery>,
    body: Valid<LookUp>,
    db: Data<Db>,
    vault: Data<Vault>,
) -> Result<Json<Page<MemberLine>>> {
    let claim = match body.0 {
        LookUp::Phone(phone) => Claim::phone(&vault, &phone)?,
        LookUp::Card(Card { issuer, number }) => Claim::card(&issuer, &number),
        LookUp::Name(_) if caller.role == Role::Clerk => {
            return Err(Error::new(Code::Forbidden).detail("clerks look members up by phone or card"));
        }
        LookUp::Name(name) => {
            let wanted = profile::Filter { name: Some(name.trim()), ..profile::Filter::default() };
            let rows = profile::list(db.read(), caller.scope(), wanted, &query).await?;
            return Ok(Json(page(&db, &vault, &query, rows).await?));
        }
    };
    let Some(member) = identity::find(db.read(), &claim).await? else {
        return Ok(Json(page(&db, &vault, &query, Vec::new()).await?));
    };
    if identity::seen_among(db.read(), caller.scope(), [member]).await?.is_empty() {
        db.tx(async |tx: &Tx| access::note_at_hand(tx, member, caller.id).await).await?;
    }
    let found = vec![profile::get(db.read(), member).await?];
    Ok(Json(page(&db, &vault, &query, found).await?))
}
