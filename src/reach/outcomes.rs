//! What WeChat says afterwards of messages that it took: TEMPLATESENDJOBFINISH and `subscribe_msg_sent_event` (protocol
//! sections 2.2, 2.3 and 7.2). Such an event may come late, twice, before the answer of the call itself, or about
//! something that is not ours.

use chrono::TimeDelta;
use entity::{
    reach::{
        delivery::{Channel, Column, Entity, Model, State},
        message::{self, State as MessageState},
    },
    types::{AccountKey, OpenId},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::{carry::Carry, store::change};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
    wechat::{
        intake::Received,
        message::{
            Body, Event,
            event::{Sent, TemplateOutcome},
        },
    },
};

/// How long a try whose number WeChat did not tell is looked for by its person and template.
const LOOKED_FOR: TimeDelta = TimeDelta::days(3);
/// How often a try is looked for that changes meanwhile; it changes once.
const LOOKS: u32 = 4;
/// A try that may still turn out one way or the other.
const OPEN: [State; 3] = [State::Sending, State::Sent, State::Unknown];

/// How one message ended.
struct Ended<'a> {
    account: &'a AccountKey,
    open_id: &'a OpenId,
    channel: Channel,
    template_id: Option<&'a str>,
    msg_id: Option<i64>,
    /// Why it did not arrive.
    failed: Option<String>,
}

/// Takes down how messages ended.
///
/// # Errors
/// When the database does not answer.
pub async fn told(tx: &Tx, pushes: &[&Received]) -> Result<()> {
    for push in pushes {
        let of = |channel| Ended {
            account: &push.account.key,
            open_id: &push.push.from,
            channel,
            template_id: None,
            msg_id: None,
            failed: None,
        };
        match &push.push.body {
            Body::Event(Event::TemplateSendJobFinish { msg_id, outcome }) => {
                let failed = match outcome {
                    TemplateOutcome::Success => None,
                    TemplateOutcome::UserBlock => Some("user_block"),
                    TemplateOutcome::SystemFailed => Some("system_failed"),
                    // A word that is not known says nothing.
                    TemplateOutcome::Other => continue,
                };
                let msg_id = i64::try_from(*msg_id).ok();
                ended(tx, &Ended { msg_id, failed: failed.map(str::to_owned), ..of(Channel::Template) }).await?;
            }
            Body::Event(Event::SubscribeMsgSent(list)) => {
                for Sent { template_id, msg_id, error_code, .. } in list {
                    let failed = (*error_code != 0).then(|| format!("event:{error_code}"));
                    let msg_id = msg_id.and_then(|id| i64::try_from(id).ok());
                    let template_id = Some(template_id.as_str());
                    ended(tx, &Ended { template_id, msg_id, failed, ..of(Channel::Subscription) }).await?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

async fn ended(tx: &Tx, ended: &Ended<'_>) -> Result<()> {
    for _ in 0..LOOKS {
        let Some(row) = find(tx, ended).await? else {
            metrics::counter!("reach_outcomes_total", "outcome" => "unmatched").increment(1);
            return Ok(());
        };
        if settle(tx, ended, row).await? {
            return Ok(());
        }
    }
    Err(Error::new(Code::Unavailable).detail("the outcome of a message changes again and again"))
}

/// Takes down how a try ended. False when it changed meanwhile: the answer of the call was just taken down.
async fn settle(tx: &Tx, ended: &Ended<'_>, row: Model) -> Result<bool> {
    let to = if ended.failed.is_some() { State::Refused } else { State::Delivered };
    let settled = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Reason, Expr::value(ended.failed.clone()))
        .col_expr(Column::MsgId, Expr::value(ended.msg_id.or(row.msg_id)))
        .col_expr(Column::SettledAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state));
    if settled.exec(tx.db()).await?.rows_affected == 0 {
        return Ok(false);
    }
    metrics::counter!("reach_outcomes_total", "outcome" => super::reply::label(to)).increment(1);
    let Some(id) = row.message_id else { return Ok(true) };
    let word = ended.failed.as_deref();
    match (to, row.state) {
        (State::Delivered, _) => {
            let before = [MessageState::Sending, MessageState::Sent, MessageState::Unknown];
            change(tx, id, &before, MessageState::Delivered, None).await?;
        }
        // The try itself is not over yet; it goes on when it is.
        (_, State::Sending) => {}
        // What was not known was given up; now it is known that it did not arrive.
        (_, State::Unknown) => {
            change(tx, id, &[MessageState::Unknown], MessageState::Refused, word).await?;
        }
        _ => {
            if change(tx, id, &[MessageState::Sent], MessageState::Queued, word).await?
                && let Some(message) = message::Entity::find_by_id(id).one(tx.db()).await?
            {
                tx.enqueue(Carry { message: id, member: message.member_id })?;
            }
        }
    }
    Ok(true)
}

/// The try that an event is about, as long as it may still turn out one way or the other: by WeChat's number; else, when
/// WeChat did not tell it yet, the earliest to this person by this way. One statement, as the number may be taken down at
/// any moment.
async fn find(tx: &Tx, ended: &Ended<'_>) -> Result<Option<Model>> {
    let mut unnumbered = Condition::all()
        .add(Column::OpenId.eq(ended.open_id.clone()))
        .add(Column::Channel.eq(ended.channel))
        .add(Column::MsgId.is_null())
        .add(Column::State.is_in(OPEN))
        .add(Column::CreatedAt.gt(tx.now() - LOOKED_FOR));
    if let Some(template_id) = ended.template_id {
        unnumbered = unnumbered.add(Column::TemplateId.eq(template_id));
    }
    let either = match ended.msg_id {
        Some(msg_id) => Condition::any().add(Column::MsgId.eq(msg_id)).add(unnumbered),
        None => unnumbered,
    };
    let theirs = Entity::find().filter(Column::Account.eq(ended.account.clone())).filter(either);
    let mut rows = theirs.order_by_asc(Column::Id).all(tx.db()).await?;
    if let Some(at) = rows.iter().position(|row| row.msg_id.is_some()) {
        return Ok(Some(rows.swap_remove(at)).filter(|row| OPEN.contains(&row.state)));
    }
    Ok(rows.into_iter().next())
}
