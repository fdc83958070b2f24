//! Mass messages (protocol section 7.4): to all, to a tag, to a list; the result comes as an event.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    api::{Call, Outcome, done},
    chats::{From, Via},
    custom,
    errcode::Refusal,
    fields::Fields,
    quota::{Counter, month},
    world::World,
};
use crate::infra::clock::{Time, biz_day};

/// Ids of jobs stay below this, so that every JSON reader keeps them whole.
const ID_SPACE: u64 = 1_000_000_000_000_000;
const KEY: usize = 64;
const KEY_LIFE: TimeDelta = TimeDelta::hours(24);
const RETRY_GAP: TimeDelta = TimeDelta::minutes(1);
const TO_ALL_PER_MONTH: u32 = 4;
const SPEEDS: [u32; 5] = [80, 60, 45, 30, 10];
const TYPES: &[&str] = &["mpnews", "text", "voice", "image", "images", "mpvideo", "wxcard"];

/// The mass messages of one account.
#[derive(Debug, Default)]
pub(super) struct MassJobs {
    jobs: BTreeMap<u64, Job>,
    /// Job and time of each `clientmsgid`.
    keys: BTreeMap<String, (u64, Time)>,
    to_all_today: Counter,
    to_all_this_month: Counter,
    speed: usize,
}

#[derive(Debug)]
struct Job {
    kind: String,
    status: &'static str,
}

/// What became of the people a message was for.
#[derive(Default)]
struct Counts {
    total: usize,
    filtered: usize,
    sent: usize,
    failed: usize,
}

/// `POST /cgi-bin/message/mass/sendall`
pub(super) fn send_all(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let to_all = call.at("/filter/is_to_all").and_then(Value::as_bool).unwrap_or(false);
    let (kind, content) = content(world, call)?;
    let account = world.caller(&call.account)?;
    let people: Vec<String> = if to_all {
        account.followers().into_iter().map(str::to_owned).collect()
    } else {
        let tag = call.small("/filter/tag_id", 45159)?;
        if !account.tags.knows(tag) {
            return Err(Refusal::of(45159));
        }
        let tagged = |person: &&str| account.contacts.get(*person).is_some_and(|contact| contact.tags.contains(&tag));
        account.followers().into_iter().filter(tagged).map(str::to_owned).collect()
    };
    account.mass.check_key(call, now)?;
    if to_all {
        let (day, month) = (biz_day(now).to_string(), month(now));
        let jobs = &mut account.mass;
        if jobs.to_all_today.used(&day) >= 1 || jobs.to_all_this_month.used(&month) >= TO_ALL_PER_MONTH {
            return Err(Refusal::of(45028));
        }
        jobs.to_all_today.add(&day);
        jobs.to_all_this_month.add(&month);
    }
    start(world, call, &kind, &content, &people)
}

/// `POST /cgi-bin/message/mass/send`: 2 to 10 000 OpenIDs; those that are not followers are left out.
pub(super) fn send_list(world: &mut World, call: &Call) -> Outcome {
    let openids = call.texts("/touser", 40032)?;
    if !(2..=10_000).contains(&openids.len()) {
        return Err(Refusal::of(40032));
    }
    let mut named = BTreeSet::new();
    let follower = |openid: &str| world.follower(&call.account, openid, 40003).ok();
    let people: Vec<String> =
        openids.into_iter().filter_map(follower).filter(|person| named.insert(person.clone())).collect();
    if people.is_empty() {
        return Err(Refusal::of(40003));
    }
    let (kind, content) = content(world, call)?;
    let now = world.now();
    world.caller(&call.account)?.mass.check_key(call, now)?;
    start(world, call, &kind, &content, &people)
}

impl MassJobs {
    /// A `clientmsgid` works once a day.
    fn check_key(&mut self, call: &Call, now: Time) -> Result<(), Refusal> {
        let key = call.text_or_empty("/clientmsgid");
        if key.len() > KEY {
            return Err(Refusal::of(45067));
        }
        self.keys.retain(|_, (_, at)| now - *at < KEY_LIFE);
        match self.keys.get(key) {
            None => Ok(()),
            Some((_, at)) if now - *at < RETRY_GAP => Err(Refusal::of(45066)),
            Some((job, _)) => Err(Refusal::of(45065).also("msg_id", *job)),
        }
    }
}

fn content(world: &World, call: &Call) -> Result<(String, Value), Refusal> {
    let kind = call.text("/msgtype", 40008)?;
    if !TYPES.contains(&kind) {
        return Err(Refusal::of(40008));
    }
    let content = call.at(&format!("/{kind}")).ok_or_else(|| Refusal::of(44004))?;
    custom::check(world, &call.account, kind, content)?;
    Ok((kind.to_owned(), content.clone()))
}

fn start(world: &mut World, call: &Call, kind: &str, content: &Value, people: &[String]) -> Outcome {
    let now = world.now();
    let job = world.number() % ID_SPACE;
    let most = world.settings.mass_per_month;
    let mut counts = Counts { total: people.len(), ..Counts::default() };
    for person in people {
        let contact = world.caller(&call.account)?.contact(person);
        if contact.blacklisted.is_some() || contact.refuses {
            continue;
        }
        counts.filtered += 1;
        let month = month(now);
        let got = if contact.mass.0 == month { contact.mass.1 } else { 0 };
        if call.failing || got >= most {
            counts.failed += 1;
            continue;
        }
        contact.mass = (month, got + 1);
        counts.sent += 1;
        world.say(&call.account, person, From::Account, kind, Some(Via::Mass), content.clone());
    }
    let status = if call.failing { "SEND_FAIL" } else { "SEND_SUCCESS" };
    let jobs = &mut world.caller(&call.account)?.mass;
    jobs.jobs.insert(job, Job { kind: kind.to_owned(), status });
    let key = call.text_or_empty("/clientmsgid");
    if !key.is_empty() {
        jobs.keys.insert(key.to_owned(), (job, now));
    }
    let event = finished(world, call, job, &counts);
    world.push_later(&call.account, None, event);
    Ok(json!({
        "errcode": 0,
        "errmsg": "send job submission success",
        "msg_id": job,
        "msg_data_id": job + 1,
    })
    .into())
}

fn finished(world: &World, call: &Call, job: u64, counts: &Counts) -> Fields {
    let status = if call.failing { "send fail" } else { "send success" };
    world
        .envelope(&call.account, None, "event")
        .text("Event", "MASSSENDJOBFINISH")
        .number("MsgID", job)
        .text("Status", status)
        .number("TotalCount", counts.total)
        .number("FilterCount", counts.filtered)
        .number("SentCount", counts.sent)
        .number("ErrorCount", counts.failed)
        .tree(
            "CopyrightCheckResult",
            Fields::new().number("Count", 0).tree("ResultList", Fields::new()).number("CheckState", 0),
        )
        .tree("ArticleUrlResult", Fields::new().number("Count", 0).tree("ResultList", Fields::new()))
}

/// `POST /cgi-bin/message/mass/preview`
pub(super) fn preview(world: &mut World, call: &Call) -> Outcome {
    let Some(openid) = call.at("/touser").and_then(Value::as_str) else {
        return Err(Refusal::of(if call.at("/towxname").is_some() { 40132 } else { 40003 }));
    };
    let person = world.follower(&call.account, openid, 40003)?;
    let (kind, content) = content(world, call)?;
    world.say(&call.account, &person, From::Account, &kind, Some(Via::Mass), content);
    let id = world.number() % ID_SPACE;
    Ok(json!({ "errcode": 0, "errmsg": "preview success", "msg_id": id }).into())
}

fn job_of(call: &Call) -> Result<u64, Refusal> {
    call.number("/msg_id").and_then(|id| u64::try_from(id).ok()).ok_or_else(|| Refusal::of(40059))
}

/// `POST /cgi-bin/message/mass/delete`: articles and films only.
pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let jobs = &mut world.caller(&call.account)?.mass.jobs;
    let job = jobs.get_mut(&job_of(call)?).ok_or_else(|| Refusal::of(40059))?;
    if job.kind != "mpnews" && job.kind != "mpvideo" {
        return Err(Refusal::of(40008));
    }
    job.status = "DELETE";
    done()
}

/// `POST /cgi-bin/message/mass/get`
pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let id = job_of(call)?;
    let jobs = &world.caller(&call.account)?.mass.jobs;
    let job = jobs.get(&id).ok_or_else(|| Refusal::of(40059))?;
    Ok(json!({ "msg_id": id, "msg_status": job.status }).into())
}

/// `POST /cgi-bin/message/mass/speed/get`
pub(super) fn speed(world: &mut World, call: &Call) -> Outcome {
    let speed = world.caller(&call.account)?.mass.speed;
    Ok(json!({ "speed": speed, "realspeed": SPEEDS.get(speed) }).into())
}

/// `POST /cgi-bin/message/mass/speed/set`
pub(super) fn set_speed(world: &mut World, call: &Call) -> Outcome {
    call.at("/speed").ok_or_else(|| Refusal::of(45084))?;
    let speed = call.number("/speed").and_then(|speed| usize::try_from(speed).ok()).unwrap_or(SPEEDS.len());
    if speed >= SPEEDS.len() {
        return Err(Refusal::of(45083));
    }
    world.caller(&call.account)?.mass.speed = speed;
    done()
}
