//! What members are like, who may know it, and what they say about that.

mod attributes;
mod basics;
mod consents;
mod copies;
mod filters;
mod forgotten;
mod merge;
pub mod pictures;
mod reveal;
mod timeline;

use chrono::TimeDelta;
use entity::{admin::staff::Role, types::MemberId};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    import::Importer,
    support::{Answered, Consumer, Follower, StaffActor, TestApp},
};

pub fn member_path(member: MemberId) -> String {
    format!("/api/admin/v1/members/{member}")
}

/// What staff see of a member.
async fn detail(staff: &StaffActor<'_>, member: MemberId) -> Value {
    let answer = staff.get(&member_path(member)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

/// Declares an attribute.
pub async fn declare(staff: &StaffActor<'_>, key: &str, kind: &str, more: Value) -> Answered {
    let mut body = json!({ "key": key, "kind": kind, "label_zh": key, "label_en": key, "class": "demographic" });
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    staff.post("/api/admin/v1/member-attributes", &body).await
}

/// Declares the number of the identity card.
pub async fn declare_id_card(staff: &StaffActor<'_>) {
    let declared =
        declare(staff, "id_card", "text", json!({ "sensitive": true, "rule": { "resident_id": true } })).await;
    assert_eq!(declared.status, StatusCode::CREATED, "{declared:?}");
}

/// A number that is well-formed and belongs to nobody.
pub const ID_CARD: &str = "11010519491231002X";

/// Sets values of a member.
pub async fn set(staff: &StaffActor<'_>, member: MemberId, values: Value) -> Answered {
    staff.patch(&format!("{}/values", member_path(member)), &json!({ "values": values })).await
}

/// The fields that an answer complains about.
fn fields(answer: &Answered) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
    let errors = answer.body["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
}

/// Everything that a table holds, as text, of all tables.
pub async fn everything(app: &TestApp) -> Vec<(String, String)> {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let db = app.app.db.read();
    let backend = db.get_database_backend();
    let ask = async |sql: String| db.query_all_raw(Statement::from_string(backend, sql)).await.expect("rows");
    let tables = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let mut found = Vec::new();
    for table in ask(tables.to_owned()).await {
        let table: String = table.try_get("", "name").expect("a name");
        let columns = match backend {
            DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => {
                format!("SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'")
            }
        };
        for column in ask(columns).await {
            let column: String = column.try_get("", "name").expect("a name");
            let texts = ask(format!("SELECT CAST(\"{column}\" AS TEXT) AS text FROM \"{table}\"")).await;
            let text = |row: &sea_orm::QueryResult| row.try_get::<Option<String>>("", "text").ok().flatten();
            found.extend(texts.iter().filter_map(text).map(|text| (format!("{table}.{column}"), text)));
        }
    }
    found
}

/// In which columns one of these texts stands.
pub async fn named(app: &TestApp, texts: &[&str]) -> Vec<String> {
    let all = everything(app).await;
    assert!(all.len() > 20, "nothing was searched");
    let mut found: Vec<String> = all
        .into_iter()
        .filter(|(_, text)| texts.iter().any(|named| text.contains(named)))
        .map(|(column, _)| column)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Somebody of whom something is known everywhere.
pub struct Known<'a> {
    pub person: Follower<'a>,
    pub consumer: Consumer<'a>,
    pub member: MemberId,
    /// What names them, whole.
    pub names: Vec<String>,
}

/// What members can be asked today.
pub const VERSION: &str = "2026-11";

/// Somebody who follows by a code, talks, uses the mini program, gives a phone and answers what they are asked; whom staff
/// know by name, write to and look up. The attribute of the identity card must be declared.
pub async fn well_known<'a>(app: &'a TestApp, name: &str, phone: &str, id_card: &str) -> Known<'a> {
    let staff = app.staff(Role::Headquarters).await;
    let person = app.person(name);
    person.follow_by("brand", "store-7").await;
    person.say("brand", &format!("我是{name}，转人工")).await;
    app.run_jobs().await;
    app.advance(TimeDelta::seconds(2));
    let consumer = person.log_in("shop").await;
    consumer.give_phone(phone).await;
    let member: MemberId = consumer.member().await.parse().expect("an id");
    let nickname = format!("{name}本人");
    for body in [json!({ "nickname": nickname }), json!({ "birthday": "1996-02-29", "region": "广东 广州" })] {
        let changed = consumer.patch("/api/mini/v1/profile", &body).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    }
    staff.patch(&member_path(member), &json!({ "name": name })).await;
    set(&staff, member, json!({ "id_card": id_card })).await;
    pictures::send(&consumer, pictures::png()).await;
    let seen = json!({ "id": "1", "kind": "page_view", "page": "pages/goods/detail", "at": app.clock.now() });
    let taken = consumer.post("/api/mini/v1/events", &json!({ "events": [seen] })).await;
    assert!(taken.status.is_success(), "{taken:?}");
    let request = app.http.post(format!("{}/api/mini/v1/permits", app.base_url)).bearer_auth(&consumer.token);
    let request = request.header("Idempotency-Key", "permit-0001").json(&json!({ "answers": { "tpl-1": "accept" } }));
    let permitted = Answered::read(request).await;
    assert!(permitted.status.is_success(), "{permitted:?}");
    for purpose in ["marketing", "personalisation"] {
        let body = json!({ "granted": true, "version": VERSION });
        let given = consumer.put(&format!("/api/mini/v1/consents/{purpose}"), &body).await;
        assert_eq!(given.status, StatusCode::OK, "{given:?}");
    }
    let open_id = person.open_id("brand").as_str().to_owned();
    let threads = app.rows::<entity::chat::conversation::Entity>().await;
    let thread = threads.iter().find(|thread| thread.open_id.as_str() == open_id).expect("a thread").id;
    let words = json!({ "message": { "kind": "text", "content": format!("{name}您好") } });
    let said =
        staff.post_once(&format!("/api/admin/v1/conversations/{thread}/messages"), &thread.to_string(), &words).await;
    assert_eq!(said.status, StatusCode::CREATED, "{said:?}");
    let reveal = json!({ "what": "phone", "scene": "call", "reason": format!("{name}来电投诉") });
    let told = staff.post(&format!("{}/reveal", member_path(member)), &reveal).await;
    assert_eq!(told.status, StatusCode::OK, "{told:?}");
    // A till knows them, too.
    let run = Importer::new(app).await.import(&format!("phone,points\n{phone},5\n")).await;
    assert_eq!(run["counts"]["matched"], 1, "{run}");
    crate::points::leave_points(app, member).await;
    crate::reach::leave_message(app, member).await;
    crate::referral::leave_invitations(app, member, &format!("{name}{phone}")).await;
    crate::share::leave_shares(app, member).await;
    crate::admin::scan::leave_link(app, &person.open_id("brand")).await;
    let campaign = crate::rewards::running(app, json!({})).await;
    crate::rewards::give(app, member, campaign, &campaign.to_string()).await;
    app.run_jobs().await;
    let names = [name, phone, &open_id, person.open_id("shop").as_str(), id_card].map(str::to_owned).to_vec();
    Known { person, consumer, member, names }
}
