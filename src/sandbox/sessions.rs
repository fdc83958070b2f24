//! Sessions of a mini program: logging in, checking and renewing the session key (protocol sections 8.1 and 8.2). Each
//! `wx.login` begins a new session with a new key; what is encrypted from then on needs the new one.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{
    api::{Call, Outcome, done},
    errcode::Refusal,
    people::openid,
    person_codes::StandsFor,
    quota::minute,
    tokens::by_secret,
    trouble::Trouble,
    world::World,
};
use crate::{infra::clock::Time, wechat::account::Kind};

/// How long after the last login WeChat still knows the person's doings (protocol section 8.9).
const RECENT: TimeDelta = TimeDelta::hours(2);

/// A person's session in one mini program.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// Base64 of 16 bytes.
    pub(super) key: String,
    /// The last login.
    since: Time,
}

impl World {
    fn fresh_key(&self) -> String {
        STANDARD.encode(self.random.bytes::<16>())
    }

    /// `wx.login`: a new session begins, and the page gets a code for its server.
    pub(super) fn login(&mut self, person: &str, account: &str) -> Result<String, Trouble> {
        self.pair(person, account, Kind::Mini)?;
        let (key, since) = (self.fresh_key(), self.now());
        self.account_mut(account)?.contact(person).session = Some(Session { key: key.clone(), since });
        Ok(self.mint_code(account, person, StandsFor::Login { key }))
    }

    /// The key that the phone encrypts and signs with now.
    pub(super) fn session_key(&self, account: &str, person: &str) -> Option<String> {
        let contact = self.accounts.get(account)?.contacts.get(person)?;
        contact.session.as_ref().map(|session| session.key.clone())
    }

    /// The person behind an OpenID of the caller who was here lately; 61010 otherwise.
    pub(super) fn recent(&self, account: &str, openid: &str) -> Result<String, Refusal> {
        let person = self.known(account, openid)?;
        let contact = self.accounts.get(account).and_then(|account| account.contacts.get(&person));
        let session = contact.and_then(|contact| contact.session.as_ref());
        if session.is_some_and(|session| self.now() - session.since <= RECENT) {
            Ok(person)
        } else {
            Err(Refusal::of(61010))
        }
    }

    /// The person of a call that is signed with the session: 87008 and 87009 when it is not.
    fn signer(&self, call: &Call) -> Result<String, Refusal> {
        let person = self.known(&call.account, call.query("openid").ok_or_else(|| Refusal::of(41009))?)?;
        if call.query("sig_method") != Some("hmac_sha256") {
            return Err(Refusal::of(87008));
        }
        let key = self.session_key(&call.account, &person).ok_or_else(|| Refusal::of(87009))?;
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_any_length_fits| Refusal::of(-1))?;
        let signed = call.query("signature").and_then(|signature| hex::decode(signature).ok());
        match signed {
            Some(signed) if mac.verify_slice(&signed).is_ok() => Ok(person),
            _ => Err(Refusal::of(87009)),
        }
    }
}

/// `GET /sns/jscode2session`
pub(super) fn login(world: &mut World, call: &Call) -> Outcome {
    let (now, most) = (world.now(), world.settings.logins_per_minute);
    let account = by_secret(world, call.query("appid"), call.query("secret"))?;
    if call.query("grant_type") != Some("authorization_code") {
        return Err(Refusal::of(40002));
    }
    account.quotas.count(call.path, now)?;
    let (account, appid) = (account.key.clone(), account.appid.clone());
    let text = call.query("js_code").ok_or_else(|| Refusal::of(41008))?;
    let session = |stands_for: &StandsFor| match stands_for {
        StandsFor::Login { key } => Some(key.clone()),
        StandsFor::Page { .. } | StandsFor::Phone(_) => None,
    };
    let (code, session_key) = world.live_code(text, &account, session)?;
    let logins = &mut world.caller(&account)?.contact(&code.person).logins;
    let minute = minute(now);
    if logins.used(&minute) >= most {
        return Err(Refusal::of(45011));
    }
    logins.add(&minute);
    world.use_code(text);
    if world.people.get(&code.person).is_some_and(|person| person.login_blocked) {
        return Err(Refusal::of(40226));
    }
    let mut answer = json!({ "openid": openid(&appid, &code.person), "session_key": session_key });
    if let (Some(unionid), Some(fields)) = (world.unionid(&account, &code.person), answer.as_object_mut()) {
        fields.insert("unionid".to_owned(), json!(unionid));
    }
    Ok(answer.into())
}

/// `GET /wxa/checksession`
pub(super) fn check(world: &mut World, call: &Call) -> Outcome {
    world.signer(call)?;
    done()
}

/// `GET /wxa/resetusersessionkey`: the old key dies, the session goes on.
pub(super) fn renew(world: &mut World, call: &Call) -> Outcome {
    let person = world.signer(call)?;
    let fresh = world.fresh_key();
    let account = world.caller(&call.account)?;
    let openid = openid(&account.appid, &person);
    if let Some(session) = &mut account.contact(&person).session {
        session.key.clone_from(&fresh);
    }
    Ok(json!({ "errcode": 0, "errmsg": "ok", "openid": openid, "session_key": fresh }).into())
}
