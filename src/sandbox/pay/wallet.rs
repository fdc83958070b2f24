//! What a person has received: the change in the pocket, and every packet and transfer that is or was on its way.

use serde::Serialize;

use super::{packet::PacketView, transfer::TransferView};
use crate::{
    infra::clock::Time,
    sandbox::{events::Told, trouble::Trouble, world::World},
};

/// Money that a person received.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// When.
    pub at: Time,
    /// In fen.
    pub amount: i64,
    /// From whom.
    pub title: String,
    /// The packet it came by.
    pub packet: Option<u64>,
    /// The transfer it came by.
    pub transfer: Option<u64>,
}

/// A person's side of WeChat Pay.
#[derive(Clone, Debug, Serialize)]
pub struct Wallet {
    /// In fen: all that was received.
    pub balance: i64,
    /// Newest first.
    pub receipts: Vec<Receipt>,
    /// Newest first.
    pub packets: Vec<PacketView>,
    /// Newest first.
    pub transfers: Vec<TransferView>,
    /// Why no money goes to this person, such as `TRANSFER_RISK`.
    pub risk: Option<String>,
}

impl World {
    /// Puts money into a person's pocket.
    pub(super) fn receive(&mut self, person: &str, receipt: Receipt) {
        self.pay.receipts.entry(person.to_owned()).or_default().push(receipt);
        self.tell(Told::Wallet { person: person.to_owned() });
    }

    /// What the person has.
    pub(super) fn wallet(&mut self, person: &str) -> Result<Wallet, Trouble> {
        self.person(person)?;
        self.pay_advance();
        let receipts: Vec<Receipt> =
            self.pay.receipts.get(person).map(|list| list.iter().rev().cloned().collect()).unwrap_or_default();
        let packets = self.pay.packets.values().rev().filter(|packet| packet.new.person == person);
        let transfers = self.pay.transfers.iter().rev().filter(|(_, transfer)| transfer.person == person);
        Ok(Wallet {
            balance: receipts.iter().map(|receipt| receipt.amount).sum(),
            packets: packets.filter_map(|packet| self.packet_view(packet.id)).collect(),
            transfers: transfers.filter_map(|(id, _)| self.transfer_view(*id)).collect(),
            receipts,
            risk: self.pay.risks.get(person).cloned(),
        })
    }

    /// Sets whether money goes to a person; `why` is a fail reason of section 4.7.
    pub(super) fn set_pay_risk(&mut self, person: &str, why: Option<&str>) -> Result<(), Trouble> {
        self.person(person)?;
        match why {
            Some(why) => self.pay.risks.insert(person.to_owned(), why.to_owned()),
            None => self.pay.risks.remove(person),
        };
        self.tell(Told::Wallet { person: person.to_owned() });
        Ok(())
    }
}
