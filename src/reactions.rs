//! TABLE: which jobs follow which domain event. The jobs commit with the event.

use crate::{
    identity::{
        erasure::Erase,
        events::{Followed, Withdrew},
        sync::RefreshFollower,
    },
    infra::db::Reactions,
};

/// The table.
pub fn reactions() -> Reactions {
    Reactions::default()
        .on(|event: &Followed| RefreshFollower { account: event.account.clone(), open_id: event.open_id.clone() })
        .on(|event: &Withdrew| Erase { erasure: event.erasure })
}
