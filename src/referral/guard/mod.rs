//! The guard: rules that look at one invitation among the others of its inviter and program. A rule is a pure function of
//! what was gathered and of its setting; what it finds is grouped into alerts by what the findings have in common.

pub mod alert;
mod features;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use self::features::{Features, Quiet, gather};

/// How a rule of the guard is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralGuardSetting)]
pub struct Setting {
    /// What it does when it finds something.
    pub mode: Mode,
    /// As many as may be; what it counts, each rule says.
    #[serde(default)]
    pub most: u32,
    /// Within so many minutes, where it looks at a span of time.
    #[serde(default)]
    pub minutes: u32,
    /// Only when more than so many of a hundred of them are like that; of what, each rule says.
    #[serde(default)]
    pub percent: u32,
}

/// What a rule does when it finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferralGuardMode)]
pub enum Mode {
    /// It does not look.
    Off,
    /// It says so.
    Watch,
    /// It says so, and nothing is given until staff have looked.
    Hold,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it has in common with other findings of the rule.
    pub fingerprint: String,
    /// What was seen, and what may be.
    pub seen: Value,
}

/// A rule of the guard.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, which never changes its meaning.
    pub name: &'static str,
    /// What it says, in Chinese.
    pub zh: &'static str,
    /// What it says, in English.
    pub en: &'static str,
    /// How it is set when nothing is said.
    pub default: Setting,
    /// Looks.
    pub judge: fn(&Features, Setting) -> Option<Found>,
}

const HOUR: u32 = 60;
const WEEK: u32 = 7 * 24 * HOUR;
/// Shares are judged from so many invited people on.
const ENOUGH: i64 = 10;

/// By how many of a hundred more people than elsewhere in the program have to be quiet to say anything: what a brand does not
/// see nobody does there.
const ABOVE: i64 = 15;

const fn hold(most: u32, minutes: u32, percent: u32) -> Setting {
    Setting { mode: Mode::Hold, most, minutes, percent }
}

/// All rules.
pub const REGISTRY: &[Rule] = &[
    Rule {
        name: "same_device",
        zh: "多个好友使用同一设备",
        en: "Several invited people use one device, or the inviter's",
        default: hold(1, 0, 0),
        judge: same_device,
    },
    Rule {
        name: "network_burst",
        zh: "短时间内同一网络大量注册，且大多没有任何行为",
        en: "Many invited people come from one network within a short time, and most do nothing",
        default: hold(10, HOUR, 60),
        judge: network_burst,
    },
    Rule {
        name: "phone_burst",
        zh: "短时间内同一号段大量注册，且大多没有任何行为",
        en: "Many invited people of one inviter have numbers of one block, and most do nothing",
        default: hold(3, WEEK, 60),
        judge: phone_burst,
    },
    Rule {
        name: "velocity",
        zh: "邀请速度异常，且好友大多没有任何行为",
        en: "The inviter invites faster than people do, and most of them do nothing",
        default: hold(30, HOUR, 60),
        judge: velocity,
    },
    Rule {
        name: "star",
        zh: "邀请的好友大多没有任何行为",
        en: "Most of those whom the inviter invited never did anything",
        default: hold(80, 0, 0),
        judge: star,
    },
    Rule {
        name: "ring",
        zh: "好友之间循环邀请",
        en: "The inviter has used codes of those whom they invited",
        default: hold(0, 0, 0),
        judge: ring,
    },
    Rule {
        name: "immediate_unfollow",
        zh: "邀请的好友大量短时间内取消关注",
        en: "Many of those whom the inviter invited left at once",
        default: hold(3, WEEK, 40),
        judge: immediate_unfollow,
    },
    Rule {
        name: "risk_rank",
        zh: "微信提示账号存在风险",
        en: "WeChat sees a risk in the inviter or the invited person",
        default: hold(0, 0, 0),
        judge: risk_rank,
    },
    Rule {
        name: "banned_inviter",
        zh: "邀请人在其他活动中被取消资格",
        en: "The inviter is excluded from another program",
        default: hold(0, 0, 0),
        judge: banned_inviter,
    },
];

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    REGISTRY.iter().find(|rule| rule.name == name)
}

/// Something, when a count is more than may be.
fn more_than(count: i64, setting: Setting, fingerprint: String) -> Option<Found> {
    let seen = json!({ "count": count, "most": setting.most, "minutes": setting.minutes });
    (count > i64::from(setting.most)).then_some(Found { fingerprint, seen })
}

/// How many of a hundred.
fn share(part: i64, all: i64) -> i64 {
    part.saturating_mul(100).checked_div(all).unwrap_or(0)
}

/// Something, when a count is more than may be and more than `percent` of them did nothing, which is unusual.
fn quiet(found: Option<Found>, features: &Features, quiet: Quiet, setting: Setting) -> Option<Found> {
    let (percent, usual) = (share(quiet.empty, quiet.of), share(features.usual.empty, features.usual.of));
    let unusual = percent > i64::from(setting.percent) && percent > usual + ABOVE;
    let Found { fingerprint, mut seen } = found.filter(|_| setting.percent == 0 || unusual)?;
    if let Some(seen) = seen.as_object_mut() {
        seen.extend([("quiet_percent".to_owned(), json!(percent)), ("usual_percent".to_owned(), json!(usual))]);
    }
    Some(Found { fingerprint, seen })
}

/// `most`: other people on the device, the inviter among them: a family may share one, and who lends theirs to a parent does
/// not farm.
fn same_device(features: &Features, setting: Setting) -> Option<Found> {
    let device = features.device.clone()?;
    let others = features.same_device.saturating_add(i64::from(features.is_inviters_device));
    more_than(others, setting, device)
}

/// `most`: other invited people of the network within `minutes` before or after, of whom `percent` did nothing: offices and
/// dormitories join at once, too.
fn network_burst(features: &Features, setting: Setting) -> Option<Found> {
    let found = more_than(features.network_burst, setting, features.network.clone()?);
    quiet(found, features, features.network_quiet, setting)
}

/// `most`: other invited people of the inviter with the same first seven digits within `minutes`, when of the inviter's
/// latest `percent` did nothing: in a small town many numbers begin alike.
fn phone_burst(features: &Features, setting: Setting) -> Option<Found> {
    let prefix = features.prefix.as_ref()?;
    let found = more_than(features.phone_burst, setting, format!("{}:{prefix}", features.inviter));
    quiet(found, features, features.quiet, setting)
}

/// `most`: other invited people of the inviter within `minutes`, when of the inviter's latest `percent` did nothing: who
/// posts in a large group brings many at once.
fn velocity(features: &Features, setting: Setting) -> Option<Found> {
    let found = more_than(features.velocity, setting, features.inviter.to_string());
    quiet(found, features, features.quiet, setting)
}

/// `most`: how many of a hundred of the inviter's latest, this one among them, may have done nothing where that is unusual.
fn star(features: &Features, setting: Setting) -> Option<Found> {
    let Quiet { empty, of } = features.quiet;
    let usual = share(features.usual.empty, features.usual.of);
    let seen = json!({ "empty": empty, "of": of, "most_percent": setting.most, "usual_percent": usual });
    let percent = share(empty, of);
    let found = of >= ENOUGH && percent > i64::from(setting.most) && percent > usual + ABOVE;
    found.then_some(Found { fingerprint: features.inviter.to_string(), seen })
}

/// The inviter touched a code of the invited person, or of somebody whom that person invited.
fn ring(features: &Features, _: Setting) -> Option<Found> {
    let seen = json!({ "through": features.ring });
    features.ring.map(|_| {
        let mut both = [features.inviter, features.invitee];
        both.sort_unstable();
        let [one, other] = both;
        Found { fingerprint: format!("{one}:{other}"), seen }
    })
}

/// `most`: invited people of the inviter who left early within `minutes`, when these are more than `percent` of all within
/// that time.
fn immediate_unfollow(features: &Features, setting: Setting) -> Option<Found> {
    let percent = share(features.left_early, features.brought);
    let found = more_than(features.left_early, setting, features.inviter.to_string());
    found.filter(|_| setting.percent == 0 || percent > i64::from(setting.percent))
}

/// WeChat warned of the inviter or the invited person.
fn risk_rank(features: &Features, _: Setting) -> Option<Found> {
    let who = features.risk?;
    let side = if who == features.inviter { "inviter" } else { "invitee" };
    Some(Found { fingerprint: who.to_string(), seen: json!({ "who": side }) })
}

/// The inviter is banned in another program that is not over.
fn banned_inviter(features: &Features, _: Setting) -> Option<Found> {
    let program = features.banned_in?;
    Some(Found { fingerprint: features.inviter.to_string(), seen: json!({ "program": program }) })
}
