//! The v2 interface: flat XML over a connection with a client certificate (pay sections 2.0 to 2.5).

use chrono::NaiveDateTime;
use entity::types::{Fen, OpenId};
use reqwest::header::CONTENT_TYPE;

use super::{
    Answer, Broken, Kind, Merchant, OutNo, Refusal, Why,
    crypto::{V2Key, sign_client_call},
    exchange::{self, Raw},
    rate::Lane,
    red_packet::{
        MiniRedPacketParameters, Package, Received, RedPacket, RedPacketDetail, RedPacketState, SentMiniRedPacket,
        SentRedPacket,
    },
    refusal,
};
use crate::{
    infra::{calendar, clock::Time},
    wechat::{
        account::Format,
        message::{Fields, Unreadable},
    },
};

type Parameters = Vec<(&'static str, String)>;

impl Merchant {
    /// Whether a red packet may be sent by this merchant: bound app, scene, amount. To be asked before anything is
    /// reserved for it.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check_red_packet(&self, packet: &RedPacket) -> Result<(), Broken> {
        packet.check(&self.settings().red_packets, self.settings().apps.values())
    }

    /// Sends a cash red packet, or gives what the same request came to before (pay section 2.2).
    pub async fn send_red_packet(&self, packet: &RedPacket) -> Answer<SentRedPacket> {
        let call = async {
            let own = [("client_ip", self.settings().red_packets.client_ip.to_string())];
            let answer = self.send("/mmpaymkttransfers/sendredpack", packet, own).await;
            answer.and_then(|fields| Ok(SentRedPacket { send_listid: text(&fields, "send_listid")? }))
        };
        self.measured("red_packet.send", call).await
    }

    /// Makes a red packet that its person opens within the mini program (pay section 2.4).
    pub async fn send_mini_red_packet(&self, packet: &RedPacket) -> Answer<SentMiniRedPacket> {
        let call = async {
            let own = [("notify_way", "MINI_PROGRAM_JSAPI".to_owned())];
            let answer = self.send("/mmpaymkttransfers/sendminiprogramhb", packet, own).await;
            answer.and_then(|fields| {
                let package = text(&fields, "package")?.ok_or(Why::Form)?;
                Ok(SentMiniRedPacket { send_listid: text(&fields, "send_listid")?, package: Package(package) })
            })
        };
        self.measured("red_packet.send_mini", call).await
    }

    /// What a red packet has come to; of the last 30 days only (pay section 2.5). `appid` is the one it was sent with.
    pub async fn red_packet(&self, number: &OutNo, appid: &str) -> Answer<RedPacketDetail> {
        let call = async {
            let asked = vec![
                ("mch_billno", number.to_string()),
                ("mch_id", self.settings().mchid.clone()),
                ("appid", appid.to_owned()),
                ("bill_type", "MCHT".to_owned()),
            ];
            let answer = self.v2("/mmpaymkttransfers/gethbinfo", asked).await;
            answer.and_then(|fields| detail(&fields, number, &self.settings().mchid))
        };
        self.measured("red_packet.query", call).await
    }

    /// What a mini program needs to open its packet (pay section 2.4); `None` without an APIv2 key.
    pub fn mini_red_packet_parameters(&self, appid: &str, package: &Package) -> Option<MiniRedPacketParameters> {
        let key = self.settings().keys.v2.as_ref()?;
        let (time, nonce) = (self.0.clock.now().timestamp().to_string(), self.0.random.alphanumeric(32));
        let raw = self.settings().red_packets.sign_raw_package;
        Some(parameters(key, appid, &package.0, raw, time, nonce))
    }

    async fn send<const N: usize>(
        &self,
        path: &'static str,
        packet: &RedPacket,
        own: [(&'static str, String); N],
    ) -> Answer<Fields> {
        if let Err(broken) = self.check_red_packet(packet) {
            return Refusal::not_sent(Kind::Invalid, broken.to_string()).into();
        }
        let mut sent = red_packet_fields(packet, &self.settings().mchid);
        sent.extend(own);
        let echoed = [
            ("mch_billno", sent_value(&sent, "mch_billno")),
            ("mch_id", sent_value(&sent, "mch_id")),
            ("re_openid", sent_value(&sent, "re_openid")),
            ("total_amount", sent_value(&sent, "total_amount")),
        ];
        self.v2(path, sent).await.and_then(|fields| {
            for (name, value) in &echoed {
                if text(&fields, name)?.is_some_and(|echo| echo.trim() != value) {
                    return Err(Why::OtherOrder);
                }
            }
            Ok(fields)
        })
    }

    /// Signs, sends and reads one call. What was done are the fields of the answer.
    async fn v2(&self, path: &'static str, mut parameters: Parameters) -> Answer<Fields> {
        let (Some(client), Some(key)) = (&self.0.v2, &self.settings().keys.v2) else {
            return Refusal::not_sent(Kind::Config, "the merchant has no APIv2 key").into();
        };
        let rate = self.settings().rates.red_packet;
        if !self.0.rate.pass(&self.settings().key, Lane::RedPacket, rate).await {
            return Refusal::not_sent(Kind::Rate, "too many calls in this second").into();
        }
        parameters.push(("nonce_str", self.0.random.alphanumeric(32)));
        let body = signed_body(key, &parameters);
        let url = format!("{}{path}", self.settings().addresses.v2);
        let request = client.post(url).header(CONTENT_TYPE, "text/xml; charset=utf-8").body(body);
        match exchange::exchange(request).await {
            Ok(raw) => read(&raw, key),
            Err(why) => why.into(),
        }
    }
}

/// The business fields of a red packet.
pub(super) fn red_packet_fields(packet: &RedPacket, mchid: &str) -> Parameters {
    let new = packet.fields();
    let mut fields = vec![
        ("mch_billno", new.number.to_string()),
        ("mch_id", mchid.to_owned()),
        ("wxappid", new.appid.clone()),
        ("send_name", new.send_name.clone()),
        ("re_openid", new.open_id.as_str().to_owned()),
        ("total_amount", new.amount.get().to_string()),
        ("total_num", "1".to_owned()),
        ("wishing", new.wishing.clone()),
        ("act_name", new.act_name.clone()),
        ("remark", new.remark.clone()),
    ];
    fields.extend(new.scene.map(|scene| ("scene_id", scene.as_wire().to_owned())));
    fields.extend(new.risk_info.as_ref().map(|risk| ("risk_info", risk.0.clone())));
    fields
}

/// Exactly what is signed is sent: no `sign_type`, nothing empty.
pub(super) fn signed_body(key: &V2Key, parameters: &Parameters) -> String {
    let sign = key.md5(parameters.iter().map(|(name, value)| (*name, value.as_str())));
    let fields = parameters.iter().filter(|(_, value)| !value.is_empty());
    let fields = fields.fold(Fields::new(), |fields, (name, value)| fields.with(*name, value.as_str()));
    fields.with("sign", sign).write(Format::Xml)
}

/// Reads an answer. These calls are answered without a signature; one that is there must hold (pay section 2.1).
pub(super) fn read(raw: &Raw, key: &V2Key) -> Answer<Fields> {
    let body = std::str::from_utf8(&raw.body).ok();
    let Some(fields) = body.and_then(|body| Fields::read(body, Format::Xml).ok()) else {
        return raw.unreadable().into();
    };
    if raw.status != 200 {
        return Why::Status.into();
    }
    outcome(fields, key).unwrap_or_else(Answer::from)
}

fn outcome(fields: Fields, key: &V2Key) -> Result<Answer<Fields>, Why> {
    if let Some(sign) = text(&fields, "sign")? {
        let flat: Vec<(&str, _)> = fields.iter().filter_map(|(name, node)| Some((name, node.text()?))).collect();
        if !key.matches(&sign, flat.iter().map(|(name, value)| (*name, value.as_ref()))) {
            return Err(Why::Signature);
        }
    }
    let says = |name: &'static str| text(&fields, name);
    let (returned, result) = (says("return_code")?, says("result_code")?);
    match (returned.as_deref(), result.as_deref()) {
        (Some("SUCCESS"), Some("SUCCESS")) => Ok(Answer::Done(fields)),
        (Some(_), _) => {
            let (code, words) = (says("err_code")?, says("err_code_des")?);
            Ok(refusal::of_v2(&code.unwrap_or_default(), &words.unwrap_or_default()))
        }
        (None, _) => Err(Why::Form),
    }
}

/// Reads the answer to a query.
pub(super) fn detail(fields: &Fields, number: &OutNo, mchid: &str) -> Result<RedPacketDetail, Why> {
    if text(fields, "mch_billno")?.is_none_or(|echo| echo != number.as_str())
        || text(fields, "mch_id")?.is_some_and(|echo| echo != mchid)
    {
        return Err(Why::OtherOrder);
    }
    let mut received = Vec::new();
    for info in fields.fields("hblist").map_err(form)?.map(|list| list.list("hbinfo")).unwrap_or_default() {
        received.push(taken(info)?);
    }
    if received.is_empty() && text(fields, "openid")?.is_some() {
        received.push(taken(fields)?);
    }
    Ok(RedPacketDetail {
        number: number.clone(),
        detail_id: text(fields, "detail_id")?,
        state: text(fields, "status")?.and_then(|status| RedPacketState::of(&status)).ok_or(Why::Form)?,
        amount: amount(fields, "total_amount")?,
        reason: text(fields, "reason")?,
        sent_at: time(fields, "send_time")?,
        refunded_at: time(fields, "refund_time")?,
        refund_amount: amount(fields, "refund_amount")?,
        received,
    })
}

fn taken(fields: &Fields) -> Result<Received, Why> {
    let open_id = text(fields, "openid")?.map(|text| text.parse::<OpenId>());
    Ok(Received {
        open_id: open_id.transpose().map_err(|_bad| Why::Form)?,
        amount: amount(fields, "amount")?,
        at: time(fields, "rcv_time")?,
    })
}

/// The parameters of `wx.sendBizRedPacket`; `raw` is the switch of pay section 2.4.
pub(super) fn parameters(
    key: &V2Key,
    appid: &str,
    package: &str,
    raw: bool,
    time_stamp: String,
    nonce_str: String,
) -> MiniRedPacketParameters {
    let encoded: String =
        url::form_urlencoded::byte_serialize(package.as_bytes()).collect::<String>().replace('+', "%20");
    let signed = if raw { package } else { encoded.as_str() };
    let four = [("appId", appid), ("nonceStr", nonce_str.as_str()), ("package", signed), ("timeStamp", &time_stamp)];
    let pay_sign = sign_client_call(key, four);
    MiniRedPacketParameters { time_stamp, nonce_str, package: Package(encoded), sign_type: "MD5", pay_sign }
}

fn sent_value(sent: &Parameters, wanted: &str) -> String {
    sent.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn form(_unreadable: Unreadable) -> Why {
    Why::Form
}

fn text(fields: &Fields, name: &str) -> Result<Option<String>, Why> {
    fields.some_text(&[name]).map_err(form)
}

fn amount(fields: &Fields, name: &str) -> Result<Option<Fen>, Why> {
    let number: Option<i64> = fields.some_value(&[name]).map_err(form)?;
    number.map(Fen::try_from).transpose().map_err(|_bad| Why::Form)
}

/// A Beijing time without offset (pay section 0).
fn time(fields: &Fields, name: &str) -> Result<Option<Time>, Why> {
    let Some(text) = text(fields, name)? else { return Ok(None) };
    let local = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M:%S").map_err(|_bad| Why::Form)?;
    let at = local.and_local_timezone(calendar::shanghai()).single().ok_or(Why::Form)?;
    Ok(Some(at.to_utc()))
}
