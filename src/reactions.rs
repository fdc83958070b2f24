//! TABLE: which jobs follow which domain event. The jobs commit with the event.

use crate::{
    identity::{
        erasure::Erase,
        events::{Followed, Left, MemberCreated, MemberLinked, MemberMerged, MemberSplit, MemberUnmerged, Withdrew},
        sync::RefreshFollower,
    },
    infra::db::Reactions,
    orders::events::{OrderPaid, OrderRefunded},
    referral::jobs::{Look, LookIfConcerned},
    tracking::events::TouchSeen,
};

/// The table.
pub fn reactions() -> Reactions {
    Reactions::default()
        .on(|event: &Followed| RefreshFollower { account: event.account.clone(), open_id: event.open_id.clone() })
        .on(|event: &Withdrew| Erase { erasure: event.erasure })
        .on(|event: &TouchSeen| Look::person(&event.account, &event.open_id))
        .on(|event: &Followed| LookIfConcerned(Look::person(&event.account, &event.open_id)))
        .on(|event: &Left| LookIfConcerned(Look::person(&event.account, &event.open_id)))
        .on(|event: &MemberCreated| LookIfConcerned(Look::members([event.member])))
        .on(|event: &MemberLinked| LookIfConcerned(Look::members([event.member])))
        .on(|event: &MemberMerged| LookIfConcerned(Look::members_and_invited([event.winner, event.loser])))
        .on(|event: &MemberUnmerged| LookIfConcerned(Look::members_and_invited([event.winner, event.loser])))
        .on(|event: &MemberSplit| LookIfConcerned(Look::members_and_invited([event.from, event.to])))
        .on(|event: &OrderPaid| LookIfConcerned(Look::members([event.member])))
        .on(|event: &OrderRefunded| LookIfConcerned(Look::members([event.member])))
}
