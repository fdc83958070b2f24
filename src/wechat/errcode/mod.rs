//! What WeChat's error codes mean and what has to be done about them (protocol section 9).
//!
//! The table is data; [`action`] adds the few rules that depend on the call: whose credential it carries, and whether
//! it may be repeated.

mod table;

use super::endpoints::{Auth, Effect};

/// The code of a successful call; answers may also leave it out.
pub const OK: i64 = 0;
/// "System busy".
pub const BUSY: i64 = -1;
/// The account token is wrong or not the newest; on the token call itself, the AppSecret is wrong.
pub const INVALID_CREDENTIAL: i64 = 40001;
/// The API's daily quota, sometimes its per-minute limit, is used up.
pub const QUOTA: i64 = 45009;
/// The API's per-minute limit is reached.
pub const TOO_FREQUENT: i64 = 45011;

/// What the caller, or the client for him, has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Drop the token that was used, get a new one and repeat once. Done by the client.
    Refresh,
    /// Repeat later, with growing delays and a bound.
    Backoff(Pace),
    /// Never repeat this request.
    Stop(Reason),
    /// Repeat when the quota starts anew.
    Defer(Until),
    /// Stop calling and alert staff: something is set up wrongly on WeChat's side or ours.
    Config(Scope),
    /// Send the person through login or OAuth again.
    Reauth,
    /// Upload the media again and repeat once.
    Reupload,
    /// What the call wanted has been done before: the answer counts as a success.
    Succeeded,
    /// The failure has no consequence: the answer counts as a success.
    Ignore,
}

/// How to repeat after [`Action::Backoff`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// After 1, 2 and 4 seconds; the client itself makes at most three tries.
    Short,
    /// Once: the code is unknown.
    Once,
    /// Not before a minute has passed.
    Minute,
}

/// When a quota starts anew, in China's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// At midnight.
    NextDay,
    /// On the first of the next month.
    NextMonth,
}

/// How much a wrong set-up concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The account or the whole API: raises an alarm.
    Account,
    /// One template, page or QR code.
    Item,
}

/// Why a request must not be repeated; tells the caller what else to note down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Our program is wrong.
    Bug,
    /// A value of this request is wrong.
    Request,
    /// Something is too long or too many; shorten it.
    Size,
    /// The thing does not exist.
    Missing,
    /// The OpenID is not usable with this account: mark the person's channel unusable.
    OpenId,
    /// The person does not follow: mark unfollowed and read the person again.
    Unfollowed,
    /// The person has switched the account's messages off: mark muted.
    Muted,
    /// The person is on the account's blacklist.
    Blacklisted,
    /// There is no subscription permit: clear the local credit.
    NoPermit,
    /// The customer-service window is closed; a subscription message may still do.
    WindowClosed,
    /// The customer-service window is used up until the person acts again.
    WindowSpent,
    /// WeChat distrusts this person: no value, no retry before the next login.
    Distrusted,
    /// The content breaks WeChat's rules: keep it for review.
    Content,
    /// The person or account is restricted by WeChat.
    Restricted,
    /// WeChat was busy, or the code is unknown, and the call has an effect each time it is made.
    Unsafe,
}

/// One row of the table: a code or a range of codes.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// First code of the row.
    pub from: i64,
    /// Last code of the row.
    pub to: i64,
    /// The meaning in a few English words.
    pub en: &'static str,
    /// The meaning in a few Chinese words.
    pub zh: &'static str,
    /// What to do, before the rules of [`action`].
    pub action: Action,
}

/// The row of a code, or `None` when the code is unknown.
pub fn row(errcode: i64) -> Option<&'static Row> {
    let after = table::ROWS.partition_point(|row| row.from <= errcode);
    table::ROWS.get(after.checked_sub(1)?).filter(|row| errcode <= row.to)
}

/// The meaning of a code in English and in Chinese.
pub fn meaning(errcode: i64) -> (&'static str, &'static str) {
    row(errcode).map_or(("unknown code", "未知错误码"), |row| (row.en, row.zh))
}

/// What to do about a code that a call with this credential and effect was answered with.
pub fn action(errcode: i64, auth: Auth, effect: Effect) -> Action {
    let Some(row) = row(errcode) else {
        return if effect == Effect::Safe { Action::Backoff(Pace::Once) } else { Action::Stop(Reason::Unsafe) };
    };
    match (row.action, auth, effect) {
        (Action::Refresh, Auth::Secret, _) => Action::Config(Scope::Account),
        (Action::Refresh, Auth::Person, _) => Action::Reauth,
        (Action::Config(_), Auth::Person, _) if errcode == 48001 => Action::Reauth,
        // Whether WeChat acted before it said "busy" is not certain; only a call whose repetition does no harm is repeated.
        (Action::Backoff(_), _, Effect::Send) if errcode == BUSY => Action::Stop(Reason::Unsafe),
        (action, _, _) => action,
    }
}

#[cfg(test)]
mod tests;
