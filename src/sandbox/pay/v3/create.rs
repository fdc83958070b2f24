//! A merchant transfer is created (pay notes sections 4.1, 4.2, 4.7 and 4.8).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, Done, Outcome, refusal::Refusal};
use crate::sandbox::{
    pay::{
        PaySettings,
        call::Twist,
        scenes::{Scene, scene},
        timers::seconds,
        transfer::{TransferState, rfc3339},
    },
    world::World,
};

/// Yuan 2000: from here on the receiver's name must be given.
const NAME_FROM: i64 = 200_000;
/// Yuan 0.30: below that it must not.
const NAME_BELOW: i64 = 30;
/// Yuan 200: the most that may look like a red packet.
const STYLE_MOST: i64 = 20_000;

/// The request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sandbox::pay) struct Create {
    pub(in crate::sandbox::pay) appid: String,
    pub(in crate::sandbox::pay) out_bill_no: String,
    transfer_scene_id: String,
    pub(in crate::sandbox::pay) openid: String,
    /// Sealed on the way in, open afterwards: the same name is sealed differently each time.
    #[serde(default)]
    pub(in crate::sandbox::pay) user_name: Option<String>,
    pub(in crate::sandbox::pay) transfer_amount: i64,
    pub(in crate::sandbox::pay) transfer_remark: String,
    #[serde(default)]
    pub(in crate::sandbox::pay) notify_url: Option<String>,
    #[serde(default)]
    user_recv_perception: Option<String>,
    transfer_scene_report_infos: Vec<Report>,
    #[serde(default)]
    user_recv_style: Option<Style>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    info_type: String,
    info_content: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Style {
    #[serde(rename = "type")]
    kind: StyleKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StyleKind {
    ConfirmPage,
    RedPacket,
}

impl Create {
    /// What the receiver is told it is for.
    pub(in crate::sandbox::pay) fn perception(&self) -> &str {
        let usual = || scene(&self.transfer_scene_id).and_then(|scene| scene.perceptions.first().copied());
        self.user_recv_perception.as_deref().or_else(usual).unwrap_or_default()
    }

    /// Whether the page is to look like a red packet.
    pub(in crate::sandbox::pay) fn is_red_packet(&self) -> bool {
        self.user_recv_style.as_ref().is_some_and(|style| style.kind == StyleKind::RedPacket)
    }

    /// Lengths and characters of single fields.
    fn check_fields(&self) -> Result<(), Refusal> {
        let bad = |name: &str, value: &str, issue: &str| Err(Refusal::field(&format!("/{name}"), &json!(value), issue));
        let sized = |name: &str, value: &str, most: usize| match value.chars().count() {
            0 => bad(name, value, "字段必填"),
            length if length > most => bad(name, value, "字段超长"),
            _ => Ok(()),
        };
        sized("appid", &self.appid, 32)?;
        sized("out_bill_no", &self.out_bill_no, 32)?;
        if !self.out_bill_no.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return bad("out_bill_no", &self.out_bill_no, "只能由数字、大小写字母组成");
        }
        sized("transfer_scene_id", &self.transfer_scene_id, 36)?;
        sized("openid", &self.openid, 64)?;
        sized("transfer_remark", &self.transfer_remark, 32)?;
        if let Some(url) = self.notify_url.as_deref().filter(|url| !may_be_notified(url)) {
            return bad("notify_url", url, "必须为https地址，不能携带参数，不超过256个字符");
        }
        for report in &self.transfer_scene_report_infos {
            sized("transfer_scene_report_infos/info_type", &report.info_type, 15)?;
            sized("transfer_scene_report_infos/info_content", &report.info_content, 32)?;
        }
        Ok(())
    }

    /// What the scene allows and wants.
    fn check_scene(&self, settings: &PaySettings) -> Result<(), Refusal> {
        let known =
            scene(&self.transfer_scene_id).filter(|scene| settings.transfer_scenes.iter().any(|id| id == scene.id));
        let scene: &Scene = known.ok_or_else(|| Refusal::new(403, "NO_AUTH", "你尚未获取该转账场景"))?;
        if self.user_recv_perception.as_deref().is_some_and(|told| !scene.perceptions.contains(&told)) {
            return Err(Refusal::invalid("暂不支持展示当前传入的用户收款感知"));
        }
        let given: Vec<&str> =
            self.transfer_scene_report_infos.iter().map(|report| report.info_type.as_str()).collect();
        if given.is_empty() {
            return Err(Refusal::param("需传入转账场景报备信息,请检查"));
        }
        if given.len() != scene.reports.len() || scene.reports.iter().any(|wanted| !given.contains(wanted)) {
            return Err(Refusal::param("未传入完整且对应的转账场景报备信息"));
        }
        if self.is_red_packet() && (!scene.red_packet_style || self.transfer_amount > STYLE_MOST) {
            return Err(Refusal::invalid("当前转账不支持红包样式"));
        }
        Ok(())
    }

    /// Whether the receiver's name must, may or must not be given.
    fn check_name(&self) -> Result<(), Refusal> {
        let amount = self.transfer_amount;
        match self.user_name {
            Some(_) if amount < NAME_BELOW => Err(Refusal::param("转账金额小于0.3元时，不支持校验用户姓名")),
            None if amount >= NAME_FROM => Err(Refusal::param("转账金额大于等于2000元时，必须传入收款用户姓名")),
            Some(_) | None => Ok(()),
        }
    }
}

/// Public https without a query; a service on this machine may do without TLS.
fn may_be_notified(url: &str) -> bool {
    let local =
        |url: &url::Url| url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let fits = |url: &url::Url| (url.scheme() == "https" || local(url)) && url.query().is_none();
    url.len() <= 256 && url.parse::<url::Url>().is_ok_and(|url| fits(&url))
}

/// `POST /v3/fund-app/mch-transfer/transfer-bills`
pub(super) fn create(world: &mut World, caller: &Caller, body: &Value, twist: &Twist) -> Outcome {
    let mut request: Create =
        serde_json::from_value(body.clone()).map_err(|error| Refusal::param(&format!("请求报文字段错误: {error}")))?;
    request.check_fields()?;
    open_name(world, caller, &mut request)?;
    let (now, settings) = (world.now(), world.settings.pay.clone());
    let unknown = || Refusal::new(500, "SYSTEM_ERROR", "系统异常，请稍后重试");
    let merchant = world.pay.merchants.get_mut(&caller.merchant).ok_or_else(unknown)?;
    if !merchant.within_rate("transfers", settings.transfers_per_second, now) {
        return Err(Refusal::often());
    }
    if let Some(id) = merchant.transfers.get(&request.out_bill_no).copied() {
        return again(world, id, &request);
    }
    if merchant.frozen {
        return Err(Refusal::new(403, "USER_ERROR", "当前商户存在异常,暂时无法进行转账"));
    }
    request.check_scene(&settings)?;
    let (account, person) = receiver(world, caller, &request)?;
    let (least, most) = settings.transfer_amounts;
    if !(least..=most).contains(&request.transfer_amount) {
        return Err(Refusal::invalid("超过单笔转账上下限,核实产品设置是否准确"));
    }
    request.check_name()?;
    let merchant = world.pay.merchants.get_mut(&caller.merchant).ok_or_else(unknown)?;
    if merchant.today(now).transfers + request.transfer_amount > settings.transfers_per_day {
        return Err(Refusal::invalid("超出商户单日转账额度,请核实产品设置是否准确"));
    }
    if merchant.ledger.balance() < request.transfer_amount {
        let text = "商户运营账户资金不足,充值后可以原单号发起重试,请勿更换商户单号";
        return Err(Refusal::new(403, "NOT_ENOUGH", text));
    }
    let misnamed =
        request.user_name.as_ref().is_some_and(|name| world.people.get(&person).is_some_and(|one| one.name != *name));
    let id = world.accept_transfer(&caller.merchant, &account, &person, request, &named(twist, misnamed));
    told(world, id)
}

/// A name that is not the receiver's fails the transfer.
fn named(twist: &Twist, misnamed: bool) -> Twist {
    use crate::sandbox::pay::call::Course;
    if !misnamed {
        return twist.clone();
    }
    Twist { course: Course::Late { seconds: 0, reason: Some("NAME_NOT_CORRECT".to_owned()) }, hidden: twist.hidden }
}

/// Opens the sealed name with the key that the request names (section 3.6).
fn open_name(world: &World, caller: &Caller, request: &mut Create) -> Result<(), Refusal> {
    let Some(sealed) = request.user_name.take() else { return Ok(()) };
    let serial = caller.serial.as_deref().ok_or_else(|| Refusal::param("Http头缺少Wechatpay-Serial"))?;
    let merchant = world.pay.merchants.get(&caller.merchant);
    let key = merchant.and_then(|merchant| merchant.signing(serial)).map(|signing| signing.key);
    let open = key.and_then(|key| key.open(&sealed));
    request.user_name = Some(open.ok_or_else(|| Refusal::param("请确认待处理的消息是否为加密后的密文"))?);
    Ok(())
}

/// Account and person that the transfer goes to.
fn receiver(world: &World, caller: &Caller, request: &Create) -> Result<(String, String), Refusal> {
    let account = world.accounts.values().find(|account| account.appid == request.appid);
    let account = account.ok_or_else(|| Refusal::param("APPID不存在"))?;
    if !world.pay.merchants.get(&caller.merchant).is_some_and(|merchant| merchant.is_bound(&account.key)) {
        return Err(Refusal::param("商户号与APPID不匹配"));
    }
    let person = account.openids.get(&request.openid);
    let person = person.ok_or_else(|| Refusal::param("Openid格式错误或者不属于商家公众账号"))?;
    Ok((account.key.clone(), person.clone()))
}

/// The number is known: the same request is answered again, another one is refused.
fn again(world: &World, id: u64, request: &Create) -> Outcome {
    let known = world.pay.transfers.get(&id);
    if known.is_none_or(|known| known.request != *request) {
        return Err(Refusal::invalid("单号已存在但信息不一致,请查单后比较确认"));
    }
    let within = seconds(world.settings.pay.repeat_within);
    if known.is_some_and(|known| world.now() - known.created > within) {
        return Err(Refusal::invalid("对应单号已超出重试期,请查单确认后决定是否换单请求"));
    }
    told(world, id)
}

/// What became of a transfer.
fn told(world: &World, id: u64) -> Outcome {
    let transfer =
        world.pay.transfers.get(&id).ok_or_else(|| Refusal::new(500, "SYSTEM_ERROR", "系统异常，请稍后重试"))?;
    let mut body = json!({
        "out_bill_no": transfer.request.out_bill_no,
        "transfer_bill_no": transfer.bill_no,
        "create_time": rfc3339(transfer.created),
        "state": transfer.state.name(),
    });
    if let Some(fields) = body.as_object_mut() {
        if transfer.state == TransferState::WaitUserConfirm {
            fields.insert("package_info".to_owned(), json!(transfer.package));
        }
        if let Some(reason) = &transfer.fail_reason {
            fields.insert("fail_reason".to_owned(), json!(reason));
        }
    }
    Ok(Done::Json(body))
}
