//! The client against the sandbox: every call over HTTP, with WeChat's rules and with faults.

use std::{collections::BTreeSet, net::Ipv4Addr, slice::from_ref};

use chrono::TimeDelta;
use entity::types::OpenId;
use futures_util::FutureExt;

use super::visitors;
use crate::{
    infra::{
        cache::Cache,
        clock::{self, Clock},
        config::Config,
        random::Random,
    },
    sandbox::{AccountPatch, FaultKind, Limit, NewFault, Options, Running, Sandbox, Scene as Came, Via},
    wechat::{
        account::{
            mass::{Audience, MassMessage, MassStatus, Previewer, Text},
            media::{Download, MediaKind},
            menu::{ConditionalMenu, MatchRule, Menu},
            network::{Check, Operator},
            qrcode::{Life, Scene},
            subscribe::{ProgramState, SubscribeMessage},
            template::TemplateMessage,
            template_value::TemplateData,
        },
        client::{Api, Failure, NotSent, Sleeper, Trouble, Upload, WeChat},
        endpoints,
        errcode::{Action, Reason},
        message::{CustomMessage, custom::Send},
        scripted,
    },
};

pub(super) const PERSON: &str = "lin-xiaoman";
const CUSTOM: &str = "/cgi-bin/message/custom/send";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const TAGS: &str = "/cgi-bin/tags/get";

pub(super) struct Rig {
    pub(super) sandbox: Running,
    pub(super) clock: Clock,
    pub(super) wechat: WeChat,
}

impl Rig {
    pub(super) async fn start() -> Self {
        let clock = Clock::manual("2026-11-21T02:00:00Z".parse().unwrap());
        let accounts = scripted::accounts();
        let mut options = Options::new((Ipv4Addr::LOCALHOST, 0).into(), accounts.clone());
        options.clock = clock.clone();
        options.random = Random::seeded(11);
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.seed();
        let mut config = Config::load(None, []).unwrap().wechat;
        config.api_url = sandbox.base_url().to_owned();
        config.mp_url = sandbox.base_url().to_owned();
        config.open_url = sandbox.base_url().to_owned();
        let (cache, random) = (Cache::memory(clock.clone()), Random::seeded(7));
        let at_once = Sleeper::new(|_| async {}.boxed());
        let wechat = WeChat::with_sleeper(accounts, &config, cache, clock.clone(), random, at_once).unwrap();
        Self { sandbox, clock, wechat }
    }

    pub(super) fn api(&self, account: &str) -> Api {
        self.wechat.of(&account.parse().unwrap()).unwrap()
    }

    async fn follower(&self, person: &str, account: &str) -> OpenId {
        self.sandbox.follow(person, account, None).await.unwrap();
        self.sandbox.openid(person, account).unwrap().parse().unwrap()
    }

    /// The texts that a person got by one way.
    fn got(&self, person: &str, account: &str, via: Via) -> Vec<String> {
        let messages = self.sandbox.chat(person, account).unwrap().messages;
        let ours = messages.into_iter().filter(|message| message.via == Some(via));
        ours.map(|message| message.content["content"].as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(super) fn fault(&self, endpoint: &str, kind: FaultKind) {
        self.sandbox.add_fault(NewFault::once(endpoint, kind)).unwrap();
    }

    async fn template(&self, touser: &OpenId, id: &str) -> Result<Option<u64>, Failure> {
        let api = self.api("brand");
        let template = api.templates().await.unwrap().into_iter().find(|it| it.title == "优惠券到账通知").unwrap();
        let values =
            [("thing1", "周年庆满一百减十元专享优惠券超长名称"), ("amount2", "¥10.00"), ("date3", "2026年12月31日")];
        let message = TemplateMessage {
            touser: touser.clone(),
            template_id: template.template_id,
            client_msg_id: id.to_owned(),
            url: None,
            miniprogram: None,
            data: TemplateData::fit(values).unwrap(),
        };
        api.send_template(&message).await
    }
}

fn text(touser: &OpenId, content: &str) -> Send {
    Send { touser: touser.clone(), message: CustomMessage::text(content), customservice: None, businessid: None }
}

fn mass(content: &str) -> MassMessage {
    MassMessage::Text { text: Text { content: content.to_owned() } }
}

#[tokio::test]
async fn every_call_is_understood() {
    let rig = Rig::start().await;
    let api = rig.api("brand");
    let (lin, zhou) = (rig.follower(PERSON, "brand").await, rig.follower("zhou-daoxiang", "brand").await);

    assert!(api.user(&lin).await.unwrap().unionid.is_some());
    assert_eq!(api.users(&[lin.clone(), zhou.clone()]).await.unwrap().len(), 2);
    let page = api.followers(None).await.unwrap();
    assert_eq!((page.total, &page.openids), (Some(2), &vec![lin.clone(), zhou.clone()]));
    api.set_remark(&lin, "老客户").await.unwrap();
    assert_eq!(api.user(&lin).await.unwrap().remark, "老客户");

    let tag = api.create_tag("会员").await.unwrap();
    api.rename_tag(tag.id, "金卡").await.unwrap();
    api.put_tag(tag.id, &[lin.clone(), zhou.clone()]).await.unwrap();
    api.take_tag(tag.id, from_ref(&zhou)).await.unwrap();
    assert_eq!(api.tag_followers(tag.id, None).await.unwrap().openids, from_ref(&lin));
    assert_eq!(api.tags_of(&lin).await.unwrap(), [tag.id]);
    assert_eq!(api.create_tag("金卡").await.unwrap_err().errcode(), Some(45157));
    let listed = api.tags().await.unwrap().into_iter().find(|listed| listed.id == tag.id).unwrap();
    assert_eq!((listed.name.as_str(), listed.count), ("金卡", Some(1)));

    api.block(from_ref(&zhou)).await.unwrap();
    assert_eq!(api.blacklist(None).await.unwrap().openids, from_ref(&zhou));
    api.unblock(from_ref(&zhou)).await.unwrap();

    assert_eq!(api.menus().await.unwrap(), None);
    let menu: Menu = serde_json::from_value(serde_json::json!({"button": [
        {"type": "click", "name": "签到", "key": "CHECK_IN"},
        {"name": "会员", "sub_button": [{"type": "view", "name": "商城", "url": "https://m.example.com/"}]},
    ]}))
    .unwrap();
    api.create_menu(&menu).await.unwrap();
    let rule = MatchRule { tag_id: Some(tag.id.to_string()), client_platform_type: None };
    let special: Menu =
        serde_json::from_value(serde_json::json!({"button": [{"type": "click", "name": "金卡", "key": "GOLD"}]}))
            .unwrap();
    let conditional = ConditionalMenu { menu: special.clone(), matchrule: rule, menuid: None };
    let menuid = api.add_conditional_menu(&conditional).await.unwrap().unwrap();
    let menus = api.menus().await.unwrap().unwrap();
    assert_eq!((&menus.default, menus.conditional[0].menuid), (&menu, Some(menuid)));
    assert_eq!(api.try_menu(lin.as_str()).await.unwrap(), special);
    assert_eq!(api.try_menu(zhou.as_str()).await.unwrap(), menu);
    assert_eq!(api.current_menu().await.unwrap().menu, menu);
    api.delete_conditional_menu(menuid).await.unwrap();
    api.delete_menus().await.unwrap();
    api.delete_tag(tag.id).await.unwrap();

    let code = api.create_qrcode(&Scene::Text("invite:AB12cd".to_owned()), Life::Temporary(3600)).await.unwrap();
    assert_eq!(code.expire_seconds, Some(3600));
    let scanned = rig.sandbox.scan("xu-zhaoyang", &rig.wechat.qrcode_picture(&code.ticket)).await.unwrap();
    assert!(scanned.push.is_some(), "the picture's address leads to the code");
    let key = api.make_short_key("很长的数据", 600).await.unwrap();
    assert_eq!(api.fetch_short_key(&key).await.unwrap().long_data, "很长的数据");

    let jpeg = [b"\xff\xd8\xff\xe0".as_slice(), &[7; 64], b"\xff\xd9"].concat();
    let upload = Upload { name: "poster.jpg".to_owned(), mime: "image/jpeg".to_owned(), bytes: jpeg.clone() };
    let media = api.upload_media(MediaKind::Image, upload.clone()).await.unwrap();
    let Download::File(file) = api.media(&media.media_id).await.unwrap() else { panic!("a file") };
    assert_eq!(file.bytes, jpeg);
    assert!(api.upload_article_image(upload).await.unwrap().starts_with("http"));

    rig.sandbox.say(PERSON, "brand", "在吗").await.unwrap();
    api.show_typing(&lin, true).await.unwrap();
    api.send_custom(&text(&lin, "您好 <3 👋")).await.unwrap();
    assert_eq!(rig.got(PERSON, "brand", Via::Custom), ["您好 <3 👋"]);

    api.set_industries(1, 4).await.unwrap();
    api.industries().await.unwrap();
    let added = api.add_template("46005", &["订单编号", "状态"]).await.unwrap();
    api.delete_template(&added).await.unwrap();
    assert!(rig.template(&lin, "t1").await.unwrap().is_some());
    assert_eq!(
        rig.sandbox.chat(PERSON, "brand").unwrap().messages.iter().filter(|it| it.via == Some(Via::Template)).count(),
        1
    );

    let categories = api.subscribe_categories().await.unwrap();
    let titles = api.library_titles(&[categories[0].id], 0, 30).await.unwrap();
    let keywords = api.library_keywords(titles.data[0].tid).await.unwrap();
    let kids: Vec<u32> = keywords.iter().take(2).map(|keyword| keyword.kid).collect();
    let chosen = api.add_subscribe_template(titles.data[0].tid, &kids, "发货提醒").await.unwrap();
    assert!(api.subscribe_templates().await.unwrap().iter().any(|template| template.id == chosen));
    api.delete_subscribe_template(&chosen).await.unwrap();

    let sent = api.send_mass(Audience::All, &mass("周年庆"), "m1").await.unwrap();
    assert_eq!(api.mass_status(sent.msg_id.unwrap()).await.unwrap(), MassStatus::SendSuccess);
    api.send_mass_to(&[lin.clone(), zhou.clone()], &mass("两位专享"), "m2").await.unwrap();
    api.preview_mass(&Previewer::OpenId(lin.clone()), &mass("预览")).await.unwrap();
    rig.sandbox.settled().await;
    assert_eq!(rig.got(PERSON, "brand", Via::Mass), ["周年庆", "两位专享", "预览"]);
    let refused = api.delete_mass(sent.msg_id.unwrap(), None).await;
    assert!(!matches!(refused, Err(Failure::Unknown(_) | Failure::NotSent(_))), "{refused:?}");
    api.set_mass_speed(2).await.unwrap();
    assert_eq!(api.mass_speed().await.unwrap(), 2);

    assert!(api.quota(CUSTOM).await.unwrap().day.used > 0);
    let failure = api.delete_tag(2).await.unwrap_err();
    let Failure::Refused(refusal) = failure else { panic!("{failure:?}") };
    let kept = api.request(&refusal.rid.unwrap()).await.unwrap();
    assert!(kept.path.ends_with("/cgi-bin/tags/delete") && kept.response_body.contains("45058"));
    api.clear_quota(CUSTOM).await.unwrap();
    api.clear_quotas().await.unwrap();
    api.clear_quotas_by_secret().await.unwrap();
    assert!(!api.callback_addresses().await.unwrap().is_empty());
    assert!(!api.api_addresses().await.unwrap().is_empty());
    assert_eq!(api.check_callback(Check::All, Operator::Default).await.unwrap_err().errcode(), Some(40201));
    rig.sandbox.set_callback_base("http://127.0.0.1:9");
    api.check_callback(Check::All, Operator::Default).await.unwrap();
    api.js_config("https://h5.example.com/m", &["h5.example.com".to_owned()]).await.unwrap();

    subscription(&rig, "brand").await;
    subscription(&rig, "shop").await;
    visitors::every_call(&rig).await;

    let called: BTreeSet<String> = rig.sandbox.calls(1000).into_iter().map(|call| call.path).collect();
    let missing: Vec<&str> = endpoints::ALL.iter().map(|it| it.path).filter(|path| !called.contains(*path)).collect();
    assert!(missing.is_empty(), "{missing:?} were not called");
}

/// One permit, one message; the second is refused.
async fn subscription(rig: &Rig, account: &str) {
    let api = rig.api(account);
    let template = api.subscribe_templates().await.unwrap().into_iter().find(|it| it.title == "积分到期提醒").unwrap();
    let openid: OpenId = rig.sandbox.openid(PERSON, account).unwrap().parse().unwrap();
    let values = [("number1", "200"), ("date2", "2026年12月31日"), ("thing3", "到期后自动清零")];
    let message = SubscribeMessage {
        touser: openid,
        template_id: template.id.clone(),
        page: None,
        miniprogram: None,
        state: ProgramState::Formal,
        data: TemplateData::fit(values).unwrap(),
    };
    rig.sandbox.subscribe(PERSON, account, &template.id, true).await.unwrap();
    api.send_subscribe(&message).await.unwrap();
    let failure = api.send_subscribe(&message).await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Stop(Reason::NoPermit)));
}

#[tokio::test]
async fn a_token_that_a_foreign_service_replaced_is_renewed_and_the_message_goes_out_once() {
    let rig = Rig::start().await;
    let lin = rig.follower(PERSON, "brand").await;
    let api = rig.api("brand");
    api.tags().await.unwrap();
    rig.sandbox.invalidate_tokens("brand").unwrap();
    api.send_custom(&text(&lin, "一次")).await.unwrap();
    assert_eq!(rig.got(PERSON, "brand", Via::Custom), ["一次"]);
    let paths: Vec<String> = rig.sandbox.calls(10).into_iter().map(|call| call.path).collect();
    assert_eq!(paths, [CUSTOM, "/cgi-bin/stable_token", CUSTOM, TAGS, "/cgi-bin/stable_token"]);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_unknown_and_not_sent_twice() {
    let rig = Rig::start().await;
    let lin = rig.follower(PERSON, "brand").await;
    let api = rig.api("brand");
    rig.fault(CUSTOM, FaultKind::ResetAfter);
    assert_eq!(api.send_custom(&text(&lin, "丢了回执")).await, Err(Failure::Unknown(Trouble::Lost)));
    assert_eq!(rig.got(PERSON, "brand", Via::Custom), ["丢了回执"]);
    rig.fault(CUSTOM, FaultKind::ResetBefore);
    assert_eq!(api.send_custom(&text(&lin, "没有发出")).await, Err(Failure::Unknown(Trouble::Lost)));
    rig.fault(CUSTOM, FaultKind::Http { status: 502 });
    assert_eq!(api.send_custom(&text(&lin, "没有发出")).await, Err(Failure::Unknown(Trouble::Status(502))));
    assert_eq!(rig.got(PERSON, "brand", Via::Custom), ["丢了回执"]);
}

#[tokio::test]
async fn a_template_message_whose_answer_was_lost_is_repeated_and_arrives_once() {
    let rig = Rig::start().await;
    let lin = rig.follower(PERSON, "brand").await;
    rig.fault(TEMPLATE, FaultKind::ResetAfter);
    rig.template(&lin, "job_1").await.unwrap();
    let arrived = rig.sandbox.chat(PERSON, "brand").unwrap().messages;
    assert_eq!(arrived.iter().filter(|message| message.via == Some(Via::Template)).count(), 1);
    assert_eq!(rig.sandbox.calls(20).iter().filter(|call| call.path == TEMPLATE).count(), 2);
}

#[tokio::test]
async fn a_mass_message_whose_answer_was_lost_is_found_again_after_a_minute() {
    let rig = Rig::start().await;
    rig.follower(PERSON, "brand").await;
    let api = rig.api("brand");
    rig.fault("/cgi-bin/message/mass/sendall", FaultKind::ResetAfter);
    assert_eq!(api.send_mass(Audience::All, &mass("周年庆"), "m1").await, Err(Failure::Unknown(Trouble::Lost)));
    let failure = api.send_mass(Audience::All, &mass("周年庆"), "m1").await.unwrap_err();
    assert_eq!(failure.errcode(), Some(45066));
    rig.clock.advance(failure.until().unwrap() - rig.clock.now());
    let sent = api.send_mass(Audience::All, &mass("周年庆"), "m1").await.unwrap();
    assert!(sent.repeated && sent.msg_id.is_some());
    rig.sandbox.settled().await;
    assert_eq!(rig.got(PERSON, "brand", Via::Mass), ["周年庆"]);
}

#[tokio::test]
async fn wechats_windows_are_told_apart() {
    let rig = Rig::start().await;
    let lin = rig.follower(PERSON, "brand").await;
    let api = rig.api("brand");
    for _ in 0..3 {
        api.send_custom(&text(&lin, "欢迎")).await.unwrap();
    }
    let spent = api.send_custom(&text(&lin, "欢迎")).await.unwrap_err();
    assert_eq!(spent.action(), Some(Action::Stop(Reason::WindowSpent)));
    rig.clock.advance(TimeDelta::minutes(2));
    let closed = api.send_custom(&text(&lin, "欢迎")).await.unwrap_err();
    assert_eq!(closed.action(), Some(Action::Stop(Reason::WindowClosed)));
    rig.sandbox.follow("xu-zhaoyang", "brand", Some(Came::Text("shop".to_owned()))).await.unwrap();
    rig.sandbox.refuse("xu-zhaoyang", "brand", true).unwrap();
    let xu: OpenId = rig.sandbox.openid("xu-zhaoyang", "brand").unwrap().parse().unwrap();
    let muted = api.send_custom(&text(&xu, "欢迎")).await.unwrap_err();
    assert_eq!(muted.action(), Some(Action::Stop(Reason::Muted)));
    assert_eq!(api.user(&xu).await.unwrap().qr_scene_str, "shop");
}

#[tokio::test]
async fn a_refused_address_is_shown_and_the_next_minute_is_quiet() {
    let rig = Rig::start().await;
    let api = rig.api("brand");
    let allow = |allowed| AccountPatch { ip_allowed: Some(allowed), ..AccountPatch::default() };
    rig.sandbox.change_account("brand", allow(false)).unwrap();
    for _ in 0..5 {
        assert!(matches!(api.tags().await, Err(Failure::NotSent(NotSent::NoToken(_)))));
    }
    assert_eq!(rig.sandbox.calls(10).len(), 1);
    let alarms = rig.wechat.alarms().await;
    let (path, alarm) = &alarms[&"brand".parse().unwrap()][0];
    assert_eq!(
        (*path, alarm.errcode, alarm.rejected_ip),
        ("/cgi-bin/stable_token", 40164, Some(Ipv4Addr::LOCALHOST.into()))
    );
    rig.sandbox.change_account("brand", allow(true)).unwrap();
    rig.clock.advance(TimeDelta::seconds(60));
    api.tags().await.unwrap();
    assert!(rig.wechat.alarms().await[&"brand".parse().unwrap()].is_empty());
}

#[tokio::test]
async fn a_used_up_quota_waits_for_midnight_or_for_a_reset() {
    let rig = Rig::start().await;
    let api = rig.api("brand");
    let limit = Limit { per_day: Some(2), per_minute: None };
    let patch = AccountPatch { quotas: Some([(TAGS.to_owned(), limit)].into()), ..AccountPatch::default() };
    rig.sandbox.change_account("brand", patch).unwrap();
    api.tags().await.unwrap();
    api.tags().await.unwrap();
    assert_eq!(api.tags().await.unwrap_err().errcode(), Some(45009));
    let asked = rig.sandbox.calls(100).len();
    assert!(matches!(api.tags().await, Err(Failure::NotSent(NotSent::Held { errcode: 45009, .. }))));
    assert_eq!(rig.sandbox.calls(100).len(), asked);
    api.clear_quota(TAGS).await.unwrap();
    api.tags().await.unwrap();
    api.tags().await.unwrap();
    api.tags().await.unwrap_err();
    rig.clock.advance(clock::next_midnight(rig.clock.now()) - rig.clock.now());
    api.tags().await.unwrap();
}

#[tokio::test]
async fn tokens_are_renewed_in_time_over_a_whole_day() {
    let rig = Rig::start().await;
    let api = rig.api("brand");
    for _ in 0..24 * 12 {
        api.tags().await.unwrap();
        rig.clock.advance(TimeDelta::minutes(5));
    }
    let calls = rig.sandbox.calls(1000);
    assert!(calls.iter().all(|call| call.errcode.unwrap_or(0) == 0), "no call met a dead token");
    let tokens = calls.iter().filter(|call| call.path == "/cgi-bin/stable_token").count();
    assert!((12..=24).contains(&tokens), "{tokens} token calls");
}
