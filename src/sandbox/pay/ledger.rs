//! The operation account of a merchant: its balance and every movement, from which the bill of a day is written (pay
//! notes section 7).

use chrono::NaiveDate;
use serde::Serialize;

use crate::infra::clock::{Time, biz_day};

/// What moved money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The merchant put money in.
    TopUp,
    /// A red packet was sent.
    Packet,
    /// A red packet that nobody opened came back.
    PacketReturn,
    /// The money of a transfer left (it is locked when the transfer is accepted).
    Transfer,
    /// A transfer ended without success and its money came back.
    TransferReturn,
}

impl MovementKind {
    /// Whether the balance grows.
    pub fn is_income(self) -> bool {
        matches!(self, Self::TopUp | Self::PacketReturn | Self::TransferReturn)
    }

    /// 业务名称 of the bill.
    pub fn name(self) -> &'static str {
        match self {
            Self::TopUp => "充值",
            Self::Packet => "现金红包",
            Self::PacketReturn => "现金红包退款",
            Self::Transfer => "商家转账",
            Self::TransferReturn => "商家转账回退",
        }
    }

    /// 业务类型 of the bill.
    pub fn category(self) -> &'static str {
        match self {
            Self::TopUp => "充值",
            Self::Packet | Self::Transfer => "转账",
            Self::PacketReturn | Self::TransferReturn => "退款",
        }
    }
}

/// One movement of a merchant's money.
#[derive(Clone, Debug, Serialize)]
pub struct Movement {
    /// 资金流水单号: rising digits.
    pub id: String,
    /// When it was booked.
    pub at: Time,
    /// What moved it.
    pub kind: MovementKind,
    /// In fen, always positive.
    pub amount: i64,
    /// The balance afterwards, in fen.
    pub balance: i64,
    /// 业务凭证号: the merchant's own number; empty for money put in.
    pub number: String,
    /// 微信支付业务单号: WeChat's number.
    pub wechat_number: String,
}

/// The movement would take the balance below zero, or beyond what can be counted.
#[derive(Debug, thiserror::Error)]
#[error("the balance does not allow it")]
pub(super) struct NotEnough;

/// Balance and movements of one account.
#[derive(Default)]
pub(super) struct Ledger {
    balance: i64,
    movements: Vec<Movement>,
}

impl Ledger {
    pub(super) fn balance(&self) -> i64 {
        self.balance
    }

    pub(super) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Books a movement; nothing changes when the money does not suffice.
    pub(super) fn book(
        &mut self,
        kind: MovementKind,
        amount: i64,
        at: Time,
        number: &str,
        wechat_number: &str,
    ) -> Result<(), NotEnough> {
        let change = if kind.is_income() { amount } else { -amount };
        let balance = self.balance.checked_add(change).filter(|balance| *balance >= 0).ok_or(NotEnough)?;
        self.balance = balance;
        let id = format!("{}{:010}", biz_day(at).format("%Y%m%d"), self.movements.len() + 1);
        let (number, wechat_number) = (number.to_owned(), wechat_number.to_owned());
        self.movements.push(Movement { id, at, kind, amount, balance, number, wechat_number });
        Ok(())
    }

    /// The movements of one business day.
    pub(super) fn of_day(&self, day: NaiveDate) -> impl Iterator<Item = &Movement> {
        self.movements.iter().filter(move |movement| biz_day(movement.at) == day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_is_what_the_movements_say() {
        let mut ledger = Ledger::default();
        let at = "2026-11-21T15:59:59Z".parse().unwrap();
        ledger.book(MovementKind::TopUp, 300, at, "", "t1").unwrap();
        ledger.book(MovementKind::Packet, 200, at, "p1", "w1").unwrap();
        assert!(ledger.book(MovementKind::Transfer, 101, at, "p2", "w2").is_err());
        ledger.book(MovementKind::PacketReturn, 200, at + chrono::TimeDelta::seconds(1), "p1", "w1").unwrap();
        assert_eq!((ledger.balance(), ledger.movements().len()), (300, 3));
        assert_eq!(ledger.of_day("2026-11-21".parse().unwrap()).count(), 2);
        assert_eq!(ledger.of_day("2026-11-22".parse().unwrap()).count(), 1);
    }
}
