//! The layers of the configuration: compiled-in defaults, a file, variables. Finds keys that nobody knows.

use std::{collections::BTreeMap, path::Path};

use figment::{
    Error, Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use super::Problem;

const DEFAULTS: &str = include_str!("defaults.toml");
const PREFIX: &str = "HUILIAN_";
/// Tables whose keys are names of the operator's choice.
const FREE: &[&str] = &["secrets.keys"];

pub(super) struct Layers {
    pub(super) figment: Figment,
    pub(super) defaults: Figment,
}

/// One `HUILIAN_SECTION__KEY` variable.
struct Variable {
    name: String,
    path: Vec<String>,
    value: Value,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("variable {}", self.name))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let (last, parents) = self.path.split_last().ok_or_else(|| Error::from("empty name".to_owned()))?;
        let mut dict = Dict::from([(last.clone(), self.value.clone())]);
        for parent in parents.iter().rev() {
            dict = Dict::from([(parent.clone(), Value::from(dict))]);
        }
        Ok(Profile::Default.collect(dict))
    }
}

impl Layers {
    /// Stacks the layers, and notes every key that no default names.
    pub(super) fn stack(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let defaults = Figment::from(Toml::string(DEFAULTS));
        let known = leaves(&defaults);
        let mut figment = defaults.clone();
        if let Some(path) = file {
            match std::fs::read_to_string(path) {
                Err(why) => problems.push(Problem::new(path.display().to_string(), format!("cannot be read: {why}"))),
                Ok(text) => match Toml::string(&text).data() {
                    Err(why) => problems.push(Problem::new(path.display().to_string(), why.to_string())),
                    Ok(_) => {
                        for key in leaves(&Figment::from(Toml::string(&text))).into_keys() {
                            check_known(&key, &known, problems);
                        }
                        figment = figment.merge(Toml::file(path));
                    }
                },
            }
        }
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|rest| rest.contains("__") || *rest == "ENVIRONMENT")
            else {
                continue;
            };
            let path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
            let key = path.join(".");
            if check_known(&key, &known, problems) {
                // A text stays a text even when it looks like a number.
                let value = match known.get(&key) {
                    Some(Value::String(..)) | None => Value::from(text),
                    Some(_) => text.parse().unwrap_or_else(|_: std::convert::Infallible| Value::from(text)),
                };
                figment = figment.merge(Variable { name, path, value });
            }
        }
        Self { figment, defaults }
    }

    /// Every key with its value and where the value comes from, in order.
    pub(super) fn sources(&self) -> Vec<(String, Value, String)> {
        let source = |value: &Value| match self.figment.get_metadata(value.tag()) {
            Some(layer) if layer.name.starts_with("variable") => layer.name.to_string(),
            Some(layer) => match &layer.source {
                Some(figment::Source::File(path)) => path.display().to_string(),
                _ => "default".to_owned(),
            },
            None => "default".to_owned(),
        };
        leaves(&self.figment).into_iter().map(|(key, value)| (key, value.clone(), source(&value))).collect()
    }
}

fn check_known(key: &str, known: &BTreeMap<String, Value>, problems: &mut Vec<Problem>) -> bool {
    let free = FREE.iter().any(|table| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')));
    if free || known.contains_key(key) {
        return true;
    }
    let section = key.rsplit_once('.').map_or("", |(section, _)| section);
    let siblings: Vec<&str> = known
        .keys()
        .filter(|other| other.rsplit_once('.').map_or("", |(section, _)| section) == section)
        .map(|other| other.rsplit_once('.').map_or(other.as_str(), |(_, leaf)| leaf))
        .collect();
    let hint = if siblings.is_empty() {
        let sections: std::collections::BTreeSet<&str> =
            known.keys().filter_map(|other| other.split_once('.')).map(|(section, _)| section).collect();
        format!("sections are: {}", sections.into_iter().collect::<Vec<_>>().join(", "))
    } else {
        format!("keys here are: {}", siblings.join(", "))
    };
    problems.push(Problem::new(key, "there is no such key").hint(hint));
    false
}

/// All values that are not tables, by path.
fn leaves(figment: &Figment) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    if let Ok(dict) = figment.extract::<Dict>() {
        // `extract` drops the tags that name the source; `find_value` keeps them.
        for key in dict.keys() {
            if let Ok(value) = figment.find_value(key) {
                collect(key, value, &mut found);
            }
        }
    }
    found
}

fn collect(path: &str, value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Dict(_, dict) => {
            dict.into_iter().for_each(|(key, value)| collect(&format!("{path}.{key}"), value, found))
        }
        leaf => {
            found.insert(path.to_owned(), leaf);
        }
    }
}
