//! The envelope of a push (protocol sections 1.1 and 1.2).

use std::time::Duration;

use secrecy::ExposeSecret;

use crate::{
    infra::clock::Time,
    wechat::{
        account::{Account, Mode},
        crypto::{AesKey, signature},
        message::{Fields, Push},
    },
};

use super::{
    Query, Refusal,
    reply::Sealing,
    seal::{self, Stamp},
};

/// The largest body we read, several times the largest that WeChat sends.
pub const MAX_BODY: usize = 256 * 1024;
/// The longest `echostr` we give back (protocol section 1.1).
pub const MAX_ECHOSTR: usize = 256;

/// What a request may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body in bytes.
    pub body: usize,
    /// How far the signed time may be from ours, in either direction (protocol section 1.7, item 1).
    pub window: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: MAX_BODY, window: Duration::from_secs(300) }
    }
}

/// A push that is known to come from WeChat, as far as the account's mode can tell.
#[derive(Debug)]
pub struct Opened {
    /// The message or event.
    pub push: Push,
    /// How the answer must travel.
    pub sealing: Sealing,
    /// The verified signature in lower case: what identifies this one request. Whoever sees it twice within the replay
    /// window sees a replay; WeChat's own retries carry fresh ones.
    pub signature: String,
}

/// Opens a push: verifies, decrypts, checks the time and the addressee, and reads the message.
pub fn open_push(account: &Account, query: &Query, body: &[u8], now: Time, limits: Limits) -> Result<Opened, Refusal> {
    if body.len() > limits.body {
        return Err(Refusal::Oversized);
    }
    let body = std::str::from_utf8(body).ok().ok_or(Refusal::Malformed)?;
    let format = seal::push_format(account);
    let (text, sealing, signature) = match account.callback.mode {
        Mode::Plain => (body.to_owned(), Sealing::Plain, verify(account, query, None)?),
        Mode::Compatible | Mode::Secure => {
            if !encrypted(query)? {
                return Err(Refusal::Downgrade);
            }
            let envelope = Fields::read(body, format)?;
            let ciphertext = envelope.find(&["Encrypt"])?.ok_or(Refusal::Downgrade)?;
            let signature = verify(account, query, Some(&ciphertext))?;
            let (text, key) = decrypt(account, &ciphertext)?;
            (text, Sealing::Cipher(key), signature)
        }
    };
    in_window(query, now, limits.window)?;
    let push = Push::read(text, format)?;
    if push.to != account.original_id {
        return Err(Refusal::WrongAccount);
    }
    Ok(Opened { push, sealing, signature })
}

/// Answers the verification of the URL: gives the text to send back, or refuses.
///
/// An `echostr` is taken as ciphertext when `msg_signature` came without `signature`, as some platforms do.
pub fn echo(account: &Account, query: &Query, now: Time, limits: Limits) -> Result<String, Refusal> {
    let echostr = query.echostr.as_deref().ok_or(Refusal::Malformed)?;
    if echostr.len() > MAX_ECHOSTR {
        return Err(Refusal::Oversized);
    }
    let answer = match (&query.signature, &query.msg_signature) {
        (None, Some(_)) => {
            verify(account, query, Some(echostr))?;
            decrypt(account, echostr)?.0
        }
        (Some(_), _) | (None, None) => {
            verify(account, query, None)?;
            echostr.to_owned()
        }
    };
    in_window(query, now, limits.window)?;
    Ok(answer)
}

/// Whether the query announces ciphertext (protocol section 1.2).
fn encrypted(query: &Query) -> Result<bool, Refusal> {
    match query.encrypt_type.as_deref() {
        None | Some("" | "raw") => Ok(false),
        Some("aes") => Ok(true),
        Some(_) => Err(Refusal::Malformed),
    }
}

/// Verifies the signature that fits: `msg_signature` over a ciphertext, else `signature`. Gives the computed one.
fn verify(account: &Account, query: &Query, ciphertext: Option<&str>) -> Result<String, Refusal> {
    let token = account.callback.token.expose_secret();
    let timestamp = query.timestamp.as_deref().ok_or(Refusal::Signature)?;
    let nonce = query.nonce.as_deref().ok_or(Refusal::Signature)?;
    let (given, computed) = match ciphertext {
        Some(ciphertext) => (&query.msg_signature, signature::sign([token, timestamp, nonce, ciphertext])),
        None => (&query.signature, signature::sign([token, timestamp, nonce])),
    };
    let given = given.as_deref().ok_or(Refusal::Signature)?;
    if signature::matches(given, &computed) { Ok(computed) } else { Err(Refusal::Signature) }
}

/// Opens ciphertext with the current key, else with the previous one.
fn decrypt(account: &Account, ciphertext: &str) -> Result<(String, AesKey), Refusal> {
    let mut refusal = Refusal::NoKey;
    for key in seal::keys(account) {
        match key.decrypt(ciphertext, &account.appid) {
            Ok(text) => return Ok((text, key)),
            Err(_) => refusal = Refusal::Decrypt,
        }
    }
    Err(refusal)
}

fn in_window(query: &Query, now: Time, window: Duration) -> Result<(), Refusal> {
    let timestamp = query.timestamp.as_deref().unwrap_or_default();
    let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: i64 = timestamp.parse().ok().filter(|_| digits).ok_or(Refusal::Signature)?;
    let apart = Duration::from_secs(now.timestamp().abs_diff(seconds));
    if apart <= window { Ok(()) } else { Err(Refusal::ReplayWindow) }
}

/// Seals a push the way the account's mode wants it: the inverse of [`open_push`], for whoever plays WeChat. Gives the query
/// and the body to send.
///
/// # Errors
/// [`Refusal::NoKey`] when the mode wants ciphertext and the account has no usable key.
pub fn seal_push(account: &Account, body: &Fields, stamp: &Stamp) -> Result<(Query, String), Refusal> {
    let format = seal::push_format(account);
    let mut query = Query {
        signature: Some(stamp.sign(account, None)),
        timestamp: Some(stamp.seconds().to_string()),
        nonce: Some(stamp.nonce.clone()),
        openid: body.some_text(&["FromUserName"])?,
        ..Query::default()
    };
    let plain = match account.callback.mode {
        Mode::Plain => return Ok((query, body.write(format))),
        Mode::Compatible => body.clone(),
        Mode::Secure => Fields::new().with_some("ToUserName", body.some_text(&["ToUserName"])?),
    };
    let key = seal::keys(account).next().ok_or(Refusal::NoKey)?;
    let ciphertext = key.encrypt(&body.write(format), &account.appid, stamp.random);
    query.encrypt_type = Some("aes".to_owned());
    query.msg_signature = Some(stamp.sign(account, Some(&ciphertext)));
    Ok((query, plain.with("Encrypt", ciphertext).write(format)))
}
