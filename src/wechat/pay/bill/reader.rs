//! The lines of a bill: a header, movements, the header of the totals, the totals (pay section 7).

use chrono::NaiveDateTime;
use entity::types::Fen;

use super::BillTrouble;
use crate::infra::{calendar, clock::Time};

/// Before every value; it keeps spreadsheets from rounding numbers.
const TICK: char = '`';
/// How the header of the totals begins.
const TOTALS: &str = "资金流水总笔数";

/// One movement of money.
#[derive(Clone, PartialEq, Eq)]
pub struct Movement {
    /// When it was booked.
    pub at: Time,
    /// 微信支付业务单号: `send_listid` of a packet, `transfer_bill_no` of a transfer.
    pub wechat_number: String,
    /// 资金流水单号.
    pub flow_number: String,
    /// 业务名称, such as 商家转账.
    pub business: String,
    /// 业务类型.
    pub kind: String,
    /// Which way the money went.
    pub direction: Direction,
    /// How much.
    pub amount: Fen,
    /// 账户结余.
    pub balance: Fen,
    /// 业务凭证号: mostly our own number.
    pub own_number: String,
}

/// Which way the money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// 收入: into the account.
    In,
    /// 支出: out of the account.
    Out,
}

impl std::fmt::Debug for Movement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Movement({}, {:?} {})", self.wechat_number, self.direction, self.amount)
    }
}

/// What is known of the file so far.
#[derive(Default)]
pub(super) struct Reader {
    number: u64,
    columns: Option<Columns>,
    totals_follow: bool,
    announced: Option<Sums>,
    found: Sums,
}

/// Where each value stands.
struct Columns {
    count: usize,
    at: usize,
    wechat_number: usize,
    flow_number: usize,
    business: usize,
    kind: usize,
    direction: usize,
    amount: usize,
    balance: usize,
    own_number: usize,
}

/// Counts and amounts of a whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    count: u64,
    in_count: u64,
    in_amount: Fen,
    out_count: u64,
    out_amount: Fen,
}

impl Reader {
    /// Reads one line.
    pub(super) fn line(&mut self, line: &str) -> Result<Option<Movement>, BillTrouble> {
        self.number = self.number.saturating_add(1);
        let trouble = BillTrouble::Line(self.number);
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if line.is_empty() {
            return Ok(None);
        }
        if self.announced.is_some() {
            return Err(trouble);
        }
        if line.starts_with(TOTALS) && self.columns.is_some() && !self.totals_follow {
            self.totals_follow = true;
            return Ok(None);
        }
        let Some(columns) = &self.columns else {
            self.columns = Some(Columns::read(line).ok_or(trouble)?);
            return Ok(None);
        };
        let values: Vec<&str> = values(line).ok_or(trouble)?;
        if self.totals_follow {
            self.announced = Some(Sums::read(&values).ok_or(trouble)?);
            return Ok(None);
        }
        let movement = columns.movement(&values).ok_or(trouble)?;
        self.found.add(&movement).ok_or(trouble)?;
        Ok(Some(movement))
    }

    /// Whether the totals were there and right.
    pub(super) fn end(&self) -> Result<(), BillTrouble> {
        match self.announced {
            None => Err(BillTrouble::CutOff),
            Some(announced) if announced == self.found => Ok(()),
            Some(_) => Err(BillTrouble::Totals),
        }
    }
}

impl Columns {
    fn read(header: &str) -> Option<Self> {
        let names: Vec<&str> = header.split(',').map(|name| name.trim().trim_start_matches(TICK)).collect();
        let place = |wanted: &str| names.iter().position(|name| name.starts_with(wanted));
        Some(Self {
            count: names.len(),
            at: place("记账时间")?,
            wechat_number: place("微信支付业务单号")?,
            flow_number: place("资金流水单号")?,
            business: place("业务名称")?,
            kind: place("业务类型")?,
            direction: place("收支类型")?,
            amount: place("收支金额")?,
            balance: place("账户结余")?,
            own_number: place("业务凭证号")?,
        })
    }

    fn movement(&self, values: &[&str]) -> Option<Movement> {
        if values.len() != self.count {
            return None;
        }
        let text = |at: usize| values.get(at).map(|value| (*value).to_owned());
        let local = NaiveDateTime::parse_from_str(values.get(self.at)?, "%Y-%m-%d %H:%M:%S").ok()?;
        Some(Movement {
            at: local.and_local_timezone(calendar::shanghai()).single()?.to_utc(),
            wechat_number: text(self.wechat_number)?,
            flow_number: text(self.flow_number)?,
            business: text(self.business)?,
            kind: text(self.kind)?,
            direction: match *values.get(self.direction)? {
                "收入" => Direction::In,
                "支出" => Direction::Out,
                _ => return None,
            },
            amount: yuan(values.get(self.amount)?)?,
            balance: yuan(values.get(self.balance)?)?,
            own_number: text(self.own_number)?,
        })
    }
}

impl Sums {
    fn read(values: &[&str]) -> Option<Self> {
        let [count, in_count, in_amount, out_count, out_amount] = values else { return None };
        Some(Self {
            count: whole(count)?,
            in_count: whole(in_count)?,
            in_amount: yuan(in_amount)?,
            out_count: whole(out_count)?,
            out_amount: yuan(out_amount)?,
        })
    }

    fn add(&mut self, movement: &Movement) -> Option<()> {
        self.count = self.count.checked_add(1)?;
        let (count, amount) = match movement.direction {
            Direction::In => (&mut self.in_count, &mut self.in_amount),
            Direction::Out => (&mut self.out_count, &mut self.out_amount),
        };
        *count = count.checked_add(1)?;
        *amount = amount.checked_add(movement.amount).ok()?;
        Some(())
    }
}

/// The values of a line, each behind its tick. A value may hold commas.
fn values(line: &str) -> Option<Vec<&str>> {
    Some(line.strip_prefix(TICK)?.split(",`").map(str::trim).collect())
}

/// Yuan with at most two decimals, exactly.
fn yuan(text: &str) -> Option<Fen> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(cents) || cents.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    whole.checked_mul(100)?.checked_add(cents)?.try_into().ok()
}

/// A count, which bills also write as `20.0`.
fn whole(text: &str) -> Option<u64> {
    let (number, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits && rest.bytes().all(|byte| byte == b'0') { number.parse().ok() } else { None }
}
