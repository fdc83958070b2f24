//! Permits: what a person allows by WeChat's question for subscription messages, one message for each yes (protocol
//! sections 7.3 and 7.5). They are used up one by one by compare-and-set and are never fewer than none.
//!
//! WeChat tells of answers by pushes where these are set up; otherwise the client reports them. Where both do, one yes is
//! counted once: a push confirms what the client said before, and after the first push the client's word adds nothing.
//! WeChat is the judge when a message is sent.

use std::collections::BTreeMap;

use entity::{
    reach::permit::{Answer, Column, Entity, Model},
    types::{AccountKey, OpenId},
};
use futures_util::future::FutureExt;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use crate::{
    error::Result,
    identity::belonging::{Belonging, OnMerge},
    infra::db::Tx,
    wechat::{
        intake::Received,
        message::{
            Body, Event,
            event::{Answer as Said, Choice},
        },
    },
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
        unconfirmed: i32::from(*answer == Answer::Accept),
        pushed: false,
    });
    let more = |column: &str| {
        Expr::cust(format!("permit.{column} + CASE WHEN permit.pushed THEN 0 ELSE excluded.{column} END"))
    };
    let one_more = OnConflict::columns([Column::Account, Column::OpenId, Column::TemplateId])
        .update_columns([Column::Answer, Column::AnsweredAt])
        .value(Column::Available, more("available"))
        .value(Column::Unconfirmed, more("unconfirmed"))
        .to_owned();
    if !answers.is_empty() {
        Entity::insert_many(rows.map(IntoActiveModel::into_active_model))
            .on_conflict(one_more)
            .exec_without_returning(tx.db())
            .await?;
    }
    Ok(())
}

/// Takes what WeChat says that people answered, and what they changed in its settings.
///
/// # Errors
/// When the database does not answer.
pub async fn told(tx: &Tx, pushes: &[&Received]) -> Result<()> {
    let mut choices: Vec<(&Received, &Choice, bool)> = Vec::new();
    for push in pushes {
        let (list, asked) = match &push.push.body {
            Body::Event(Event::SubscribeMsgPopup(list)) => (list, true),
            Body::Event(Event::SubscribeMsgChange(list)) => (list, false),
            _ => continue,
        };
        choices.extend(list.iter().map(|choice| (*push, choice, asked)));
    }
    // In one order everywhere, so that two nodes never wait for each other in a circle.
    choices.sort_by_key(|(push, choice, _)| (&push.account.key, &push.push.from, &choice.template_id));
    for (push, choice, asked) in choices {
        let (yes, answer) = match choice.answer {
            Said::Accept => (asked, Answer::Accept),
            Said::Reject => (false, Answer::Reject),
            Said::Other => continue,
        };
        let row = Model {
            account: push.account.key.clone(),
            open_id: push.push.from.clone(),
            template_id: choice.template_id.clone(),
            available: i32::from(yes),
            answer,
            answered_at: push.sent_at(),
            unconfirmed: 0,
            pushed: true,
        };
        let mut known = OnConflict::columns([Column::Account, Column::OpenId, Column::TemplateId]);
        known.update_columns([Column::Answer, Column::AnsweredAt, Column::Pushed]);
        if yes {
            let confirms = "CASE WHEN permit.unconfirmed > 0 THEN 1 ELSE 0 END";
            known.value(Column::Available, Expr::cust(format!("permit.available + 1 - {confirms}")));
            known.value(Column::Unconfirmed, Expr::cust(format!("permit.unconfirmed - {confirms}")));
        } else if !asked && answer == Answer::Reject {
            // Switched off in the settings: what was allowed before is not allowed any more.
            known.update_columns([Column::Available, Column::Unconfirmed]);
        }
        Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// Uses one permit for this template. A long-term one is not used up. False when there is none.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn take_one(tx: &Tx, permit: Permit<'_>) -> Result<bool> {
    let used = i32::from(!permit.long_term);
    let taken = Entity::update_many()
        .col_expr(Column::Available, Expr::col(Column::Available).sub(used))
        .filter(permit.of())
        .filter(Column::Available.gt(0))
        .exec(tx.db())
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Gives back a permit by which nothing was sent.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn give_back(tx: &Tx, permit: Permit<'_>) -> Result<()> {
    if !permit.long_term {
        let back = Entity::update_many().col_expr(Column::Available, Expr::col(Column::Available).add(1));
        back.filter(permit.of()).exec(tx.db()).await?;
    }
    Ok(())
}

/// There is no permit, whatever we counted: WeChat says so.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn exhausted(tx: &Tx, permit: Permit<'_>) -> Result<()> {
    let none = Entity::update_many()
        .col_expr(Column::Available, Expr::value(0))
        .col_expr(Column::Unconfirmed, Expr::value(0))
        .filter(permit.of());
    none.exec(tx.db()).await?;
    Ok(())
}

/// Whose permit for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permit<'a> {
    pub(super) account: &'a AccountKey,
    pub(super) open_id: &'a OpenId,
    pub(super) template_id: &'a str,
    /// Whether one yes is for many messages.
    pub(super) long_term: bool,
}

impl Permit<'_> {
    fn of(&self) -> Condition {
        Condition::all()
            .add(Column::Account.eq(self.account.clone()))
            .add(Column::OpenId.eq(self.open_id.clone()))
            .add(Column::TemplateId.eq(self.template_id))
    }
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
    erase: |tx, owner, data| owner.delete::<Entity>(tx, data, Column::Account, Column::OpenId).boxed_local(),
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
