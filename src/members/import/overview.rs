//! An import in a few words, for the command line.

use entity::{
    members::import::{Entity, Model, State},
    types::ImportId,
};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    check::Report,
    counts::Counts,
    mapping::Mapping,
    part, store,
    upload::{self, Kept},
};
use crate::{
    error::{Code, Error, Result},
    infra::db::Tx,
};

/// How an import stands.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The name of the file.
    pub name: String,
    /// Rows in it.
    pub rows: i32,
    /// Rows that the present pass has been through.
    pub done: i32,
    /// Headings, each with what its column is taken for.
    pub meanings: Vec<(String, String)>,
    /// What has become of the rows.
    pub counts: Counts,
    /// What the last dry run found.
    pub report: Option<Report>,
    /// Whether a pass is under way.
    pub busy: bool,
    /// Why it cannot go on.
    pub error: Option<String>,
}

impl TryFrom<Model> for Overview {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        let meanings = store::mapping(&row)?.map(|mapping| mapping.columns).unwrap_or_default();
        let headings = store::columns(&row)?.into_iter().map(|column| column.heading);
        Ok(Self {
            meanings: headings.zip(meanings.iter().map(ToString::to_string)).collect(),
            counts: store::counts(&row)?,
            report: row.report.map(serde_json::from_value).transpose()?,
            name: row.name,
            busy: matches!(row.state, State::Checking | State::Running | State::Undoing),
            rows: row.rows,
            done: row.done,
            error: row.error,
        })
    }
}

/// How an import stands.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn overview(db: &impl ConnectionTrait, id: ImportId) -> Result<Overview> {
    store::get(db, id).await?.try_into()
}

/// Makes an import of a file whose columns mean what they seem to mean.
///
/// # Errors
/// [`Code::Invalid`] when nothing in it says who somebody is.
pub async fn finish_by_guess(tx: &Tx, kept: &Kept) -> Result<Overview> {
    let row = upload::finish(tx, kept).await?;
    if row.mapping.is_some() {
        return row.try_into();
    }
    let columns = store::columns(&row)?.into_iter().map(|column| column.guess).collect();
    store::map(tx, row.id, &Mapping { columns }, None).await?.try_into()
}

/// Forgets an import that has not begun.
///
/// # Errors
/// [`Code::Conflict`] when it has.
pub async fn discard(tx: &Tx, id: ImportId) -> Result<()> {
    let row = store::get(tx.db(), id).await?;
    if row.state != State::Ready {
        return Err(Error::new(Code::Conflict));
    }
    part::forget(tx, id).await?;
    Entity::delete_by_id(id).exec(tx.db()).await?;
    Ok(())
}
