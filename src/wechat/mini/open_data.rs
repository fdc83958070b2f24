//! What WeChat encrypted for us and passed through the client: `encryptedData` (protocol section 8.4).

use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{Array, BlockModeDecrypt, KeyIvInit};
use chrono::TimeDelta;
use entity::types::{OpenId, UnionId};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{SessionKey, phone::PhoneNumber};
use crate::{
    infra::clock::Time,
    wechat::{account::tolerant, client::Api, crypto::Unopened},
};

/// How old data may be, and how far WeChat's clock may be ahead of ours.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// The block of AES, and the most that padding adds.
const BLOCK: usize = 16;

/// Encrypted data as the client got it. It must come as JSON: a form post damages base64.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncryptedData {
    /// `encryptedData`, base64.
    pub encrypted_data: String,
    /// `iv`, base64 of 16 bytes.
    pub iv: String,
}

/// Whom the data must be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The mini program that it must have been made for.
    pub appid: &'a str,
    /// The person whose session it is; compared where the data names somebody.
    pub openid: &'a OpenId,
    /// Now; the data is at most ten minutes old.
    pub now: Time,
}

/// Who somebody is, as `getUserInfo` tells it: today mostly nothing beside a placeholder for a name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserData {
    /// The person over all accounts, where it is told.
    #[serde(default, deserialize_with = "tolerant::blank_is_none")]
    pub union_id: Option<UnionId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Marked {
    #[serde(default)]
    open_id: Option<String>,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
    #[serde(deserialize_with = "tolerant::seconds")]
    timestamp: Option<Time>,
}

impl EncryptedData {
    /// Opens the data and checks that it was made for this mini program, just now, and about this person.
    ///
    /// # Errors
    /// [`Unopened`], whatever the cause: a stale session key, damaged base64, data of another mini program or person,
    /// or old data. The remedy is the same: check the session, log in if need be, and ask the person again.
    pub fn open<T: DeserializeOwned>(&self, key: &SessionKey, expected: Expected<'_>) -> Result<T, Unopened> {
        let plain = self.plain(key).ok_or(Unopened)?;
        let Ok(tree) = serde_json::from_slice::<Value>(&plain) else { return Err(Unopened) };
        let Ok(Marked { open_id, watermark }) = Marked::deserialize(&tree) else { return Err(Unopened) };
        let age = watermark.timestamp.map(|made| expected.now.signed_duration_since(made).abs());
        let ours = watermark.appid == expected.appid
            && age.is_some_and(|age| age <= FRESH)
            && open_id.is_none_or(|openid| openid == expected.openid.as_str());
        if !ours {
            return Err(Unopened);
        }
        T::deserialize(tree).map_err(|_holds_personal_data| Unopened)
    }

    /// The bytes inside, when whole blocks with correct padding come out. A wrong key passes this now and then.
    fn plain(&self, key: &SessionKey) -> Option<Vec<u8>> {
        let mut bytes = STANDARD.decode(&self.encrypted_data).ok()?;
        let iv: [u8; BLOCK] = STANDARD.decode(&self.iv).ok()?.try_into().ok()?;
        let (blocks, rest) = Array::slice_as_chunks_mut(&mut bytes);
        if blocks.is_empty() || !rest.is_empty() {
            return None;
        }
        cbc::Decryptor::<Aes128>::new(&key.bytes()?.into(), &iv.into()).decrypt_blocks(blocks);
        let pad = usize::from(*bytes.last()?);
        let (plain, padding) = bytes.split_at_checked(bytes.len().checked_sub(pad)?)?;
        let padded = (1..=BLOCK).contains(&pad) && padding.iter().all(|byte| usize::from(*byte) == pad);
        padded.then(|| plain.to_vec())
    }
}

impl std::fmt::Debug for EncryptedData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncryptedData").field("length", &self.encrypted_data.len()).finish_non_exhaustive()
    }
}

impl Api {
    /// Opens what `getUserInfo` passed on.
    ///
    /// # Errors
    /// [`Unopened`].
    pub fn open_user(&self, data: &EncryptedData, key: &SessionKey, openid: &OpenId) -> Result<UserData, Unopened> {
        data.open(key, self.expected(openid))
    }

    /// Opens what the old way of asking for a phone number passed on.
    ///
    /// # Errors
    /// [`Unopened`], also when there is no usable number inside.
    pub fn open_phone(&self, data: &EncryptedData, key: &SessionKey, openid: &OpenId) -> Result<PhoneNumber, Unopened> {
        data.open(key, self.expected(openid))
    }

    fn expected<'a>(&'a self, openid: &'a OpenId) -> Expected<'a> {
        Expected { appid: &self.account.appid, openid, now: self.wechat.around().clock.now() }
    }
}
