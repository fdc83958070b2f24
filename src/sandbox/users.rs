//! Followers as the account's owner reads them (protocol section 5.1), and the rules by which an OpenID in a call is
//! known, foreign or wrong.

use serde_json::{Value, json};

use super::{
    accounts::Account,
    api::{Call, Outcome, done},
    errcode::Refusal,
    people::openid,
    world::World,
};

const BATCH: usize = 100;
const REMARK: usize = 30;

impl World {
    /// The person behind an OpenID of the caller; 40003 for one that is not his.
    pub(super) fn known(&self, account: &str, openid: &str) -> Result<String, Refusal> {
        self.known_or(account, openid, 40003)
    }

    /// Like [`known`](Self::known), but with `foreign` for an OpenID that another account gave out.
    pub(super) fn known_or(&self, account: &str, openid: &str, foreign: i64) -> Result<String, Refusal> {
        let own = self.accounts.get(account).and_then(|account| account.openids.get(openid));
        if let Some(person) = own {
            return Ok(person.clone());
        }
        let others = self.accounts.values().any(|account| account.openids.contains_key(openid));
        Err(Refusal::of(if others { foreign } else { 40003 }))
    }

    /// The person behind an OpenID of the caller who follows; anybody else is 40003.
    pub(super) fn follower(&self, account: &str, openid: &str, foreign: i64) -> Result<String, Refusal> {
        let person = self.known_or(account, openid, foreign)?;
        let follows = self.accounts.get(account).is_some_and(|account| account.is_following(&person));
        if follows { Ok(person) } else { Err(Refusal::of(40003)) }
    }

    /// What `user/info` says about a person.
    fn info(&self, account: &str, person: &str) -> Value {
        let Some(account) = self.accounts.get(account) else { return Value::Null };
        let openid = openid(&account.appid, person);
        let Some((contact, following)) =
            account.contacts.get(person).and_then(|contact| Some((contact, contact.following.as_ref()?)))
        else {
            return json!({ "subscribe": 0, "openid": openid });
        };
        let mut info = json!({
            "subscribe": 1,
            "openid": openid,
            "nickname": "",
            "sex": 0,
            "language": "",
            "city": "",
            "province": "",
            "country": "",
            "headimgurl": "",
            "subscribe_time": following.since.timestamp(),
            "remark": contact.remark,
            "groupid": contact.tags.first().copied().unwrap_or(0),
            "tagid_list": contact.tags,
            "subscribe_scene": following.scene,
            "qr_scene": following.qr_scene,
            "qr_scene_str": following.qr_scene_str,
        });
        let unionid = self.unionid(&account.key, person);
        if let (Some(unionid), Some(fields)) = (unionid, info.as_object_mut()) {
            fields.insert("unionid".to_owned(), json!(unionid));
        }
        info
    }
}

/// `GET /cgi-bin/user/info`
pub(super) fn info(world: &mut World, call: &Call) -> Outcome {
    let openid = call.query("openid").ok_or_else(|| Refusal::of(41009))?;
    let person = world.known(&call.account, openid)?;
    Ok(world.info(&call.account, &person).into())
}

/// `POST /cgi-bin/user/info/batchget`
pub(super) fn batch(world: &mut World, call: &Call) -> Outcome {
    let list = call.at("/user_list").and_then(Value::as_array).ok_or_else(|| Refusal::of(40032))?;
    if list.is_empty() || list.len() > BATCH {
        return Err(Refusal::of(40032));
    }
    let infos: Result<Vec<Value>, Refusal> = list
        .iter()
        .map(|entry| {
            let openid = entry.get("openid").and_then(Value::as_str).ok_or_else(|| Refusal::of(40003))?;
            let person = world.known(&call.account, openid)?;
            Ok(world.info(&call.account, &person))
        })
        .collect();
    Ok(json!({ "user_info_list": infos? }).into())
}

/// `GET /cgi-bin/user/get`: followers in the order in which they followed.
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let size = world.settings.page_size;
    let account = world.caller(&call.account)?;
    let all = account.followers();
    page(account, &all, call.query("next_openid").unwrap_or_default(), size, true)
}

/// One page of OpenIDs behind `next`. `total` stands only in some lists.
pub(super) fn page(account: &Account, people: &[&str], next: &str, size: usize, total: bool) -> Outcome {
    let start = match next {
        "" => 0,
        next => {
            let person = account.openids.get(next).ok_or_else(|| Refusal::of(40003))?;
            people.iter().position(|known| known == person).ok_or_else(|| Refusal::of(40003))? + 1
        }
    };
    let openids: Vec<String> =
        people.iter().skip(start).take(size).map(|person| openid(&account.appid, person)).collect();
    let mut answer = json!({ "count": openids.len(), "next_openid": openids.last().cloned().unwrap_or_default() });
    if let Some(fields) = answer.as_object_mut() {
        if total {
            fields.insert("total".to_owned(), json!(people.len()));
        }
        if !openids.is_empty() {
            fields.insert("data".to_owned(), json!({ "openid": openids }));
        }
    }
    Ok(answer.into())
}

/// `POST /cgi-bin/user/info/updateremark`
pub(super) fn remark(world: &mut World, call: &Call) -> Outcome {
    let person = world.follower(&call.account, call.text("/openid", 41009)?, 40003)?;
    let remark = call.text("/remark", 40035)?;
    if remark.chars().count() >= REMARK {
        return Err(Refusal::of(40035));
    }
    world.caller(&call.account)?.contact(&person).remark = remark.to_owned();
    done()
}
