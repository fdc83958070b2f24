//! Events that no sample shows.

use crate::wechat::{
    account::Format::{Json, Xml},
    message::{
        Body, Event, Fields, Push, Revoked, Unreadable,
        event::{
            AccountNotice, Answer, CardNotice, GuideScan, MassOutcome, MiniNotice, PublishStatus, TemplateOutcome,
            Verdict,
        },
    },
};

fn event(name: &str) -> Fields {
    Fields::new()
        .with("ToUserName", "gh_1")
        .with("FromUserName", "oPerson")
        .with("CreateTime", 1_763_700_007_i64)
        .with("MsgType", "event")
        .with("Event", name)
}

fn read(fields: &Fields) -> Result<Event, Unreadable> {
    let [xml, json] = [Xml, Json].map(|format| match Push::read(fields.write(format), format)?.body {
        Body::Event(event) => Ok(event),
        other => panic!("{other:?} is no event"),
    });
    assert_eq!(xml, json, "both formats agree");
    xml
}

#[test]
fn every_notice_is_recognised_in_any_case() {
    let names = CardNotice::ALL.iter().map(|notice| notice.as_str());
    let names = names.chain(AccountNotice::ALL.iter().map(|notice| notice.as_str()));
    let names: Vec<&str> = names.chain(MiniNotice::ALL.iter().map(|notice| notice.as_str())).collect();
    assert_eq!(names.len(), 13 + 6 + 8);
    for name in names {
        let lower = read(&event(name)).unwrap();
        assert_eq!(lower.kind(), format!("event:{name}"));
        assert_eq!(read(&event(&name.to_uppercase())), Ok(lower));
    }
}

#[test]
fn account_notices_say_when_and_why() {
    let read = read(&event("naming_verify_fail").with("ExpiredTime", 5_i64).with("FailReason", "名称重复"));
    let expected = Event::AccountNotice {
        notice: AccountNotice::NamingFail,
        expired: Some(5),
        reason: Some("名称重复".to_owned()),
    };
    assert_eq!(read, Ok(expected));
}

#[test]
fn shipping_notices_are_recognised_by_their_family() {
    assert_eq!(read(&event("trade_manage_remind_shipping")), Ok(Event::TradeReminder));
    assert_eq!(read(&event("trade_manage_remind_access_api")), Ok(Event::TradeReminder));
    assert_eq!(read(&event("trade_manage_order_settlement")), Ok(Event::TradeSettlement));
}

#[test]
fn a_publication_is_recognised_in_both_spellings() {
    let info = Fields::new()
        .with("publish_id", "100")
        .with("publish_status", 2_i64)
        .with("fail_idx", 1_i64)
        .with("fail_idx", 2_i64);
    for name in ["PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH"] {
        let Ok(Event::PublishJobFinish(publication)) = read(&event(name).with("PublishEventInfo", info.clone())) else {
            panic!("{name}");
        };
        assert_eq!(publication.status, PublishStatus::NotOriginal);
        assert_eq!(publication.failed, [1, 2]);
        assert_eq!(publication.article_id, None);
    }
    let statuses = [0, 1, 2, 3, 4, 5, 6, 7].map(PublishStatus::from);
    assert_eq!(statuses[6..], [PublishStatus::Banned, PublishStatus::Unknown(7)]);
}

#[test]
fn a_guide_scan_names_guide_and_follower() {
    let scan = Fields::new()
        .with("qrcode_guide_account", "guide")
        .with("qrcode_guide_openid", "oGuide")
        .with("openid", "oPerson")
        .with("action", 11_i64)
        .with("qrcode_info", "门店 1");
    let expected = GuideScan {
        guide_account: Some("guide".to_owned()),
        guide: Some("oGuide".parse().unwrap()),
        follower: Some("oPerson".parse().unwrap()),
        action: Some(11),
        info: Some("门店 1".to_owned()),
    };
    assert_eq!(
        read(&event("guide_qrcode_scan_event").with("GuideScanEvent", scan)),
        Ok(Event::GuideQrcodeScan(expected))
    );
}

#[test]
fn statuses_are_compared_loosely() {
    for (status, expected) in [
        ("success", TemplateOutcome::Success),
        (" Success ", TemplateOutcome::Success),
        ("failed: user block", TemplateOutcome::UserBlock),
        ("failed:user  block", TemplateOutcome::UserBlock),
        ("failed:system failed", TemplateOutcome::SystemFailed),
        ("failed: quota", TemplateOutcome::Other),
        ("", TemplateOutcome::Other),
    ] {
        assert_eq!(TemplateOutcome::from(status), expected, "{status}");
    }
    for (status, expected) in [
        ("send success", MassOutcome::Success),
        ("sendsuccess", MassOutcome::Success),
        ("send fail", MassOutcome::Failed),
        ("err(10001)", MassOutcome::Refused(10001)),
        ("err(x)", MassOutcome::Other),
        ("", MassOutcome::Other),
    ] {
        assert_eq!(MassOutcome::from(status), expected, "{status}");
    }
}

#[test]
fn every_revoked_code_is_named_and_others_are_kept() {
    let mini = ["1", "2", "3", "4", "5", "6", "7", "8", "12", "13", "14", "15", "16", "18", "19", "20"];
    let official = ["201", "202", "203", "204", "205", "206", "207"];
    for code in mini.iter().chain(&official).chain(&["301"]) {
        assert!(!matches!(Revoked::from(*code), Revoked::Unknown(_)), "{code}");
    }
    for (mini, official) in [("2", "201"), ("3", "202"), ("5", "204"), ("6", "205"), ("13", "206"), ("14", "207")] {
        assert_eq!(Revoked::from(mini), Revoked::from(official));
    }
    assert_eq!(Revoked::from(" 999 "), Revoked::Unknown("999".to_owned()));
    let Ok(Event::UserAuthorizationRevoke { revoked, authorization }) =
        read(&event("user_authorization_revoke").with("RevokeInfo", "205,13"))
    else {
        panic!();
    };
    assert_eq!(revoked, [Revoked::NicknameAndAvatar, Revoked::Location]);
    assert_eq!(authorization.open_id.as_str(), "oPerson", "the sender, when no OpenID is given");
}

#[test]
fn the_person_is_named_in_any_spelling() {
    for (open_id, union_id, app_id) in
        [("OpenID", "UnionID", "AppID"), ("openid", "unionid", "appid"), ("OpenId", "UnionId", "AppId")]
    {
        let fields = event("user_info_modified").with(open_id, "oOther").with(union_id, "oUnion").with(app_id, "wx1");
        let Ok(Event::UserInfoModified(authorization)) = read(&fields) else { panic!("{open_id}") };
        assert_eq!(authorization.open_id.as_str(), "oOther");
        assert_eq!(authorization.union_id.unwrap().as_str(), "oUnion");
        assert_eq!(authorization.app_id.as_deref(), Some("wx1"));
    }
}

#[test]
fn only_accept_is_a_permit_and_only_pass_a_pass() {
    let entry = |answer: &str| Fields::new().with("TemplateId", "t").with("SubscribeStatusString", answer);
    for (answer, expected) in [("accept", Answer::Accept), ("reject", Answer::Reject), ("ban", Answer::Other)] {
        let Ok(Event::SubscribeMsgPopup(choices)) =
            read(&event("subscribe_msg_popup_event").with("List", entry(answer)))
        else {
            panic!("{answer}");
        };
        assert_eq!(choices[0].answer, expected);
    }
    for (suggest, expected) in [("review", Verdict::Review), ("", Verdict::Other), ("fine", Verdict::Other)] {
        let result = Fields::new().with("suggest", suggest);
        let Ok(Event::WxaMediaCheck(check)) =
            read(&event("wxa_media_check").with("trace_id", "t").with("result", result))
        else {
            panic!("{suggest}");
        };
        assert_eq!(check.verdict, expected);
    }
    let passed = Fields::new().with("suggest", "pass");
    let failed = event("wxa_media_check").with("trace_id", "t").with("errcode", -1_i64).with("result", passed);
    let Ok(Event::WxaMediaCheck(failed)) = read(&failed) else { panic!() };
    assert_eq!(
        (failed.verdict, failed.error_code),
        (Verdict::Other, -1),
        "a check that did not work lets nothing pass"
    );
    let Ok(Event::WxaMediaCheck(old)) = read(&event("wxa_media_check").with("trace_id", "t").with("isrisky", 0_i64))
    else {
        panic!();
    };
    assert_eq!(old.verdict, Verdict::Other, "the old shape carries no verdict that we trust");
}

#[test]
fn a_known_event_without_what_it_must_have_is_malformed() {
    let wrong = [
        event("SCAN"),
        event("LOCATION").with("Latitude", "1"),
        event("LOCATION").with("Latitude", "inf").with("Longitude", "1"),
        event("CLICK"),
        event("VIEW"),
        event("view_miniprogram"),
        event("scancode_push").with("EventKey", "k"),
        event("pic_weixin").with("EventKey", "k"),
        event("location_select").with("EventKey", "k"),
        event("TEMPLATESENDJOBFINISH").with("Status", "success"),
        event("TEMPLATESENDJOBFINISH").with("MsgID", "x").with("Status", "success"),
        event("MASSSENDJOBFINISH").with("MsgID", 1_u64),
        event("PUBLISHJOBFINISH"),
        event("subscribe_msg_popup_event"),
        event("subscribe_msg_change_event").with("List", Fields::new().with("TemplateId", "t")),
        event("subscribe_msg_sent_event").with("List", Fields::new().with("TemplateId", "t")),
        event("user_info_modified").with("OpenID", "a b"),
        event("user_authorization_revoke"),
        event("kf_create_session"),
        event("kf_close_session"),
        event("kf_switch_session").with("FromKfAccount", "a@b"),
        event("wxa_media_check"),
        Fields::new().with("MsgType", "event"),
    ];
    for fields in wrong {
        assert_eq!(read(&fields).err(), Some(Unreadable::Malformed), "{fields:?}");
    }
}
