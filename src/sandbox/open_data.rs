//! What the phone passes to a mini program's server in encrypted form: `encryptedData`, and `rawData` with its signature
//! (protocol sections 8.3 and 8.4). Written apart from the service's own reader.

use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};
use serde::Serialize;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{
    people::{derived, openid},
    trouble::Trouble,
    world::World,
};
use crate::wechat::account::Kind;

const BLOCK: usize = 16;

/// What `wx.getUserInfo` gives the mini program.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenData {
    /// What the mini program may show, as text.
    pub raw_data: String,
    /// The SHA-1 of it and the session key.
    pub signature: String,
    /// The same and more for the server, encrypted with the session key.
    pub encrypted_data: String,
    /// The initial vector.
    pub iv: String,
}

impl World {
    /// `wx.getUserInfo`. Since 2022 it tells nobody's name and ids; `legacy` gives what it gave before.
    pub(super) fn user_data(&self, person: &str, account: &str, legacy: bool) -> Result<OpenData, Trouble> {
        self.pair(person, account, Kind::Mini)?;
        let key = self.session_key(account, person).ok_or(Trouble::Conflict("there is no session: log in first"))?;
        let (name, appid) = (&self.person(person)?.name, &self.account(account)?.appid);
        let picture = derived("", &["picture", if legacy { person } else { "nobody" }], 43);
        let mut user = json!({
            "nickName": if legacy { name } else { "微信用户" },
            "gender": 0,
            "language": "",
            "city": "",
            "province": "",
            "country": "",
            "avatarUrl": format!("https://thirdwx.qlogo.cn/mmopen/vi_32/{picture}/132"),
        });
        let raw_data = user.to_string();
        let signature = hex::encode(Sha1::digest(format!("{raw_data}{key}")));
        if let Some(fields) = user.as_object_mut().filter(|_| legacy) {
            fields.insert("openId".to_owned(), json!(openid(appid, person)));
            fields.extend(self.unionid(account, person).map(|unionid| ("unionId".to_owned(), json!(unionid))));
        }
        let (encrypted_data, iv) = self.encrypted(&key, appid, user)?;
        Ok(OpenData { raw_data, signature, encrypted_data, iv })
    }

    /// Marks data as made for this mini program just now, and encrypts it: ciphertext and initial vector as base64.
    pub(super) fn encrypted(&self, key: &str, appid: &str, mut data: Value) -> Result<(String, String), Trouble> {
        if let Some(fields) = data.as_object_mut() {
            fields.insert("watermark".to_owned(), json!({ "timestamp": self.now().timestamp(), "appid": appid }));
        }
        let key = STANDARD.decode(key).ok().and_then(|key| <[u8; BLOCK]>::try_from(key).ok());
        let key = key.ok_or(Trouble::Conflict("the session key is damaged"))?;
        let iv = self.random.bytes::<BLOCK>();
        let mut bytes = data.to_string().into_bytes();
        let pad = BLOCK - bytes.len() % BLOCK;
        bytes.resize(bytes.len() + pad, u8::try_from(pad).unwrap_or_default());
        let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
        cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into()).encrypt_blocks(blocks);
        Ok((STANDARD.encode(bytes), STANDARD.encode(iv)))
    }
}
