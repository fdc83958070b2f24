//! TABLE: which jobs follow which domain event. The jobs commit with the event.

use entity::types::MemberId;

use crate::{
    chat::{WriteDown, events::PosterAsked},
    identity::{
        erasure::Erase,
        events::{
            FollowFound, Followed, MemberCreated, MemberLinked, MemberMerged, MemberSplit, MemberUnmerged, Withdrew,
        },
        sync::RefreshFollower,
    },
    infra::{calendar::day_in_words, db::Reactions},
    orders::events::{OrderPaid, OrderRefunded},
    points::events::PointsExpiring,
    reach::{Message, Purpose, Tell, events::Said, wording::Sends},
    referral::{
        jobs::{Look, LookIfConcerned},
        poster::send::{self, SendPoster},
    },
    rewards::{
        events::{PayoutArrived, PayoutExpiring, PayoutReturned},
        tell::{self, TellPayout},
    },
    share::jobs::{Look as LookAtVisits, LookIfConcerned as LookAtVisitsIfConcerned},
    tracking::{
        channel::{
            ChannelTouched,
            people::{Bought, Settle, SettleIfConcerned, Touched},
        },
        events::{DwellSeen, TouchSeen},
        found::Found,
    },
};

/// The named messages that follow from facts, and the values they get. Their words stand in `wechat-config/messages`.
pub const SENDS: [Sends; 5] = {
    let [arrived, expiring, returned] = tell::SENDS;
    let [poster_link] = send::SENDS;
    [arrived, expiring, returned, poster_link, Sends { kind: "points_expiring", values: &["points", "day"] }]
};

/// The table.
pub fn reactions() -> Reactions {
    Reactions::default()
        .on(|event: &Followed| RefreshFollower { account: event.account.clone(), open_id: event.open_id.clone() })
        .on(|event: &FollowFound| Found {
            account: event.account.clone(),
            open_id: event.open_id.clone(),
            follows: event.follows,
            at: event.at,
        })
        .on(|event: &Withdrew| Erase { erasure: event.erasure })
        .on(|event: &TouchSeen| Look::person(&event.account, &event.open_id))
        .on(|event: &MemberCreated| LookIfConcerned(Look::members([event.member])))
        .on(|event: &MemberLinked| LookIfConcerned(Look::members([event.member])))
        .on(|event: &MemberMerged| LookIfConcerned(Look::members_and_invited([event.winner, event.loser])))
        .on(|event: &MemberUnmerged| LookIfConcerned(Look::members_and_invited([event.winner, event.loser])))
        .on(|event: &MemberSplit| LookIfConcerned(Look::members_and_invited([event.from, event.to])))
        .on(|event: &ChannelTouched| Touched { account: event.account.clone(), open_id: event.open_id.clone() })
        .on(|event: &MemberCreated| SettleIfConcerned(Settle { member: event.member }))
        .on(|event: &MemberLinked| SettleIfConcerned(Settle { member: event.member }))
        .on(|event: &MemberMerged| SettleIfConcerned(Settle { member: event.loser }))
        .on(|event: &MemberMerged| SettleIfConcerned(Settle { member: event.winner }))
        .on(|event: &MemberUnmerged| SettleIfConcerned(Settle { member: event.loser }))
        .on(|event: &MemberUnmerged| SettleIfConcerned(Settle { member: event.winner }))
        .on(|event: &MemberSplit| SettleIfConcerned(Settle { member: event.from }))
        .on(|event: &MemberSplit| SettleIfConcerned(Settle { member: event.to }))
        .on(|event: &OrderPaid| Bought { member: event.member, at: event.at })
        .on(|event: &OrderPaid| LookIfConcerned(Look::members([event.member])))
        .on(|event: &OrderRefunded| LookIfConcerned(Look::members([event.member])))
        .on(|event: &DwellSeen| LookAtVisits::person(&event.account, &event.open_id))
        .on(|event: &Followed| LookAtVisitsIfConcerned(LookAtVisits::person(&event.account, &event.open_id)))
        .on(|event: &FollowFound| LookAtVisitsIfConcerned(LookAtVisits::person(&event.account, &event.open_id)))
        .on(|event: &MemberCreated| LookAtVisitsIfConcerned(LookAtVisits::members([event.member])))
        .on(|event: &MemberLinked| LookAtVisitsIfConcerned(LookAtVisits::members([event.member])))
        .on(|event: &MemberMerged| visitors(event.winner, event.loser))
        .on(|event: &MemberUnmerged| visitors(event.winner, event.loser))
        .on(|event: &MemberSplit| visitors(event.from, event.to))
        .on(|event: &OrderPaid| LookAtVisitsIfConcerned(LookAtVisits::members([event.member])))
        .on(|event: &OrderRefunded| LookAtVisitsIfConcerned(LookAtVisits::members([event.member])))
        .on(|event: &PayoutArrived| TellPayout::from(event))
        .on(|event: &PayoutExpiring| TellPayout::from(event))
        .on(|event: &PayoutReturned| TellPayout::from(event))
        .on(|event: &Said| WriteDown { delivery: event.delivery })
        .on(|event: &PosterAsked| SendPoster {
            account: event.account.clone(),
            open_id: event.open_id.clone(),
            program: event.program,
            wish: event.push.clone(),
        })
        .on(|event: &PointsExpiring| Tell { message: points_expiring(event) })
}

fn visitors(one: MemberId, other: MemberId) -> LookAtVisitsIfConcerned {
    LookAtVisitsIfConcerned(LookAtVisits::members_and_visitors([one, other]))
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
