//! What belongs to a person: one line per table. Erasure walks the list; `src/belongings.rs` holds it.

use entity::types::{AccountKey, OpenId};
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

use crate::{error::Result, infra::db::Tx, wechat::message::Revoked};

/// Whose data it is.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account under which we know the person.
    pub account: AccountKey,
    /// The person.
    pub open_id: OpenId,
}

/// A kind of personal data that a table may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalData {
    /// All of it, because the person or their permission is gone.
    Everything,
    /// Where the person was.
    Location,
    /// Pictures and videos.
    Pictures,
    /// Recordings.
    Voice,
    /// Name and portrait.
    Name,
    /// A kind that no table holds.
    NotHeld,
}

impl From<&Revoked> for PersonalData {
    fn from(revoked: &Revoked) -> Self {
        match revoked {
            Revoked::Everything => Self::Everything,
            Revoked::Location | Revoked::ChosenLocation => Self::Location,
            Revoked::ChosenMedia | Revoked::Camera => Self::Pictures,
            Revoked::Microphone => Self::Voice,
            Revoked::NicknameAndAvatar | Revoked::KeyboardNickname | Revoked::AvatarComponent => Self::Name,
            Revoked::LicencePlate
            | Revoked::Address
            | Revoked::Invoice
            | Revoked::Card
            | Revoked::Bluetooth
            | Revoked::Phone
            | Revoked::Steps
            | Revoked::ChosenFile
            | Revoked::Email
            | Revoked::Unknown(_) => Self::NotHeld,
        }
    }
}

type Erase = for<'a> fn(&'a Tx, &'a Owner, &'a [PersonalData]) -> LocalBoxFuture<'a, Result<u64>>;

/// One table that holds what belongs to a person.
#[derive(Clone, Copy)]
pub struct Belonging {
    /// The table.
    pub table: &'static str,
    /// Deletes or blanks what it holds of these kinds; gives the number of rows.
    pub erase: Erase,
}
