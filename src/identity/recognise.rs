//! Followers are people: each is found among the members, or becomes one.

use entity::{
    identity::identity::{Kind, Source},
    types::{AccountKey, OpenId, UnionId},
};

use super::{
    claim::{Claim, Claims},
    resolve::resolve,
    store,
};
use crate::{error::Result, infra::db::Tx};

/// Finds or makes the members of many followers of one account. Those who are known as they are cost two look-ups in all.
pub(super) async fn recognise(tx: &Tx, account: &AccountKey, mut people: Vec<(OpenId, Option<UnionId>)>) -> Result<()> {
    // In one order everywhere, so that two nodes never wait for each other in a circle.
    people.sort();
    people.dedup();
    let open_ids = people.iter().map(|(open_id, _)| open_id.as_str());
    let open_ids = store::owners(tx.db(), Kind::OpenId, account.as_str(), open_ids).await?;
    let union_ids = people.iter().filter_map(|(_, union_id)| union_id.as_ref().map(UnionId::as_str));
    let union_ids = store::owners(tx.db(), Kind::UnionId, "", union_ids).await?;
    for (open_id, union_id) in &people {
        let member = open_ids.get(open_id.as_str());
        let same = union_id.as_ref().is_none_or(|union_id| union_ids.get(union_id.as_str()) == member);
        if member.is_some() && same {
            continue;
        }
        let mut claims = vec![Claim::open_id(account, open_id)];
        claims.extend(union_id.as_ref().map(Claim::union_id));
        resolve(tx, &Claims { source: Source::Follower, at: tx.now(), claims }).await?;
    }
    Ok(())
}
