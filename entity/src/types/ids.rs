//! Ids: a newtype over UUIDv7 for each kind of row, shown as `prefix_` and 26 base32 characters.
//!
//! UUIDv7 makes id order follow time order. The shown form is the only one that leaves the service.

use std::{fmt, str::FromStr, sync::LazyLock};

use data_encoding::{Encoding, Specification};
use uuid::Uuid;

use super::Invalid;

/// Crockford base32 in lower case: no `i`, `l`, `o` or `u`, and read without regard to case.
static BASE32: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.translate.from.push_str("ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.to.push_str("abcdefghjkmnpqrstvwxyz");
    specification.encoding().ok()
});

fn show(id: Uuid) -> String {
    BASE32.as_ref().map(|base32| base32.encode(id.as_bytes())).unwrap_or_default()
}

fn read(text: &str) -> Option<Uuid> {
    let bytes = BASE32.as_ref()?.decode(text.as_bytes()).ok()?;
    Uuid::from_slice(&bytes).ok()
}

/// An id newtype: what every kind of id can do.
pub trait Id: Copy + Into<Uuid> + From<Uuid> {
    /// The prefix of the shown form, without the underscore.
    const PREFIX: &'static str;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), show(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(read)
                    .map(Self)
                    .ok_or(Invalid { what: stringify!($name), why: concat!("expected ", $prefix, "_ and 26 characters") })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-z]{26}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

ids! {
    /// A row of the job queue.
    JobId = "job";
    /// A recorded business fact.
    EventId = "evt";
    /// A push that WeChat delivered to us.
    PushId = "psh";
    /// A thread between one follower and one account.
    ConversationId = "cnv";
    /// Words that staff use again and again.
    CannedReplyId = "can";
    /// One message in a thread, in either direction.
    MessageId = "msg";
    /// One handing of a message to WeChat.
    DeliveryId = "dlv";
    /// What a member is to be told.
    ReachMessageId = "rmg";
    /// An automatic reply rule.
    ReplyRuleId = "rul";
    /// One thing that somebody did in a mini program or on a page.
    BehaviourId = "bhv";
    /// One seen scan, visit or open.
    TouchId = "tch";
    /// An OpenID that follows, or once followed, an official account.
    FollowerId = "fol";
    /// One run of the follower synchronisation.
    SyncId = "syn";
    /// A request to delete somebody's named data.
    ErasureId = "era";
    /// A person.
    MemberId = "mem";
    /// One OpenID, UnionID, phone or number that is linked to a member.
    IdentityId = "idn";
    /// One line of the journal of identities.
    LinkId = "lnk";
    /// Evidence that contradicts what is known, waiting for a decision.
    ConflictId = "cfl";
    /// Two members made one.
    MergeId = "mrg";
    /// A file of members that is taken over.
    ImportId = "imp";
    /// What another system said of a member's standing there.
    StandingId = "std";
    /// What became of one row of such a file.
    ImportRowId = "row";
    /// The value of one attribute of one member.
    ValueId = "val";
    /// One answer to what data may be used for.
    ConsentId = "cns";
    /// One reading of something that is not shown otherwise.
    AccessId = "acs";
    /// A picture of a member.
    PictureId = "pic";
    /// A copy of everything that is held of a member.
    ExportId = "exp";
    /// A member's wish to be forgotten.
    MemberErasureId = "fgt";
    /// One thing that happened to a member's points.
    PointsEntryId = "pte";
    /// Points that were given together.
    PointsLotId = "ptl";
    /// A change of a lot by an entry.
    PointsDrawId = "ptd";
    /// What a rule has given a member in a period.
    PointsCounterId = "ptc";
    /// A points account that does not add up.
    PointsDifferenceId = "ptf";
    /// One look at all points accounts.
    PointsCheckId = "ptk";
    /// What is given to members, and how much of it at most.
    CampaignId = "cmp";
    /// One change of a campaign.
    CampaignEventId = "cpe";
    /// One movement of a budget.
    BudgetEntryId = "bgt";
    /// What a rule gave to a member, or refused.
    GrantId = "grt";
    /// Money on its way through WeChat Pay.
    PayoutId = "pyt";
    /// One step of a payout.
    PayoutEventId = "pye";
    /// A day of a merchant that is held against its bill.
    ReconciliationId = "rcn";
    /// A difference between a bill and the payouts.
    ReconciliationCaseId = "rcc";
    /// A program of invitations.
    ReferralProgramId = "rpg";
    /// One act upon a program of invitations.
    ReferralEventId = "rpe";
    /// An invitation: one invitee in one program.
    ReferralId = "ref";
    /// What staff decided about an invitation.
    ReferralReviewId = "rvw";
    /// Why somebody thinks that an invitation should not be held.
    ReferralAppealId = "apl";
    /// Findings of the guard that belong together.
    ReferralAlertId = "ral";
    /// What a rule of the guard found about an invitation.
    ReferralFindingId = "rfd";
    /// What an invitation has earned somebody.
    ReferralRewardId = "rrw";
    /// One look at all invitations of a program.
    ReferralProofId = "rpf";
    /// A picture behind posters.
    PosterPictureId = "psp";
    /// A staff member, a store or an advertisement by whose code people come.
    ChannelId = "chn";
    /// A share campaign.
    ShareCampaignId = "shc";
    /// One act upon a share campaign.
    ShareEventId = "she";
    /// The link by which a member shares a page.
    ShareLinkId = "shl";
    /// A visit to a shared page.
    ShareVisitId = "shv";
    /// What a visit has earned somebody.
    ShareRewardId = "shr";
    /// A purchase.
    OrderId = "ord";
    /// Money of a purchase that went back.
    RefundId = "rfn";
    /// A place where the brand sells.
    StoreId = "sto";
    /// A file that a member of staff asked for.
    ExportRequestId = "xpt";
    /// Somebody who works for the brand.
    StaffId = "stf";
    /// A signed-in device of a consumer.
    SessionId = "dev";
    /// A signed-in device of a member of staff.
    StaffSessionId = "ses";
    /// Something that a member of staff did.
    AuditEntryId = "aud";
}

#[cfg(test)]
mod tests {
    use super::{JobId, MessageId};
    use uuid::Uuid;

    #[test]
    fn an_id_is_shown_with_its_prefix_and_read_back_in_any_case() {
        let id = JobId::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let shown = id.to_string();
        assert_eq!(shown.len(), "job_".len() + 26);
        assert_eq!(shown.parse::<JobId>(), Ok(id));
        let upper = format!("job_{}", shown.trim_start_matches("job_").to_uppercase());
        assert_eq!(upper.parse::<JobId>(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = JobId::from(Uuid::nil()).to_string();
        assert!(id.parse::<MessageId>().is_err());
        assert!("job_".parse::<JobId>().is_err());
        assert!("job_zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<JobId>().is_err());
    }
}
