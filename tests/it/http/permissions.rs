//! The permission matrix: every call of staff that the description names, as every role and store. The right comes from the
//! description, what a call is about from [`about`]; an answer that does not follow from the two fails, and so does a
//! call that nobody has said anything of.
//!
//! Strangers and consumers are refused by `description`.

mod about;
mod world;

use chrono::TimeDelta;
use entity::admin::staff::Role;
use huilian::admin::rights;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub use self::world::World;
use self::{
    about::{About, about},
    world::Actor,
};
use super::description::{Described, address, calls};
use crate::support::{Answered, story_with};

/// The right that a call asks for, and the roles that have it.
fn right(described: &Described) -> (&'static str, &'static [Role]) {
    let named = described.call.pointer("/security/0/bearer/0").and_then(Value::as_str);
    let named = named.unwrap_or_else(|| panic!("{} {} names no right", described.method, described.path));
    let found = rights::ALL.iter().find(|(name, _)| *name == named);
    *found.unwrap_or_else(|| panic!("{named} is no right"))
}

/// What a call is sent to: the path with its query.
fn place(api: &Value, described: &Described, id: Option<&str>) -> String {
    let path = match id {
        Some(id) => {
            let (before, rest) = described.path.split_once('{').expect("a place for an id");
            format!("{before}{id}{}", rest.split_once('}').expect("its end").1)
        }
        None => described.path.clone(),
    };
    let filled = Described { method: described.method.clone(), path, call: described.call.clone() };
    format!("{}{}", address(api, &filled), about::query(described))
}

struct Asked<'a> {
    described: &'a Described,
    to: String,
    body: Option<Value>,
}

impl Asked<'_> {
    async fn by(&self, actor: &Actor<'_>, key: &str) -> Answered {
        actor.staff.call(self.described.method.clone(), &self.to, self.body.as_ref(), Some(key)).await
    }
}

fn refused(answer: &Answered) -> bool {
    (answer.status, &answer.body["code"]) == (StatusCode::FORBIDDEN, &json!("forbidden"))
}

/// Looks at one call; gives what is wrong with it.
async fn wrongs(api: &Value, described: &Described, world: &World<'_>) -> Vec<String> {
    let what = format!("{} {}", described.method, described.path);
    let (_, roles) = right(described);
    let about = about(described);
    let body = (!described.call["requestBody"].is_null()).then(|| about::body(described, world));
    let id = world.id(about);
    let real = Asked { described, to: place(api, described, id.as_deref()), body: body.clone() };
    let nobody = Asked { described, to: place(api, described, None), body: about::of_nobody(described, body) };
    let mut wrong = Vec::new();
    let mut check = |holds: bool, actor: &Actor<'_>, why: &str, answer: &Answered| {
        if !holds {
            wrong.push(format!("{what} as {}: {why}: {} {}", actor.name, answer.status, answer.body));
        }
    };
    let mut actors: Vec<&Actor<'_>> = world.actors.iter().collect();
    // Who is outside comes before whoever changes anything.
    actors.sort_by_key(|actor| actor.inside);
    for (number, actor) in actors.into_iter().enumerate() {
        let key = |of: &str| format!("{of}-{number}-{}", world.app.app.random.token());
        let may = roles.contains(&actor.role);
        if matches!(about, About::Stream) {
            let answer = actor.staff.try_to_open_page().await;
            assert_eq!(answer.status() == StatusCode::OK, may, "{what}");
            continue;
        }
        let answer = real.by(actor, &key("real")).await;
        if !may {
            check(refused(&answer), actor, "has no right to it", &answer);
            continue;
        }
        check(!answer.status.is_server_error(), actor, "broke", &answer);
        match about {
            About::Brand | About::Stream => check(!refused(&answer), actor, "has a right to it", &answer),
            About::Member | About::Owned(_) | About::Written => {
                let unknown = nobody.by(actor, &key("nobody")).await;
                check(unknown.status == StatusCode::NOT_FOUND, actor, "there is no such thing", &unknown);
                if actor.inside {
                    let known = !refused(&answer) && answer.status != StatusCode::NOT_FOUND;
                    check(known, actor, "sees it", &answer);
                } else {
                    let same = (answer.status, &answer.body["code"], &answer.body["detail"])
                        == (unknown.status, &unknown.body["code"], &unknown.body["detail"]);
                    check(same, actor, "cannot tell it from nothing", &answer);
                }
            }
            About::List(thing) => {
                let listed = answer.body.to_string().contains(&world.of(thing));
                let as_it_must = answer.status == StatusCode::OK && listed == actor.inside;
                check(as_it_must, actor, "is told of their own", &answer);
            }
        }
    }
    wrong
}

#[actix_web::test]
async fn every_call_of_staff_answers_every_role_and_store_as_it_must() {
    story_with(
        |settings| {
            settings.leave_jobs = true;
            crate::admin::scan::on(settings);
        },
        async |app| {
            let api = app.get("/openapi.json").await.body;
            let calls = calls(&api);
            let of_staff =
                |call: &&Described| call.path.starts_with("/api/admin/v1/") && !call.call["security"].is_null();
            let mut wrong = Vec::new();
            let mut looked_at = 0;
            let mut world = World::new(app).await;
            for described in calls.iter().filter(of_staff) {
                // So many calls within a minute are refused for that.
                app.advance(TimeDelta::minutes(1));
                if described.method == Method::DELETE && described.path.ends_with("/sessions/current") {
                    // Whoever calls it is gone.
                    continue;
                }
                if looked_at % 60 == 59 {
                    world = world.anew().await;
                }
                wrong.extend(wrongs(&api, described, &world).await);
                looked_at += 1;
            }
            assert!(looked_at > 150, "{looked_at}");
            assert!(wrong.is_empty(), "{} answers are not what they must be:\n{}", wrong.len(), wrong.join("\n"));
        },
    )
    .await;
}
