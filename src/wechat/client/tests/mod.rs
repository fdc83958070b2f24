mod alarms;
mod live;
mod outcomes;
mod quotas;
mod retries;
mod silence;
mod tokens;
