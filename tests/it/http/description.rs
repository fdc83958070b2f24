//! The API description: what it is, that it changes only on purpose, and that every call in it asks who is calling.

use chrono::TimeDelta;
use entity::admin::staff::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::support::{Answered, TestApp, story};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/http/openapi.json");
const ID: &str = "06gzqn7n01rvnb8hvp20m4nfy0";
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One described call.
pub struct Described {
    pub method: Method,
    pub path: String,
    pub call: Value,
}

impl Described {
    /// The method and the path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

pub fn calls(api: &Value) -> Vec<Described> {
    let paths = api["paths"].as_object().expect("paths");
    let each = |(path, item): (&String, &Value)| -> Vec<Described> {
        let item: &Map<String, Value> = item.as_object().expect("a path");
        item.iter()
            .map(|(verb, call)| {
                assert!(VERBS.contains(&verb.as_str()), "{verb} {path}");
                let method = verb.to_uppercase().parse().expect("a method");
                Described { method, path: path.clone(), call: call.clone() }
            })
            .collect()
    };
    paths.iter().flat_map(each).collect()
}

/// A schema with its reference followed.
fn schema<'a>(api: &'a Value, at: &'a Value) -> &'a Value {
    match at["$ref"].as_str() {
        Some(reference) => api.pointer(reference.trim_start_matches('#')).expect("a schema"),
        None => at,
    }
}

/// The path with what is well-formed for the call in each of its places.
pub fn address(api: &Value, described: &Described) -> String {
    let parameters = described.call["parameters"].as_array().cloned().unwrap_or_default();
    let places = parameters.iter().filter(|parameter| parameter["in"] == "path");
    places.fold(described.path.clone(), |path, parameter| {
        let schema = schema(api, &parameter["schema"]);
        // An id says by its pattern how it begins: `^mem_[0-9a-z]{26}$`.
        let prefix =
            schema["pattern"].as_str().and_then(|pattern| pattern.strip_prefix('^')?.strip_suffix("[0-9a-z]{26}$"));
        let example = schema["example"].as_str().or(parameter["example"].as_str()).map(str::to_owned);
        let example = prefix.map(|prefix| format!("{prefix}{ID}")).or(example);
        let example = example.unwrap_or_else(|| panic!("{parameter} has neither the pattern of an id nor an example"));
        path.replace(&format!("{{{}}}", parameter["name"].as_str().expect("a name")), &example)
    })
}

async fn call(app: &TestApp, api: &Value, described: &Described, token: Option<&str>) -> Answered {
    let url = format!("{}{}", app.base_url, address(api, described));
    let mut request = app.http.request(described.method.clone(), url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if !described.call["requestBody"].is_null() {
        request = request.json(&json!({}));
    }
    Answered::read(request).await
}

#[actix_web::test]
async fn the_description_is_openapi_3_1_and_changes_only_on_purpose() {
    story(async |app| {
        let served = app.get("/openapi.json").await;
        assert_eq!(served.status, StatusCode::OK);
        assert!(served.body["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
        let kept = std::fs::read_to_string(FILE).unwrap_or_default();
        let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
        assert!(
            served.body == kept,
            "the API description is not the one in tests/it/http/openapi.json. When the change is wanted:\n\n    \
             cargo run -- openapi > tests/it/http/openapi.json\n"
        );
    })
    .await;
}

/// The references of a description that lead nowhere.
fn lost(api: &Value, at: &Value) -> Vec<String> {
    match at {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            let lost_here = reference.filter(|reference| api.pointer(reference.trim_start_matches('#')).is_none());
            lost_here.map(str::to_owned).into_iter().chain(fields.values().flat_map(|field| lost(api, field))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| lost(api, item)).collect(),
        _ => Vec::new(),
    }
}

#[actix_web::test]
async fn whatever_the_description_refers_to_is_in_it() {
    story(async |app| {
        let api = app.get("/openapi.json").await.body;
        assert_eq!(lost(&api, &api), Vec::<String>::new());
    })
    .await;
}

/// What is joined here with others and takes no fields but its own.
fn closed<'a>(api: &'a Value, at: &'a Value) -> Vec<&'a Value> {
    match at {
        Value::Object(fields) => {
            let joined = fields.get("allOf").and_then(Value::as_array).into_iter().flatten();
            let closed_here = joined.filter(|part| schema(api, part)["additionalProperties"] == false);
            closed_here.chain(fields.values().flat_map(|field| closed(api, field))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| closed(api, item)).collect(),
        _ => Vec::new(),
    }
}

#[actix_web::test]
async fn whatever_is_joined_can_be_both() {
    story(async |app| {
        let api = app.get("/openapi.json").await.body;
        assert_eq!(closed(&api, &api), Vec::<&Value>::new());
        let rule = api["components"]["schemas"]["CampaignTerms"]["additionalProperties"].clone();
        assert_eq!(rule, json!(false), "what is joined with nothing still says that it takes no other fields");
    })
    .await;
}

#[actix_web::test]
async fn every_call_but_signing_in_refuses_strangers() {
    story(async |app| {
        let api = app.get("/openapi.json").await.body;
        let open: Vec<String> = calls(&api)
            .iter()
            .filter(|described| described.call["security"].is_null())
            .map(|described| format!("{} {}", described.method, described.path))
            .collect();
        let known = [
            "GET /api/admin/v1/entry",
            "POST /api/admin/v1/scans",
            "GET /api/admin/v1/scans/{key}",
            "POST /api/admin/v1/scans/{key}/session",
            "POST /api/admin/v1/sessions",
            "GET /api/h5/v1/entry",
            "GET /api/h5/v1/invitations/{key}",
            "GET /api/h5/v1/js-sdk/{account}",
            "GET /api/h5/v1/oauth/{account}/callback",
            "GET /api/h5/v1/oauth/{account}/start",
            "GET /api/h5/v1/pictures/{key}",
            "GET /api/h5/v1/shares/{key}",
            "POST /api/mini/v1/sessions",
        ];
        assert_eq!(open, known, "only these may be called by anybody");
        let staff = app.staff(Role::Headquarters).await;
        let consumer = app.person("林小满").log_in("shop").await;
        for described in calls(&api).iter().filter(|described| !described.call["security"].is_null()) {
            let (method, path) = (&described.method, &described.path);
            // So many calls within a minute are refused for that.
            app.advance(TimeDelta::minutes(1));
            // Who is known on the other side is nobody here.
            let other = if path.starts_with("/api/admin/") { &consumer.token } else { &staff.token };
            for token in [
                None,
                Some(""),
                Some("hls_"),
                Some("hlc_"),
                Some("hlp_partner"),
                Some("nonsense"),
                Some(other.as_str()),
            ] {
                let refused = call(app, &api, described, token).await;
                assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{method} {path} with {token:?}");
                assert_eq!(refused.body["code"], "unauthorized", "{method} {path}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn states_of_different_things_are_described_apart() {
    story(async |app| {
        let api = app.get("/openapi.json").await.body;
        let values = |at: &str| schema(&api, api.pointer(at).unwrap_or(&Value::Null))["enum"].clone();
        assert_eq!(values("/components/schemas/Follower/properties/state"), json!(["known", "following", "gone"]));
        assert_eq!(values("/components/schemas/Sync/properties/state"), json!(["running", "done", "failed"]));
        assert_eq!(values("/components/schemas/Conversation/properties/state"), json!(["robot", "human"]));
        let delivery = json!(["queued", "sending", "sent", "delivered", "refused", "unknown"]);
        assert_eq!(values("/components/schemas/Delivery/properties/state"), delivery);
    })
    .await;
}
