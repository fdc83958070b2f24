//! What a code means: refused in which way, or unknown. The tables of pay sections 2.6, 3.7 and 4.7.

use serde::{Deserialize, Serialize};

use super::{Answer, Refusal, Unknown, Why};

/// What has to be done about a refusal. The request may be repeated only where it says so, always with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Risk control blocked the person or the request: never retry by itself, have staff look at the person.
    Risk,
    /// The person's limit of the day is reached: park until the next day.
    UserDayCap,
    /// The merchant's limit of the day is reached: stop the merchant until the next day.
    MerchantDayCap,
    /// The operation account is empty: stop the merchant; the same number after the top-up.
    NotEnough,
    /// Too often: back off, the same number.
    Rate,
    /// Certificate, signature, address, app or permission is wrong: stop the merchant, staff have to act.
    Config,
    /// The number is taken by a request with other content: an error of ours, alarm and stop.
    Mismatch,
    /// The amount is outside the allowed range: permanent for this request.
    Amount,
    /// The OpenID does not belong to the app: permanent for this request.
    Person,
    /// This number is dead: query to confirm it, then a new number is allowed.
    Dead,
    /// The number is too old to be sent again: query decides.
    TooOld,
    /// The product is closed: stop the merchant.
    Closed,
    /// The merchant is punished or frozen: stop the merchant.
    Frozen,
    /// The order exists already: query.
    Exists,
    /// The request breaks a rule: an error of ours or of the configuration, permanent for this request.
    Invalid,
    /// The bill is not ready yet: come again later.
    NotReady,
    /// There is no bill of this day: nothing moved, or the day is not over.
    NoBill,
}

/// Codes of the v2 interface (pay section 2.6).
const V2: &[(&str, Kind)] = &[
    ("FREQ_LIMIT", Kind::Rate),
    ("SECOND_OVER_LIMITED", Kind::Rate),
    ("NOTENOUGH", Kind::NotEnough),
    ("SENDNUM_LIMIT", Kind::UserDayCap),
    ("RCVDAMOUNT_LIMIT", Kind::UserDayCap),
    ("DAY_OVER_LIMITED", Kind::UserDayCap),
    ("SENDAMOUNT_LIMIT", Kind::MerchantDayCap),
    ("MONEY_LIMIT", Kind::Amount),
    ("NO_AUTH", Kind::Risk),
    ("SEND_FAILED", Kind::Dead),
    ("FATAL_ERROR", Kind::Mismatch),
    ("OPENID_ERROR", Kind::Person),
    ("ILLEGAL_APPID", Kind::Config),
    ("MSGAPPID_ERROR", Kind::Config),
    ("ACCEPTMODE_ERROR", Kind::Config),
    ("CA_ERROR", Kind::Config),
    ("SIGN_ERROR", Kind::Config),
    ("PARAM_ERROR", Kind::Invalid),
    ("XML_ERROR", Kind::Invalid),
    ("API_METHOD_CLOSED", Kind::Closed),
    ("PAYER_ACCOUNT_ABNORMAL", Kind::Frozen),
];

/// Codes of the v3 interface (pay sections 3.7, 4.7 and 7).
const V3: &[(&str, Kind)] = &[
    ("PARAM_ERROR", Kind::Invalid),
    ("INVALID_REQUEST", Kind::Invalid),
    ("ALREADY_EXISTS", Kind::Exists),
    ("SIGN_ERROR", Kind::Config),
    ("NO_AUTH", Kind::Config),
    ("NOT_ENOUGH", Kind::NotEnough),
    ("USER_ERROR", Kind::Frozen),
    ("STATEMENT_CREATING", Kind::NotReady),
    ("NO_STATEMENT_EXIST", Kind::NoBill),
];

/// Within these codes WeChat Pay tells the cases apart by their words alone. Whichever is read, the order's state comes
/// from a query, so a text that changes costs an alarm and no money.
const BY_WORDS: &[(&str, &str, Kind)] = &[
    ("INVALID_REQUEST", "信息不一致", Kind::Mismatch),
    ("INVALID_REQUEST", "超出重试期", Kind::TooOld),
    ("INVALID_REQUEST", "单笔转账上下限", Kind::Amount),
    ("INVALID_REQUEST", "单日转账额度", Kind::MerchantDayCap),
    ("INVALID_REQUEST", "Openid", Kind::Person),
    ("PARAM_ERROR", "Openid", Kind::Person),
    ("INVALID_REQUEST", "APPID不存在", Kind::Config),
    ("PARAM_ERROR", "APPID不存在", Kind::Config),
    ("NO_AUTH", "IP地址", Kind::Config),
    ("NO_AUTH", "产品权限", Kind::Config),
];

/// What a v2 error code says about a request.
pub(super) fn of_v2<T>(code: &str, text: &str) -> Answer<T> {
    match code {
        "SYSTEMERROR" => unknown(Why::System, code),
        "PROCESSING" => unknown(Why::Processing, code),
        "NOT_FOUND" => unknown(Why::NotFound, code),
        _ => known(V2, code, text),
    }
}

/// What a v3 error says about a request.
pub(super) fn of_v3<T>(status: u16, code: &str, text: &str) -> Answer<T> {
    match (status, code) {
        (429, _) => unknown(Why::Throttled, code),
        (500.., _) | (_, "SYSTEM_ERROR") => unknown(Why::System, code),
        (404, "NOT_FOUND" | "RESOURCE_NOT_EXISTS" | "ORDER_NOT_EXIST") => unknown(Why::NotFound, code),
        (400..=499, _) => known(V3, code, text),
        _ => unknown(Why::Status, code),
    }
}

fn known<T>(table: &[(&str, Kind)], code: &str, text: &str) -> Answer<T> {
    let by_words = BY_WORDS.iter().find(|(of, words, _)| *of == code && text.contains(words)).map(|(_, _, kind)| *kind);
    match table.iter().find(|(known, _)| *known == code) {
        Some((_, kind)) => Answer::Refused(Refusal {
            code: code.to_owned(),
            kind: by_words.unwrap_or(*kind),
            text: text.chars().take(200).collect(),
        }),
        None => unknown(Why::Code, code),
    }
}

fn unknown<T>(why: Why, code: &str) -> Answer<T> {
    // A code is a word; anything longer is somebody else's text.
    let code = code.chars().take(40).filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    Answer::Unknown(Unknown { why, code: Some(code) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(answer: Answer<()>) -> Option<Kind> {
        match answer {
            Answer::Refused(refusal) => Some(refusal.kind),
            Answer::Done(()) | Answer::Unknown(_) => None,
        }
    }

    fn why(answer: Answer<()>) -> Option<Why> {
        match answer {
            Answer::Unknown(unknown) => Some(unknown.why),
            Answer::Done(()) | Answer::Refused(_) => None,
        }
    }

    #[test]
    fn what_is_not_certain_is_unknown() {
        for (code, expected) in [
            ("SYSTEMERROR", Why::System),
            ("PROCESSING", Why::Processing),
            ("NOT_FOUND", Why::NotFound),
            ("268458547", Why::Code),
            ("", Why::Code),
            ("SOMETHING_NEW", Why::Code),
        ] {
            assert_eq!(why(of_v2(code, "系统繁忙")), Some(expected), "{code}");
        }
        for (status, code, expected) in [
            (429, "FREQUENCY_LIMIT_EXCEED", Why::Throttled),
            (429, "", Why::Throttled),
            (500, "SYSTEM_ERROR", Why::System),
            (503, "SERVICE_UNAVAILABLE", Why::System),
            (502, "NOT_ENOUGH", Why::System),
            (404, "NOT_FOUND", Why::NotFound),
            (400, "SOMETHING_NEW", Why::Code),
            (302, "NO_AUTH", Why::Status),
        ] {
            assert_eq!(why(of_v3(status, code, "")), Some(expected), "{status} {code}");
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        assert_eq!(kind(of_v2("NOTENOUGH", "帐号余额不足")), Some(Kind::NotEnough));
        assert_eq!(kind(of_v2("NO_AUTH", "该用户帐号存在异常")), Some(Kind::Risk));
        assert_eq!(kind(of_v2("NO_AUTH", "此IP地址不允许调用该接口")), Some(Kind::Config));
        assert_eq!(kind(of_v2("FATAL_ERROR", "")), Some(Kind::Mismatch));
        for (status, code, text, expected) in [
            (403, "NOT_ENOUGH", "商户运营账户资金不足", Kind::NotEnough),
            (400, "INVALID_REQUEST", "单号已存在但信息不一致,请查单后比较确认", Kind::Mismatch),
            (400, "INVALID_REQUEST", "对应单号已超出重试期,请查单确认后决定是否换单请求", Kind::TooOld),
            (400, "INVALID_REQUEST", "超过单笔转账上下限,核实产品设置是否准确", Kind::Amount),
            (400, "INVALID_REQUEST", "超出商户单日转账额度,请核实产品设置是否准确", Kind::MerchantDayCap),
            (400, "PARAM_ERROR", "Openid格式错误或者不属于商家公众账号", Kind::Person),
            (400, "INVALID_REQUEST", "暂不支持展示当前传入的用户收款感知", Kind::Invalid),
            (401, "SIGN_ERROR", "签名错误", Kind::Config),
            (403, "NO_AUTH", "你尚未获取该转账场景", Kind::Config),
            (400, "USER_ERROR", "当前商户存在异常,暂时无法进行转账", Kind::Frozen),
        ] {
            assert_eq!(kind(of_v3(status, code, text)), Some(expected), "{code} {text}");
        }
    }
}
