//! The tables of this domain among what belongs to a person.

use std::collections::BTreeMap;

use entity::{
    members::{
        consent::{Model as Answer, Purpose},
        value::{Column, Entity, Model},
    },
    types::MemberId,
};
use futures_util::future::FutureExt;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    access, consent, erasure, export,
    profile::{self, Profiles},
    rules::{choose, decided},
    value::{self, told},
};
use crate::{
    error::Result,
    identity::{
        belonging::{Belonging, Chosen, Combined, OnMerge, Pair, PersonalData, Separated, Stuck, StuckWhy},
        merge::{combine, journal},
        owned::nobody_left,
    },
    infra::db::Tx,
};

/// Deletes or blanks nothing but what belongs to a member of whom nothing is to be left.
macro_rules! when_nobody_is_left {
    ($forget:path) => {
        |tx, owner, data| {
            async move {
                match nobody_left(tx, owner, data).await? {
                    Some(member) => $forget(tx, member).await,
                    None => Ok(0),
                }
            }
            .boxed_local()
        }
    };
}

/// Profiles.
pub const PROFILES: Belonging = Belonging {
    table: "member_profile",
    begin: None,
    on_merge: combine::<Profiles>(),
    erase: |tx, owner, data| {
        async move {
            if let Some(member) = nobody_left(tx, owner, data).await? {
                return profile::forget(tx, member).await;
            }
            let face = data.iter().any(|data| matches!(data, PersonalData::Everything | PersonalData::Name));
            match owner.member.filter(|_| face) {
                Some(member) => profile::forget_face(tx, member).await,
                None => Ok(0),
            }
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let row = profile::get(db.read(), member).await?;
            Ok(vec![serde_json::to_value(row)?])
        }
        .boxed_local()
    }),
};

/// Values of attributes.
pub const VALUES: Belonging = Belonging {
    table: "member_value",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join_values(tx, pair).boxed_local(),
        undo: |tx, pair| part_values(tx, pair).boxed_local(),
    },
    erase: when_nobody_is_left!(value::forget),
    export: Some(|db, vault, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let mut shown = Vec::new();
            for row in value::of(db.read(), member).await? {
                let value = value::read(vault, &row)?;
                shown.push(json!({ "key": row.key, "value": value, "source": row.source, "at": row.at }));
            }
            Ok(shown)
        }
        .boxed_local()
    }),
};

/// Who read what.
pub const ACCESSES: Belonging = Belonging {
    table: "member_access",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(access::forget),
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = access::of(db.read(), member).await?;
            Ok(rows.into_iter().map(|row| json!({ "what": row.what, "scene": row.scene, "at": row.at })).collect())
        }
        .boxed_local()
    }),
};

/// What members allow. The answers of both are kept. Where they differ the stricter one holds, so it is said once more when
/// it is not the latest; undoing the merge takes that back.
pub const CONSENTS: Belonging = Belonging {
    table: "member_consent",
    begin: None,
    on_merge: OnMerge::Combine {
        merge: |tx, pair| join_consents(tx, pair).boxed_local(),
        undo: |tx, pair| part_consents(tx, pair).boxed_local(),
    },
    erase: when_nobody_is_left!(consent::forget),
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows = consent::history(db.read(), member).await?;
            Ok(rows
                .into_iter()
                .map(|row| {
                    json!({ "purpose": row.purpose, "granted": row.granted, "version": row.version, "at": row.at })
                })
                .collect())
        }
        .boxed_local()
    }),
};

const OF_CONSENTS: journal::Rows = journal::Rows { table: "member_consent", id: "id", owner: "member_id" };

/// Under this name the journal has the answers that a merge said once more.
const SAID_AGAIN: &str = "member_consent.said_again";

async fn join_consents(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let (mut decisions, mut said_again) = (Vec::new(), Vec::new());
    for purpose in Purpose::iter() {
        let (winner, loser) = (
            consent::latest(tx.db(), pair.winner, purpose).await?,
            consent::latest(tx.db(), pair.loser, purpose).await?,
        );
        if let (Some(winner), Some(loser)) = (winner, loser)
            && winner.granted != loser.granted
        {
            let chosen = if loser.granted { Chosen::Winner } else { Chosen::Loser };
            decisions.push(decided(OF_CONSENTS.table, &purpose.to_value(), (chosen, "stricter")));
            let (no, yes) = if loser.granted { (winner, loser) } else { (loser, winner) };
            if (no.at, no.id) < (yes.at, yes.id) {
                said_again.push(Answer { id: tx.id(), member_id: pair.winner, at: tx.now(), ..no });
            }
        }
    }
    let rows = OF_CONSENTS.take(tx, pair).await?;
    let noted = said_again.iter().map(|row| (row.id.into(), json!({}))).collect();
    journal::note(tx, pair, SAID_AGAIN, noted).await?;
    consent::add(tx, said_again).await?;
    Ok(Combined { rows, decisions })
}

async fn part_consents(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let said_again = journal::noted::<serde_json::Value>(tx, pair, SAID_AGAIN).await?;
    consent::take_away(tx, said_again.into_iter().map(|(row, _)| row.into())).await?;
    OF_CONSENTS.give_back(tx, pair).await
}

/// Copies that members asked for.
pub const EXPORTS: Belonging = Belonging {
    table: "member_export",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(export::forget),
    export: None,
};

/// Wishes to be forgotten. Those that were done stay, and name nobody.
pub const ERASURES: Belonging = Belonging {
    table: "member_erasure",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: when_nobody_is_left!(erasure::forget),
    export: None,
};

/// What a merge changed of one attribute.
#[derive(Serialize, Deserialize)]
struct Before {
    winner: Option<Model>,
    loser: Model,
    made: Model,
}

async fn join_values(tx: &Tx, pair: &Pair) -> Result<Combined> {
    let of_loser = value::of(tx.db(), pair.loser).await?;
    if of_loser.is_empty() {
        return Ok(Combined::default());
    }
    let mut of_winner: BTreeMap<String, Model> =
        value::of(tx.db(), pair.winner).await?.into_iter().map(|row| (row.key.clone(), row)).collect();
    let (mut before, mut decisions) = (Vec::new(), Vec::new());
    let mut combined = Combined::default();
    for loser in of_loser {
        let winner = of_winner.remove(&loser.key);
        let choice = choose(winner.as_ref().map(told), Some(told(&loser)));
        let made = match (&winner, choice.0) {
            (Some(winner), Chosen::Winner | Chosen::Both) => winner.clone(),
            (_, _) => Model { member_id: pair.winner, ..loser.clone() },
        };
        decisions.push(decided(VALUES.table, &loser.key, choice));
        replace(tx, pair.loser, &loser.key, None).await?;
        replace(tx, pair.winner, &loser.key, Some(&made)).await?;
        before.push((loser.id.into(), serde_json::to_value(Before { winner, loser, made })?));
        combined.rows += 1;
    }
    journal::note(tx, pair, VALUES.table, before).await?;
    Ok(Combined { decisions, ..combined })
}

async fn part_values(tx: &Tx, pair: &Pair) -> Result<Separated> {
    let mut separated = Separated::default();
    for (_, before) in journal::noted::<Before>(tx, pair, VALUES.table).await? {
        let key = before.loser.key.clone();
        let now = value::one(tx.db(), pair.winner, &key).await?;
        let mut stuck = |why| separated.stuck.push(Stuck { table: VALUES.table.to_owned(), rows: 1, why });
        match now {
            Some(now) if now == before.made => replace(tx, pair.winner, &key, before.winner.as_ref()).await?,
            Some(now) => {
                stuck(StuckWhy::Changed);
                // It was the loser's row that was changed: the loser gets theirs back under its id, the change stays.
                if now.id == before.loser.id {
                    let stays = Model { id: tx.id(), ..now };
                    replace(tx, pair.winner, &key, Some(&stays)).await?;
                }
            }
            None => stuck(StuckWhy::Gone),
        }
        replace(tx, pair.loser, &key, Some(&before.loser)).await?;
        separated.returned += 1;
    }
    Ok(separated)
}

/// Writes the value of an attribute anew, or takes it away.
async fn replace(tx: &Tx, member: MemberId, key: &str, row: Option<&Model>) -> Result<()> {
    let there = Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::Key.eq(key));
    there.exec(tx.db()).await?;
    if let Some(row) = row {
        Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}
