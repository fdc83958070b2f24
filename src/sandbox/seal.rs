//! One attempt of a push as it goes over the wire: query, signatures, ciphertext (protocol sections 1.2 and 1.3), and
//! the faults that spoil them.

use chrono::TimeDelta;
use url::Url;

use super::{accounts::Account, faults::FaultKind, fields::Fields, people::openid, pushes::Push};
use crate::{
    infra::{clock::Time, random::Random},
    wechat::{
        account::{Format, Mode},
        crypto::{AesKey, signature::sign},
    },
};

/// An attempt that is ready to be sent.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) at: Time,
    pub(super) url: Url,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    pub(super) fault: Option<FaultKind>,
}

/// Seals a push for its account with a fresh timestamp, nonce and ciphertext.
pub(super) fn seal(
    account: &Account,
    push: &Push,
    callback: &str,
    fault: Option<FaultKind>,
    now: Time,
    random: &Random,
) -> Result<Letter, String> {
    let mut url: Url = callback.parse().map_err(|error| format!("the callback address is not usable: {error}"))?;
    let skew = match fault {
        Some(FaultKind::Skew { seconds }) => TimeDelta::try_seconds(seconds).unwrap_or_default(),
        _ => TimeDelta::zero(),
    };
    let timestamp = (now + skew).timestamp().to_string();
    let nonce = (u32::from_be_bytes(random.bytes()) % 2_000_000_000).to_string();
    let token = match fault {
        Some(FaultKind::WrongSignature) => format!("not-{}", account.sign_token),
        _ => account.sign_token.clone(),
    };
    let hex = |signature: String| match fault {
        Some(FaultKind::UpperHex) => signature.to_ascii_uppercase(),
        _ => signature,
    };
    let mode = if fault == Some(FaultKind::Downgrade) { Mode::Plain } else { account.mode };
    url.query_pairs_mut()
        .append_pair("signature", &hex(sign([&token, &timestamp, &nonce])))
        .append_pair("timestamp", &timestamp)
        .append_pair("nonce", &nonce);
    if let Some(person) = &push.person {
        url.query_pairs_mut().append_pair("openid", &openid(&account.appid, person));
    }
    let body = if mode == Mode::Plain {
        push.plaintext.clone()
    } else {
        let encrypted = key(account, fault.as_ref(), random)?.encrypt(&push.plaintext, &account.appid, random.bytes());
        url.query_pairs_mut()
            .append_pair("encrypt_type", "aes")
            .append_pair("msg_signature", &hex(sign([&token, &timestamp, &nonce, &encrypted])));
        let around = match mode {
            Mode::Compatible => push.fields.clone(),
            Mode::Secure | Mode::Plain => Fields::new().text("ToUserName", account.original_id.clone()),
        };
        around.text("Encrypt", encrypted).write(account.format)
    };
    let content_type = match account.format {
        Format::Xml => "text/xml",
        Format::Json => "application/json",
    };
    Ok(Letter { at: now, url, content_type, body, fault })
}

fn key(account: &Account, fault: Option<&FaultKind>, random: &Random) -> Result<AesKey, String> {
    let key = match fault {
        Some(FaultKind::WrongKey) => Some(random.alphanumeric(43)),
        Some(FaultKind::PreviousKey) if account.previous_aes_key.is_some() => account.previous_aes_key.clone(),
        _ => account.aes_key.clone(),
    };
    let key = key.ok_or("the account has no EncodingAESKey")?;
    key.parse().map_err(|error| format!("{error}"))
}
