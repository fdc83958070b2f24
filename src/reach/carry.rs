//! Takes a message to its member: asks the rules, takes the cheapest way that is open, and goes on to the next one only
//! when the former has certainly not sent.
//!
//! A try is written down as `sending` and committed before the call. Whoever finds a message `sending` afterwards knows
//! that a call was cut off: it may have arrived, so the message becomes `unknown` and nothing more is tried. Messages to
//! one member are taken one after the other; those that wait for a later moment let the others pass.

use entity::{
    reach::{
        delivery::{self, Channel},
        message::{Column, Entity, Model, State},
    },
    types::{DeliveryId, MemberId, ReachMessageId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{
    attempt::{Call, Meaning, meaning, word},
    events::Said,
    rules::{self, Next, Route, Tried, Verdict, Why},
    standing,
    store::{change, cut_off, give_back, leave, take, write_down},
    wording::{Values, Way, Wordings, Words},
};
use crate::{
    error::{Code, Error, Result},
    identity::own,
    infra::{
        clock::Time,
        config::Reach,
        db::{Db, Tx},
    },
    jobs::{Failure, Job},
    members::profile,
    wechat::client::{self, WeChat},
};

/// Takes one message to its member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Carry {
    /// The message.
    pub message: ReachMessageId,
    /// The member, so that messages to one keep their order.
    pub member: MemberId,
}

/// What [`Carry`] needs.
#[derive(Clone)]
pub struct CarryContext {
    /// The database.
    pub db: Db,
    /// WeChat.
    pub wechat: WeChat,
    /// What messages say.
    pub wordings: Wordings,
    /// When and how often members are told something.
    pub limits: Reach,
}

/// Takes up a message whose time has come. It has no order of its own: whoever waits for the morning lets others pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wake {
    /// The message.
    pub message: ReachMessageId,
    /// The member.
    pub member: MemberId,
    /// When.
    pub at: Time,
}

impl Job for Wake {
    const KIND: &'static str = "reach.wake";
    type Context = Db;

    fn due_at(&self) -> Option<Time> {
        Some(self.at)
    }

    async fn run(self, db: Db) -> Result<(), Failure> {
        let Self { message, member, .. } = self;
        Ok(db.tx(async |tx: &Tx| tx.enqueue(Carry { message, member })).await?)
    }
}

/// A try that is written down, and the call that is to be made.
struct Attempt {
    id: DeliveryId,
    route: Route,
    /// Whether a permit is for many messages.
    long_term: bool,
    /// How often this way was tried before.
    tries: u32,
    call: Call,
}

impl Job for Carry {
    const KIND: &'static str = "reach.carry";
    type Context = CarryContext;

    fn order_key(&self) -> Option<String> {
        Some(format!("reach:member:{}", self.member))
    }

    /// A message whose job is given up ends, too: nothing of it is sent any more.
    async fn given_up(self, context: CarryContext, _why: &Error) -> Result<()> {
        let end = async |tx: &Tx| {
            cut_off(tx, self.message).await?;
            change(tx, self.message, &[State::Queued], State::Refused, Some("given_up")).await.map(drop)
        };
        context.db.tx(end).await
    }

    async fn run(self, context: CarryContext) -> Result<(), Failure> {
        while let Some(attempt) = context.db.tx(async |tx: &Tx| self.begin(tx, &context).await).await? {
            let outcome = attempt.call.make(&context.wechat, &attempt.route).await;
            if !context.db.tx(async |tx: &Tx| self.settle(tx, &attempt, &outcome).await).await? {
                break;
            }
        }
        Ok(())
    }
}

impl Carry {
    /// Writes the next try down, if there is one to be made now.
    async fn begin(&self, tx: &Tx, context: &CarryContext) -> Result<Option<Attempt>> {
        let Some(row) = Entity::find_by_id(self.message).one(tx.db()).await? else { return Ok(None) };
        match row.state {
            State::Queued => {}
            State::Sending => {
                tracing::warn!(message = %row.id, "a call to WeChat was cut off; the message may have arrived");
                cut_off(tx, row.id).await?;
                return Ok(None);
            }
            _ => return Ok(None),
        }
        let member = match own(tx, row.member_id).await {
            Ok(member) => member,
            // Being forgotten; the row goes with the member.
            Err(error) if error.code() == Code::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let places = standing::places(tx.db(), context.wechat.accounts(), member).await?;
        let when = (row.purpose, row.expires_at);
        let asked = standing::asked(tx.db(), member, when, &places, tx.now()).await?;
        match rules::admit(&asked, &context.limits) {
            Verdict::Now => {}
            Verdict::Later(until) => return self.wait(tx, &row, until, Why::Quiet.as_str()).await,
            Verdict::Never(why) => return end(tx, &row, why).await,
        }
        let Some(wording) = context.wordings.get(&row.kind) else { return end(tx, &row, Why::NoText).await };
        let contacts: Vec<_> = places.iter().map(|place| place.contact(tx.now())).collect();
        let mut tried = standing::tried(tx.db(), row.id).await?;
        let values: Values = serde_json::from_value(row.values.clone())?;
        let english = profile::get(tx.db(), member).await?.language.is_some_and(|language| language.starts_with("en"));
        let words = Words { wording, values: &values, english };
        loop {
            let (way, route) = match rules::next(&wording.ways, &contacts, &tried, tx.now()) {
                Next::Go(way, route) => (way, route),
                Next::Later(until) if until < row.expires_at => {
                    return self.wait(tx, &row, until, Why::NoChannel.as_str()).await;
                }
                Next::Later(_) | Next::None => return end(tx, &row, Why::NoChannel).await,
            };
            let tries = tried.iter().filter(|tried| tried.route == route).count();
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            let (id, long_term) = (tx.id(), matches!(way, Way::Subscription { long_term: true, .. }));
            match Call::build(way, &route, words, id) {
                // Somebody else may have used up what was there a moment ago.
                Ok(call) if take(tx, &route, long_term).await? => {
                    write_down(tx, &row, (id, &route), call.said(), None).await?;
                    leave(tx, &row).await?;
                    return Ok(Some(Attempt { id, route, long_term, tries, call }));
                }
                Ok(_) => {}
                Err(broken) => {
                    let fields: Vec<&str> = broken.iter().map(|field| field.field.as_str()).collect();
                    tracing::warn!(message = %row.id, kind = row.kind, ?fields, "a value cannot be sent by this template");
                    write_down(tx, &row, (id, &route), serde_json::json!({}), Some("invalid")).await?;
                }
            }
            tried.push(Tried { route, again_at: None });
        }
    }

    /// Puts a message off.
    async fn wait(&self, tx: &Tx, row: &Model, until: Time, why: &str) -> Result<Option<Attempt>> {
        let waits = Entity::update_many()
            .col_expr(Column::DueAt, Expr::value(until))
            .col_expr(Column::Reason, Expr::value(why))
            .filter(Column::Id.eq(row.id))
            .filter(Column::State.eq(State::Queued));
        waits.exec(tx.db()).await?;
        tx.enqueue(Wake { message: row.id, member: self.member, at: until })?;
        Ok(None)
    }

    /// Takes down what came of a try, and corrects what we counted. Gives whether another way may be tried.
    async fn settle(
        &self,
        tx: &Tx,
        attempt: &Attempt,
        outcome: &std::result::Result<Option<u64>, client::Failure>,
    ) -> Result<bool> {
        let Attempt { route, .. } = attempt;
        let meaning = meaning(outcome, attempt.tries, tx.now());
        let errcode = outcome.as_ref().err().and_then(client::Failure::errcode).unwrap_or(0);
        if matches!(meaning, Meaning::Never | Meaning::Later(_)) {
            give_back(tx, route, attempt.long_term, errcode).await?;
        }
        let word = word(outcome);
        let word = word.as_deref();
        let (state, again_at, msg_id) = match meaning {
            Meaning::Sent(msg_id) => (delivery::State::Sent, None, msg_id.and_then(|id| i64::try_from(id).ok())),
            Meaning::Unknown => (delivery::State::Unknown, None, None),
            Meaning::Never => (delivery::State::Refused, None, None),
            Meaning::Later(at) => (delivery::State::Refused, Some(at), None),
        };
        metrics::counter!("reach_deliveries_total", "channel" => channel(route.channel), "outcome" => super::reply::label(state))
            .increment(1);
        let settled = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(state))
            .col_expr(delivery::Column::Reason, Expr::value(word))
            .col_expr(delivery::Column::AgainAt, Expr::value(again_at))
            .col_expr(delivery::Column::MsgId, Expr::value(msg_id))
            .col_expr(delivery::Column::SettledAt, Expr::value(tx.now()))
            .filter(delivery::Column::Id.eq(attempt.id))
            .filter(delivery::Column::State.eq(delivery::State::Sending));
        if settled.exec(tx.db()).await?.rows_affected == 1 {
            if route.channel == Channel::Custom && matches!(meaning, Meaning::Sent(_) | Meaning::Unknown) {
                let (account, open_id) = (route.account.clone(), route.open_id.clone());
                tx.emit(&Said { delivery: attempt.id, account, open_id })?;
            }
            let (state, on) = match meaning {
                Meaning::Sent(_) => (State::Sent, false),
                Meaning::Unknown => (State::Unknown, false),
                Meaning::Never | Meaning::Later(_) => (State::Queued, true),
            };
            change(tx, self.message, &[State::Sending], state, word).await?;
            return Ok(on);
        }
        // WeChat has told how it ended before its own answer was taken down.
        if msg_id.is_some() {
            let number = delivery::Entity::update_many().col_expr(delivery::Column::MsgId, Expr::value(msg_id));
            number.filter(delivery::Column::Id.eq(attempt.id)).exec(tx.db()).await?;
        }
        let told = delivery::Entity::find_by_id(attempt.id).one(tx.db()).await?;
        let refused = told.is_some_and(|row| row.state == delivery::State::Refused);
        Ok(refused && change(tx, self.message, &[State::Sending], State::Queued, None).await?)
    }
}

/// A message ends without having been sent.
async fn end(tx: &Tx, row: &Model, why: Why) -> Result<Option<Attempt>> {
    metrics::counter!("reach_not_told_total", "why" => why.as_str()).increment(1);
    change(tx, row.id, &[State::Queued], why.state(), Some(why.as_str())).await?;
    Ok(None)
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Passive => "passive",
        Channel::Custom => "custom",
        Channel::Subscription => "subscription",
        Channel::Template => "template",
    }
}
