//! Account tokens: the classic call, where every answer replaces the former token, and the stable call, where all
//! callers share one (protocol sections 3.1 and 3.2). The two kinds know nothing of each other.

use chrono::TimeDelta;
use serde_json::json;

use super::{
    accounts::Account,
    api::{Call, Outcome},
    errcode::Refusal,
    events::Told,
    quota::Counter,
    trouble::Trouble,
    world::World,
};
use crate::infra::{
    clock::{Time, biz_day},
    random::Random,
};

const LIFE: TimeDelta = TimeDelta::seconds(7200);
/// How long the old token works beside the new one, and how long before its end a token is renewed.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
const FORCE_GAP: TimeDelta = TimeDelta::seconds(30);
const FORCED_PER_DAY: u32 = 20;

/// The tokens of one account.
pub(super) struct Tokens {
    random: Random,
    /// Newest last.
    classic: Vec<Token>,
    /// Newest last.
    stable: Vec<Token>,
    forced: Counter,
    last_forced: Option<Time>,
    /// The tickets for pages, by kind.
    pub(super) tickets: std::collections::BTreeMap<String, (String, Time)>,
}

struct Token {
    value: String,
    expires: Time,
    /// Made invalid before its time: 40001 instead of 42001.
    revoked: bool,
}

impl Tokens {
    pub(super) fn new(random: &Random) -> Self {
        Self {
            random: random.clone(),
            classic: Vec::new(),
            stable: Vec::new(),
            forced: Counter::default(),
            last_forced: None,
            tickets: Default::default(),
        }
    }

    fn fresh(&self, now: Time) -> Token {
        Token { value: format!("98_{}", self.random.alphanumeric(133)), expires: now + LIFE, revoked: false }
    }

    /// A new token; the former one ends in five minutes.
    fn renew_classic(&mut self, now: Time) -> (String, TimeDelta) {
        for token in &mut self.classic {
            token.expires = token.expires.min(now + OVERLAP);
        }
        let token = self.fresh(now);
        let answer = (token.value.clone(), LIFE);
        self.classic.push(token);
        answer
    }

    /// The current token, or a new one within five minutes of its end.
    fn stable(&mut self, now: Time) -> (String, TimeDelta) {
        match self.stable.last() {
            Some(token) if !token.revoked && token.expires - now > OVERLAP => {
                (token.value.clone(), token.expires - now)
            }
            _ => {
                let token = self.fresh(now);
                let answer = (token.value.clone(), LIFE);
                self.stable.push(token);
                answer
            }
        }
    }

    /// A new token, the old one dead at once; within 30 s of the last time nothing changes.
    fn force(&mut self, now: Time) -> Result<(String, TimeDelta), Refusal> {
        let soon = self.last_forced.is_some_and(|last| now - last < FORCE_GAP);
        if soon && self.stable.last().is_some_and(|token| !token.revoked && token.expires > now) {
            return Ok(self.stable(now));
        }
        let day = biz_day(now).to_string();
        if self.forced.used(&day) >= FORCED_PER_DAY {
            return Err(Refusal::of(45009));
        }
        self.forced.add(&day);
        self.last_forced = Some(now);
        for token in &mut self.stable {
            token.revoked = true;
        }
        Ok(self.stable(now))
    }

    /// What the token is worth: `None` when it is not one of ours.
    fn check(&self, value: &str, now: Time) -> Option<Result<(), Refusal>> {
        let token = self.classic.iter().chain(&self.stable).find(|token| token.value == value)?;
        Some(if token.revoked {
            Err(Refusal::of(40001))
        } else if token.expires <= now {
            Err(Refusal::of(42001))
        } else {
            Ok(())
        })
    }

    fn revoke_all(&mut self) {
        for token in self.classic.iter_mut().chain(&mut self.stable) {
            token.revoked = true;
        }
    }

    /// Forgets tokens that ended long ago.
    fn prune(&mut self, now: Time) {
        for list in [&mut self.classic, &mut self.stable] {
            list.retain(|token| now - token.expires < TimeDelta::days(1));
        }
    }
}

impl World {
    /// The account that a token was ever given to, valid or not.
    pub(super) fn token_owner(&self, token: &str) -> Option<String> {
        let now = self.now();
        self.accounts
            .values()
            .find(|account| account.tokens.check(token, now).is_some())
            .map(|account| account.key.clone())
    }

    /// The key of the account that a token speaks for.
    pub(super) fn authorise(&self, token: &str) -> Result<String, Refusal> {
        let now = self.now();
        let mut known = self.accounts.values().filter_map(|account| Some((account, account.tokens.check(token, now)?)));
        let (account, check) = known.next().ok_or_else(|| Refusal::of(40001))?;
        check.map(|()| account.key.clone())
    }

    /// A foreign service has taken the tokens away: all of the account give 40001 from now on.
    pub(super) fn invalidate_tokens(&mut self, account: &str) -> Result<(), Trouble> {
        self.account_mut(account)?.tokens.revoke_all();
        self.tell(Told::State);
        Ok(())
    }
}

/// `GET /cgi-bin/token`
pub(super) fn classic(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let grant = call.query("grant_type");
    let account = credentials(world, call, grant, call.query("appid"), call.query("secret"))?;
    account.tokens.prune(now);
    let (token, life) = account.tokens.renew_classic(now);
    Ok(json!({ "access_token": token, "expires_in": life.num_seconds() }).into())
}

/// `POST /cgi-bin/stable_token`
pub(super) fn stable(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let at = |pointer| call.at(pointer).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty());
    let account = credentials(world, call, at("/grant_type"), at("/appid"), at("/secret"))?;
    let forced = call.at("/force_refresh").and_then(serde_json::Value::as_bool).unwrap_or(false);
    account.tokens.prune(now);
    let (token, life) = if forced { account.tokens.force(now)? } else { account.tokens.stable(now) };
    Ok(json!({ "access_token": token, "expires_in": life.num_seconds() }).into())
}

fn credentials<'a>(
    world: &'a mut World,
    call: &Call,
    grant: Option<&str>,
    appid: Option<&str>,
    secret: Option<&str>,
) -> Result<&'a mut Account, Refusal> {
    let now = world.now();
    if grant != Some("client_credential") {
        return Err(Refusal::of(40002));
    }
    let account = by_secret(world, appid, secret)?;
    if !account.ip_allowed {
        let ip = &call.ip;
        return Err(Refusal::saying(40164, format!("invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")));
    }
    account.quotas.count(call.path, now)?;
    Ok(account)
}

/// The account whose AppSecret this is.
pub(super) fn by_secret<'a>(
    world: &'a mut World,
    appid: Option<&str>,
    secret: Option<&str>,
) -> Result<&'a mut Account, Refusal> {
    let appid = appid.ok_or_else(|| Refusal::of(41002))?;
    let secret = secret.ok_or_else(|| Refusal::of(41004))?;
    let account =
        world.accounts.values_mut().find(|account| account.appid == appid).ok_or_else(|| Refusal::of(40013))?;
    if account.secret_frozen {
        return Err(Refusal::of(40243));
    }
    if account.secret != secret {
        return Err(Refusal::of(40125));
    }
    Ok(account)
}
