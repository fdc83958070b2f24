//! Why somebody got something or did not: every rule that was looked at, with the value that it saw.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// How it was decided. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Why {
            $($(#[$doc])* $name,)*
        }

        impl Why {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What it says, in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh),* }
            }

            /// What it says, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en),* }
            }
        }
    };
}

whys! {
    /// All rules were met.
    Given = "given", "符合全部条件", "All conditions are met";
    /// It is not running.
    NotRunning = "not_running", "活动未在进行中", "The campaign is not running";
    /// Too early.
    NotStarted = "not_started", "活动尚未开始", "The campaign has not begun";
    /// Too late.
    Over = "over", "活动已结束", "The campaign is over";
    /// Held back for a look.
    Blocked = "blocked", "账号待核实，请联系客服", "The account has to be looked into, please contact us";
    /// Not a member for long enough.
    TooNew = "member_too_new", "入会时间未达到要求", "Not a member for long enough";
    /// No phone that was checked.
    NoPhone = "phone_not_verified", "请先验证手机号", "A verified phone number is needed";
    /// Does not follow the account.
    NotFollowing = "not_following", "请先关注公众号", "Following the official account is needed";
    /// WeChat does not know them in the account in which they would be paid.
    NoPayee = "no_payee", "未找到可收款的微信身份", "There is no WeChat identity that can be paid";
    /// The amount that was asked for is not within the terms.
    Amount = "amount_not_allowed", "金额不在活动范围内", "The amount is not within the terms";
    /// Everything is given.
    Total = "total_reached", "已全部发放完毕", "Everything has been given";
    /// Everything of the day is given.
    Day = "day_reached", "今日已发放完毕", "Everything of today has been given";
    /// They have had it often enough.
    Person = "person_reached", "您已达到领取上限", "You have had it as often as possible";
    /// They have had it often enough that day.
    PersonDay = "person_day_reached", "您今日已达到领取上限", "You have had it as often as possible today";
    /// They are paid as much as may be in a day.
    PayeeDay = "payee_day_reached", "您今日收款已达上限", "You have been paid as much as possible today";
    /// The merchant pays as much as may be in a day.
    MerchantDay = "merchant_day_reached", "商户今日付款已达上限", "As much as possible has been paid today";
    /// Too many at once: the campaign is stopped.
    Rate = "too_fast", "发放异常，活动已暂停", "Too many at once; the campaign is paused";
    /// The budget is used up.
    Budget = "budget_used_up", "活动预算已用完", "The budget is used up";
}

impl Why {
    /// The one with this code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|why| why.as_str() == code)
    }
}

/// One rule that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GrantCheck)]
pub struct Check {
    /// The code of the decision if it had not been met.
    pub rule: String,
    /// Whether it was met.
    pub met: bool,
    /// What was seen.
    pub seen: Value,
    /// What was wanted.
    pub wanted: Value,
}

/// The rules that were looked at so far.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) checks: Vec<Check>,
}

impl Decision {
    /// Notes a rule; gives it when it is not met.
    pub(super) fn look(
        &mut self,
        rule: Why,
        met: bool,
        seen: impl Into<Value>,
        wanted: impl Into<Value>,
    ) -> Result<(), Why> {
        self.checks.push(Check { rule: rule.as_str().to_owned(), met, seen: seen.into(), wanted: wanted.into() });
        if met { Ok(()) } else { Err(rule) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_reads_back() {
        let codes: std::collections::BTreeSet<_> = Why::ALL.iter().map(|why| why.as_str()).collect();
        assert_eq!(codes.len(), Why::ALL.len());
        assert!(
            Why::ALL
                .iter()
                .all(|why| Why::of(why.as_str()) == Some(*why) && !why.zh().is_empty() && !why.en().is_empty())
        );
    }
}
