//! The proof as staff see it.

use actix_web::{
    get,
    web::{Data, Json},
};
use chrono::NaiveDate;
use entity::types::{CampaignId, MerchantKey};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::shown::{Case, Shown};
use crate::{
    admin::{Staff, rights::Reconciliations},
    error::{Error, Result},
    http::{body::ValidQuery, problem::Problem},
    infra::{
        calendar::{day_of, of_our_era},
        db::Db,
    },
    rewards::{
        check::Books,
        reconcile::{
            bills::Bills,
            proof::{Days, InFlight, Named, Points, Range, proof},
        },
    },
    wechat::pay::Pay,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show);
}

/// Which days; yesterday without any.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The first day.
    #[garde(inner(custom(of_our_era)))]
    from: Option<NaiveDate>,
    /// The last day; the first one without it.
    #[garde(inner(custom(of_our_era)))]
    to: Option<NaiveDate>,
}

/// A budget that does not add up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProofBudget)]
struct Budget {
    campaign: CampaignId,
    books: Books,
}

/// Whether everything agrees, or which fen do not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proof)]
struct Proven {
    from: NaiveDate,
    to: NaiveDate,
    /// Every day has its bill, no difference is unexplained, budgets and points add up.
    balanced: bool,
    days: Days,
    /// Days whose bill and payouts differ, or whose bill is not known; at most 100.
    unproven: Vec<Shown>,
    /// Cases that nobody has closed.
    open: Named,
    /// Cases that staff have settled.
    settled: Named,
    /// The open cases, the earliest first; at most 100.
    cases: Vec<Case>,
    /// Payouts that are with WeChat and not at their end.
    in_flight: InFlight,
    /// How many campaigns were looked at.
    campaigns: usize,
    /// Campaigns whose books do not agree.
    budgets: Vec<Budget>,
    points: Points,
}

/// Prove that budgets, payouts, WeChat's bills and points agree, or name what does not
#[utoipa::path(tag = "reconciliation", params(Wanted), security(("bearer" = ["reconciliations"])), responses((status = 200, body = Proven), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[get("/proof")]
async fn show(
    _: Staff<Reconciliations>,
    wanted: ValidQuery<Wanted>,
    db: Data<Db>,
    pay: Data<Pay>,
) -> Result<Json<Proven>> {
    let yesterday = || day_of(db.now()).pred_opt().unwrap_or_default();
    let from = wanted.from.or(wanted.to).unwrap_or_else(yesterday);
    let to = wanted.to.unwrap_or(from);
    if to < from {
        return Err(Error::invalid("to", "must not be before from"));
    }
    let merchants: Vec<MerchantKey> = Bills::merchants(pay.get_ref());
    let found = proof(&db, &merchants, Range { from, to }).await?;
    Ok(Json(Proven {
        from,
        to,
        balanced: found.balanced,
        days: found.days,
        unproven: found.unproven.into_iter().map(Shown::from).collect(),
        open: found.open,
        settled: found.settled,
        cases: found.cases.into_iter().map(Case::try_from).collect::<Result<_>>()?,
        in_flight: found.in_flight,
        campaigns: found.campaigns,
        budgets: found.budgets.into_iter().map(|(campaign, books)| Budget { campaign, books }).collect(),
        points: found.points,
    }))
}
