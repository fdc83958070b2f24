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

/// The brand thanks an old customer.
pub(super) async fn thank(past: &Past<'_>, known: &Known, offers: &Offers, number: u32, time: u32) -> Result<()> {
    let member = *known.members.get(&number).ok_or_else(|| Error::internal("an early member is missing"))?;
    let because = Because { rule: "anniversary".to_owned(), what: format!("第{time}次回馈") };
    let key = format!("sample:thanks:{time}");
    let wish = Grant { member, campaign: offers.thanks, amount: None, key, because };
    past.app.db.tx(async |tx: &Tx| rewards::grant(tx, &wish).await).await?;
    past.settle().await
}

/// Whoever looks at their phone takes what they find there.
pub(super) async fn take(past: &Past<'_>, people: &[Person]) -> Result<()> {
    // WeChat Pay sends a red packet a moment after it has accepted it.
    past.pass(TimeDelta::minutes(2)).await?;
    past.pass(TimeDelta::minutes(20)).await?;
    let mut taken = false;
    for person in people.iter().filter(|person| person.number != ABSENT) {
        let wallet = past.sandbox.wallet(&person.id).map_err(trouble)?;
        for packet in wallet.packets.iter().filter(|packet| packet.state == PacketState::Sent) {
            past.sandbox.open_packet(&person.id, packet.id).map_err(trouble)?;
            taken = true;
        }
        for transfer in wallet.transfers.iter().filter(|transfer| transfer.state == TransferState::WaitUserConfirm) {
            past.sandbox.confirm_transfer(&person.id, transfer.id).map_err(trouble)?;
            taken = true;
        }
    }
    if taken {
        past.sandbox.settled().await;
        past.pass(TimeDelta::minutes(15)).await?;
    }
    Ok(())
}
