//! Permits: what a person allows by WeChat's question for subscription messages, one message for each yes (protocol
//! section 7.3). The client reports the answers; WeChat is the judge when a message is sent.

use std::collections::BTreeMap;

use entity::{
    reach::permit::{Answer, Column, Entity, Model},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use crate::{
    error::Result,
    identity::belonging::{Belonging, OnMerge, PersonalData},
    infra::db::Tx,
};

/// Takes a person's answers; each yes is one message more.
///
/// # Errors
/// When the database does not answer.
pub async fn answered(
    tx: &Tx,
    account: &AccountKey,
    open_id: &OpenId,
    answers: &BTreeMap<String, Answer>,
) -> Result<()> {
    let rows = answers.iter().map(|(template, answer)| Model {
        account: account.clone(),
        open_id: open_id.clone(),
        template_id: template.clone(),
        available: i32::from(*answer == Answer::Accept),
        answer: *answer,
        answered_at: tx.now(),
    });
    let one_more = OnConflict::columns([Column::Account, Column::OpenId, Column::TemplateId])
        .update_columns([Column::Answer, Column::AnsweredAt])
        .value(Column::Available, Expr::cust("permit.available + excluded.available"))
        .to_owned();
    if !answers.is_empty() {
        Entity::insert_many(rows.map(IntoActiveModel::into_active_model))
            .on_conflict(one_more)
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

/// A person's permits, by template.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, account: &AccountKey, open_id: &OpenId) -> Result<Vec<Model>> {
    let theirs = Entity::find().filter(Column::Account.eq(account.clone())).filter(Column::OpenId.eq(open_id.clone()));
    Ok(theirs.order_by_asc(Column::TemplateId).all(db).await?)
}

/// A person's permits.
pub const PERMITS: Belonging = Belonging {
    table: "permit",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            if !data.contains(&PersonalData::Everything) {
                return Ok(0);
            }
            let theirs = Entity::delete_many().filter(owner.rows(Column::Account, Column::OpenId));
            Ok(theirs.exec(tx.db()).await?.rows_affected)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some((account, open_id)) = &owner.known_as else { return Ok(Vec::new()) };
            let rows = of(db.read(), account, open_id).await?;
            let shown = |row: Model| json!({ "account": row.account, "template": row.template_id, "answer": row.answer, "at": row.answered_at });
            Ok(rows.into_iter().map(shown).collect())
        }
        .boxed_local()
    }),
};
