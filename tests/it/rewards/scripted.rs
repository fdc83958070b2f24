//! A WeChat Pay that does what a test says: it keeps its own record of every number, loses answers on order, and never
//! pays a number twice.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use entity::types::{Fen, OpenId};
use futures_util::future::{FutureExt, LocalBoxFuture, ready};
use huilian::{
    error::Result,
    rewards::payout::{
        answer::{Answer, Kind, Told},
        provider::{ClaimParameters, Number, Order, PayoutProvider, Providers},
        state::Stage,
    },
};
use serde_json::{Value, json};

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens, and nobody knows.
    LostBefore,
    /// It happens, and nobody knows.
    LostAfter,
    /// The process dies before the call.
    DiesBefore,
    /// The process dies after the effect, before it hears the answer.
    DiesAfter,
    /// It is refused, and nothing happens.
    Refused(Kind),
    /// It is accepted and not decided.
    Processing,
    /// It is accepted, and fails later.
    AcceptedThenFails,
    /// A question finds nothing, although it is there.
    NotFound,
}

/// What WeChat knows of one number.
#[derive(Clone, Debug)]
pub struct Bill {
    pub request: Value,
    pub stage: Stage,
    pub amount: Fen,
    pub open_id: OpenId,
    /// Whether money left for it, now or once.
    pub refunded: Option<Fen>,
    fails: bool,
}

#[derive(Default)]
pub struct Record {
    pub bills: BTreeMap<String, Bill>,
    /// What goes wrong with the next calls that hand something over; `None` for one that is all right.
    pub sends: VecDeque<Option<Fault>>,
    /// What goes wrong with the next questions.
    pub asks: VecDeque<Option<Fault>>,
    /// Every call, in order: what, and the number.
    pub calls: Vec<(&'static str, String)>,
    /// Numbers that came again with other content.
    pub mismatches: usize,
}

#[derive(Clone, Default)]
pub struct Scripted(Arc<Mutex<Record>>);

impl Scripted {
    pub fn providers(&self) -> Providers {
        let way: Arc<dyn PayoutProvider> = Arc::new(self.clone());
        Providers { red_packet: way.clone(), mini_red_packet: way.clone(), transfer: way }
    }

    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("nobody panics while holding it")
    }

    pub fn fail_sends(&self, faults: impl IntoIterator<Item = Fault>) {
        self.record().sends.extend(faults.into_iter().map(Some));
    }

    pub fn fail_asks(&self, faults: impl IntoIterator<Item = Fault>) {
        self.record().asks.extend(faults.into_iter().map(Some));
    }

    pub fn numbers(&self) -> Vec<String> {
        self.record().bills.keys().cloned().collect()
    }

    /// How often something was called.
    pub fn count(&self, what: &str) -> usize {
        self.record().calls.iter().filter(|(call, _)| *call == what).count()
    }

    fn lead(&self, number: &str, from: &[Stage], to: Stage) -> bool {
        let mut record = self.record();
        let bill = record.bills.get_mut(number).expect("a number");
        let may = from.contains(&bill.stage);
        if may {
            bill.stage = to;
            if to == Stage::Returned {
                bill.refunded = Some(bill.amount);
            }
        }
        may
    }

    /// The person takes it.
    pub fn take(&self, number: &str) -> bool {
        self.lead(number, &[Stage::Waiting], Stage::Paid)
    }

    /// Nobody took it in time.
    pub fn lapse(&self, number: &str) -> bool {
        self.lead(number, &[Stage::Waiting, Stage::Returning], Stage::Returned)
    }

    /// WeChat says for good that it was not paid.
    pub fn reject(&self, number: &str) -> bool {
        self.lead(number, &[Stage::Working, Stage::Waiting], Stage::Rejected)
    }

    /// What is being worked on arrives, or fails.
    pub fn work(&self) {
        for bill in self.record().bills.values_mut().filter(|bill| bill.stage == Stage::Working) {
            bill.stage = if bill.fails { Stage::Rejected } else { Stage::Waiting };
        }
    }

    /// What WeChat's notification would say.
    pub fn told(&self, number: &str) -> Told {
        told(self.record().bills.get(number).expect("a number"))
    }

    /// What people have, in fen.
    pub fn paid(&self) -> i64 {
        let record = self.record();
        record.bills.values().filter(|bill| bill.stage == Stage::Paid).map(|bill| bill.amount.get()).sum()
    }

    fn hand_over(&self, number: Number<'_>) -> Answer {
        let mut record = self.record();
        record.calls.push(("send", number.out_no.to_owned()));
        let fault = record.sends.pop_front().flatten();
        match fault {
            Some(Fault::LostBefore) => return lost(),
            Some(Fault::DiesBefore) => {
                drop(record);
                panic!("killed before the call")
            }
            Some(Fault::Refused(kind)) => return Answer::Refused { kind, code: format!("{kind:?}").to_uppercase() },
            _ => {}
        }
        if let Some(known) = record.bills.get(number.out_no)
            && known.request != *number.request
        {
            record.mismatches += 1;
            return Answer::Refused { kind: Kind::Mismatch, code: "FATAL_ERROR".to_owned() };
        }
        let fails = fault == Some(Fault::AcceptedThenFails);
        let stage = if fails || fault == Some(Fault::Processing) { Stage::Working } else { Stage::Waiting };
        let fresh = || Bill {
            request: number.request.clone(),
            stage,
            amount: serde_json::from_value(number.request["amount"].clone()).expect("an amount"),
            open_id: serde_json::from_value(number.request["open_id"].clone()).expect("an OpenID"),
            refunded: None,
            fails,
        };
        let bill = record.bills.entry(number.out_no.to_owned()).or_insert_with(fresh).clone();
        drop(record);
        match fault {
            Some(Fault::LostAfter) => lost(),
            Some(Fault::DiesAfter) => panic!("killed after the effect"),
            Some(Fault::Processing) => Answer::Processing,
            _ => Answer::Told(told(&bill)),
        }
    }

    fn question(&self, number: Number<'_>) -> Answer {
        let mut record = self.record();
        record.calls.push(("ask", number.out_no.to_owned()));
        let fault = record.asks.pop_front().flatten();
        let bill = record.bills.get(number.out_no).cloned();
        drop(record);
        match fault {
            Some(Fault::DiesBefore | Fault::DiesAfter) => panic!("killed while asking"),
            Some(Fault::LostBefore | Fault::LostAfter | Fault::Processing) => lost(),
            Some(Fault::NotFound) => Answer::NotFound,
            Some(Fault::Refused(kind)) => Answer::Refused { kind, code: format!("{kind:?}").to_uppercase() },
            // A question never brings the package again.
            Some(Fault::AcceptedThenFails) | None => {
                bill.map_or(Answer::NotFound, |bill| Answer::Told(Told { package: None, ..told(&bill) }))
            }
        }
    }
}

fn lost() -> Answer {
    Answer::Unknown { code: "timeout".to_owned() }
}

fn told(bill: &Bill) -> Told {
    Told {
        stage: bill.stage,
        code: format!("{:?}", bill.stage).to_uppercase(),
        provider_no: Some("1330000000000000000".to_owned()),
        package: (bill.stage == Stage::Waiting).then(|| "ABBQO+oYAAAB".to_owned()),
        amount: Some(bill.amount),
        open_id: Some(bill.open_id.clone()),
        refunded: bill.refunded,
    }
}

impl PayoutProvider for Scripted {
    fn freeze(&self, order: &Order) -> Result<Value> {
        Ok(json!({ "number": order.out_no, "open_id": order.open_id, "amount": order.amount, "gives": order.gives }))
    }

    fn send<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move { self.hand_over(number) }.boxed_local()
    }

    fn ask<'a>(&'a self, number: Number<'a>) -> LocalBoxFuture<'a, Answer> {
        async move { self.question(number) }.boxed_local()
    }

    fn cancel<'a>(&'a self, number: Number<'a>) -> Option<LocalBoxFuture<'a, Answer>> {
        self.record().calls.push(("cancel", number.out_no.to_owned()));
        self.lead(number.out_no, &[Stage::Waiting], Stage::Returning);
        Some(ready(Answer::Told(self.told(number.out_no))).boxed_local())
    }

    fn parameters(&self, number: Number<'_>, package: &str) -> Result<Option<ClaimParameters>> {
        let parameters = json!({ "package": package, "merchant": number.merchant });
        Ok(Some(ClaimParameters { call: "requestMerchantTransfer".to_owned(), parameters }))
    }
}
