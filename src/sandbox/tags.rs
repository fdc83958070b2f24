//! Tags of followers (protocol section 5.2).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    accounts::Account,
    api::{Call, Outcome, done},
    errcode::Refusal,
    users::page,
    world::World,
};

const MOST: usize = 100;
const NAME: usize = 30;
const BATCH: usize = 50;
const PER_PERSON: usize = 20;
/// 0, 1 and 2 belong to WeChat; 2 is the starred group, the only one that is listed.
const SYSTEM: u32 = 2;
const STARRED: (u32, &str) = (2, "星标组");
const FIRST: u32 = 100;

/// The tags of one account.
#[derive(Debug, Default)]
pub(super) struct Tags {
    names: BTreeMap<u32, String>,
}

impl Tags {
    pub(super) fn knows(&self, id: u32) -> bool {
        id == STARRED.0 || self.names.contains_key(&id)
    }

    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        if name.is_empty() || name.chars().count() > NAME {
            return Err(Refusal::of(45158));
        }
        if name == STARRED.1 || self.names.values().any(|known| known == name) {
            return Err(Refusal::of(45157));
        }
        Ok(())
    }

    /// The tag that a change names: 45058 for a system tag, 45159 for an unknown one.
    fn own(&mut self, call: &Call) -> Result<u32, Refusal> {
        let id = call.small("/tag/id", 45159)?;
        if id <= SYSTEM {
            return Err(Refusal::of(45058));
        }
        if self.names.contains_key(&id) { Ok(id) } else { Err(Refusal::of(45159)) }
    }
}

fn members_of(account: &Account, id: u32) -> Vec<&str> {
    let has = |person: &&str| account.contacts.get(*person).is_some_and(|contact| contact.tags.contains(&id));
    account.followers().into_iter().filter(has).collect()
}

/// `POST /cgi-bin/tags/create`
pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    let name = call.text("/tag/name", 45158)?;
    let tags = &mut world.caller(&call.account)?.tags;
    tags.check_name(name)?;
    if tags.names.len() >= MOST {
        return Err(Refusal::of(45056));
    }
    let id = tags.names.last_key_value().map_or(FIRST, |(last, _)| last + 1);
    tags.names.insert(id, name.to_owned());
    Ok(json!({ "tag": { "id": id, "name": name } }).into())
}

/// `GET /cgi-bin/tags/get`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let account = world.caller(&call.account)?;
    let names = account.tags.names.iter().map(|(id, name)| (*id, name.as_str()));
    let tags: Vec<Value> = std::iter::once(STARRED)
        .chain(names)
        .map(|(id, name)| json!({ "id": id, "name": name, "count": members_of(account, id).len() }))
        .collect();
    Ok(json!({ "tags": tags }).into())
}

/// `POST /cgi-bin/tags/update`
pub(super) fn rename(world: &mut World, call: &Call) -> Outcome {
    let tags = &mut world.caller(&call.account)?.tags;
    let id = tags.own(call)?;
    let name = call.text("/tag/name", 45158)?;
    if tags.names.get(&id).is_none_or(|old| old != name) {
        tags.check_name(name)?;
    }
    tags.names.insert(id, name.to_owned());
    done()
}

/// `POST /cgi-bin/tags/delete`
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let most = world.settings.undeletable_tag;
    let account = world.caller(&call.account)?;
    let id = account.tags.own(call)?;
    if members_of(account, id).len() > most {
        return Err(Refusal::of(45057));
    }
    account.tags.names.remove(&id);
    for contact in account.contacts.values_mut() {
        contact.tags.remove(&id);
    }
    done()
}

/// `POST /cgi-bin/user/tag/get`
pub(super) fn members(world: &mut World, call: &Call) -> Outcome {
    let size = world.settings.page_size;
    let account = world.caller(&call.account)?;
    let id = known(account, call)?;
    page(account, &members_of(account, id), call.text_or_empty("/next_openid"), size, false)
}

fn known(account: &Account, call: &Call) -> Result<u32, Refusal> {
    let id = call.small("/tagid", 45159)?;
    if account.tags.knows(id) { Ok(id) } else { Err(Refusal::of(45159)) }
}

/// `POST /cgi-bin/tags/members/batchtagging`: all or nobody.
pub(super) fn tag(world: &mut World, call: &Call) -> Outcome {
    let people = named(world, call)?;
    let account = world.caller(&call.account)?;
    let id = known(account, call)?;
    for person in &people {
        let contact = account.contact(person);
        if contact.tags.len() >= PER_PERSON && !contact.tags.contains(&id) {
            return Err(Refusal::of(45059));
        }
    }
    for person in &people {
        account.contact(person).tags.insert(id);
    }
    done()
}

/// `POST /cgi-bin/tags/members/batchuntagging`
pub(super) fn untag(world: &mut World, call: &Call) -> Outcome {
    let people = named(world, call)?;
    let account = world.caller(&call.account)?;
    let id = known(account, call)?;
    for person in &people {
        account.contact(person).tags.remove(&id);
    }
    done()
}

fn named(world: &World, call: &Call) -> Result<Vec<String>, Refusal> {
    let openids = call.texts("/openid_list", 40032)?;
    if openids.is_empty() || openids.len() > BATCH {
        return Err(Refusal::of(40032));
    }
    openids.into_iter().map(|openid| world.follower(&call.account, openid, 49003)).collect()
}

/// `POST /cgi-bin/tags/getidlist`
pub(super) fn of_person(world: &mut World, call: &Call) -> Outcome {
    let person = world.follower(&call.account, call.text("/openid", 41009)?, 49003)?;
    let tags = &world.caller(&call.account)?.contact(&person).tags;
    Ok(json!({ "tagid_list": tags }).into())
}
