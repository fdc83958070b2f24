//! What can be exported: each kind gives its headings, how many lines there are, and the lines after a place.

use entity::types::ReconciliationId;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    admin::audit,
    error::{Error, Result},
    infra::{db::Db, secret::Vault},
    members::sheet::{self as members, MembersWanted},
    rewards::reconcile::export as bill,
};

/// Lines that are written together.
const PAGE: u64 = 500;

/// What is to stand in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExportWhat)]
pub(super) enum What {
    /// Members, masked as in their list.
    Members(#[garde(dive)] MembersWanted),
    /// Everything that staff did.
    Audit(#[garde(dive)] Whole),
    /// A day of a merchant: WeChat's bill beside the payouts.
    Bill(#[garde(skip)] ReconciliationId),
}

/// All there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportWhole)]
pub(super) struct Whole {}

/// Lines, and where the next ones begin.
pub(super) type Lines = Option<(Vec<Vec<String>>, String)>;

impl What {
    /// The kind, as the configuration and the names of files say it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Members(_) => "members",
            Self::Audit(_) => "audit",
            Self::Bill(_) => "bill",
        }
    }

    /// What stands above the columns.
    pub(super) fn headings(&self) -> Vec<String> {
        let headings: &[&str] = match self {
            Self::Members(_) => &members::HEADINGS,
            Self::Audit(_) => &audit::file::HEADINGS,
            Self::Bill(_) => &bill::HEADINGS,
        };
        headings.iter().map(|heading| (*heading).to_owned()).collect()
    }

    /// How many lines there are now.
    ///
    /// # Errors
    /// [`Code::NotFound`](crate::error::Code::NotFound) when there is no such thing.
    pub(super) async fn count(&self, db: &Db) -> Result<u64> {
        match self {
            Self::Members(wanted) => members::count(db, wanted).await,
            Self::Audit(_) => audit::file::count(db).await,
            Self::Bill(id) => bill::count(db, *id).await,
        }
    }

    /// The lines after a place; nothing after the last one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn after(&self, (db, vault): (&Db, &Vault), place: Option<&str>) -> Result<Lines> {
        let number = || place.map(str::parse::<i64>).transpose().map_err(Error::internal);
        Ok(match self {
            Self::Members(wanted) => members::after(db, vault, wanted, place, PAGE).await?,
            Self::Audit(_) => {
                let lines = audit::file::lines_after(db, number()?.unwrap_or(0), PAGE).await?;
                lines.map(|(lines, last)| (lines, last.to_string()))
            }
            Self::Bill(id) => {
                let after = i32::try_from(number()?.unwrap_or(-1)).map_err(Error::internal)?;
                bill::lines_after(db, *id, after).await?.map(|(lines, last)| (lines, last.to_string()))
            }
        })
    }
}
