mod alarms;
mod outcomes;
mod quotas;
mod retries;
mod silence;
mod tokens;
