//! What waits for staff and how much happened, as the first page shows it.

use actix_web::{
    get,
    web::{Data, Json},
};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{figures, needs};
use crate::{
    admin::{Staff, live::may_know, rights::Anybody},
    error::Result,
    http::{body::ValidQuery, problem::Problem},
    infra::{db::Db, news::Need},
};

/// As far as things that wait are counted.
const MOST: u64 = 1000;

/// The routes of this domain under `/api/admin/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(what_waits).service(what_happened);
}

/// How many things wait for the caller. Kinds that they may not see are missing.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Needs {
    /// Where counting ends: a number as large as this means as many or more.
    most: u64,
    /// Threads with words that nobody has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    chats: Option<u64>,
    /// Campaigns that nobody has approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals: Option<u64>,
    /// Alerts of the guard that nobody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<u64>,
    /// Contradictions between what is known of members.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflicts: Option<u64>,
    /// Payouts that a person has to look into.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<u64>,
    /// Days on which WeChat's bill and the payouts differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatches: Option<u64>,
    /// Brakes on payouts that are on.
    #[serde(skip_serializing_if = "Option::is_none")]
    stops: Option<u64>,
    /// Pictures that WeChat is not sure of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures: Option<u64>,
    /// Exports that a second person has to agree to.
    #[serde(skip_serializing_if = "Option::is_none")]
    exports: Option<u64>,
    /// Background work that was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    jobs: Option<u64>,
}

impl Needs {
    fn of(&mut self, need: Need) -> &mut Option<u64> {
        match need {
            Need::Chats => &mut self.chats,
            Need::Approvals => &mut self.approvals,
            Need::Alerts => &mut self.alerts,
            Need::Conflicts => &mut self.conflicts,
            Need::Review => &mut self.review,
            Need::Mismatches => &mut self.mismatches,
            Need::Stops => &mut self.stops,
            Need::Pictures => &mut self.pictures,
            Need::Exports => &mut self.exports,
            Need::Jobs => &mut self.jobs,
        }
    }
}

/// What waits for me: of threads and pictures those that I may open
#[utoipa::path(tag = "staff", security(("bearer" = ["anybody"])), responses((status = 200, body = Needs), (status = 401, body = Problem)))]
#[get("/needs")]
async fn what_waits(caller: Staff<Anybody>, db: Data<Db>) -> Result<Json<Needs>> {
    let mut counted = Needs { most: MOST, ..Needs::default() };
    for need in needs::ALL.into_iter().filter(|need| may_know(caller.role, *need)) {
        *counted.of(need) = Some(needs::count(db.read(), caller.scope(), need, db.now(), MOST).await?);
    }
    Ok(Json(counted))
}

/// Over how many days.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Over {
    /// How many days with today, 1 to 31.
    #[garde(range(min = 1, max = 31))]
    #[param(minimum = 1, maximum = 31, default = 7)]
    #[serde(default = "week")]
    days: usize,
}

fn week() -> usize {
    7
}

/// One thing that is counted.
#[derive(Debug, Serialize, ToSchema)]
struct Figure {
    key: figures::Key,
    /// The earliest day first.
    per_day: Vec<OnDay>,
}

/// How many there were on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureOfDay)]
struct OnDay {
    /// The day in Asia/Shanghai.
    day: NaiveDate,
    count: u64,
}

/// How much happened on each of the last days, of what the caller may see: with members of their store, or with all
#[utoipa::path(tag = "staff", params(Over), security(("bearer" = ["anybody"])), responses((status = 200, body = Vec<Figure>), (status = 401, body = Problem)))]
#[get("/figures")]
async fn what_happened(caller: Staff<Anybody>, over: ValidQuery<Over>, db: Data<Db>) -> Result<Json<Vec<Figure>>> {
    let days = figures::last_days(db.now(), over.days);
    let mut shown = Vec::new();
    for key in figures::ALL.into_iter().filter(|key| key.may_know(caller.post)) {
        let per_day = figures::per_day(db.read(), caller.scope(), key, &days).await?.into_iter();
        shown.push(Figure { key, per_day: per_day.map(|(day, count)| OnDay { day, count }).collect() });
    }
    Ok(Json(shown))
}
