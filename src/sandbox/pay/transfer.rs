//! Merchant transfers from the moment they are accepted: locked, confirmed, lapsed, cancelled (pay notes section 4.3).

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    call::{Course, Twist},
    ledger::MovementKind,
    timers::{Timer, seconds},
    v3::create::Create,
    wallet::Receipt,
};
use crate::{
    infra::clock::{Time, shanghai},
    sandbox::{events::Told, trouble::Trouble, world::World},
};

/// How far a transfer is (pay notes section 4.3, WeChat's spelling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferState {
    /// Accepted, not worked on.
    Accepted,
    /// The money is being locked.
    Processing,
    /// The person must confirm.
    WaitUserConfirm,
    /// Confirmed, the money is moving.
    Transfering,
    /// The person has the money.
    Success,
    /// It failed, and the money is back.
    Fail,
    /// The merchant's cancellation is running.
    Canceling,
    /// Cancelled, and the money is back.
    Cancelled,
}

impl TransferState {
    /// WeChat's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Processing => "PROCESSING",
            Self::WaitUserConfirm => "WAIT_USER_CONFIRM",
            Self::Transfering => "TRANSFERING",
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
            Self::Canceling => "CANCELING",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Fail | Self::Cancelled)
    }
}

/// What happens to a transfer at its time.
#[derive(Clone, Debug)]
pub(super) enum TransferStep {
    /// The money is locked, or that is tried again in a minute.
    Lock,
    Fail(String),
    Lapse,
    Arrive,
    Cancel,
}

/// One transfer.
pub(super) struct Transfer {
    pub(super) merchant: String,
    pub(super) request: Create,
    /// The key of the account that the appid belongs to.
    pub(super) account: String,
    pub(super) person: String,
    /// WeChat's number.
    pub(super) bill_no: String,
    /// What the client call takes.
    pub(super) package: String,
    pub(super) state: TransferState,
    pub(super) fail_reason: Option<String>,
    locked: bool,
    pub(super) created: Time,
    pub(super) updated: Time,
    /// Until then queries do not find it.
    pub(super) hidden_until: Option<Time>,
}

/// A transfer as its receiver sees it.
#[derive(Clone, Debug, Serialize)]
pub struct TransferView {
    /// The sandbox's number.
    pub id: u64,
    /// The merchant's key.
    pub merchant: String,
    /// The merchant's own number.
    pub number: String,
    /// The key of the account it comes from.
    pub account: String,
    /// Who receives it.
    pub person: String,
    /// The merchant's name, as the person reads it.
    pub sender: String,
    /// What it is for, as the person reads it.
    pub perception: String,
    /// The merchant's words.
    pub remark: String,
    /// In fen.
    pub amount: i64,
    /// How far it is.
    pub state: TransferState,
    /// Why it failed.
    pub fail_reason: Option<String>,
    /// Whether the page looks like a red packet.
    pub red_packet: bool,
    /// When it was accepted.
    pub at: Time,
    /// When it lapses if nobody confirms.
    pub lapses_at: Time,
    /// When it got to this state.
    pub updated_at: Time,
}

/// Times as v3 writes them.
pub(super) fn rfc3339(at: Time) -> String {
    at.with_timezone(&shanghai()).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

impl World {
    /// Accepts a transfer, whose checks have passed.
    pub(super) fn accept_transfer(
        &mut self,
        merchant: &str,
        account: &str,
        person: &str,
        request: Create,
        twist: &Twist,
    ) -> u64 {
        let (now, id) = (self.now(), self.id());
        let day = now.with_timezone(&shanghai()).format("%y%m%d");
        let bill_no = format!("133000{:09}{day}{id:013}", self.random.below(1_000_000_000));
        let mut package = vec![0x00, 0x10, 0x50, 0x3b, 0xea, 0x18, 0x00, 0x00, 0x01];
        package.extend(self.random.bytes::<107>());
        if let Ok(merchant) = self.pay.merchant_mut(merchant) {
            merchant.transfers.insert(request.out_bill_no.clone(), id);
            merchant.today(now).transfers += request.transfer_amount;
        }
        let transfer = Transfer {
            merchant: merchant.to_owned(),
            account: account.to_owned(),
            person: person.to_owned(),
            bill_no,
            package: base64::Engine::encode(&base64::prelude::BASE64_STANDARD, package),
            state: TransferState::Accepted,
            fail_reason: None,
            locked: false,
            created: now,
            updated: now,
            hidden_until: twist.hidden.map(|hidden| now + seconds(hidden)),
            request,
        };
        self.pay.transfers.insert(id, transfer);
        let risk = self.pay.risks.get(person).cloned();
        match (&twist.course, risk) {
            (Course::Late { seconds: late, reason: None }, None) => {
                self.pay_at(now + seconds(*late), Timer::Transfer(id, TransferStep::Lock));
            }
            (Course::Late { seconds: late, reason }, risk) => {
                let reason = reason.clone().or(risk).unwrap_or_default();
                self.pay_at(now + seconds(*late), Timer::Transfer(id, TransferStep::Fail(reason)));
            }
            (Course::Usual, Some(risk)) => self.pay_at(now, Timer::Transfer(id, TransferStep::Fail(risk))),
            (Course::Usual, None) => self.transfer_step(id, &TransferStep::Lock, now),
        }
        id
    }

    /// One step of a transfer, if it is still where the step begins.
    pub(super) fn transfer_step(&mut self, id: u64, step: &TransferStep, at: Time) {
        use TransferState as S;
        let lapse = seconds(self.settings.pay.lapse_after);
        let Some(transfer) = self.pay.transfers.get_mut(&id) else { return };
        match (transfer.state, step) {
            (S::Accepted | S::Processing, TransferStep::Lock) => {
                let due = transfer.created + lapse;
                let Some(merchant) = self.pay.merchants.get_mut(&transfer.merchant) else { return };
                let (number, amount) = (&transfer.request.out_bill_no, transfer.request.transfer_amount);
                transfer.updated = at;
                if merchant.ledger.book(MovementKind::Transfer, amount, at, number, &transfer.bill_no).is_ok() {
                    (transfer.locked, transfer.state) = (true, S::WaitUserConfirm);
                    let person = transfer.person.clone();
                    self.pay_at(due, Timer::Transfer(id, TransferStep::Lapse));
                    self.tell(Told::Wallet { person });
                } else if at < due {
                    transfer.state = S::Processing;
                    self.pay_at(at + seconds(60), Timer::Transfer(id, TransferStep::Lock));
                } else {
                    self.transfer_ends(id, S::Fail, Some("OVERDUE_CLOSE"), at);
                }
            }
            (S::Accepted | S::Processing, TransferStep::Fail(reason)) => {
                self.transfer_ends(id, S::Fail, Some(reason), at);
            }
            (S::WaitUserConfirm, TransferStep::Lapse) => self.transfer_ends(id, S::Fail, Some("OVERDUE_CLOSE"), at),
            (S::Transfering, TransferStep::Arrive) => {
                let person = transfer.person.clone();
                match self.pay.risks.get(&person).cloned() {
                    Some(risk) => self.transfer_ends(id, S::Fail, Some(&risk), at),
                    None => self.transfer_ends(id, S::Success, None, at),
                }
            }
            (S::Canceling, TransferStep::Cancel) => self.transfer_ends(id, S::Cancelled, None, at),
            _ => {}
        }
    }

    /// Ends a transfer: the money arrives or comes back, and the merchant is told.
    fn transfer_ends(&mut self, id: u64, state: TransferState, reason: Option<&str>, at: Time) {
        let Some(transfer) = self.pay.transfers.get_mut(&id) else { return };
        (transfer.state, transfer.updated) = (state, at);
        transfer.fail_reason = reason.map(str::to_owned);
        let (person, amount) = (transfer.person.clone(), transfer.request.transfer_amount);
        let Some(merchant) = self.pay.merchants.get_mut(&transfer.merchant) else { return };
        if state == TransferState::Success {
            let receipt = Receipt { at, amount, title: merchant.name.clone(), packet: None, transfer: Some(id) };
            self.receive(&person, receipt);
        } else if std::mem::take(&mut transfer.locked) {
            let (number, bill_no) = (&transfer.request.out_bill_no, &transfer.bill_no);
            // A balance that would overflow is no balance that came about here.
            let _ = merchant.ledger.book(MovementKind::TransferReturn, amount, at, number, bill_no);
        }
        self.tell(Told::Wallet { person });
        self.transfer_told(id);
    }

    /// Makes the notification of a transfer that has ended (pay notes section 4.6).
    fn transfer_told(&mut self, id: u64) {
        let Some(transfer) = self.pay.transfers.get(&id) else { return };
        let Some(url) = transfer.request.notify_url.clone() else { return };
        let merchant = transfer.merchant.clone();
        let mut content = json!({
            "out_bill_no": transfer.request.out_bill_no,
            "transfer_bill_no": transfer.bill_no,
            "state": transfer.state.name(),
            "mch_id": self.pay.merchants.get(&merchant).map(|merchant| merchant.mchid.as_str()),
            "transfer_amount": transfer.request.transfer_amount,
            "openid": transfer.request.openid,
            "create_time": rfc3339(transfer.created),
            "update_time": rfc3339(transfer.updated),
        });
        if let (Some(reason), Some(fields)) = (&transfer.fail_reason, content.as_object_mut()) {
            fields.insert("fail_reason".to_owned(), Value::from(reason.as_str()));
        }
        self.notify(&merchant, &url, "MCHTRANSFER.BILL.FINISHED", "mch_payment", "商家转账单据终态通知", content);
    }

    /// The person confirms on the page.
    pub(super) fn confirm_transfer(&mut self, person: &str, id: u64) -> Result<TransferView, Trouble> {
        self.pay_advance();
        let now = self.now();
        let transfer = self.transfer_of(person, id)?;
        match transfer.state {
            TransferState::WaitUserConfirm => {}
            TransferState::Success | TransferState::Transfering => {
                return Err(Trouble::Conflict("the transfer is confirmed already"));
            }
            _ => return Err(Trouble::Conflict("the transfer can no longer be confirmed")),
        }
        (transfer.state, transfer.updated) = (TransferState::Transfering, now);
        self.pay_at(now + seconds(self.settings.pay.transfer_takes), Timer::Transfer(id, TransferStep::Arrive));
        self.pay_advance();
        self.tell(Told::Wallet { person: person.to_owned() });
        self.transfer_view(id).ok_or(Trouble::Unknown("transfer"))
    }

    pub(super) fn transfer_of(&mut self, person: &str, id: u64) -> Result<&mut Transfer, Trouble> {
        self.person(person)?;
        let transfer = self.pay.transfers.get_mut(&id).filter(|transfer| transfer.person == person);
        transfer.ok_or(Trouble::Unknown("transfer"))
    }

    /// The merchant cancels; `false` when it is too late for that.
    pub(super) fn cancel_transfer(&mut self, id: u64) -> bool {
        use TransferState as S;
        let now = self.now();
        let takes = seconds(self.settings.pay.cancel_takes);
        let Some(transfer) = self.pay.transfers.get_mut(&id) else { return false };
        match transfer.state {
            S::Accepted | S::Processing | S::WaitUserConfirm => {
                (transfer.state, transfer.updated) = (S::Canceling, now);
                self.pay_at(now + takes, Timer::Transfer(id, TransferStep::Cancel));
                true
            }
            S::Canceling | S::Cancelled => true,
            S::Transfering | S::Success | S::Fail => false,
        }
    }

    /// A transfer as its receiver sees it.
    pub(super) fn transfer_view(&self, id: u64) -> Option<TransferView> {
        let transfer = self.pay.transfers.get(&id)?;
        let request = &transfer.request;
        Some(TransferView {
            id,
            merchant: transfer.merchant.clone(),
            number: request.out_bill_no.clone(),
            account: transfer.account.clone(),
            person: transfer.person.clone(),
            sender: self
                .pay
                .merchants
                .get(&transfer.merchant)
                .map(|merchant| merchant.name.clone())
                .unwrap_or_default(),
            perception: request.perception().to_owned(),
            remark: request.transfer_remark.clone(),
            amount: request.transfer_amount,
            state: transfer.state,
            fail_reason: transfer.fail_reason.clone(),
            red_packet: request.is_red_packet(),
            at: transfer.created,
            lapses_at: transfer.created + seconds(self.settings.pay.lapse_after),
            updated_at: transfer.updated,
        })
    }
}
