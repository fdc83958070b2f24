//! The account's blacklist (protocol section 5.3).

use super::{
    api::{Call, Outcome, done},
    errcode::Refusal,
    events::Told,
    users::page,
    world::World,
};

const BATCH: usize = 20;

/// `POST /cgi-bin/tags/members/getblacklist`
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let size = world.settings.page_size;
    let account = world.caller(&call.account)?;
    let mut listed: Vec<(u64, &str)> =
        account.contacts.iter().filter_map(|(person, contact)| Some((contact.blacklisted?, person.as_str()))).collect();
    listed.sort_unstable();
    let people: Vec<&str> = listed.into_iter().map(|(_, person)| person).collect();
    page(account, &people, call.text_or_empty("/begin_openid"), size, true)
}

/// `POST /cgi-bin/tags/members/batchblacklist`
pub(super) fn add(world: &mut World, call: &Call) -> Outcome {
    for person in named(world, call)? {
        let number = world.id();
        world.caller(&call.account)?.contact(&person).blacklisted.get_or_insert(number);
    }
    world.tell(Told::State);
    done()
}

/// `POST /cgi-bin/tags/members/batchunblacklist`
pub(super) fn remove(world: &mut World, call: &Call) -> Outcome {
    for person in named(world, call)? {
        world.caller(&call.account)?.contact(&person).blacklisted = None;
    }
    world.tell(Told::State);
    done()
}

fn named(world: &World, call: &Call) -> Result<Vec<String>, Refusal> {
    let openids = call.texts("/openid_list", 40032)?;
    if openids.is_empty() || openids.len() > BATCH {
        return Err(Refusal::of(40032));
    }
    openids.into_iter().map(|openid| world.known_or(&call.account, openid, 49003)).collect()
}
