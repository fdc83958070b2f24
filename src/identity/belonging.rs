//! What belongs to a person: one line per table. Erasure, merges and their undoing walk the list; `src/belongings.rs`
//! holds it.

use entity::types::{AccountKey, MemberId, MergeId, OpenId};
use futures_util::future::LocalBoxFuture;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::open_ids;
use crate::{
    error::Result,
    infra::{
        db::{Db, Tx},
        secret::Vault,
    },
    wechat::message::Revoked,
};

/// Whose data it is.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account under which we know the person, and their OpenID there; none for a member whom no account knows.
    pub known_as: Option<(AccountKey, OpenId)>,
    /// The member they are, when they are one and the member is meant, too.
    pub member: Option<MemberId>,
    /// Whether the member asks for it themselves, so that nothing of theirs stays, whatever else identifies them.
    pub entirely: bool,
}

impl Owner {
    /// A member as every account knows them. The member is meant once, at last: what accounts hold comes before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_member(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Self>> {
        let mut owners: Vec<Self> = open_ids(db, member)
            .await?
            .into_iter()
            .map(|place| Self { known_as: Some(place), member: None, entirely: true })
            .collect();
        match owners.last_mut() {
            Some(last) => last.member = Some(member),
            None => owners.push(Self { known_as: None, member: Some(member), entirely: true }),
        }
        Ok(owners)
    }

    /// The rows that name, in these columns, the account and the OpenID: no row when no account knows the person.
    pub fn rows(&self, account: impl ColumnTrait, open_id: impl ColumnTrait) -> Condition {
        let Some((known_in, known_as)) = &self.known_as else { return Condition::all().add(Expr::value(false)) };
        Condition::all().add(account.eq(known_in.clone())).add(open_id.eq(known_as.clone()))
    }

    /// Deletes the rows that name the person in these columns, where everything of theirs goes; gives how many went.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete<E: EntityTrait>(
        &self,
        tx: &Tx,
        data: &[PersonalData],
        account: E::Column,
        open_id: E::Column,
    ) -> Result<u64> {
        if !data.contains(&PersonalData::Everything) {
            return Ok(0);
        }
        Ok(E::delete_many().filter(self.rows(account, open_id)).exec(tx.db()).await?.rows_affected)
    }
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
    /// The phone number that WeChat told.
    Phone,
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
            Revoked::Phone => Self::Phone,
            Revoked::LicencePlate
            | Revoked::Address
            | Revoked::Invoice
            | Revoked::Card
            | Revoked::Bluetooth
            | Revoked::Steps
            | Revoked::ChosenFile
            | Revoked::Email
            | Revoked::Unknown(_) => Self::NotHeld,
        }
    }
}

type Erase = for<'a> fn(&'a Tx, &'a Owner, &'a [PersonalData]) -> LocalBoxFuture<'a, Result<u64>>;

/// Two members that become one, or become two again.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// The merge.
    pub merge: MergeId,
    /// Who survives it.
    pub winner: MemberId,
    /// Who becomes another name of the winner.
    pub loser: MemberId,
}

/// What was chosen for one field when two members became one. It names no values, as they may be personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
    /// Whose value it is.
    pub chosen: Chosen,
    /// By which rule, in a word such as `older`.
    pub why: String,
}

/// Whose value was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// The winner's.
    Winner,
    /// The loser's.
    Loser,
    /// One made of both, such as a sum.
    Both,
}

/// What a merge did in one table.
#[derive(Clone, Debug, Default)]
pub struct Combined {
    /// Rows that changed.
    pub rows: u64,
    /// What was chosen where both had something.
    pub decisions: Vec<Decision>,
}

/// What undoing a merge did in one table.
#[derive(Clone, Debug, Default)]
pub struct Separated {
    /// Rows that are as they were.
    pub returned: u64,
    /// Rows that could not go back.
    pub stuck: Vec<Stuck>,
    /// Rows made since the merge, which stay with the winner.
    pub stayed: u64,
}

/// Rows that could not go back when a merge was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stuck {
    /// The table.
    pub table: String,
    /// How many.
    pub rows: u64,
    /// Why.
    pub why: StuckWhy,
}

/// Why a row could not go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StuckWhy {
    /// It was deleted since.
    Gone,
    /// It was given to somebody else since.
    OwnerChanged,
    /// It was changed since.
    Changed,
}

type Export = for<'a> fn(&'a Db, &'a Vault, &'a Owner) -> LocalBoxFuture<'a, Result<Vec<serde_json::Value>>>;
type Merge = for<'a> fn(&'a Tx, &'a Pair) -> LocalBoxFuture<'a, Result<Combined>>;
type Unmerge = for<'a> fn(&'a Tx, &'a Pair) -> LocalBoxFuture<'a, Result<Separated>>;

/// What a merge does with the rows of a table.
#[derive(Clone, Copy)]
pub enum OnMerge {
    /// They name an account and an OpenID, or nobody: they follow their identity and stay as they are.
    Stay,
    /// They name their owner: all of the loser's become the winner's, in one statement. `id` is their unique UUIDv7,
    /// `owner` the column with the member.
    Move {
        /// The column with the id.
        id: &'static str,
        /// The column with the member.
        owner: &'static str,
    },
    /// There is one for each member, or more than the owner changes. What these do they write into the journal of the
    /// merge ([`merge::journal`](super::merge::journal)).
    Combine {
        /// Makes them one.
        merge: Merge,
        /// Takes it back, as far as nobody has changed it since.
        undo: Unmerge,
    },
}

type Begin = for<'a> fn(&'a Tx, MemberId) -> LocalBoxFuture<'a, Result<()>>;

/// One table that holds what belongs to a person.
#[derive(Clone, Copy)]
pub struct Belonging {
    /// The table.
    pub table: &'static str,
    /// What happens when somebody becomes a member, in the same unit of work.
    pub begin: Option<Begin>,
    /// What a merge does with its rows.
    pub on_merge: OnMerge,
    /// Deletes or blanks what it holds of these kinds; gives the number of rows.
    pub erase: Erase,
    /// What of it a person gets who asks for a copy; none where it says nothing of them that is not told elsewhere.
    pub export: Option<Export>,
}

/// The list of them, as `app` hands it down to units of work.
#[derive(Clone, Copy)]
pub struct Belongings(pub &'static [Belonging]);
