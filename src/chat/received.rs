//! A push comes into its thread, and the robot answers if a rule applies.

use std::collections::HashMap;

use entity::{
    chat::{conversation::State, message::Author},
    types::{AccountKey, OpenId},
};

use super::{
    book::Book,
    content,
    events::PosterAsked,
    matching::{choose, occasion},
    rule::Action,
    store::{self, Line, NewMessage, Thread},
    words::{Words, fill},
};
use crate::{
    error::Result,
    identity::followers::{Follows, by_a_person},
    infra::{clock::time_of_day, db::Tx},
    reach,
    wechat::{
        account::Kind,
        intake::Received,
        message::{CustomMessage, Reply},
    },
};

/// How a person is addressed whose name is not known.
const FRIEND: &str = "朋友";

/// What is said at once to whoever asks for something that has to be made, when the rule says nothing.
const A_MOMENT: &str = "正在为你生成专属海报，请稍候…";

/// Writes pushes into their threads and gives the passive reply of each, if any. What a passive reply cannot carry
/// leaves through `reach`.
///
/// # Errors
/// When the database does not answer.
pub async fn received(tx: &Tx, book: &Book, pushes: &[&Received], follows: &Follows) -> Result<Vec<Option<Reply>>> {
    let spoken: Vec<&&Received> = pushes.iter().filter(|push| by_a_person(&push.push.body)).collect();
    let lines = spoken.iter().map(|push| Line {
        account: &push.account.key,
        open_id: &push.push.from,
        preview: content::preview(&content::of_push(&push.push.body).0),
        unread: !matches!(push.push.body, crate::wechat::message::Body::Event(_)),
        at: push.at,
    });
    let threads = store::append(tx, lines).await?;
    let mut states: HashMap<(&AccountKey, &OpenId), State> = HashMap::new();
    let mut messages = Vec::new();
    let mut answers = HashMap::new();
    for push in &spoken {
        let place = (&push.account.key, &push.push.from);
        let Some(thread) = threads.get(&(place.0.clone(), place.1.clone())) else { continue };
        messages.push(NewMessage::from_person(tx, thread, push));
        let state = states.get(&place).copied().unwrap_or(thread.state);
        let action = occasion(&push.push.body, follows.get(&push.key).copied()).and_then(|occasion| {
            let time = time_of_day(push.at);
            book.of(place.0, |rules| choose(rules, occasion, state, time).map(|rule| rule.action.clone()))
        });
        let Some(action) = action else { continue };
        if let Some(state) = action.hand_over {
            store::hand_over(tx, thread.id, state).await?;
            states.insert(place, state);
        }
        if let Some(reply) = say(tx, push, thread, &action, &mut messages).await? {
            answers.insert(push.key.as_str(), reply);
        }
    }
    store::insert(tx, messages).await?;
    Ok(pushes.iter().map(|push| answers.remove(push.key.as_str())).collect())
}

/// Says what a rule says: the first reply passively where that is possible, the others as messages of our own.
async fn say(
    tx: &Tx,
    push: &Received,
    thread: &Thread,
    action: &Action,
    messages: &mut Vec<NewMessage>,
) -> Result<Option<Reply>> {
    let words = Words { nickname: FRIEND, account: &push.account.name, now: tx.now() };
    let mut passive = None;
    let mut replies = action.replies.clone();
    if let Some(poster) = &action.poster {
        if replies.is_empty() {
            replies.push(Reply::Text { content: A_MOMENT.to_owned() });
        }
        tx.emit(&PosterAsked {
            account: push.account.key.clone(),
            open_id: push.push.from.clone(),
            program: poster.program,
            push: push.key.clone(),
        })?;
    }
    for (index, reply) in replies.iter().enumerate() {
        let reply = fill(reply, &words);
        if index == 0 && push.account.kind == Kind::Official {
            messages.push(NewMessage::passive(tx, thread, push, &reply));
            passive = Some(reply);
        } else if let Some(message) = CustomMessage::from_reply(&reply) {
            let delivery = reach::reply(tx, (&push.account.key, &push.push.from), Some(thread.id), &message).await?;
            messages.push(NewMessage::outgoing(tx, thread, Author::Robot, None, &message, delivery));
        }
    }
    Ok(passive)
}

/// Sends a passive reply whose request no longer waited as a message of our own.
///
/// # Errors
/// When the database does not answer.
pub async fn unanswered(tx: &Tx, push: &Received, reply: &Reply) -> Result<()> {
    let Some(message) = CustomMessage::from_reply(reply) else { return Ok(()) };
    let thread = store::thread_of(tx, &push.key).await?;
    let delivery = reach::reply(tx, (&push.account.key, &push.push.from), thread, &message).await?;
    store::delivered_instead(tx, &push.key, delivery).await
}
