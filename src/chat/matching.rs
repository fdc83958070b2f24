//! Which rule answers: a pure decision over the account's rules, tried from the highest priority down.

use chrono::NaiveTime;
use entity::chat::conversation::State;

use super::rule::{Rule, Trigger, plain};
use crate::wechat::message::{Body, Event};

/// What a rule may react to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion<'a> {
    /// Somebody followed; `again` when they had followed before.
    Follow {
        /// Whether they come back.
        again: bool,
    },
    /// Somebody tapped a menu item, or an item of a menu message together with its text.
    Menu {
        /// The key or id of the item.
        key: &'a str,
        /// The text of the item, when it came as a message.
        text: Option<&'a str>,
    },
    /// Somebody wrote or said something.
    Said(&'a str),
    /// Somebody sent something without words.
    Wordless,
}

/// What a push is an occasion for, if the robot should react to it at all.
pub fn occasion(body: &Body, follows: Option<i32>) -> Option<Occasion<'_>> {
    match body {
        Body::Text { content, menu_id: Some(key), .. } => Some(Occasion::Menu { key, text: Some(content) }),
        Body::Text { content, .. } => Some(Occasion::Said(content)),
        Body::Voice { recognition: Some(words), .. } if !words.is_empty() => Some(Occasion::Said(words)),
        Body::Image { .. }
        | Body::Voice { .. }
        | Body::Video { .. }
        | Body::ShortVideo { .. }
        | Body::Location { .. }
        | Body::Link { .. }
        | Body::MiniProgramPage { .. } => Some(Occasion::Wordless),
        Body::Event(Event::Subscribe { .. }) => {
            Some(Occasion::Follow { again: follows.is_some_and(|times| times > 1) })
        }
        Body::Event(Event::Click { key }) => Some(Occasion::Menu { key, text: None }),
        Body::Event(_) | Body::Unknown { .. } => None,
    }
}

/// The rule that answers, if any. While a human answers, only a rule that gives the thread back to the robot applies.
pub fn choose<'a>(rules: &'a [Rule], occasion: Occasion<'_>, state: State, time: NaiveTime) -> Option<&'a Rule> {
    let ready = |rule: &&Rule| {
        let gives_back = rule.action.hand_over == Some(State::Robot);
        (state == State::Robot || gives_back) && rule.condition.hours.is_none_or(|hours| hours.hold(time))
    };
    let first = |applies: &dyn Fn(&Rule) -> bool| rules.iter().filter(ready).find(|rule| applies(rule));
    let follow = || first(&|rule| matches!(rule.condition.on, Trigger::Follow(_)));
    let default = || first(&|rule| matches!(rule.condition.on, Trigger::Default(_)));
    let said = |text: &str| {
        let plain = plain(text);
        first(&|rule| answers(rule, text, &plain))
    };
    match occasion {
        Occasion::Follow { again: true } => {
            first(&|rule| matches!(rule.condition.on, Trigger::Return(_))).or_else(follow)
        }
        Occasion::Follow { again: false } => follow(),
        Occasion::Menu { key, text } => {
            first(&|rule| matches!(&rule.condition.on, Trigger::Menu(k) if k == key)).or_else(|| text.and_then(said))
        }
        Occasion::Said(text) => said(text).or_else(default),
        Occasion::Wordless => default(),
    }
}

/// Whether a rule about words answers this text, which comes as it is and as [`plain`] text.
fn answers(rule: &Rule, text: &str, plain: &str) -> bool {
    match &rule.condition.on {
        Trigger::Exact(_) => rule.words.iter().any(|word| word == plain),
        Trigger::Contains(_) => rule.words.iter().any(|word| plain.contains(word)),
        Trigger::Pattern(_) => rule.finds(text.trim()),
        Trigger::Follow(_) | Trigger::Return(_) | Trigger::Menu(_) | Trigger::Default(_) => false,
    }
}
