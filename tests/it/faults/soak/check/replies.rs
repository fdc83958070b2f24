//! Replies and deliveries: each word that was said stands in its thread once with its answer, and an answer reached the
//! chat once; or it may be missing where the record shows that its way broke.

use std::collections::HashMap;

use entity::{
    chat::{conversation, message, message::Author},
    reach::delivery,
    types::DeliveryId,
};
use huilian::sandbox::{From, Push, Verdict, Via};

use super::{Case, Findings};

/// By account, OpenID, author and text.
type Threads = HashMap<(String, String, bool, String), Vec<Option<DeliveryId>>>;

pub async fn look(case: &Case<'_>, findings: &mut Findings) {
    let threads = threads(case).await;
    let deliveries: HashMap<_, _> =
        case.brand.rows::<delivery::Entity>().await.into_iter().map(|row| (row.id, row)).collect();
    let pushes = case.brand.sandbox().pushes(None, usize::MAX);
    for someone in case.people {
        for (account, words) in ["brand", "shop"].into_iter().zip(someone.words) {
            let open_id = case.brand.open_id(&someone.person, account);
            let chat = case.brand.sandbox().chat(&someone.person, account).expect("a chat").messages;
            let said: Vec<_> = chat.iter().filter(|line| line.from == From::Account).collect();
            let heard = |text: &str| said.iter().filter(|line| line.content["content"] == text).count();
            let stands = |robot: bool, text: String| {
                threads.get(&(account.to_owned(), open_id.clone(), robot, text)).cloned().unwrap_or_default()
            };
            for word in 0..words {
                let whose = format!("{} at {account}, word {word}", someone.person);
                let (question, answer) = (stands(false, format!("问{word}")), stands(true, format!("答{word}")));
                findings.same("words stand in their thread once", &whose, 1, question.len());
                findings.same("answers stand in their thread once", &whose, 1, answer.len());
                let push = pushes.iter().find(|push| is(push, &someone.person, account, word)).expect("a push");
                let delivery = answer.first().copied().flatten().and_then(|id| deliveries.get(&id));
                let way = Way::of(push, delivery);
                let heard = heard(&format!("答{word}"));
                let refused = delivery.is_some_and(|delivery| delivery.state == delivery::State::Refused);
                findings.same("answers are not refused", &whose, false, refused);
                let fits = if way == Way::Broken { heard <= 1 } else { heard == usize::from(way == Way::Open) };
                findings.same("answers reach the chat once", format!("{whose}, {way:?}, {heard} times"), true, fits);
            }
            let custom = said.iter().filter(|line| line.via == Some(Via::Custom)).count();
            let theirs = || {
                let of = |row: &&delivery::Model| row.account.as_str() == account && row.open_id.as_str() == open_id;
                deliveries.values().filter(of).filter(|row| row.channel == delivery::Channel::Custom)
            };
            let count = |state| theirs().filter(|row| row.state == state).count();
            let (sent, unknown) = (count(delivery::State::Sent), count(delivery::State::Unknown));
            let whose = format!("{} at {account}: {sent} sent, {unknown} unknown, {custom} arrived", someone.person);
            findings.same("deliveries arrived", whose, true, (sent..=sent + unknown).contains(&custom));
        }
    }
}

async fn threads(case: &Case<'_>) -> Threads {
    let rows = case.brand.rows::<conversation::Entity>().await.into_iter();
    let whose: HashMap<_, _> =
        rows.map(|row| (row.id, (row.account.to_string(), row.open_id.as_str().to_owned()))).collect();
    let mut threads = Threads::new();
    for line in case.brand.rows::<message::Entity>().await {
        let (account, open_id) = whose[&line.conversation_id].clone();
        let key = (account, open_id, line.author != Author::Person, line.text);
        threads.entry(key).or_default().push(line.delivery_id);
    }
    threads
}

/// Whether this push says this word.
fn is(push: &Push, person: &str, account: &str, word: usize) -> bool {
    let said = push.plaintext.split_once('问').map(|(_, rest)| rest);
    let said = said.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    push.account == account && push.person.as_deref() == Some(person) && said == Some(word.to_string())
}

/// How the way of an answer was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// WeChat has it for certain not.
    Shut,
    /// It broke in the middle: it may have arrived.
    Broken,
}

impl Way {
    fn of(push: &Push, delivery: Option<&delivery::Model>) -> Self {
        if let Some(delivery) = delivery {
            return match delivery.state {
                delivery::State::Sent | delivery::State::Delivered => Self::Open,
                delivery::State::Unknown => Self::Broken,
                delivery::State::Queued | delivery::State::Sending | delivery::State::Refused => Self::Shut,
            };
        }
        let has = |verdict| push.attempts.iter().any(|attempt| attempt.verdict == verdict);
        if has(Verdict::Replied) {
            return Self::Open;
        }
        // The answer of the request that was taken is gone with its connection.
        let struck = has(Verdict::Unreachable) || has(Verdict::Timeout) || has(Verdict::Refused);
        if struck { Self::Shut } else { Self::Open }
    }
}
