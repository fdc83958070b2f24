//! The envelope of a passive reply, which is as encrypted as the push it answers (protocol section 1.4).

use secrecy::ExposeSecret;

use crate::wechat::{
    account::Account,
    crypto::{AesKey, signature},
    message::Fields,
};

use super::{
    Refusal,
    seal::{self, Stamp},
};

/// The answer that means "received, nothing to say"; never encrypted.
pub const SUCCESS: &str = "success";

/// How the answer to a push must travel.
#[derive(Clone, Debug)]
pub enum Sealing {
    /// As it is.
    Plain,
    /// Encrypted with the key that opened the push.
    Cipher(AesKey),
}

/// Seals a reply body in the account's format. [`SUCCESS`] and the empty body go out as they are.
pub fn seal_reply(account: &Account, sealing: &Sealing, body: String, stamp: &Stamp) -> String {
    match sealing {
        Sealing::Cipher(key) if !body.is_empty() && body != SUCCESS => {
            let ciphertext = key.encrypt(&body, &account.appid, stamp.random);
            let signature = stamp.sign(account, Some(&ciphertext));
            Fields::new()
                .with("Encrypt", ciphertext)
                .with("MsgSignature", signature)
                .with("TimeStamp", stamp.seconds())
                .with("Nonce", stamp.nonce.as_str())
                .write(seal::push_format(account))
        }
        Sealing::Cipher(_) | Sealing::Plain => body,
    }
}

/// Opens a sealed reply with the account's current or previous key: the inverse of [`seal_reply`], for whoever plays
/// WeChat. A body that is not sealed is refused as a downgrade.
pub fn open_reply(account: &Account, body: &str) -> Result<String, Refusal> {
    let envelope = Fields::read(body, seal::push_format(account))?;
    let ciphertext = envelope.find(&["Encrypt"])?.ok_or(Refusal::Downgrade)?;
    let given = envelope.text("MsgSignature")?;
    let (timestamp, nonce) = (envelope.text("TimeStamp")?, envelope.text("Nonce")?);
    let token = account.callback.token.expose_secret();
    if !signature::matches(&given, &signature::sign([token, &timestamp, &nonce, &ciphertext])) {
        return Err(Refusal::Signature);
    }
    seal::keys(account).find_map(|key| key.decrypt(&ciphertext, &account.appid).ok()).ok_or(Refusal::Decrypt)
}
