//! Changing the world: accounts, tokens, faults, the clock, pushes by hand.

use actix_web::{
    HttpResponse, web,
    web::{Data, Json, Path, Query, ServiceConfig},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{Delivered, Wait, ok};
use crate::{
    sandbox::{
        Sandbox,
        accounts::{AccountPatch, AccountView},
        events::Told,
        faults::{Fault, NewFault},
        pushes::Push,
        service::{ServicePatch, ServiceView},
        trouble::Trouble,
        world::World,
    },
    wechat::crypto::signature::sign,
};

/// What the service made of the test of its address.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// It answered with exactly the text it was sent.
    pub ok: bool,
    /// The HTTP status; `null` when nothing answered.
    pub status: Option<u16>,
    /// The answer.
    pub answer: String,
}

impl World {
    /// The address of a GET that the service must echo, and the text it must echo (protocol section 1.1).
    pub(in crate::sandbox) fn verification(&self, account: &str) -> Result<(Url, String), Trouble> {
        let account = self.account(account)?;
        let url = self.callback_url(account).ok_or(Trouble::Conflict("the service's address is not known"))?;
        let mut url: Url = url.parse().map_err(|error| Trouble::invalid(format!("callback_url: {error}")))?;
        let timestamp = self.now().timestamp().to_string();
        let nonce = (u32::from_be_bytes(self.random.bytes()) % 2_000_000_000).to_string();
        let echo = (u64::from_be_bytes(self.random.bytes()) >> 1).to_string();
        url.query_pairs_mut()
            .append_pair("signature", &sign([&account.sign_token, &timestamp, &nonce]))
            .append_pair("echostr", &echo)
            .append_pair("timestamp", &timestamp)
            .append_pair("nonce", &nonce);
        Ok((url, echo))
    }
}

impl Sandbox {
    /// Sets where the service stands; pushes go to `{base}/wechat/{key}/callback`.
    pub fn set_callback_base(&self, base: &str) {
        self.with(|world| world.callback_base = Some(base.to_owned()));
    }

    /// Changes what the account's owner set in the console.
    pub fn change_account(&self, account: &str, patch: AccountPatch) -> Result<AccountView, Trouble> {
        self.with(|world| world.change_account(account, patch))
    }

    /// A foreign service has taken the tokens away: all of the account give 40001 from now on.
    pub fn invalidate_tokens(&self, account: &str) -> Result<(), Trouble> {
        self.with(|world| world.invalidate_tokens(account))
    }

    /// Sets up a fault.
    pub fn add_fault(&self, fault: NewFault) -> Result<Fault, Trouble> {
        self.with(|world| world.add_fault(fault))
    }

    /// Removes a fault.
    pub fn remove_fault(&self, fault: u64) -> Result<(), Trouble> {
        self.with(|world| world.remove_fault(fault))
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.with(World::clear_faults);
    }

    /// Pushes any message or event; fields that are missing are filled in.
    pub async fn push_by_hand(&self, account: &str, message: &Value, person: Option<&str>) -> Result<Push, Trouble> {
        let push = self.with(|world| world.push_by_hand(account, message, person))?;
        self.ended(push, true).await
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/service", web::patch().to(service))
        .route("/accounts/{account}", web::patch().to(change))
        .route("/accounts/{account}/push", web::post().to(push))
        .route("/accounts/{account}/verify", web::post().to(verify))
        .route("/tokens/{account}/invalidate", web::post().to(invalidate))
        .route("/faults", web::get().to(faults))
        .route("/faults", web::post().to(add_fault))
        .route("/faults", web::delete().to(clear_faults))
        .route("/faults/{fault}", web::delete().to(remove_fault))
        .route("/clock/advance", web::post().to(advance));
}

async fn change(
    sandbox: Data<Sandbox>,
    account: Path<String>,
    patch: Json<AccountPatch>,
) -> Result<Json<AccountView>, Trouble> {
    sandbox.change_account(&account, patch.into_inner()).map(Json)
}

async fn service(sandbox: Data<Sandbox>, patch: Json<ServicePatch>) -> Result<Json<ServiceView>, Trouble> {
    sandbox.change_service(patch.into_inner()).map(Json)
}

#[derive(Deserialize)]
struct ByHand {
    message: Value,
    #[serde(default)]
    person: Option<String>,
}

async fn push(
    sandbox: Data<Sandbox>,
    account: Path<String>,
    wait: Query<Wait>,
    hand: Json<ByHand>,
) -> Result<Json<Delivered>, Trouble> {
    let push = sandbox.with(|world| world.push_by_hand(&account, &hand.message, hand.person.as_deref()))?;
    Ok(sandbox.ended(push, wait.wait).await?.into())
}

async fn verify(sandbox: Data<Sandbox>, account: Path<String>) -> Result<Json<Verified>, Trouble> {
    sandbox.verify_url(&account).await.map(Json)
}

async fn invalidate(sandbox: Data<Sandbox>, account: Path<String>) -> Result<HttpResponse, Trouble> {
    sandbox.invalidate_tokens(&account)?;
    Ok(ok())
}

async fn faults(sandbox: Data<Sandbox>) -> Json<Value> {
    Json(json!({ "faults": sandbox.state().faults }))
}

async fn add_fault(sandbox: Data<Sandbox>, fault: Json<NewFault>) -> Result<Json<Fault>, Trouble> {
    sandbox.add_fault(fault.into_inner()).map(Json)
}

async fn clear_faults(sandbox: Data<Sandbox>) -> HttpResponse {
    sandbox.clear_faults();
    ok()
}

async fn remove_fault(sandbox: Data<Sandbox>, fault: Path<u64>) -> Result<HttpResponse, Trouble> {
    sandbox.remove_fault(fault.into_inner())?;
    Ok(ok())
}

#[derive(Deserialize)]
struct Step {
    seconds: i64,
}

async fn advance(sandbox: Data<Sandbox>, step: Json<Step>) -> Result<Json<Value>, Trouble> {
    if !sandbox.clock().is_manual() {
        return Err(Trouble::Conflict("the clock is the machine's and cannot be moved"));
    }
    let step = TimeDelta::try_seconds(step.seconds).ok_or_else(|| Trouble::invalid("seconds is too large"))?;
    sandbox.clock().advance(step);
    sandbox.with(|world| world.tell(Told::State));
    sandbox.pay_due();
    Ok(Json(json!({ "now": sandbox.clock().now() })))
}
