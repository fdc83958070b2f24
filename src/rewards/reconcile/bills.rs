//! Where bills come from: WeChat Pay, and one seam in front of it.

use entity::types::MerchantKey;
use futures_util::future::{FutureExt, LocalBoxFuture};

use crate::{
    error::Result,
    infra::calendar::Day,
    wechat::pay::{
        Answer, Kind, Pay,
        bill::{AccountType, BillTrouble, Movement},
    },
};

/// What came of asking for a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The whole bill was read, and its hash and totals are right.
    Whole,
    /// WeChat says that there is none (`NO_STATEMENT_EXIST`).
    Nothing,
    /// It cannot be had now, for a reason in a word. Nothing that was read counts.
    Later(&'static str),
    /// WeChat does not give it, for a reason in a word.
    Never(&'static str),
}

/// Who takes the movements of a bill while it is read.
pub type Take<'a> = dyn FnMut(Movement) -> Result<()> + 'a;

/// Where bills come from.
pub trait Bills: Send + Sync {
    /// The merchants that have bills.
    fn merchants(&self) -> Vec<MerchantKey>;

    /// Reads the bill of a day, movement by movement. Only [`Fetched::Whole`] makes them count.
    ///
    /// # Errors
    /// What `take` returns.
    fn fetch<'a>(
        &'a self,
        merchant: &'a MerchantKey,
        day: Day,
        take: &'a mut Take<'_>,
    ) -> LocalBoxFuture<'a, Result<Fetched>>;
}

impl Bills for Pay {
    fn merchants(&self) -> Vec<MerchantKey> {
        Self::merchants(self).map(|merchant| merchant.settings().key.clone()).collect()
    }

    fn fetch<'a>(
        &'a self,
        merchant: &'a MerchantKey,
        day: Day,
        take: &'a mut Take<'_>,
    ) -> LocalBoxFuture<'a, Result<Fetched>> {
        async move {
            let Some(merchant) = self.merchant(merchant) else { return Ok(Fetched::Never("no_merchant")) };
            let mut bill = match merchant.fund_flow_bill(day, AccountType::Operation).await {
                Answer::Done(bill) => bill,
                Answer::Refused(refusal) => return Ok(refused(refusal.kind)),
                Answer::Unknown(unknown) => return Ok(Fetched::Later(unknown.why.as_str())),
            };
            loop {
                match bill.next().await {
                    Ok(Some(movement)) => take(movement)?,
                    Ok(None) => return Ok(Fetched::Whole),
                    Err(trouble) => return Ok(Fetched::Later(word(trouble))),
                }
            }
        }
        .boxed_local()
    }
}

fn refused(kind: Kind) -> Fetched {
    match kind {
        Kind::NoBill => Fetched::Nothing,
        Kind::NotReady => Fetched::Later("not_ready"),
        Kind::Rate => Fetched::Later("rate"),
        // Keys and permissions can be mended by staff; what was asked for never becomes right.
        Kind::Config | Kind::Closed | Kind::Frozen | Kind::Risk => Fetched::Later("refused"),
        _ => Fetched::Never("refused"),
    }
}

fn word(trouble: BillTrouble) -> &'static str {
    match trouble {
        BillTrouble::Lost(why) => why.as_str(),
        BillTrouble::Line(_) => "line",
        BillTrouble::CutOff => "cut_off",
        BillTrouble::Hash => "hash",
        BillTrouble::Totals => "totals",
    }
}
