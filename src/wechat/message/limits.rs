//! What every text that goes out must keep to. The sizes that WeChat does not publish are ours, well inside what it
//! was seen to take.

use url::Url;

use crate::wechat::account::Kind;

/// Bytes of a text message (protocol sections 2.5 and 7.1).
pub(super) const TEXT: usize = 2048;
/// Characters of a title.
pub(super) const TITLE: usize = 64;
/// Characters of a description.
pub(super) const DESCRIPTION: usize = 512;
/// Bytes of an address or of a page path.
pub(super) const ADDRESS: usize = 1024;
/// Bytes of an id that WeChat gave.
pub(super) const ID: usize = 128;

/// Text that can stand in XML: no control characters but tab and line breaks. WeChat answers others by showing people
/// that the service is out of order.
pub(super) fn printable<C>(text: &str, _: &C) -> garde::Result {
    let forbidden =
        |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) {
        Err(garde::Error::new("不能包含控制字符 / control characters are not allowed"))
    } else {
        Ok(())
    }
}

/// An address that opens in WeChat's browser.
pub(super) fn web_address<C>(text: &str, _: &C) -> garde::Result {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(garde::Error::new("需要 http 或 https 网址 / an http or https address is needed")),
    }
}

/// A customer-service agent, written `name@account`.
pub(super) fn agent<C>(text: &str, _: &C) -> garde::Result {
    match text.split_once('@') {
        Some((name, account)) if !name.is_empty() && !account.is_empty() => Ok(()),
        _ => Err(garde::Error::new("客服账号格式为 名称@微信号 / an agent is written name@account")),
    }
}

/// What only an official account may send.
pub(super) fn official_only<T>(_: &T, kind: &Kind) -> garde::Result {
    match kind {
        Kind::Official => Ok(()),
        Kind::Mini => Err(garde::Error::new("小程序不支持此类消息 / mini programs cannot send this")),
    }
}

/// What only a mini program may send.
pub(super) fn mini_only<T>(_: &T, kind: &Kind) -> garde::Result {
    match kind {
        Kind::Mini => Ok(()),
        Kind::Official => Err(garde::Error::new("公众号不支持此类消息 / official accounts cannot send this")),
    }
}

/// An official account must say which mini program a page belongs to; a mini program means itself.
pub(super) fn page_owner(appid: &Option<String>, kind: &Kind) -> garde::Result {
    match (kind, appid) {
        (Kind::Official, Some(_)) | (Kind::Mini, None) => Ok(()),
        (Kind::Official, None) => Err(garde::Error::new("需要小程序 AppID / the mini program's AppID is needed")),
        (Kind::Mini, Some(_)) => Err(garde::Error::new("只能打开自己的页面 / a mini program opens its own pages only")),
    }
}
