//! The fund-flow bill (资金账单, pay section 7): every movement of the operation account on one day, as a stream. Flat memory,
//! whatever its size.

mod lines;
mod reader;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::Response;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

pub use self::reader::{Direction, Movement};
use self::{lines::Lines, reader::Reader};
use super::{
    Answer, Merchant, Why,
    exchange::{Raw, on_the_way},
    rate::Lane,
    v3::Get,
};
use crate::infra::calendar::Day;

/// A bill of a million lines takes its time.
const WITHIN: Duration = Duration::from_secs(900);
/// Where bills are downloaded.
const DOWNLOADS: &str = "/v3/billdownload/";

/// Which account's movements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountType {
    /// 运营账户: where payouts come from.
    Operation,
    /// 基本账户.
    Basic,
    /// 手续费账户.
    Fees,
}

impl AccountType {
    fn as_wire(self) -> &'static str {
        match self {
            Self::Operation => "OPERATION",
            Self::Basic => "BASIC",
            Self::Fees => "FEES",
        }
    }
}

/// Why a bill could not be read to its end. Nothing of it counts then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BillTrouble {
    /// The download broke off.
    #[error("the download of the bill broke off: {}", .0.as_str())]
    Lost(Why),
    /// A line is not one of a bill.
    #[error("line {0} of the bill cannot be read")]
    Line(u64),
    /// The file ends before its totals.
    #[error("the bill ends before its totals")]
    CutOff,
    /// The file is not the one whose hash was announced.
    #[error("the bill does not have the announced hash")]
    Hash,
    /// The totals are not those of the lines.
    #[error("the totals of the bill are not those of its lines")]
    Totals,
}

/// A bill while it is read.
pub struct FundFlowBill {
    response: Response,
    announced: String,
    digest: Sha1,
    lines: Lines,
    reader: Reader,
    ended: bool,
}

#[derive(Deserialize)]
struct Announced {
    hash_type: String,
    hash_value: String,
    download_url: String,
}

impl Merchant {
    /// The bill of one day of one account: asked for, then downloaded. Ready from 10:00 of the next day, for three months;
    /// a day without movements is refused as [`Kind::NoBill`](super::Kind::NoBill), one that is not ready yet as
    /// [`Kind::NotReady`](super::Kind::NotReady).
    pub async fn fund_flow_bill(&self, day: Day, account: AccountType) -> Answer<FundFlowBill> {
        let call = async {
            let path = format!("/v3/bill/fundflowbill?bill_date={day}&account_type={}", account.as_wire());
            let announced: Answer<Announced> = self.v3(Lane::QueryTransfer, &Get(path).into()).await;
            match announced {
                Answer::Done(announced) => self.download_bill(announced).await,
                Answer::Refused(refusal) => refusal.into(),
                Answer::Unknown(unknown) => Answer::Unknown(unknown),
            }
        };
        self.measured("bill.fund_flow", call).await
    }

    /// The file itself is not signed: its hash was. The address is WeChat Pay's, so only its path is taken.
    async fn download_bill(&self, announced: Announced) -> Answer<FundFlowBill> {
        let Ok(url) = url::Url::parse(&announced.download_url) else { return Why::Form.into() };
        if announced.hash_type != "SHA1" || !url.path().starts_with(DOWNLOADS) {
            return Why::Form.into();
        }
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let request = match self.signed(&Get(path).into(), None) {
            Ok(request) => request.timeout(WITHIN),
            Err(why) => return why.into(),
        };
        match request.send().await {
            Ok(response) if response.status().is_success() => Answer::Done(FundFlowBill {
                response,
                announced: announced.hash_value.to_ascii_lowercase(),
                digest: Sha1::new(),
                lines: Lines::default(),
                reader: Reader::default(),
                ended: false,
            }),
            Ok(response) => {
                let raw =
                    Raw { status: response.status().as_u16(), headers: response.headers().clone(), body: Vec::new() };
                raw.unreadable().into()
            }
            Err(error) => on_the_way(&error).into(),
        }
    }
}

impl FundFlowBill {
    /// The next movement. `None` comes only after hash and totals were found right: until then nothing that was read
    /// counts.
    ///
    /// # Errors
    /// [`BillTrouble`]; nothing more comes then.
    pub async fn next(&mut self) -> Result<Option<Movement>, BillTrouble> {
        while !self.ended {
            if let Some(line) = self.lines.next()? {
                if let Some(movement) = self.reader.line(&line)? {
                    return Ok(Some(movement));
                }
                continue;
            }
            match self.response.chunk().await.map_err(|error| BillTrouble::Lost(on_the_way(&error)))? {
                Some(chunk) => {
                    self.digest.update(&chunk);
                    self.lines.feed(&chunk)?;
                }
                None => {
                    if let Some(line) = self.lines.last()? {
                        self.reader.line(&line)?;
                    }
                    self.end()?;
                }
            }
        }
        Ok(None)
    }

    fn end(&mut self) -> Result<(), BillTrouble> {
        let digest = hex::encode(self.digest.clone().finalize());
        if !bool::from(digest.as_bytes().ct_eq(self.announced.as_bytes())) {
            return Err(BillTrouble::Hash);
        }
        self.reader.end()?;
        self.ended = true;
        Ok(())
    }
}

impl std::fmt::Debug for FundFlowBill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FundFlowBill").field("ended", &self.ended).finish_non_exhaustive()
    }
}
