//! `wx.sendBizRedPacket`: a mini program shows the packet that its service was given (pay notes section 2.4).

use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use super::{packet::PacketView, v2::signed};
use crate::sandbox::{trouble::Trouble, world::World};

/// Launch scenes in which the person came by scanning a code.
const SCAN_SCENES: [u32; 4] = [1011, 1025, 1047, 1124];

/// What a mini program hands to WeChat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BizPacket {
    /// Unix seconds.
    pub time_stamp: String,
    /// A random text.
    pub nonce_str: String,
    /// `package` of the answer to `sendminiprogramhb`, URL-encoded.
    pub package: String,
    /// `MD5`.
    pub sign_type: String,
    /// Lower-case hex.
    pub pay_sign: String,
    /// By which way the person came into the mini program: 1047 is a mini-program code.
    #[serde(default = "scanned")]
    pub scene: u32,
}

fn scanned() -> u32 {
    1047
}

impl World {
    /// Shows the packet; the person may open it from then on.
    pub(super) fn show_packet(&mut self, person: &str, call: &BizPacket) -> Result<PacketView, Trouble> {
        self.person(person)?;
        self.pay_advance();
        if !SCAN_SCENES.contains(&call.scene) {
            return Err(Trouble::Conflict("sendBizRedPacket:fail 请扫码进入小程序"));
        }
        let fail = |why: &str| Trouble::invalid(format!("sendBizRedPacket:fail {why}"));
        let encoded = |package: &str| byte_serialize(package.as_bytes()).collect::<String>();
        let mut all = self.pay.packets.values_mut();
        let found =
            all.find(|packet| packet.package.as_deref().is_some_and(|package| encoded(package) == call.package));
        let packet = found.ok_or_else(|| fail("package格式错误"))?;
        let raw = packet.package.clone().unwrap_or_default();
        let merchant = self.pay.merchants.get(&packet.new.merchant).ok_or(Trouble::Unknown("merchant"))?;
        let appid = packet.field("wxappid");
        let right = [call.package.as_str(), raw.as_str()].into_iter().any(|package| {
            // Sorted as the signature wants them.
            let pairs = [
                ("appId", appid),
                ("nonceStr", call.nonce_str.as_str()),
                ("package", package),
                ("timeStamp", call.time_stamp.as_str()),
            ];
            signed(pairs.into_iter(), &merchant.v2_key) == call.pay_sign
        });
        if call.sign_type != "MD5" || !right {
            return Err(fail("签名错误"));
        }
        if packet.new.person != person {
            return Err(Trouble::Conflict("sendBizRedPacket:fail 红包已被绑定"));
        }
        packet.shown = true;
        let id = packet.id;
        self.packet_view(id).ok_or(Trouble::Unknown("red packet"))
    }
}
