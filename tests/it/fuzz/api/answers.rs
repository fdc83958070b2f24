//! What the description promises of answers.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use huilian::error::Code;
use jsonschema::Validator;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::request::Answer;
use crate::http::description::Described;

/// The schemas of the description, ready to look at answers.
pub struct Contract {
    components: Value,
    ready: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// A kind of content without its parameters.
fn kind(headers: &reqwest::header::HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_owned()
}

/// Whether content is of a kind that may be described for a family: `image/*`.
fn is_of(kind: &str, described: &str) -> bool {
    kind == described || described.strip_suffix('*').is_some_and(|family| kind.starts_with(family))
}

impl Contract {
    pub fn new(api: &Value) -> Self {
        Self { components: api["components"].clone(), ready: RefCell::default() }
    }

    fn validator(&self, schema: &Value) -> Rc<Validator> {
        let ready = self.ready.borrow().get(&schema.to_string()).cloned();
        ready.unwrap_or_else(|| {
            let mut whole = schema.clone();
            whole["components"] = self.components.clone();
            let validator = jsonschema::options().should_validate_formats(true).build(&whole);
            let validator = Rc::new(validator.unwrap_or_else(|error| panic!("{schema}: {error}")));
            self.ready.borrow_mut().insert(schema.to_string(), Rc::clone(&validator));
            validator
        })
    }

    /// What an answer breaks, in words that are the same for every answer that breaks it.
    pub fn wrongs(&self, described: &Described, answer: &Answer) -> Vec<String> {
        let status = answer.status.as_u16();
        let mut wrong = Vec::new();
        if answer.status.is_server_error() {
            wrong.push(format!("it broke with {status}"));
        }
        let promised = &described.call["responses"][status.to_string()];
        if promised.is_null() {
            wrong.push(format!("nobody was told of {status}"));
        }
        if answer.status.is_client_error() || answer.status.is_server_error() {
            wrong.extend(problem(answer));
        }
        wrong.extend(self.content(status, promised, answer));
        wrong
    }

    fn content(&self, status: u16, promised: &Value, answer: &Answer) -> Option<String> {
        let Some(content) = promised["content"].as_object() else {
            let silent = promised.is_null() || answer.text.is_empty();
            return (!silent).then(|| format!("{status} says something"));
        };
        let kind = kind(&answer.headers);
        let Some((_, media)) = content.iter().find(|(described, _)| is_of(&kind, described)) else {
            return Some(format!("{status} is {kind}"));
        };
        if !kind.ends_with("json") {
            return None;
        }
        let Ok(body) = serde_json::from_str::<Value>(&answer.text) else {
            return Some(format!("{status} is no JSON"));
        };
        let validator = self.validator(&media["schema"]);
        let broken = validator.iter_errors(&body).next()?;
        Some(format!("{status} is not as described: {} at {}", broken.masked(), broken.schema_path()))
    }
}

/// What a refusal must be.
fn problem(answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    if kind(&answer.headers) != "application/problem+json" {
        return Some(format!("{status} is no problem"));
    }
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let code = Code::ALL.iter().find(|code| body["code"] == code.as_str());
    let Some(code) = code else { return Some(format!("{status} has the code {}", body["code"])) };
    let id = answer.headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let whole = code.status().as_u16() == status
        && body["status"] == json!(status)
        && id.is_some()
        && body["request_id"].as_str() == id;
    (!whole).then(|| format!("{status} is no whole problem"))
}
