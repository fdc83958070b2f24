//! What a page's server gets for a code: a web token, the OpenID, and with consent nickname and picture (protocol
//! sections 4.3 to 4.5).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    api::{Call, Outcome, done},
    authorize::Scope,
    errcode::Refusal,
    people::{derived, openid},
    person_codes::StandsFor,
    tokens::by_secret,
    world::World,
};
use crate::infra::clock::Time;

const LIFE: TimeDelta = TimeDelta::seconds(7200);
const REFRESH_LIFE: TimeDelta = TimeDelta::days(30);

/// A web token: it speaks for one person to one account, and for nothing else.
pub(super) struct WebToken {
    access: String,
    refresh: String,
    account: String,
    person: String,
    scope: Scope,
    snapshot: bool,
    expires: Time,
    refresh_expires: Time,
}

impl World {
    /// The account that a web token was given to.
    pub(super) fn web_token_owner(&self, token: &str) -> Option<String> {
        self.web_tokens.iter().find(|known| known.access == token).map(|known| known.account.clone())
    }

    /// Who a web token calls the person: invented in a snapshot.
    fn visitor(&self, token: &WebToken) -> String {
        let appid = self.accounts.get(&token.account).map_or("", |account| account.appid.as_str());
        if token.snapshot {
            derived("o", &["snapshot", appid, &token.person, &token.refresh], 27)
        } else {
            openid(appid, &token.person)
        }
    }

    /// The UnionID, which is told with consent only; a snapshot's is invented.
    fn visitor_unionid(&self, token: &WebToken) -> Option<String> {
        if token.scope == Scope::Base {
            return None;
        }
        let unionid = self.unionid(&token.account, &token.person)?;
        Some(if token.snapshot { derived("oU", &["snapshot", &token.refresh], 26) } else { unionid })
    }

    /// What the exchange and the renewal of a token answer.
    fn described(&self, token: &WebToken) -> Value {
        let mut answer = json!({
            "access_token": token.access,
            "expires_in": LIFE.num_seconds(),
            "refresh_token": token.refresh,
            "openid": self.visitor(token),
            "scope": token.scope.name(),
        });
        if let Some(fields) = answer.as_object_mut() {
            if let Some(unionid) = self.visitor_unionid(token) {
                fields.insert("unionid".to_owned(), json!(unionid));
            }
            if token.snapshot {
                fields.insert("is_snapshotuser".to_owned(), json!(1));
            }
        }
        answer
    }

    /// The live token of a call, which must name the same person.
    fn web_token(&self, call: &Call) -> Result<&WebToken, Refusal> {
        let value = call.query("access_token").ok_or_else(|| Refusal::of(41001))?;
        let named = call.query("openid").ok_or_else(|| Refusal::of(41009))?;
        let token = self.web_tokens.iter().find(|token| token.access == value).ok_or_else(|| Refusal::of(40001))?;
        if token.expires <= self.now() {
            Err(Refusal::of(42001))
        } else if self.visitor(token) != named {
            Err(Refusal::of(40003))
        } else {
            Ok(token)
        }
    }
}

/// `GET /sns/oauth2/access_token`
pub(super) fn exchange(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let account = by_secret(world, call.query("appid"), call.query("secret"))?;
    if call.query("grant_type") != Some("authorization_code") {
        return Err(Refusal::of(40002));
    }
    account.quotas.count(call.path, now)?;
    let account = account.key.clone();
    let text = call.query("code").ok_or_else(|| Refusal::of(41008))?;
    let page = |stands_for: &StandsFor| match stands_for {
        StandsFor::Page { scope, snapshot } => Some((*scope, *snapshot)),
        StandsFor::Login { .. } | StandsFor::Phone(_) => None,
    };
    let (code, (scope, snapshot)) = world.live_code(text, &account, page)?;
    world.use_code(text);
    world.web_tokens.retain(|token| token.refresh_expires > now);
    let token = WebToken {
        access: format!("99_{}", world.random.alphanumeric(100)),
        refresh: format!("99_{}", world.random.alphanumeric(100)),
        account,
        person: code.person,
        scope,
        snapshot,
        expires: now + LIFE,
        refresh_expires: now + REFRESH_LIFE,
    };
    let answer = world.described(&token);
    world.web_tokens.push(token);
    Ok(answer.into())
}

/// `GET /sns/oauth2/refresh_token`
pub(super) fn refresh(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let appid = call.query("appid").ok_or_else(|| Refusal::of(41002))?;
    if call.query("grant_type") != Some("refresh_token") {
        return Err(Refusal::of(40002));
    }
    let value = call.query("refresh_token").ok_or_else(|| Refusal::of(41003))?;
    let account = world.accounts.values().find(|account| account.appid == appid).ok_or_else(|| Refusal::of(40013))?;
    let key = account.key.clone();
    let access = format!("99_{}", world.random.alphanumeric(100));
    let at = world.web_tokens.iter().position(|token| token.refresh == value && token.account == key);
    let token = at.and_then(|at| world.web_tokens.get_mut(at)).ok_or_else(|| Refusal::of(40030))?;
    if token.refresh_expires <= now {
        return Err(Refusal::of(42002));
    }
    (token.access, token.expires) = (access, now + LIFE);
    let answer = at.and_then(|at| world.web_tokens.get(at)).map(|token| world.described(token));
    Ok(answer.unwrap_or_default().into())
}

/// `GET /sns/userinfo`
pub(super) fn profile(world: &mut World, call: &Call) -> Outcome {
    let token = world.web_token(call)?;
    if token.scope == Scope::Base || token.snapshot {
        return Err(Refusal::of(48001));
    }
    let person = world.people.get(&token.person).ok_or_else(|| Refusal::of(46004))?;
    let mut answer = json!({
        "openid": world.visitor(token),
        "nickname": person.name,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{}/132", derived("", &["picture", &person.id], 43)),
        "privilege": [],
    });
    if let (Some(unionid), Some(fields)) = (world.visitor_unionid(token), answer.as_object_mut()) {
        fields.insert("unionid".to_owned(), json!(unionid));
    }
    Ok(answer.into())
}

/// `GET /sns/auth`
pub(super) fn check(world: &mut World, call: &Call) -> Outcome {
    world.web_token(call)?;
    done()
}
