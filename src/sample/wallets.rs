//! Money on its way: most people take what they get, some leave it until it goes back.

use chrono::TimeDelta;

use super::{campaigns::Offers, guest::trouble, past::Past, people::Person, visits::Known};
use crate::{
    error::{Error, Result},
    infra::db::Tx,
    rewards::{self, Because, Grant},
    sandbox::{PacketState, TransferState},
};

/// Whose red packets nobody opens.
const ABSENT: u32 = 4;

/// What somebody finds.
enum Found {
    Packet(u64),
    Transfer(u64),
}

/// The brand thanks an old customer.
pub(super) async fn thank(past: &Past<'_>, known: &Known, offers: &Offers, number: u32, time: u32) -> Result<()> {
    let member = *known.members.get(&number).ok_or_else(|| Error::internal("an early member is missing"))?;
    let because = Because { rule: "anniversary".to_owned(), what: format!("第{time}次回馈") };
    let key = format!("sample:thanks:{time}");
    let wish = Grant { member, campaign: offers.thanks, amount: None, key, because };
    past.app.db.tx(async |tx: &Tx| rewards::grant(tx, &wish).await).await.map(drop)
}

/// Whoever looks at their phone takes what they find there.
pub(super) async fn take(past: &Past<'_>, people: &[Person]) -> Result<()> {
    // WeChat Pay sends a red packet a moment after it has accepted it.
    past.pass(TimeDelta::minutes(20)).await;
    let mut found = Vec::new();
    for person in people.iter().filter(|person| person.number != ABSENT) {
        let wallet = past.sandbox.wallet(&person.id).map_err(trouble)?;
        let packets = wallet.packets.iter().filter(|packet| packet.state == PacketState::Sent);
        let transfers = wallet.transfers.iter().filter(|transfer| transfer.state == TransferState::WaitUserConfirm);
        found.extend(packets.map(|packet| (&person.id, Found::Packet(packet.id))));
        found.extend(transfers.map(|transfer| (&person.id, Found::Transfer(transfer.id))));
    }
    if found.is_empty() {
        return Ok(());
    }
    // The product sees that it waits, and tells them.
    past.settle().await?;
    for (person, found) in found {
        match found {
            Found::Packet(id) => past.sandbox.open_packet(person, id).map(drop),
            Found::Transfer(id) => past.sandbox.confirm_transfer(person, id).map(drop),
        }
        .map_err(trouble)?;
    }
    past.pass(TimeDelta::minutes(15)).await;
    past.settle().await
}
