//! Red packets from the moment they are accepted: sent, opened, lapsed, returned (pay notes sections 2.2 and 2.5).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::{
    call::{Course, Twist},
    ledger::MovementKind,
    timers::{Timer, seconds},
    wallet::Receipt,
};
use crate::{
    infra::clock::Time,
    sandbox::{
        chats::{From, Via},
        events::Told,
        trouble::Trouble,
        world::World,
    },
};

/// How far a packet is (pay notes section 2.5, WeChat's spelling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PacketState {
    /// Accepted, not done.
    Sending,
    /// It waits for the person.
    Sent,
    /// The person took it.
    Received,
    /// It was never sent.
    Failed,
    /// It lapsed, and the money is on its way back.
    #[serde(rename = "RFUND_ING")]
    Refunding,
    /// The money is back.
    Refund,
}

impl PacketState {
    /// WeChat's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Received => "RECEIVED",
            Self::Failed => "FAILED",
            Self::Refunding => "RFUND_ING",
            Self::Refund => "REFUND",
        }
    }
}

/// How a packet reaches the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// As a message of the account, because the person follows it.
    Chat,
    /// As a service notice.
    Notice,
    /// By a button of the mini program.
    Mini,
}

/// What happens to a packet at its time.
#[derive(Clone, Debug)]
pub(super) enum PacketStep {
    Send,
    Fail(String),
    Lapse,
    Return,
}

/// What a packet is made of.
pub(super) struct NewPacket {
    pub(super) merchant: String,
    pub(super) number: String,
    /// The request without `nonce_str` and `sign`: a repetition must have the same.
    pub(super) request: BTreeMap<String, String>,
    pub(super) account: String,
    pub(super) person: String,
    pub(super) amount: i64,
    pub(super) mini: bool,
}

/// One red packet.
pub(super) struct Packet {
    pub(super) id: u64,
    pub(super) new: NewPacket,
    /// WeChat's number.
    pub(super) list_id: String,
    pub(super) state: PacketState,
    pub(super) reason: Option<String>,
    /// What the mini program hands to its client call.
    pub(super) package: Option<String>,
    /// The client call has shown it.
    pub(super) shown: bool,
    pub(super) arrival: Arrival,
    pub(super) created: Time,
    pub(super) received: Option<Time>,
    pub(super) refunded: Option<Time>,
    /// Until then queries do not find it.
    pub(super) hidden_until: Option<Time>,
}

impl Packet {
    /// A field of the request.
    pub(super) fn field(&self, name: &str) -> &str {
        self.new.request.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// A packet as its receiver sees it.
#[derive(Clone, Debug, Serialize)]
pub struct PacketView {
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
    /// Who gives it, as the person reads it.
    pub sender: String,
    /// The good wishes.
    pub wishing: String,
    /// The name of the activity.
    pub activity: String,
    /// In fen.
    pub amount: i64,
    /// How far it is.
    pub state: PacketState,
    /// How it reaches the person.
    pub arrival: Arrival,
    /// When it was accepted.
    pub at: Time,
    /// When it lapses if nobody opens it.
    pub lapses_at: Time,
    /// When it was opened.
    pub received_at: Option<Time>,
}

impl World {
    /// Accepts a packet, whose checks have passed. Money moves when it is sent.
    pub(super) fn accept_packet(&mut self, new: NewPacket, twist: &Twist) -> u64 {
        let (now, id) = (self.now(), self.id());
        let list_id =
            format!("1000041701{}{id:013}", now.with_timezone(&crate::infra::clock::shanghai()).format("%Y%m%d"));
        let package = new.mini.then(|| {
            let signature = hex::encode(self.random.bytes::<16>());
            let appid = new.request.get("wxappid").cloned().unwrap_or_default();
            let mchid = new.request.get("mch_id").cloned().unwrap_or_default();
            format!(
                "sendid={}&ver=8&sign={signature}&mchid={mchid}&appid={appid}",
                hex::encode(self.random.bytes::<32>())
            )
        });
        let follows = self.account(&new.account).is_ok_and(|account| account.is_following(&new.person));
        let arrival = match (new.mini, follows) {
            (true, _) => Arrival::Mini,
            (false, true) => Arrival::Chat,
            (false, false) => Arrival::Notice,
        };
        if let Ok(merchant) = self.pay.merchant_mut(&new.merchant) {
            merchant.packets.insert(new.number.clone(), id);
            let today = merchant.today(now);
            today.packets += new.amount;
            let (count, amount) = today.by_person.entry(new.person.clone()).or_default();
            (*count, *amount) = (*count + 1, *amount + new.amount);
        }
        let packet = Packet {
            id,
            list_id,
            state: PacketState::Sending,
            reason: None,
            package,
            shown: false,
            arrival,
            created: now,
            received: None,
            refunded: None,
            hidden_until: twist.hidden.map(|hidden| now + seconds(hidden)),
            new,
        };
        self.pay.packets.insert(id, packet);
        match &twist.course {
            Course::Usual => self.packet_step(id, &PacketStep::Send, now),
            Course::Late { seconds: late, reason: None } => {
                self.pay_at(now + seconds(*late), Timer::Packet(id, PacketStep::Send));
            }
            Course::Late { seconds: late, reason: Some(reason) } => {
                if let Some(packet) = self.pay.packets.get_mut(&id) {
                    packet.reason = Some(reason.clone());
                }
                self.pay_at(now + seconds(*late), Timer::Packet(id, PacketStep::Fail(reason.clone())));
            }
        }
        id
    }

    /// One step of a packet, if it is still where the step begins.
    pub(super) fn packet_step(&mut self, id: u64, step: &PacketStep, at: Time) {
        let lapse = seconds(self.settings.pay.lapse_after);
        let refund = seconds(self.settings.pay.refund_takes);
        let Some(packet) = self.pay.packets.get_mut(&id) else { return };
        let Some(merchant) = self.pay.merchants.get_mut(&packet.new.merchant) else { return };
        let (number, list_id, amount) = (packet.new.number.as_str(), packet.list_id.as_str(), packet.new.amount);
        match (packet.state, step) {
            (PacketState::Sending, PacketStep::Send) => {
                if merchant.ledger.book(MovementKind::Packet, amount, at, number, list_id).is_err() {
                    (packet.state, packet.reason) = (PacketState::Failed, Some("余额不足".to_owned()));
                    return;
                }
                packet.state = PacketState::Sent;
                let due = packet.created + lapse;
                self.pay_at(due, Timer::Packet(id, PacketStep::Lapse));
                self.packet_arrives(id);
            }
            (PacketState::Sending, PacketStep::Fail(reason)) => {
                (packet.state, packet.reason) = (PacketState::Failed, Some(reason.clone()));
            }
            (PacketState::Sent, PacketStep::Lapse) => {
                packet.state = PacketState::Refunding;
                let person = packet.new.person.clone();
                self.pay_at(at + refund, Timer::Packet(id, PacketStep::Return));
                self.tell(Told::Wallet { person });
            }
            (PacketState::Refunding, PacketStep::Return) => {
                // A balance that would overflow is no balance that came about here.
                let _ = merchant.ledger.book(MovementKind::PacketReturn, amount, at, number, list_id);
                (packet.state, packet.refunded) = (PacketState::Refund, Some(at));
                let person = packet.new.person.clone();
                self.tell(Told::Wallet { person });
            }
            _ => {}
        }
    }

    /// Shows a packet that has just been sent: in the chat of a follower, else among the service notices.
    fn packet_arrives(&mut self, id: u64) {
        let Some(packet) = self.pay.packets.get(&id) else { return };
        let (account, person) = (packet.new.account.clone(), packet.new.person.clone());
        let content = json!({
            "packet": id,
            "send_name": packet.field("send_name"),
            "wishing": packet.field("wishing"),
        });
        if packet.arrival == Arrival::Chat {
            self.say(&account, &person, From::Account, "red_packet", Some(Via::Pay), content);
        }
        self.tell(Told::Wallet { person });
    }

    /// The person opens a packet. Gives it as it stands afterwards.
    pub(super) fn open_packet(&mut self, person: &str, id: u64) -> Result<PacketView, Trouble> {
        self.person(person)?;
        self.pay_advance();
        let now = self.now();
        let packet = self.pay.packets.get_mut(&id).filter(|packet| packet.new.person == person);
        let packet = packet.ok_or(Trouble::Unknown("red packet"))?;
        if packet.arrival == Arrival::Mini && !packet.shown {
            return Err(Trouble::Conflict("a mini program has to show this packet first"));
        }
        match packet.state {
            PacketState::Sent => {}
            PacketState::Received => return Err(Trouble::Conflict("the packet is open already")),
            PacketState::Refunding | PacketState::Refund => return Err(Trouble::Conflict("the packet has lapsed")),
            PacketState::Sending | PacketState::Failed => return Err(Trouble::Conflict("the packet was not sent")),
        }
        (packet.state, packet.received) = (PacketState::Received, Some(now));
        let title = packet.field("send_name").to_owned();
        let receipt = Receipt { at: now, amount: packet.new.amount, title, packet: Some(id), transfer: None };
        self.receive(person, receipt);
        self.packet_view(id).ok_or(Trouble::Unknown("red packet"))
    }

    /// A packet as its receiver sees it.
    pub(super) fn packet_view(&self, id: u64) -> Option<PacketView> {
        let packet = self.pay.packets.get(&id)?;
        Some(PacketView {
            id,
            merchant: packet.new.merchant.clone(),
            number: packet.new.number.clone(),
            account: packet.new.account.clone(),
            person: packet.new.person.clone(),
            sender: packet.field("send_name").to_owned(),
            wishing: packet.field("wishing").to_owned(),
            activity: packet.field("act_name").to_owned(),
            amount: packet.new.amount,
            state: packet.state,
            arrival: packet.arrival,
            at: packet.created,
            lapses_at: packet.created + seconds(self.settings.pay.lapse_after),
            received_at: packet.received,
        })
    }
}
