//! TABLE: which jobs follow which domain event. The jobs commit with the event.

use crate::{
    identity::{
        erasure::Erase,
        events::{Followed, Withdrew},
        sync::RefreshFollower,
    },
    infra::{calendar::day_in_words, db::Reactions},
    points::events::PointsExpiring,
    reach::{Message, Purpose, Tell, wording::Sends},
    rewards::{
        events::{PayoutArrived, PayoutExpiring, PayoutReturned},
        tell::{self, TellPayout},
    },
};

/// The named messages that follow from facts, and the values they get. Their words stand in `wechat-config/messages`.
pub const SENDS: [Sends; 4] = {
    let [arrived, expiring, returned] = tell::SENDS;
    [arrived, expiring, returned, Sends { kind: "points_expiring", values: &["points", "day"] }]
};

/// The table.
pub fn reactions() -> Reactions {
    Reactions::default()
        .on(|event: &Followed| RefreshFollower { account: event.account.clone(), open_id: event.open_id.clone() })
        .on(|event: &Withdrew| Erase { erasure: event.erasure })
        .on(|event: &PayoutArrived| TellPayout::from(event))
        .on(|event: &PayoutExpiring| TellPayout::from(event))
        .on(|event: &PayoutReturned| TellPayout::from(event))
        .on(|event: &PointsExpiring| Tell { message: points_expiring(event) })
}

fn points_expiring(event: &PointsExpiring) -> Message {
    let values = [("points", event.points.to_string()), ("day", day_in_words(event.last_day))];
    Message {
        member: event.member,
        kind: "points_expiring".to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        key: format!("points_expiring:{}:{}", event.member, event.last_day),
        purpose: Purpose::Transactional,
        expires_at: event.ends_at,
    }
}
