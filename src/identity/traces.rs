//! What the machinery holds of a person: pushes as they came, facts, answers to calls that may be repeated, and jobs that
//! were given up.

use futures_util::future::FutureExt;
use serde_json::json;

use super::{
    belonging::{Belonging, OnMerge, PersonalData},
    names,
    owned::nobody_left,
};
use crate::{
    http::idempotency,
    jobs::{self, facts},
    wechat::intake,
};

/// Pushes as they came: those that hold the data, or all.
pub const PUSHES: Belonging = Belonging {
    table: "push",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            let Some((account, open_id)) = &owner.known_as else { return Ok(0) };
            if data.contains(&PersonalData::Everything) {
                return intake::forget(tx, account, open_id, None).await;
            }
            let kinds: Vec<&str> = data.iter().flat_map(|data| pushes_with(*data)).copied().collect();
            intake::forget(tx, account, open_id, Some(&kinds)).await
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some((account, open_id)) = &owner.known_as else { return Ok(Vec::new()) };
            intake::kept(db.read(), account, open_id).await
        }
        .boxed_local()
    }),
};

fn pushes_with(data: PersonalData) -> &'static [&'static str] {
    match data {
        PersonalData::Location => &["location", "event:location", "event:location_select"],
        PersonalData::Pictures => &["image", "video", "shortvideo"],
        PersonalData::Voice => &["voice"],
        PersonalData::Everything | PersonalData::Name | PersonalData::Phone | PersonalData::NotHeld => &[],
    }
}

/// Facts about a person, made nobody's: what happened stays countable.
pub const EVENTS: Belonging = Belonging {
    table: "event",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            match &owner.known_as {
                Some((_, open_id)) if data.contains(&PersonalData::Everything) => {
                    tx.forget_subject(open_id.as_str()).await
                }
                _ => Ok(0),
            }
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let known_as = owner.known_as.iter().map(|(_, open_id)| open_id.as_str().to_owned());
            let mut subjects: Vec<String> = known_as.collect();
            if let Some(member) = owner.member {
                subjects.extend(names(db.read(), member).await?.iter().map(ToString::to_string));
            }
            // The payloads of some name another person.
            let facts = facts::about(db.read(), &subjects, &[], None, u64::MAX >> 1).await?;
            Ok(facts.into_iter().map(|fact| json!({ "kind": fact.kind, "at": fact.occurred_at })).collect())
        }
        .boxed_local()
    }),
};

/// What a member was answered to calls that they may repeat.
pub const ANSWERS: Belonging = Belonging {
    table: "idempotency_key",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            let Some(member) = nobody_left(tx, owner, data).await? else { return Ok(0) };
            idempotency::forget(tx, names(tx.db(), member).await?.iter().map(ToString::to_string)).await
        }
        .boxed_local()
    },
    // Each says what is told elsewhere.
    export: None,
};

/// Jobs about a person that were given up. Those that are still to run are gone soon, and find nobody.
pub const JOBS: Belonging = Belonging {
    table: "job",
    begin: None,
    on_merge: OnMerge::Stay,
    erase: |tx, owner, data| {
        async move {
            match &owner.known_as {
                Some((_, open_id)) if data.contains(&PersonalData::Everything) => {
                    jobs::forget(tx, open_id.as_str()).await
                }
                _ => Ok(0),
            }
        }
        .boxed_local()
    },
    export: None,
};
