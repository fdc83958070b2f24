//! Every call that the description names, as every kind of caller, with what the description allows and with what it does
//! not: nothing breaks, refusals say a code that is known, and answers are what was described.

mod answers;
mod bend;
mod ids;
mod request;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::Value;

use self::{
    answers::Contract,
    ids::Ids,
    request::{Sent, requests},
};
use super::{
    oauth::browser,
    run::{cases, runner, seed},
};
use crate::{
    http::{
        description::{Described, calls},
        permissions::World,
    },
    support::{Consumer, TestApp, story_with},
};

/// Requests that one caller makes to a call that is for somebody else.
const FOREIGN: u64 = 1;
/// Calls between two looks at what is left to do.
const ROUND: usize = 30;

/// Who calls, and how often each call.
struct Caller {
    name: &'static str,
    token: Option<String>,
    times: u64,
}

fn caller(name: &'static str, token: Option<&str>, times: u64) -> Caller {
    Caller { name, token: token.map(str::to_owned), times }
}

/// Everybody who may come to this call.
fn callers(world: &World<'_>, consumer: &Consumer<'_>, path: &str) -> Vec<Caller> {
    let own = cases(4);
    let of_staff = path.starts_with("/api/admin/");
    let by_audience = |staff: bool| if staff == of_staff { own } else { FOREIGN };
    let mut callers = vec![
        caller("stranger", None, if path.starts_with("/api/h5/") { own } else { FOREIGN }),
        caller("partner", Some("hlp_partner"), FOREIGN),
        caller("consumer", Some(&consumer.token), by_audience(false)),
    ];
    for actor in &world.actors {
        let times = if actor.name == "headquarters" { by_audience(true) } else { FOREIGN };
        callers.push(caller(actor.name, Some(&actor.staff.token), times));
    }
    callers
}

/// Calls that end the caller's own session, or never end themselves.
fn is_left_out(described: &Described) -> bool {
    let (method, path) = (described.method.as_str(), described.path.as_str());
    path == "/api/admin/v1/events" || method == "DELETE" && path.ends_with("/sessions/current")
}

/// Everything that was wrong, each kind once.
#[derive(Default)]
struct Wrong(BTreeMap<(String, String), String>);

struct Walk<'a> {
    app: &'a TestApp,
    http: reqwest::Client,
    contract: Contract,
    ids: Ids,
    runner: TestRunner,
    wrong: Wrong,
    /// The calls that did what they are for at least once.
    done: BTreeSet<String>,
    made: u64,
}

impl Walk<'_> {
    async fn make(&mut self, described: &Described, caller: &Caller, sent: &Sent) {
        self.made += 1;
        let what = described.name();
        let answer = match sent.send(&self.http, &self.app.base_url, caller.token.as_deref()).await {
            Ok(answer) => answer,
            Err(broken) => {
                self.wrong.0.entry((what, broken)).or_insert_with(|| format!("as {}: {sent:?}", caller.name));
                return;
            }
        };
        if answer.status.is_success() {
            self.done.insert(what.clone());
        }
        self.ids.learn(&answer.text);
        for wrong in self.contract.wrongs(described, &answer) {
            let example =
                || format!("as {}: {sent:?}: {}", caller.name, answer.text.chars().take(300).collect::<String>());
            self.wrong.0.entry((what.clone(), wrong)).or_insert_with(example);
        }
    }

    async fn call(&mut self, api: &Value, described: &Described, callers: &[Caller]) {
        let strategy = requests(api, described);
        for caller in callers {
            for _ in 0..caller.times {
                let sent = strategy.new_tree(&mut self.runner).expect("a request").current();
                let sent = sent.filled(&mut self.ids);
                self.make(described, caller, &sent).await;
            }
        }
    }
}

#[actix_web::test]
async fn no_call_breaks_and_every_answer_is_as_described() {
    story_with(
        |settings| {
            settings.leave_jobs = true;
            crate::admin::scan::on(settings);
            settings.config.http.rate_per_minute = 1_000_000;
        },
        async |app| {
            let api = app.get("/openapi.json").await.body;
            let mut world = World::new(app).await;
            let mut consumer = app.person("周一鸣").log_in("shop").await;
            consumer.give_phone("13900139000").await;
            let (contract, ids) = (Contract::new(&api), Ids::default());
            let http = browser();
            let mut walk = Walk {
                app,
                http,
                contract,
                ids,
                runner: runner("api"),
                wrong: Wrong::default(),
                done: BTreeSet::new(),
                made: 0,
            };
            let calls: Vec<Described> = calls(&api).into_iter().filter(|described| !is_left_out(described)).collect();
            // Reading comes first, so that there are ids to speak of.
            let (reading, changing): (Vec<_>, Vec<_>) = calls.iter().partition(|described| described.method == "GET");
            for (number, described) in reading.iter().chain(&changing).chain(&reading).enumerate() {
                app.advance(TimeDelta::minutes(1));
                if number % ROUND == ROUND - 1 {
                    app.run_jobs().await;
                    world = world.anew().await;
                    consumer = consumer.person.log_in("shop").await;
                }
                let callers = callers(&world, &consumer, &described.path);
                walk.call(&api, described, &callers).await;
            }
            app.run_jobs().await;
            assert!(walk.made > 1000, "{}", walk.made);
            let refused: Vec<_> = calls.iter().map(Described::name).filter(|name| !walk.done.contains(name)).collect();
            assert!(refused.len() * 2 < calls.len(), "nothing but refusals: {}", refused.join(", "));
            let wrong: Vec<String> =
                walk.wrong.0.iter().map(|((what, wrong), example)| format!("{what}: {wrong}\n    {example}")).collect();
            assert!(
                wrong.is_empty(),
                "{} things are wrong with FUZZ_SEED={}:\n{}",
                wrong.len(),
                seed(),
                wrong.join("\n")
            );
        },
    )
    .await;
}
