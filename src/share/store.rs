//! Reading what is known of one visitor, and the rows of visits.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry as Place};

use entity::{
    share::{
        reward::State as RewardState,
        visit::{Column, Entity, Model, State},
    },
    types::{MemberId, ShareCampaignId, ShareVisitId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use super::{
    campaign, link, reward,
    rules::log::{Log, Open, Purchase},
};
use crate::{
    error::{Code, Error, Result},
    http::page::PageQuery,
    identity::{Named, current, evidence, names, open_ids, within},
    infra::{clock::Time, db::Tx},
    orders,
    stores::Scope,
    tracking::{behaviours, shared, touches},
};

/// How many visits of one person to shared pages are read, the first ones.
const MOST: u64 = 1_000;

/// Whether a visit counts for whoever shared.
pub(super) fn counts(state: State) -> bool {
    matches!(state, State::Counted | State::Rewarded)
}

/// The pages that somebody opened by links.
async fn pages(db: &impl ConnectionTrait, visitor: MemberId) -> Result<BTreeSet<String>> {
    let seen = shared::visits(db, &open_ids(db, visitor).await?, MOST).await?;
    let keys = seen.into_iter().map(|(key, _)| key.to_string()).collect();
    Ok(link::many(db, keys).await?.into_iter().map(|link| link.page).collect())
}

/// The campaigns that concern a member as somebody who visits.
pub(super) async fn campaigns(db: &impl ConnectionTrait, member: MemberId) -> Result<BTreeSet<ShareCampaignId>> {
    let mut found: BTreeSet<ShareCampaignId> =
        campaign::of_pages(db, pages(db, member).await?).await?.into_iter().collect();
    let rows = Entity::find().select_only().column(Column::CampaignId).filter(Column::Visitor.eq(member));
    found.extend(rows.into_tuple::<ShareCampaignId>().all(db).await?);
    Ok(found)
}

/// Whether visits know anybody of these: as somebody who visits or, where that is asked for, who shares.
pub(super) async fn concerns(db: &impl ConnectionTrait, who: &Named, shared_by: bool) -> Result<bool> {
    let members = who.members(db).await?;
    if members.is_empty() {
        return Ok(false);
    }
    let mut named = Condition::any().add(Column::Visitor.is_in(members.clone()));
    if shared_by {
        named = named.add(Column::Sharer.is_in(members.clone())).add(Column::Second.is_in(members.clone()));
    }
    if Entity::find().filter(named).one(db).await?.is_some() {
        return Ok(true);
    }
    for member in members {
        if shared::any_since(db, &open_ids(db, member).await?, None).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of a visitor in a campaign.
pub(super) async fn of_visitor(
    db: &impl ConnectionTrait,
    campaign: ShareCampaignId,
    visitor: MemberId,
) -> Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::CampaignId.eq(campaign)).filter(Column::Visitor.eq(visitor));
    Ok(rows.order_by_asc(Column::Page).all(db).await?)
}

/// Reads what is known of a visitor who stands. The rows are theirs in the campaign.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    campaign: ShareCampaignId,
    visitor: MemberId,
    rows: &[Model],
) -> Result<Log> {
    let evidence = evidence(db, visitor).await?;
    let people = &evidence.people;
    let seen = shared::visits(db, people, MOST).await?;
    let opens = opened(db, campaign, visitor, &seen).await?;
    let pages: BTreeSet<String> = opens.iter().map(|open| open.page.clone()).collect();
    let pages: Vec<String> = pages.into_iter().collect();
    let follows = touches::log(db, people, MOST).await?;
    let followed = follows.iter().filter(|touch| touch.kind == touches::Kind::Follow).map(|touch| touch.at).min();
    let bought = orders::of(db, &evidence.names).await?.into_iter();
    let net = |bought: &orders::Bought| {
        bought.refunds.iter().fold(bought.fen, |left, (_, back)| left.saturating_sub(*back)).max(0)
    };
    let mut earned = BTreeSet::new();
    for row in rows {
        if reward::of(db, row.id).await?.iter().any(|reward| reward.state != RewardState::Refused) {
            earned.insert(row.page.clone());
        }
    }
    Ok(Log {
        visitor,
        opens,
        dwells: behaviours::dwells(db, people, &pages, MOST).await?,
        registered_at: [evidence.registered_at, followed].into_iter().flatten().min(),
        purchases: bought.map(|bought| Purchase { at: bought.at, net: net(&bought) }).collect(),
        earned,
    })
}

/// The shared pages that somebody opened, each with who shares it today.
async fn opened(
    db: &impl ConnectionTrait,
    campaign: ShareCampaignId,
    visitor: MemberId,
    seen: &[(crate::tracking::invitation::Code, touches::Touch)],
) -> Result<Vec<Open>> {
    let keys = seen.iter().map(|(key, _)| key.to_string()).collect();
    let links: BTreeMap<String, _> =
        link::many(db, keys).await?.into_iter().map(|link| (link.key.clone(), link)).collect();
    let mut sharers: BTreeMap<MemberId, Sharer> = BTreeMap::new();
    let mut opens = Vec::with_capacity(seen.len());
    for (key, touch) in seen {
        let Some(link) = links.get(key.as_str()) else { continue };
        let sharer = match sharers.entry(link.member) {
            Place::Occupied(known) => known.into_mut(),
            Place::Vacant(place) => place.insert(Sharer::read(db, campaign, link.member).await?),
        };
        let second = sharer.came.as_ref().filter(|(at, _)| *at < touch.at).map(|(_, second)| *second);
        opens.push(Open {
            id: touch.id,
            key: link.key.clone(),
            page: link.page.clone(),
            at: touch.at,
            began_at: touches::began(touch),
            sharer: sharer.member,
            second: second.filter(|second| *second != visitor && Some(*second) != sharer.member),
            own_device: touch.device.as_ref().is_some_and(|device| sharer.devices.contains(device)),
        });
    }
    Ok(opens)
}

/// Somebody who shares.
struct Sharer {
    /// Who they are today.
    member: Option<MemberId>,
    /// Their devices.
    devices: BTreeSet<String>,
    /// When they came by somebody's share themselves, and by whose.
    came: Option<(Time, MemberId)>,
}

impl Sharer {
    async fn read(db: &impl ConnectionTrait, campaign: ShareCampaignId, named: MemberId) -> Result<Self> {
        let Some(member) = current(db, named).await? else {
            return Ok(Self { member: None, devices: BTreeSet::new(), came: None });
        };
        let mut devices = link::devices(db, &names(db, member).await?).await?;
        devices.extend(shared::devices(db, &open_ids(db, member).await?).await?);
        let mut came = None;
        let rows = of_visitor(db, campaign, member).await?;
        let counted = rows.iter().filter(|row| counts(row.state)).filter_map(|row| Some((row.opened_at?, row.sharer?)));
        if let Some((at, sharer)) = counted.min() {
            came = current(db, sharer).await?.map(|sharer| (at, sharer));
        }
        Ok(Self { member: Some(member), devices, came })
    }
}

/// The visit of this id.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get(db: &impl ConnectionTrait, id: ShareVisitId) -> Result<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Holds the row of a visit until the unit of work ends, whoever else looks at it; made when there is none.
pub(super) async fn hold(tx: &Tx, campaign: ShareCampaignId, visitor: MemberId, page: &str) -> Result<Model> {
    let row = Model {
        id: tx.id(),
        campaign_id: campaign,
        visitor,
        page: page.to_owned(),
        sharer: None,
        second: None,
        key: None,
        touch_id: None,
        rules: 0,
        state: State::Seen,
        why: String::new(),
        seen: json!({}),
        opened_at: None,
        counted_at: None,
        registered_at: None,
        purchased_at: None,
        value_fen: 0,
        due_at: None,
        version: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let unless_known = OnConflict::columns([Column::CampaignId, Column::Visitor, Column::Page]).do_nothing().to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(unless_known).try_insert();
    insert.exec_without_returning(tx.db()).await?;
    let held = Entity::update_many()
        .col_expr(Column::Version, Expr::cust("version + 1"))
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::Visitor.eq(visitor))
        .filter(Column::Page.eq(page))
        .exec_with_returning(tx.db())
        .await?;
    held.into_iter().next().ok_or_else(|| Error::new(Code::Unavailable))
}

/// Which visits.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this campaign.
    pub campaign: Option<ShareCampaignId>,
    /// Only those that are credited to one of these.
    pub sharers: Option<Vec<MemberId>>,
    /// Only those of one of these.
    pub visitors: Option<Vec<MemberId>>,
    /// Only those by this link.
    pub key: Option<String>,
    /// Only those in this state.
    pub state: Option<State>,
}

/// What concerns somebody of a scope: the visitor or the sharer.
fn of_scope(scope: Scope) -> Condition {
    match scope {
        Scope::All => Condition::all(),
        Scope::Store(_) => Condition::any().add(within(scope, Column::Visitor)).add(within(scope, Column::Sharer)),
    }
}

/// The visit of this id, when it concerns somebody of a scope.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn get_within(db: &impl ConnectionTrait, scope: Scope, id: ShareVisitId) -> Result<Model> {
    let row = Entity::find_by_id(id).filter(of_scope(scope)).one(db).await?;
    row.ok_or_else(|| Error::new(Code::NotFound))
}

/// Visits that concern somebody of a scope, the latest first.
///
/// # Errors
/// When the cursor is not ours, or the database does not answer.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, filter: Filter, page: &PageQuery) -> Result<Vec<Model>> {
    let mut rows = Entity::find().filter(of_scope(scope));
    if let Some(campaign) = filter.campaign {
        rows = rows.filter(Column::CampaignId.eq(campaign));
    }
    if let Some(sharers) = filter.sharers {
        rows = rows.filter(Column::Sharer.is_in(sharers));
    }
    if let Some(visitors) = filter.visitors {
        rows = rows.filter(Column::Visitor.is_in(visitors));
    }
    if let Some(key) = filter.key {
        rows = rows.filter(Column::Key.eq(key));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(Column::State.eq(state));
    }
    if let Some(cursor) = page.after()? {
        rows = rows.filter(cursor.beyond(Column::CreatedAt, Column::Id));
    }
    Ok(rows.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(page.fetch()).all(db).await?)
}

/// What a link has brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought {
    /// Visits that count.
    pub visits: i64,
    /// Visits that may still count.
    pub waiting: i64,
    /// Visitors who registered.
    pub registered: i64,
    /// Visitors who bought for the first time.
    pub purchases: i64,
}

/// What these links have brought.
///
/// # Errors
/// When the database does not answer.
pub async fn brought(db: &impl ConnectionTrait, keys: Vec<String>) -> Result<BTreeMap<String, Brought>> {
    let mut brought: BTreeMap<String, Brought> = BTreeMap::new();
    if keys.is_empty() {
        return Ok(brought);
    }
    let rows = Entity::find()
        .select_only()
        .columns([Column::Key, Column::State])
        .column_as(Column::Id.count(), "visits")
        .column_as(Column::RegisteredAt.count(), "registered")
        .column_as(Column::PurchasedAt.count(), "purchases")
        .filter(Column::Key.is_in(keys))
        .group_by(Column::Key)
        .group_by(Column::State);
    for (key, state, visits, registered, purchases) in
        rows.into_tuple::<(String, State, i64, i64, i64)>().all(db).await?
    {
        let link = brought.entry(key).or_default();
        match state {
            State::Counted | State::Rewarded => link.visits += visits,
            State::Seen => link.waiting += visits,
            State::Refused | State::Reversed => {}
        }
        link.registered += registered;
        link.purchases += purchases;
    }
    Ok(brought)
}
