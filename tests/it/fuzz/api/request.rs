//! Requests to a call, from its description.

use std::fmt;

use proptest::{
    option,
    prelude::{Just, Strategy},
    sample::select,
    strategy::{BoxedStrategy, Union},
};
use reqwest::{
    Method, StatusCode,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::Value;
use url::Url;

use super::{
    bend::{bent, texts},
    ids::Ids,
    values::{placeholder, values},
};
use crate::{http::description::Described, members::pictures::png, support::unique_name};

/// What an answer says.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

/// What is sent along.
#[derive(Clone, Debug)]
enum Body {
    None,
    Json(Value),
    /// JSON under another name, or something else under the name of JSON.
    Other(&'static str, Vec<u8>),
}

/// A request as it was made.
#[derive(Clone)]
pub struct Sent {
    method: Method,
    path: String,
    places: Vec<(String, String)>,
    query: Vec<(String, String)>,
    keyed: bool,
    body: Body,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?}{}",
            self.url("http://it").as_str().trim_start_matches("http://it"),
            self.method,
            if self.keyed { " keyed" } else { "" }
        )?;
        match &self.body {
            Body::None => Ok(()),
            Body::Json(body) => write!(f, " {}", body.to_string().chars().take(500).collect::<String>()),
            Body::Other(kind, bytes) => write!(f, " {kind} of {} bytes", bytes.len()),
        }
    }
}

/// A parameter as it stands in an address.
fn written(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Values of a parameter: mostly such as are allowed.
fn parameter(api: &Value, parameter: &Value) -> BoxedStrategy<String> {
    let name = parameter["name"].as_str().expect("a name");
    let mut schema = parameter["schema"].clone();
    if schema.get("example").is_none() && parameter.get("example").is_some() {
        schema["example"] = parameter["example"].clone();
    }
    let allowed = values(api, &schema, name, 0).prop_map(written).boxed();
    Union::new_weighted(vec![(5, allowed), (1, select(texts()).boxed())]).boxed()
}

fn parameters(api: &Value, described: &Described, place: &str) -> Vec<(String, bool, BoxedStrategy<String>)> {
    let all = described.call["parameters"].as_array().cloned().unwrap_or_default();
    let here = all.iter().filter(|one| one["in"] == place);
    here.map(|one| {
        let name = one["name"].as_str().expect("a name").to_owned();
        (name, one["required"] == true, parameter(api, one))
    })
    .collect()
}

fn bodies(api: &Value, described: &Described) -> BoxedStrategy<Body> {
    let Some(content) = described.call["requestBody"]["content"].as_object() else { return Just(Body::None).boxed() };
    let (kind, media) = content.iter().next().expect("a kind of body");
    let raw = |kind| Just(Body::Other(kind, b"{\"a\":".to_vec())).boxed();
    match kind.as_str() {
        "application/json" => {
            let allowed = values(api, &media["schema"], "", 0);
            let broken = select(vec![
                b"{\"a\":".to_vec(),
                b"\xff\xfe".to_vec(),
                b"{}{}".to_vec(),
                b"[".repeat(5_000),
                Vec::new(),
            ]);
            let broken = broken.prop_map(|bytes| Body::Other("application/json", bytes));
            Union::new_weighted(vec![
                (5, allowed.clone().prop_map(Body::Json).boxed()),
                (5, bent(allowed).prop_map(Body::Json).boxed()),
                (1, broken.boxed()),
                (1, raw("text/plain")),
            ])
            .boxed()
        }
        "image/*" => {
            Union::new([Just(Body::Other("image/png", png())).boxed(), raw("image/jpeg"), Just(Body::None).boxed()])
                .boxed()
        }
        _ => Union::new([raw("multipart/form-data; boundary=x"), raw("text/plain"), Just(Body::None).boxed()]).boxed(),
    }
}

/// Requests to a call.
pub fn requests(api: &Value, described: &Described) -> BoxedStrategy<Sent> {
    let named =
        |(name, value): (String, BoxedStrategy<String>)| value.prop_map(move |value| (name.clone(), value)).boxed();
    let places = parameters(api, described, "path").into_iter().map(|(name, _, value)| named((name, value)));
    let query = parameters(api, described, "query").into_iter().map(|(name, required, value)| {
        let value = named((name, value));
        // What is required is left out now and then, too.
        let weight = if required { 0.9 } else { 0.4 };
        option::weighted(weight, value).boxed()
    });
    let keyed = if parameters(api, described, "header").is_empty() { 0.1 } else { 0.9 };
    let (method, path) = (described.method.clone(), described.path.clone());
    (places.collect::<Vec<_>>(), query.collect::<Vec<_>>(), proptest::bool::weighted(keyed), bodies(api, described))
        .prop_map(move |(places, query, keyed, body)| {
            let query = query.into_iter().flatten().collect();
            Sent { method: method.clone(), path: path.clone(), places, query, keyed, body }
        })
        .boxed()
}

fn fill(text: &mut String, ids: &mut Ids) {
    let prefix = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|prefix| prefix.len() == 4);
    if let Some(prefix) = prefix.filter(|prefix| *text == placeholder(prefix)) {
        *text = ids.one(prefix);
    }
}

fn fill_all(value: &mut Value, ids: &mut Ids) {
    match value {
        Value::String(text) => fill(text, ids),
        Value::Array(items) => items.iter_mut().for_each(|item| fill_all(item, ids)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill_all(field, ids)),
        _ => {}
    }
}

impl Sent {
    /// The same with ids of things that are there.
    pub fn filled(mut self, ids: &mut Ids) -> Self {
        self.places.iter_mut().chain(&mut self.query).for_each(|(_, value)| fill(value, ids));
        if let Body::Json(body) = &mut self.body {
            fill_all(body, ids);
        }
        self
    }

    fn url(&self, base: &str) -> Url {
        let mut url = Url::parse(base).expect("an address");
        let parts: Vec<String> = self.path.trim_start_matches('/').split('/').map(str::to_owned).collect();
        let filled = parts.into_iter().map(|part| {
            let place = self.places.iter().find(|(name, _)| part == format!("{{{name}}}"));
            // A part that is empty or dots would be another path.
            place.map_or(
                part,
                |(_, value)| if matches!(value.as_str(), "" | "." | "..") { "x".to_owned() } else { value.clone() },
            )
        });
        url.path_segments_mut().expect("a path").clear().extend(filled);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// Sends it as whoever has this token.
    pub async fn send(&self, http: &reqwest::Client, base: &str, token: Option<&str>) -> Result<Answer, String> {
        let mut request = http.request(self.method.clone(), self.url(base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if self.keyed {
            request = request.header("Idempotency-Key", unique_name());
        }
        request = match &self.body {
            Body::None => request,
            Body::Json(body) => request.json(body),
            Body::Other(kind, bytes) => request.header(CONTENT_TYPE, *kind).body(bytes.clone()),
        };
        let answer = request.send().await.map_err(|error| format!("no answer: {error}"))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.map_err(|error| format!("half an answer: {error}"))?;
        Ok(Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() })
    }
}
