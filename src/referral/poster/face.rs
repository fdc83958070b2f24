//! The name and the portrait of a member on their poster: only what others may see of them, and none of it once they
//! refuse that their data serves them.

use entity::types::MemberId;
use sea_orm::ConnectionTrait;

use crate::{
    error::{Code, Result},
    members::{Purpose, consent, picture, profile},
};

/// What others see of a member.
#[derive(Clone, Debug, Default)]
pub(super) struct Face {
    /// What they call themselves. Their name on papers is nobody's business.
    pub(super) name: Option<String>,
    /// The key of the picture that was looked at and may be seen.
    pub(super) portrait: Option<String>,
}

pub(super) async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Face> {
    if !consent::allows(db, member, Purpose::Service).await? {
        return Ok(Face::default());
    }
    match profile::get(db, member).await {
        Ok(profile) => Ok(Face { name: profile.nickname, portrait: profile.avatar }),
        Err(missing) if missing.code() == Code::NotFound => Ok(Face::default()),
        Err(error) => Err(error),
    }
}

/// The portrait itself, while it may be seen.
pub(super) async fn portrait(db: &impl ConnectionTrait, key: &str) -> Result<Option<Vec<u8>>> {
    match picture::at(db, key).await {
        Ok(row) => Ok(Some(row.bytes)),
        Err(missing) if missing.code() == Code::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
