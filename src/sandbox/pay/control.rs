//! WeChat Pay as testers and the phone drive it: functions of [`Sandbox`] and the same over HTTP.

use actix_web::{
    HttpResponse, web,
    web::{Data, Json, Path, Query, ServiceConfig},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    access::MerchantAccess,
    fate::RandomFaults,
    ledger::Movement,
    merchant::{MerchantPatch, MerchantView},
    mini::BizPacket,
    notify::Notification,
    packet::PacketView,
    page::TransferCall,
    transfer::TransferView,
    wallet::Wallet,
};
use crate::sandbox::{Sandbox, trouble::Trouble, world::World};

impl Sandbox {
    /// Everything that a client of this merchant needs.
    pub fn merchant(&self, merchant: &str) -> Result<MerchantAccess, Trouble> {
        self.with(|world| world.merchant_access(merchant))
    }

    /// All merchants, by key.
    pub fn merchants(&self) -> Vec<MerchantView> {
        self.with(|world| {
            world.pay_advance();
            world.pay.merchants.values().map(super::Merchant::view).collect()
        })
    }

    /// What is in the merchant's account, in fen.
    pub fn balance(&self, merchant: &str) -> Result<i64, Trouble> {
        self.with(|world| {
            world.pay_advance();
            Ok(world.pay.merchant(merchant)?.ledger.balance())
        })
    }

    /// Every movement of the merchant's account, oldest first.
    pub fn ledger(&self, merchant: &str) -> Result<Vec<Movement>, Trouble> {
        self.with(|world| {
            world.pay_advance();
            Ok(world.pay.merchant(merchant)?.ledger.movements().to_vec())
        })
    }

    /// Puts money into the merchant's account; `amount` in fen.
    pub fn top_up(&self, merchant: &str, amount: i64) -> Result<MerchantView, Trouble> {
        self.with(|world| world.top_up(merchant, amount))
    }

    /// Freezes a merchant, changes how it knows WeChat Pay, or rotates its platform certificate.
    pub fn change_merchant(&self, merchant: &str, patch: &MerchantPatch) -> Result<MerchantView, Trouble> {
        self.with(|world| world.change_merchant(merchant, patch))
    }

    /// Money no longer goes to this person, for a reason of pay notes section 4.7 such as `TRANSFER_RISK`; `None` ends it.
    /// Red packets are then refused with NO_AUTH, transfers fail.
    pub fn set_pay_risk(&self, person: &str, why: Option<&str>) -> Result<(), Trouble> {
        self.with(|world| world.set_pay_risk(person, why))
    }

    /// What a person received and what is on its way.
    pub fn wallet(&self, person: &str) -> Result<Wallet, Trouble> {
        self.with(|world| world.wallet(person))
    }

    /// The person opens a red packet.
    pub fn open_packet(&self, person: &str, packet: u64) -> Result<PacketView, Trouble> {
        self.with(|world| world.open_packet(person, packet))
    }

    /// `wx.sendBizRedPacket`: the packet appears, and the person may open it.
    pub fn show_packet(&self, person: &str, call: &BizPacket) -> Result<PacketView, Trouble> {
        self.with(|world| world.show_packet(person, call))
    }

    /// `wx.requestMerchantTransfer`: the page of the transfer appears.
    pub fn open_transfer(&self, person: &str, call: &TransferCall) -> Result<TransferView, Trouble> {
        self.with(|world| world.transfer_page(person, call))
    }

    /// The person confirms a transfer; the notification follows ([`settled`](Sandbox::settled) waits for it).
    pub fn confirm_transfer(&self, person: &str, transfer: u64) -> Result<TransferView, Trouble> {
        let view = self.with(|world| world.confirm_transfer(person, transfer))?;
        self.pay_due();
        Ok(view)
    }

    /// The person closes the page without confirming: nothing happens, and the caller hears the same as if it had.
    pub fn close_transfer(&self, person: &str, transfer: u64) -> Result<TransferView, Trouble> {
        self.with(|world| {
            world.pay_advance();
            world.transfer_of(person, transfer)?;
            world.transfer_view(transfer).ok_or(Trouble::Unknown("transfer"))
        })
    }

    /// The newest notifications, newest first.
    pub fn notifications(&self, merchant: Option<&str>, limit: usize) -> Vec<Notification> {
        self.with(|world| world.notifications(merchant, limit))
    }

    /// From now on a share of all calls and notifications goes wrong by chance.
    pub fn set_random_faults(&self, plan: RandomFaults) -> Result<(), Trouble> {
        self.with(|world| world.set_random_faults(plan))
    }
}

/// Registers the control API of WeChat Pay.
pub(in crate::sandbox) fn routes(config: &mut ServiceConfig) {
    config
        .route("/people/{person}/wallet", web::get().to(wallet))
        .route("/people/{person}/risk", web::put().to(risk))
        .route("/people/{person}/packets/{packet}/open", web::post().to(open_packet))
        .route("/people/{person}/biz-packet", web::post().to(show_packet))
        .route("/people/{person}/transfer-page", web::post().to(transfer_page))
        .route("/people/{person}/transfers/{transfer}/confirm", web::post().to(confirm))
        .route("/people/{person}/transfers/{transfer}/close", web::post().to(close))
        .route("/merchants", web::get().to(merchants))
        .route("/merchants/{merchant}", web::patch().to(change))
        .route("/merchants/{merchant}/access", web::get().to(access))
        .route("/merchants/{merchant}/ledger", web::get().to(ledger))
        .route("/merchants/{merchant}/top-up", web::post().to(top_up))
        .route("/notifications", web::get().to(notifications))
        .route("/notifications/release", web::post().to(release))
        .route("/notifications/{notification}/again", web::post().to(again))
        .route("/random-faults", web::get().to(random_faults))
        .route("/random-faults", web::put().to(set_random_faults));
}

type Answer<T> = Result<Json<T>, Trouble>;
type Control = Data<Sandbox>;

async fn wallet(sandbox: Control, person: Path<String>) -> Answer<Wallet> {
    let wallet = sandbox.wallet(&person)?;
    sandbox.pay_due();
    Ok(Json(wallet))
}

#[derive(Deserialize)]
struct Risk {
    #[serde(default)]
    reason: Option<String>,
}

async fn risk(sandbox: Control, person: Path<String>, risk: Json<Risk>) -> Answer<Wallet> {
    sandbox.set_pay_risk(&person, risk.reason.as_deref())?;
    sandbox.wallet(&person).map(Json)
}

async fn open_packet(sandbox: Control, path: Path<(String, u64)>) -> Answer<PacketView> {
    let (person, packet) = path.into_inner();
    sandbox.open_packet(&person, packet).map(Json)
}

async fn show_packet(sandbox: Control, person: Path<String>, call: Json<BizPacket>) -> Answer<PacketView> {
    sandbox.show_packet(&person, &call).map(Json)
}

async fn transfer_page(sandbox: Control, person: Path<String>, call: Json<TransferCall>) -> Answer<TransferView> {
    sandbox.open_transfer(&person, &call).map(Json)
}

async fn confirm(sandbox: Control, path: Path<(String, u64)>) -> Answer<TransferView> {
    let (person, transfer) = path.into_inner();
    sandbox.confirm_transfer(&person, transfer).map(Json)
}

async fn close(sandbox: Control, path: Path<(String, u64)>) -> Answer<TransferView> {
    let (person, transfer) = path.into_inner();
    sandbox.close_transfer(&person, transfer).map(Json)
}

async fn merchants(sandbox: Control) -> Json<Value> {
    Json(json!({ "merchants": sandbox.merchants() }))
}

async fn change(sandbox: Control, merchant: Path<String>, patch: Json<MerchantPatch>) -> Answer<MerchantView> {
    sandbox.change_merchant(&merchant, &patch).map(Json)
}

async fn access(sandbox: Control, merchant: Path<String>) -> Answer<MerchantAccess> {
    sandbox.merchant(&merchant).map(Json)
}

async fn ledger(sandbox: Control, merchant: Path<String>) -> Answer<Value> {
    Ok(Json(json!({ "movements": sandbox.ledger(&merchant)? })))
}

#[derive(Deserialize)]
struct TopUp {
    amount: i64,
}

async fn top_up(sandbox: Control, merchant: Path<String>, top_up: Json<TopUp>) -> Answer<MerchantView> {
    sandbox.top_up(&merchant, top_up.amount).map(Json)
}

#[derive(Deserialize)]
struct Listing {
    merchant: Option<String>,
    limit: Option<usize>,
}

async fn notifications(sandbox: Control, listing: Query<Listing>) -> Json<Value> {
    let limit = listing.limit.unwrap_or(50).min(1000);
    Json(json!({ "notifications": sandbox.notifications(listing.merchant.as_deref(), limit) }))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Release {
    reversed: bool,
}

async fn release(sandbox: Control, release: Json<Release>) -> Json<Value> {
    Json(json!({ "notifications": sandbox.release_notifications(release.reversed).await }))
}

async fn again(sandbox: Control, notification: Path<u64>) -> Answer<Notification> {
    sandbox.notify_again(notification.into_inner()).await.map(Json)
}

async fn random_faults(sandbox: Control) -> Json<Value> {
    Json(json!({ "plan": sandbox.with(|world: &mut World| world.pay.fate.as_ref().map(|fate| fate.plan)) }))
}

async fn set_random_faults(sandbox: Control, plan: Json<RandomFaults>) -> Result<HttpResponse, Trouble> {
    sandbox.set_random_faults(*plan)?;
    Ok(HttpResponse::Ok().json(json!({})))
}
