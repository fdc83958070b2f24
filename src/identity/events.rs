//! Facts about followers and members.

use entity::{
    identity::{conflict, session},
    types::{AccountKey, ConflictId, MemberId, MergeId, OpenId, StoreId},
};
use serde::{Deserialize, Serialize};

use crate::infra::{clock::Time, db::Event};

/// Somebody followed an official account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Followed {
    /// The account.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// How many times they have followed, this time included; more than one means they came back.
    pub times: i32,
    /// The scene of the code they came by.
    pub scene: Option<String>,
}

impl Event for Followed {
    const KIND: &'static str = "follower.followed";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody left an official account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Left {
    /// The account.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for Left {
    const KIND: &'static str = "follower.left";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody was found to follow an official account, or to have left it, of which no push told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FollowFound {
    /// The account.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
    /// Whether they follow; else they have left.
    pub follows: bool,
    /// Since when: as WeChat says, or since the question that found it out.
    pub at: Time,
}

impl Event for FollowFound {
    const KIND: &'static str = "follower.found";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

/// Somebody withdrew data, or ended their WeChat account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Withdrew {
    /// The request that was recorded for it.
    pub erasure: entity::types::ErasureId,
    /// The account it concerns.
    pub account: AccountKey,
    /// Who.
    pub open_id: OpenId,
}

impl Event for Withdrew {
    const KIND: &'static str = "follower.withdrew";

    fn subject(&self) -> Option<String> {
        Some(self.open_id.as_str().to_owned())
    }
}

macro_rules! about_a_member {
    ($($event:ident = $kind:literal by $member:ident;)*) => {$(
        impl Event for $event {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Option<String> {
                Some(self.$member.to_string())
            }
        }
    )*};
}

about_a_member! {
    MemberCreated = "member.created" by member;
    MemberLinked = "member.linked" by member;
    MemberTakenOver = "member.taken_over" by member;
    MemberWithdrawn = "member.withdrawn" by member;
    SignedIn = "member.signed_in" by member;
    MemberMerged = "member.merged" by winner;
    MemberUnmerged = "member.unmerged" by winner;
    MemberSplit = "member.split" by from;
    MemberConflict = "member.conflict" by member;
    MemberRehomed = "member.rehomed" by member;
}

/// Somebody was met for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberCreated {
    /// Who.
    pub member: MemberId,
}

/// Something that identifies a member who was known before is new, or better known.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberLinked {
    /// Who.
    pub member: MemberId,
}

/// Somebody was met for the first time in the records of another system, among many: nothing follows from it for each of
/// them, as it does from [`MemberCreated`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberTakenOver {
    /// Who.
    pub member: MemberId,
}

/// Somebody who was met only in records of another system is nobody again, as the records were taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberWithdrawn {
    /// Who.
    pub member: MemberId,
}

/// Somebody opened a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub member: MemberId,
    /// The account they came by.
    pub account: AccountKey,
    /// How.
    pub entrance: session::Entrance,
}

/// Two members are one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberMerged {
    /// The merge.
    pub merge: MergeId,
    /// Who is left.
    pub winner: MemberId,
    /// Who is another name of the winner now.
    pub loser: MemberId,
}

/// A merge was undone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberUnmerged {
    /// The merge.
    pub merge: MergeId,
    /// Who had been left.
    pub winner: MemberId,
    /// Who is a member of their own again.
    pub loser: MemberId,
}

/// Staff moved identities from one member to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberSplit {
    /// Who had them.
    pub from: MemberId,
    /// Who has them now.
    pub to: MemberId,
}

/// Headquarters said which store is the home of a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberRehomed {
    /// Who.
    pub member: MemberId,
    /// Where they were at home.
    pub from: Option<StoreId>,
    /// Where they are from now on.
    pub to: StoreId,
}

/// Evidence contradicts what is known.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberConflict {
    /// The conflict, for staff to decide.
    pub conflict: ConflictId,
    /// What speaks against one person.
    pub kind: conflict::Kind,
    /// Who came with the evidence.
    pub member: MemberId,
    /// Whom it would join.
    pub other: MemberId,
}
