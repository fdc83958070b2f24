//! What there is to know before a member is told something: their accounts with windows and permits, and what they were
//! sent before.

use chrono::Days;
use entity::{
    reach::{
        delivery,
        message::{Column, Entity, Purpose, State},
        permit, window,
    },
    types::{AccountKey, MemberId, OpenId, ReachMessageId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{
    permits,
    rules::{Asked, Contact, Permit, Route, Sent, Tried},
    windows,
};
use crate::{
    error::Result,
    identity::{self, followers},
    infra::{
        calendar::{day_of, start_of},
        clock::Time,
    },
    members::{self, consent},
    wechat::account::{Account, Accounts, Kind},
};

/// Messages in these states were handed to WeChat.
const LEFT: [State; 4] = [State::Sending, State::Sent, State::Delivered, State::Unknown];

/// One account of a member, with what may be sent there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) account: AccountKey,
    pub(super) open_id: OpenId,
    pub(super) follows: Option<bool>,
    /// Every window that was opened and not closed since; some may be over.
    pub(super) windows: Vec<window::Model>,
    pub(super) permits: Vec<permit::Model>,
}

impl Place {
    /// The windows through which something may be sent at `now`.
    pub(super) fn open(&self, now: Time) -> impl Iterator<Item = &window::Model> {
        self.windows.iter().filter(move |window| window.closes_at > now && window.used < window.allowed)
    }

    /// The same for the rules.
    pub(super) fn contact(&self, now: Time) -> Contact {
        let left = self.open(now).map(|window| window.allowed.saturating_sub(window.used)).sum::<i32>();
        let permits = self.permits.iter().map(|row| Permit {
            template_id: row.template_id.clone(),
            available: u32::try_from(row.available).unwrap_or(0),
        });
        Contact {
            account: self.account.clone(),
            kind: self.kind,
            open_id: self.open_id.clone(),
            follows: self.follows,
            left: u32::try_from(left).unwrap_or(0),
            acted_at: self.windows.iter().map(|window| window.opened_at).max(),
            permits: permits.collect(),
        }
    }

    /// When the member last did something here.
    fn acted_at(&self) -> Option<Time> {
        let windows = self.windows.iter().map(|window| window.opened_at);
        windows.chain(self.permits.iter().map(|permit| permit.answered_at)).max()
    }
}

/// The accounts at which a member is known, as far as they are ours today.
pub(super) async fn places(db: &impl ConnectionTrait, accounts: &Accounts, member: MemberId) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for (account, open_id) in identity::open_ids(db, member).await? {
        let Some(known) = accounts.get(&account) else { continue };
        places.push(place(db, known, open_id).await?);
    }
    Ok(places)
}

async fn place(db: &impl ConnectionTrait, account: &Account, open_id: OpenId) -> Result<Place> {
    let key = account.key.clone();
    Ok(Place {
        kind: account.kind,
        follows: match account.kind {
            Kind::Official => followers::stands(db, &key, &open_id).await?,
            Kind::Mini => None,
        },
        windows: windows::all(db, &key, &open_id).await?,
        permits: permits::of(db, &key, &open_id).await?,
        account: key,
        open_id,
    })
}

/// What the rules of the brand and of the person look at.
pub(super) async fn asked(
    db: &impl ConnectionTrait,
    member: MemberId,
    (purpose, expires_at): (Purpose, Time),
    places: &[Place],
    now: Time,
) -> Result<Asked> {
    let consent = match purpose {
        // Needs no yes; a no holds.
        Purpose::Transactional => members::Purpose::Service,
        Purpose::Marketing => members::Purpose::Marketing,
    };
    let allowed = consent::allows(db, member, consent).await?;
    // Caps are of offers.
    let sent = match purpose {
        Purpose::Transactional => Sent::default(),
        Purpose::Marketing => sent(db, member, places, now).await?,
    };
    Ok(Asked { now, purpose, expires_at, allowed, sent })
}

/// Marketing messages that a member was sent.
async fn sent(db: &impl ConnectionTrait, member: MemberId, places: &[Place], now: Time) -> Result<Sent> {
    let since = async |from: Option<Time>| -> Result<u32> {
        let mut left = Entity::find()
            .filter(Column::MemberId.eq(member))
            .filter(Column::Purpose.eq(Purpose::Marketing))
            .filter(Column::State.is_in(LEFT));
        if let Some(from) = from {
            left = left.filter(Column::LeftAt.gte(from));
        }
        Ok(u32::try_from(left.count(db).await?).unwrap_or(u32::MAX))
    };
    let today = day_of(now);
    let week = today.checked_sub_days(Days::new(6)).unwrap_or(today);
    Ok(Sent {
        day: since(Some(start_of(today))).await?,
        week: since(Some(start_of(week))).await?,
        unanswered: since(places.iter().filter_map(Place::acted_at).max()).await?,
    })
}

/// The ways by which a message was tried and certainly not sent.
pub(super) async fn tried(db: &impl ConnectionTrait, message: ReachMessageId) -> Result<Vec<Tried>> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::MessageId.eq(message))
        .order_by_asc(delivery::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| Tried { again_at: row.again_at, route: route(row) }).collect())
}

/// By which way a delivery went.
pub(super) fn route(row: delivery::Model) -> Route {
    Route { channel: row.channel, account: row.account, open_id: row.open_id, template_id: row.template_id }
}
