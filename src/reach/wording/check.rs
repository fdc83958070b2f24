//! Whether a file says what can be sent: accounts that exist, places that values fill, keywords that fit.

use std::collections::BTreeSet;

use entity::{reach::delivery::Channel, types::OpenId};
use garde::Validate;

use super::{
    Sends, Template, Way, Wording,
    file::{Entry, File},
    fill::{Words, places},
};
use crate::{
    error::FieldError,
    infra::config::Problem,
    wechat::{
        account::{Accounts, Kind, template::MiniProgram},
        folder::MESSAGES,
    },
};

/// The wording of a file, when everything in it can be sent.
pub(super) fn wording(
    kind: &str,
    file: File,
    accounts: &Accounts,
    known: Option<&Sends>,
) -> Result<Wording, Vec<Problem>> {
    let place = format!("{MESSAGES}/{kind}.toml");
    let mut problems = Vec::new();
    let mut wrong = |field: &str, why: String| problems.push(Problem::new(format!("{place}: {field}"), why));
    for name in file.example.keys().filter(|name| known.is_some_and(|known| !known.values.contains(&name.as_str()))) {
        let values = known.map(|known| known.values.join("}, {")).unwrap_or_default();
        wrong(&format!("example.{name}"), format!("is no value of this message; there are {{{values}}}"));
    }
    let texts = [("zh", &file.zh), ("en", &file.en)].into_iter().map(|(field, text)| (field.to_owned(), text));
    let data =
        file.subscription.iter().chain(&file.template).flat_map(|entry| {
            entry.data.iter().map(|(keyword, text)| (format!("{}.data.{keyword}", entry.account), text))
        });
    for (field, text) in texts.chain(data) {
        for name in places(text).into_iter().filter(|name| !file.example.contains_key(*name)) {
            wrong(&field, format!("knows no {{{name}}}: the example names every value"));
        }
    }
    if file.order.contains(&Channel::Passive) || file.order.iter().collect::<BTreeSet<_>>().len() != file.order.len() {
        wrong("order", "names each of custom, subscription and template at most once".to_owned());
    }
    let (mut subscriptions, mut templates) = (Vec::new(), Vec::new());
    for entry in file.subscription {
        let long_term = entry.long_term;
        match template(entry, accounts, Channel::Subscription) {
            Ok(template) => subscriptions.push(Way::Subscription { template, long_term }),
            Err((field, why)) => wrong(&format!("subscription.{field}"), why),
        }
    }
    for entry in file.template {
        match template(entry, accounts, Channel::Template) {
            Ok(template) => templates.push(Way::Template(template)),
            Err((field, why)) => wrong(&format!("template.{field}"), why),
        }
    }
    let ways = file.order.iter().flat_map(|channel| match channel {
        Channel::Custom => vec![Way::Window],
        Channel::Subscription => std::mem::take(&mut subscriptions),
        Channel::Template => std::mem::take(&mut templates),
        Channel::Passive => Vec::new(),
    });
    let wording = Wording { ways: ways.collect(), zh: file.zh, en: file.en };
    for FieldError { field, message } in fits(&wording, &file.example) {
        wrong(&field, format!("cannot be sent with the example: {message}"));
    }
    if problems.is_empty() { Ok(wording) } else { Err(problems) }
}

fn template(entry: Entry, accounts: &Accounts, channel: Channel) -> Result<Template, (String, String)> {
    let wrong = |field: &str, why: &str| Err((format!("{}.{field}", entry.account), why.to_owned()));
    let Some(account) = accounts.get(&entry.account) else {
        return wrong("account", "is no account of wechat-config");
    };
    if entry.template_id.is_empty() || entry.data.is_empty() {
        return wrong("template_id", "is needed, and so is what stands in its keywords");
    }
    if channel == Channel::Template && (account.kind == Kind::Mini || entry.long_term) {
        return wrong("account", "template messages are of official accounts, and know no long_term");
    }
    let (page, program) = match (account.kind, &entry.url, &entry.program, &entry.page) {
        (Kind::Mini, None, None, page) => (page.clone(), None),
        (Kind::Official, url, None, None) => (url.clone(), None),
        (Kind::Official, url, Some(program), Some(page)) => match accounts.get(program) {
            Some(found) if found.kind == Kind::Mini => {
                (url.clone(), Some(MiniProgram { appid: found.appid.clone(), pagepath: page.clone() }))
            }
            _ => return wrong("program", "is no mini program of wechat-config"),
        },
        _ => {
            return wrong(
                "page",
                "a mini program opens a page of its own; an official account a url, or program and page",
            );
        }
    };
    Ok(Template { account: entry.account, id: entry.template_id, data: entry.data, page, program })
}

/// What of a wording cannot be sent with these values.
fn fits(wording: &Wording, values: &super::Values) -> Vec<FieldError> {
    let Ok(somebody) = "oExample0000000000000000000".parse::<OpenId>() else { return Vec::new() };
    let report = |report: garde::Report, field: &str| {
        report
            .into_inner()
            .into_iter()
            .map(|(path, why)| FieldError { field: format!("{field}.{path}"), message: why.message().to_owned() })
            .collect::<Vec<_>>()
    };
    let mut broken = Vec::new();
    for (field, english) in [("zh", false), ("en", true)] {
        let words = Words { wording, values, english };
        for kind in [Kind::Official, Kind::Mini] {
            if let Err(found) = words.custom().validate_with(&kind) {
                broken.extend(report(found, field));
                break;
            }
        }
    }
    let words = Words { wording, values, english: false };
    for way in &wording.ways {
        let (template, checked) = match way {
            Way::Window => continue,
            Way::Subscription { template, .. } => {
                (template, words.subscription(&somebody, template).map(|message| message.validate()))
            }
            Way::Template(template) => {
                let id = "dlv_example".to_owned();
                (template, words.template(&somebody, template, id).map(|message| message.validate()))
            }
        };
        match checked {
            Ok(Ok(())) => {}
            Ok(Err(found)) => broken.extend(report(found, template.account.as_str())),
            Err(fields) => broken.extend(fields.into_iter().map(|FieldError { field, message }| FieldError {
                field: format!("{}.data.{field}", template.account),
                message,
            })),
        }
    }
    broken
}
