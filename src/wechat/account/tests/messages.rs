use serde_json::{Value, json};

use super::{OPENID, crowd, invalid, somebody};
use crate::wechat::{
    account::{
        mass::{Audience, Images, MassMessage, MassStatus, MediaRef, Previewer, Text},
        subscribe::{ProgramState, SubscribeMessage},
        template::{MiniProgram, TemplateMessage},
        template_value::TemplateData,
    },
    client::{Failure, Trouble},
    errcode::{Action, Pace, Reason},
    message::{
        CustomMessage,
        custom::{Agent, Send},
    },
    scripted::{Reply, Scripted},
};

const SEND: &str = "/cgi-bin/message/custom/send";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const MASS: &str = "/cgi-bin/message/mass/sendall";

fn data() -> TemplateData {
    TemplateData::fit([("thing1", "积分到账")]).unwrap()
}

fn template() -> TemplateMessage {
    TemplateMessage {
        touser: somebody(),
        template_id: "T".to_owned(),
        client_msg_id: "job_01".to_owned(),
        url: Some("https://m.example.com/points".to_owned()),
        miniprogram: Some(MiniProgram { appid: "wx1".to_owned(), pagepath: "pages/points?x=1".to_owned() }),
        data: data(),
    }
}

fn permit() -> SubscribeMessage {
    let page = Some("pages/points".to_owned());
    let state = ProgramState::default();
    SubscribeMessage { touser: somebody(), template_id: "S".to_owned(), page, miniprogram: None, state, data: data() }
}

fn words() -> MassMessage {
    MassMessage::Text { text: Text { content: "周年庆".to_owned() } }
}

#[tokio::test]
async fn a_customer_service_message_is_checked_for_its_account_and_sent() {
    let server = Scripted::start().await;
    server.always(SEND, Reply::ok());
    let agent = Some(Agent { kf_account: "amy@brand".to_owned() });
    let mut message =
        Send { touser: somebody(), message: CustomMessage::text("您好"), customservice: agent, businessid: None };
    server.brand().send_custom(&message).await.unwrap();
    let body = json!({"touser": OPENID, "msgtype": "text", "text": {"content": "您好"}, "customservice": {"kf_account": "amy@brand"}});
    assert_eq!(server.only(SEND).json(), body);
    message.businessid = Some(1);
    assert_eq!(invalid(server.brand().send_custom(&message).await), ["businessid"]);
    server.shop().send_custom(&message).await.unwrap();
    message.message = CustomMessage::text("");
    assert_eq!(invalid(server.shop().send_custom(&message).await).len(), 1);
}

#[tokio::test]
async fn typing_that_cannot_be_shown_has_no_consequence() {
    let server = Scripted::start().await;
    let path = "/cgi-bin/message/custom/typing";
    let api = server.brand();
    for reply in [Reply::ok(), Reply::error(45072), Reply::error(45080), Reply::error(45081)] {
        server.next(path, reply);
        api.show_typing(&somebody(), true).await.unwrap();
    }
    server.next(path, Reply::error(40003));
    assert_eq!(api.show_typing(&somebody(), false).await.unwrap_err().errcode(), Some(40003));
    let bodies: Vec<Value> = server.seen(path).iter().map(crate::wechat::scripted::Seen::json).collect();
    assert_eq!(bodies[0], json!({"touser": OPENID, "command": "Typing"}));
    assert_eq!(bodies[4]["command"], "CancelTyping");
}

#[tokio::test]
async fn a_template_message_carries_our_id_and_gives_64_bits() {
    let server = Scripted::start().await;
    server.next(TEMPLATE, Reply::json(json!({"errcode": 0, "errmsg": "ok", "msgid": 18_446_744_073_709_551_615_u64})));
    let api = server.brand();
    assert_eq!(api.send_template(&template()).await.unwrap(), Some(u64::MAX));
    assert_eq!(
        server.only(TEMPLATE).json(),
        json!({
            "touser": OPENID, "template_id": "T", "client_msg_id": "job_01", "url": "https://m.example.com/points",
            "miniprogram": {"appid": "wx1", "pagepath": "pages/points?x=1"}, "data": {"thing1": {"value": "积分到账"}}
        })
    );
    let unmarked = TemplateMessage { client_msg_id: String::new(), ..template() };
    assert_eq!(invalid(api.send_template(&unmarked).await), ["client_msg_id"]);
    let long = TemplateMessage { client_msg_id: "x".repeat(33), ..template() };
    assert_eq!(invalid(api.send_template(&long).await), ["client_msg_id"]);
}

#[tokio::test]
async fn a_template_message_whose_answer_was_lost_is_repeated_under_the_same_id() {
    let server = Scripted::start().await;
    server.next(TEMPLATE, Reply::lost());
    server.next(TEMPLATE, Reply::json(json!({"errcode": 0, "msgid": 7})));
    let api = server.brand();
    assert_eq!(api.send_template(&template()).await.unwrap(), Some(7));
    let sent = server.seen(TEMPLATE);
    assert_eq!(sent[0].json(), sent[1].json());
    server.always(TEMPLATE, Reply::lost());
    assert_eq!(api.send_template(&template()).await, Err(Failure::Unknown(Trouble::Lost)));
}

#[tokio::test]
async fn a_refused_value_names_its_keyword() {
    let server = Scripted::start().await;
    let refusal = json!({"errcode": 47003, "errmsg": "argument invalid! data.thing1.value invalid rid: 65f1a2b3-0a1b2c3d-4e5f6071"});
    server.always(TEMPLATE, Reply::json(refusal));
    let Err(Failure::Refused(refusal)) = server.brand().send_template(&template()).await else { panic!("refused") };
    assert_eq!((refusal.keyword.as_deref(), refusal.action), (Some("thing1"), Action::Stop(Reason::Request)));
}

#[tokio::test]
async fn templates_are_listed_added_and_deleted() {
    let server = Scripted::start().await;
    let list = json!({"template_list": [{"template_id": "T", "title": "积分", "primary_industry": "IT科技", "deputy_industry": "互联网", "content": "{{thing1.DATA}}", "example": "好"}]});
    server.always("/cgi-bin/template/get_all_private_template", Reply::json(list));
    server.always("/cgi-bin/template/api_add_template", Reply::json(json!({"errcode": 0, "template_id": "T2"})));
    server.always("/cgi-bin/template/del_private_template", Reply::ok());
    server.always("/cgi-bin/template/api_set_industry", Reply::ok());
    let industry = json!({"primary_industry": {"first_class": "运输与仓储", "second_class": "快递"}, "secondary_industry": {"first_class": "IT科技", "second_class": "互联网|电子商务"}});
    server.always("/cgi-bin/template/get_industry", Reply::json(industry));
    let api = server.brand();
    assert_eq!(api.templates().await.unwrap()[0].content, "{{thing1.DATA}}");
    assert_eq!(api.add_template("43297", &["积分变动", "时间"]).await.unwrap(), "T2");
    let body = json!({"template_id_short": "43297", "keyword_name_list": ["积分变动", "时间"]});
    assert_eq!(server.only("/cgi-bin/template/api_add_template").json(), body);
    api.delete_template("T2").await.unwrap();
    assert_eq!(server.only("/cgi-bin/template/del_private_template").json(), json!({"template_id": "T2"}));
    api.set_industries(1, 4).await.unwrap();
    assert_eq!(
        server.only("/cgi-bin/template/api_set_industry").json(),
        json!({"industry_id1": "1", "industry_id2": "4"})
    );
    assert_eq!(api.industries().await.unwrap().primary.second_class, "快递");
}

#[tokio::test]
async fn a_subscription_message_goes_by_the_api_of_its_account() {
    let server = Scripted::start().await;
    server.always("/cgi-bin/message/subscribe/bizsend", Reply::ok());
    server.always(
        "/cgi-bin/message/subscribe/send",
        Reply::json(json!({"errcode": 0, "errmsg": "ok", "msgid": 2_206_090_512_345_678_901_u64})),
    );
    assert_eq!(server.brand().send_subscribe(&permit()).await.unwrap(), None);
    assert_eq!(server.shop().send_subscribe(&permit()).await.unwrap(), Some(2_206_090_512_345_678_901));
    let data = json!({"thing1": {"value": "积分到账"}});
    let official = server.only("/cgi-bin/message/subscribe/bizsend").json();
    assert_eq!(official, json!({"touser": OPENID, "template_id": "S", "page": "pages/points", "data": data}));
    let mini = server.only("/cgi-bin/message/subscribe/send").json();
    assert_eq!(
        mini,
        json!({"touser": OPENID, "template_id": "S", "page": "pages/points", "miniprogram_state": "formal", "lang": "zh_CN", "data": data})
    );
    server.next("/cgi-bin/message/subscribe/send", Reply::error(43101));
    let failure = server.shop().send_subscribe(&permit()).await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Stop(Reason::NoPermit)));
}

#[tokio::test]
async fn subscription_templates_are_chosen_from_the_library() {
    let server = Scripted::start().await;
    let base = "/wxaapi/newtmpl";
    let reply = |path: &str, answer: Value| server.always(&format!("{base}/{path}"), Reply::json(answer));
    reply("getcategory", json!({"errcode": 0, "data": [{"id": 616, "name": "公交"}]}));
    reply(
        "getpubtemplatetitles",
        json!({"errcode": 0, "count": 55, "data": [{"tid": 99, "title": "付款成功通知", "type": 2, "categoryId": "616"}]}),
    );
    reply(
        "getpubtemplatekeywords",
        json!({"errcode": 0, "count": 1, "data": [{"kid": 1, "name": "物品名称", "example": "名称", "rule": "thing"}]}),
    );
    reply("addtemplate", json!({"errcode": 0, "priTmplId": "P"}));
    reply(
        "gettemplate",
        json!({"errcode": 0, "data": [{"priTmplId": "P", "title": "报名结果", "content": "会议:{{thing1.DATA}}", "example": "会议:重要", "type": 2, "keywordEnumValueList": null}]}),
    );
    reply("deltemplate", json!({"errcode": 0, "errmsg": "ok"}));
    let api = server.shop();
    assert_eq!(api.subscribe_categories().await.unwrap()[0].id, 616);
    let titles = api.library_titles(&[616, 2], 0, 30).await.unwrap();
    assert_eq!((titles.count, titles.data[0].category_id), (55, Some(616)));
    let asked = server.only("/wxaapi/newtmpl/getpubtemplatetitles").query;
    assert_eq!((asked["ids"].as_str(), asked["start"].as_str(), asked["limit"].as_str()), ("616,2", "0", "30"));
    assert_eq!(api.library_keywords(99).await.unwrap()[0].rule, "thing");
    assert_eq!(api.add_subscribe_template(99, &[1, 2], "付款通知").await.unwrap(), "P");
    let body = json!({"tid": "99", "kidList": [1, 2], "sceneDesc": "付款通知"});
    assert_eq!(server.only("/wxaapi/newtmpl/addtemplate").json(), body);
    let template = &api.subscribe_templates().await.unwrap()[0];
    assert_eq!((template.id.as_str(), template.kind, template.enumerated.len()), ("P", 2, 0));
    api.delete_subscribe_template("P").await.unwrap();
    assert_eq!(server.only("/wxaapi/newtmpl/deltemplate").json(), json!({"priTmplId": "P"}));
    assert_eq!(invalid(api.library_titles(&[616], 0, 31).await), ["limit"]);
    assert_eq!(invalid(api.add_subscribe_template(99, &[1], "付款通知").await), ["kid_list"]);
    assert_eq!(invalid(api.add_subscribe_template(99, &[1, 2], &"长".repeat(16)).await), ["scene_desc"]);
}

#[tokio::test]
async fn mass_messages_go_to_all_to_a_tag_or_to_a_list() {
    let server = Scripted::start().await;
    let accepted =
        json!({"errcode": 0, "errmsg": "send job submission success", "msg_id": 34182, "msg_data_id": 206_227_730_u64});
    server.always(MASS, Reply::json(accepted.clone()));
    server.always("/cgi-bin/message/mass/send", Reply::json(accepted));
    let api = server.brand();
    let sent = api.send_mass(Audience::All, &words(), "broadcast_1").await.unwrap();
    assert_eq!((sent.msg_id, sent.msg_data_id, sent.repeated), (Some(34182), Some(206_227_730), false));
    let article = MassMessage::MpNews { mpnews: MediaRef { media_id: "M".to_owned() }, send_ignore_reprint: 1 };
    api.send_mass(Audience::Tag(134), &article, "broadcast_2").await.unwrap();
    let bodies: Vec<Value> = server.seen(MASS).iter().map(crate::wechat::scripted::Seen::json).collect();
    assert_eq!(
        bodies,
        [
            json!({"filter": {"is_to_all": true}, "msgtype": "text", "text": {"content": "周年庆"}, "clientmsgid": "broadcast_1"}),
            json!({"filter": {"is_to_all": false, "tag_id": 134}, "msgtype": "mpnews", "mpnews": {"media_id": "M"}, "send_ignore_reprint": 1, "clientmsgid": "broadcast_2"}),
        ]
    );
    let images =
        MassMessage::Images { images: Images { media_ids: vec!["A".to_owned(), "B".to_owned()], recommend: None } };
    api.send_mass_to(&crowd(2), &images, "broadcast_3").await.unwrap();
    let body = json!({"touser": ["oCrowd0", "oCrowd1"], "msgtype": "images", "images": {"media_ids": ["A", "B"]}, "clientmsgid": "broadcast_3"});
    assert_eq!(server.only("/cgi-bin/message/mass/send").json(), body);
    assert_eq!(invalid(api.send_mass_to(&crowd(1), &words(), "x").await), ["touser"]);
    assert_eq!(invalid(api.send_mass_to(&crowd(10_001), &words(), "x").await), ["touser"]);
    assert_eq!(invalid(api.send_mass(Audience::All, &words(), "").await), ["clientmsgid"]);
    assert_eq!(invalid(api.send_mass(Audience::All, &words(), &"x".repeat(65)).await), ["clientmsgid"]);
    assert_eq!(
        invalid(api.send_mass(Audience::All, &MassMessage::Text { text: Text { content: String::new() } }, "x").await)
            .len(),
        1
    );
}

#[tokio::test]
async fn a_repeated_mass_message_counts_as_sent() {
    let server = Scripted::start().await;
    server.next(MASS, Reply::lost());
    server.next(MASS, Reply::json(json!({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 34182})));
    let api = server.brand();
    let lost = api.send_mass(Audience::All, &words(), "broadcast_1").await;
    assert_eq!(lost, Err(Failure::Unknown(Trouble::Lost)), "within a minute a repeat would be refused");
    let sent = api.send_mass(Audience::All, &words(), "broadcast_1").await.unwrap();
    assert_eq!((sent.msg_id, sent.repeated), (Some(34182), true));
    server.next(MASS, Reply::error(45066));
    let failure = api.send_mass(Audience::All, &words(), "broadcast_1").await.unwrap_err();
    assert_eq!(failure.action(), Some(Action::Backoff(Pace::Minute)));
    assert_eq!((failure.until().unwrap() - server.clock.now()).num_seconds(), 60);
    server.next(MASS, Reply::error(45028));
    let failure = api.send_mass(Audience::All, &words(), "broadcast_1").await.unwrap_err();
    assert_eq!(failure.until(), Some("2026-11-30T16:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn mass_messages_are_previewed_followed_taken_back_and_slowed_down() {
    let server = Scripted::start().await;
    let base = "/cgi-bin/message/mass";
    server.always(&format!("{base}/preview"), Reply::ok());
    server.always(&format!("{base}/delete"), Reply::ok());
    server.always(&format!("{base}/speed/set"), Reply::ok());
    server.always(&format!("{base}/speed/get"), Reply::json(json!({"speed": 3, "realspeed": 15})));
    let api = server.brand();
    api.preview_mass(&Previewer::OpenId(somebody()), &words()).await.unwrap();
    api.preview_mass(&Previewer::WeChatName("amy".to_owned()), &words()).await.unwrap();
    let previews: Vec<Value> =
        server.seen("/cgi-bin/message/mass/preview").iter().map(crate::wechat::scripted::Seen::json).collect();
    assert_eq!(previews[0], json!({"touser": OPENID, "msgtype": "text", "text": {"content": "周年庆"}}));
    assert_eq!(previews[1]["towxname"], "amy");
    for (status, expected) in [
        ("SEND_SUCCESS", MassStatus::SendSuccess),
        ("SENDING", MassStatus::Sending),
        ("SEND_FAIL", MassStatus::SendFail),
        ("DELETE", MassStatus::Delete),
        ("NEW", MassStatus::Other("NEW".to_owned())),
    ] {
        server.next("/cgi-bin/message/mass/get", Reply::json(json!({"msg_id": 34182, "msg_status": status})));
        assert_eq!(api.mass_status(34182).await.unwrap(), expected);
    }
    api.delete_mass(34182, Some(2)).await.unwrap();
    assert_eq!(server.only("/cgi-bin/message/mass/delete").json(), json!({"msg_id": 34182, "article_idx": 2}));
    assert_eq!(api.mass_speed().await.unwrap(), 3);
    api.set_mass_speed(4).await.unwrap();
    assert_eq!(server.only("/cgi-bin/message/mass/speed/set").json(), json!({"speed": 4}));
    assert_eq!(invalid(api.set_mass_speed(5).await), ["speed"]);
}
