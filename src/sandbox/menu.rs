//! The menu below the chat: the default one, and conditional ones for people with a tag or a kind of phone (protocol
//! section 6.1).

use serde_json::{Map, Value, json};

use super::{
    api::{Call, Outcome, done},
    errcode::Refusal,
    events::Told,
    menu_rules::check,
    people::Person,
    world::World,
};

/// The menus of one account.
#[derive(Debug, Default)]
pub(super) struct Menus {
    default: Option<Menu>,
    /// Newest last; the newest that fits is shown.
    conditional: Vec<Menu>,
    /// Menus made so far; ids are never given twice.
    made: u64,
}

#[derive(Debug, Clone)]
struct Menu {
    id: u64,
    buttons: Value,
    rule: Rule,
}

#[derive(Debug, Clone, Default)]
struct Rule {
    tag: Option<u32>,
    platform: Option<String>,
}

impl Rule {
    fn read(call: &Call) -> Result<Self, Refusal> {
        let rule = call.at("/matchrule").and_then(Value::as_object).ok_or_else(|| Refusal::of(65304))?;
        let text = |name: &str| match rule.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let tag = match text("tag_id") {
            Some(id) => Some(id.parse().map_err(|_not_a_number: std::num::ParseIntError| Refusal::of(45159))?),
            None => None,
        };
        let rule = Self { tag, platform: text("client_platform_type") };
        if rule.tag.is_none() && rule.platform.is_none() { Err(Refusal::of(65304)) } else { Ok(rule) }
    }

    fn fits(&self, tags: Option<&std::collections::BTreeSet<u32>>, platform: &str) -> bool {
        self.tag.is_none_or(|tag| tags.is_some_and(|tags| tags.contains(&tag)))
            && self.platform.as_deref().is_none_or(|wanted| wanted == platform)
    }

    fn json(&self) -> Value {
        let mut rule = Map::new();
        if let Some(tag) = self.tag {
            rule.insert("tag_id".to_owned(), json!(tag.to_string()));
        }
        if let Some(platform) = &self.platform {
            rule.insert("client_platform_type".to_owned(), json!(platform));
        }
        Value::Object(rule)
    }
}

impl Menus {
    fn next_id(&mut self) -> u64 {
        self.made += 1;
        462_340_000 + self.made
    }

    /// The default menu as the page wants it.
    pub(super) fn default_buttons(&self) -> Option<Value> {
        self.default.as_ref().map(|menu| json!({ "button": menu.buttons }))
    }
}

impl World {
    /// The menu that a person sees: its id and its buttons.
    pub(super) fn menu_of(&self, account: &str, person: &Person) -> Option<(u64, Value)> {
        let account = self.accounts.get(account)?;
        let tags = account.contacts.get(&person.id).map(|contact| &contact.tags);
        let special = account.menus.conditional.iter().rev().find(|menu| menu.rule.fits(tags, person.platform));
        let menu = account.menus.default.as_ref().map(|default| special.unwrap_or(default))?;
        Some((menu.id, menu.buttons.clone()))
    }
}

/// `POST /cgi-bin/menu/create`
pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    let buttons = check(world, call)?;
    let menus = &mut world.caller(&call.account)?.menus;
    menus.default = Some(Menu { id: menus.next_id(), buttons, rule: Rule::default() });
    world.tell(Told::State);
    done()
}

/// `GET /cgi-bin/menu/get`
pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let menus = &world.caller(&call.account)?.menus;
    let default = menus.default.as_ref().ok_or_else(|| Refusal::of(46003))?;
    let mut answer = Map::new();
    answer.insert("menu".to_owned(), json!({ "button": default.buttons, "menuid": default.id }));
    if !menus.conditional.is_empty() {
        let listed: Vec<Value> = menus
            .conditional
            .iter()
            .map(|menu| json!({ "button": menu.buttons, "matchrule": menu.rule.json(), "menuid": menu.id }))
            .collect();
        answer.insert("conditionalmenu".to_owned(), json!(listed));
    }
    Ok(Value::Object(answer).into())
}

/// `GET /cgi-bin/menu/delete`: the conditional menus go, too.
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let menus = &mut world.caller(&call.account)?.menus;
    menus.default = None;
    menus.conditional.clear();
    world.tell(Told::State);
    done()
}

/// `GET /cgi-bin/get_current_selfmenu_info`: sub-buttons stand below `list` here.
pub(super) fn current(world: &mut World, call: &Call) -> Outcome {
    let menus = &world.caller(&call.account)?.menus;
    let mut buttons = menus.default.as_ref().map_or_else(|| json!([]), |menu| menu.buttons.clone());
    for button in buttons.as_array_mut().into_iter().flatten() {
        let Some(fields) = button.as_object_mut() else { continue };
        match fields.remove("sub_button") {
            Some(Value::Array(list)) if !list.is_empty() => {
                fields.insert("sub_button".to_owned(), json!({ "list": list }));
            }
            _ => {}
        }
    }
    let open = i32::from(menus.default.is_some());
    Ok(json!({ "is_menu_open": open, "selfmenu_info": { "button": buttons } }).into())
}

/// `POST /cgi-bin/menu/addconditional`
pub(super) fn add_conditional(world: &mut World, call: &Call) -> Outcome {
    let buttons = check(world, call)?;
    let rule = Rule::read(call)?;
    let account = world.caller(&call.account)?;
    if account.menus.default.is_none() {
        return Err(Refusal::of(65303));
    }
    if rule.tag.is_some_and(|tag| !account.tags.knows(tag)) {
        return Err(Refusal::of(45159));
    }
    let id = account.menus.next_id();
    account.menus.conditional.push(Menu { id, buttons, rule });
    world.tell(Told::State);
    Ok(json!({ "menuid": id.to_string() }).into())
}

/// `POST /cgi-bin/menu/delconditional`
pub(super) fn delete_conditional(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("/menuid").and_then(|id| u64::try_from(id).ok()).ok_or_else(|| Refusal::of(65301))?;
    let menus = &mut world.caller(&call.account)?.menus;
    let before = menus.conditional.len();
    menus.conditional.retain(|menu| menu.id != id);
    if menus.conditional.len() == before {
        return Err(Refusal::of(65301));
    }
    world.tell(Told::State);
    done()
}

/// `POST /cgi-bin/menu/trymatch`
pub(super) fn try_match(world: &mut World, call: &Call) -> Outcome {
    let openid = call.text("/user_id", 65302)?;
    let person = world.follower(&call.account, openid, 65302).map_err(|_not_a_follower| Refusal::of(65302))?;
    let menu = world.people.get(&person).and_then(|person| world.menu_of(&call.account, person));
    let (_, buttons) = menu.ok_or_else(|| Refusal::of(46003))?;
    Ok(json!({ "button": buttons }).into())
}
