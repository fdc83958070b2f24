//! What every sample push says, written down by hand.

use crate::wechat::message::{
    Body, Coordinates, Event, InArticle, Revoked,
    event::{
        Answer, ArticleUrl, Authorization, CardNotice, Choice, CopyrightCheck, MassJob, MassOutcome, MediaCheck, Place,
        Publication, PublishStatus, Scancode, Sent, TemplateOutcome, Verdict,
    },
};

pub(super) fn expected(name: &str) -> Body {
    match name {
        "msg_text.xml" => text("你好，我想查一下会员积分 & 优惠券 <3"),
        "mini_msg_text.json" => text("在吗"),
        "msg_text_article.xml" => Body::Text {
            content: "文章里的留言".into(),
            menu_id: None,
            article: Some(InArticle { msg_data_id: "2247483649_1".into(), index: Some(1) }),
            business_id: None,
        },
        "msg_text_menu_reply.xml" => {
            Body::Text { content: "满意".into(), menu_id: some("101"), article: None, business_id: None }
        }
        "msg_image.xml" => Body::Image {
            pic_url: some("http://mmbiz.qpic.cn/mmbiz_jpg/SANDBOX/0"),
            media_id: "media_image_0001".into(),
            article: None,
        },
        "msg_voice.xml" => Body::Voice {
            media_id: "media_voice_0001".into(),
            format: some("amr"),
            recognition: None,
            media_id_16k: None,
        },
        "msg_voice_recognition.xml" => Body::Voice {
            media_id: "media_voice_0002".into(),
            format: some("speex"),
            recognition: some("我要领红包"),
            media_id_16k: None,
        },
        "msg_video.xml" => {
            Body::Video { media_id: "media_video_0001".into(), thumb_media_id: some("media_thumb_0001") }
        }
        "msg_shortvideo.xml" => {
            Body::ShortVideo { media_id: "media_video_0002".into(), thumb_media_id: some("media_thumb_0002") }
        }
        "msg_location.xml" => Body::Location {
            at: Coordinates { latitude: 31.230_416, longitude: 121.473_701 },
            scale: Some(16.0),
            label: some("上海市黄浦区示例路 1 号"),
        },
        "msg_link.xml" => Body::Link {
            title: "示例文章标题".into(),
            description: "示例摘要".into(),
            url: "https://example.com/article?id=1&from=wx".into(),
        },
        "mini_msg_miniprogrampage.xml" => Body::MiniProgramPage {
            title: "会员中心".into(),
            app_id: some("wxb000000000000001"),
            page_path: "pages/member/index".into(),
            thumb_url: some("http://mmbiz.qpic.cn/SANDBOX"),
            thumb_media_id: some("media_thumb_0003"),
        },
        _ => Body::Event(event(name)),
    }
}

fn event(name: &str) -> Event {
    match name {
        "event_subscribe.xml" => Event::Subscribe { scene: None, ticket: None, last_trade: None },
        "event_subscribe_scene_id.xml" => {
            Event::Subscribe { scene: some("123123"), ticket: some("gQSANDBOXTICKET0001"), last_trade: None }
        }
        "event_subscribe_scene_str.xml" => {
            Event::Subscribe { scene: some("invite:AB12cd"), ticket: some("gQSANDBOXTICKET0002"), last_trade: None }
        }
        "event_subscribe_lasttrade.xml" => {
            Event::Subscribe { scene: None, ticket: None, last_trade: some("4200000000202611210000000001") }
        }
        "event_unsubscribe.xml" => Event::Unsubscribe,
        "event_scan.xml" => Event::Scan { scene: "invite:AB12cd".into(), ticket: some("gQSANDBOXTICKET0002") },
        "event_location.xml" => {
            Event::Location { at: Coordinates { latitude: 31.230_416, longitude: 121.473_701 }, precision: Some(65.0) }
        }
        "event_click.xml" => Event::Click { key: "MENU_MY_POINTS".into() },
        "event_view.xml" => {
            Event::View { url: "https://h5.example.com/member?a=1&b=2".into(), menu_id: some("462340001") }
        }
        "event_view_miniprogram.xml" => {
            Event::ViewMiniProgram { path: "pages/index/index?from=menu".into(), menu_id: some("462340001") }
        }
        "event_scancode_push.xml" => Event::ScancodePush(Scancode {
            key: "rselfmenu_0_1".into(),
            scan_type: "qrcode".into(),
            result: "https://example.com/q/1".into(),
        }),
        "event_scancode_waitmsg.xml" => Event::ScancodeWaitmsg(Scancode {
            key: "rselfmenu_0_0".into(),
            scan_type: "barcode".into(),
            result: "EAN_13,6901234567892".into(),
        }),
        "event_pic_sysphoto.xml" => Event::PicSysphoto {
            key: "rselfmenu_1_0".into(),
            pictures: vec!["1b5f7c23b5bf75682a53e7b6d163e185".into()],
        },
        "event_pic_photo_or_album.xml" => Event::PicPhotoOrAlbum {
            key: "rselfmenu_1_1".into(),
            pictures: vec!["5a75aaca956d97be686719218f275c6b".into(), "0cc175b9c0f1b6a831c399e269772661".into()],
        },
        "event_pic_weixin.xml" => {
            Event::PicWeixin { key: "rselfmenu_1_2".into(), pictures: vec!["92eb5ffee6ae2fec3ad71c777531578f".into()] }
        }
        "event_location_select.xml" => Event::LocationSelect {
            key: "rselfmenu_2_0".into(),
            place: Place {
                at: Coordinates { latitude: 23.0, longitude: 113.0 },
                scale: Some(15.0),
                label: some("广州市海珠区示例路 106 号"),
                poi: None,
            },
        },
        _ => afterwards(name),
    }
}

/// Events about what we sent, and about permissions.
fn afterwards(name: &str) -> Event {
    match name {
        "event_templatesendjobfinish_success.xml" => {
            Event::TemplateSendJobFinish { msg_id: 3_600_000_000_000_000_001, outcome: TemplateOutcome::Success }
        }
        "event_templatesendjobfinish_userblock.xml" => {
            Event::TemplateSendJobFinish { msg_id: 3_600_000_000_000_000_002, outcome: TemplateOutcome::UserBlock }
        }
        "event_templatesendjobfinish_systemfailed.xml" => {
            Event::TemplateSendJobFinish { msg_id: 3_600_000_000_000_000_003, outcome: TemplateOutcome::SystemFailed }
        }
        "event_masssendjobfinish_success.xml" => Event::MassSendJobFinish(MassJob {
            msg_id: 1_000_001_626,
            outcome: MassOutcome::Success,
            total: Some(100),
            filtered: Some(80),
            sent: Some(75),
            failed: Some(5),
            copyright: Some(CopyrightCheck { state: Some(0), articles: vec![] }),
            articles: vec![ArticleUrl { index: 1, url: "https://mp.weixin.qq.com/s/SANDBOX".into() }],
        }),
        "event_masssendjobfinish_copyright.xml" => Event::MassSendJobFinish(MassJob {
            msg_id: 1_000_001_625,
            outcome: MassOutcome::Refused(30003),
            total: Some(0),
            filtered: Some(0),
            sent: Some(0),
            failed: Some(0),
            copyright: Some(CopyrightCheck { state: Some(2), articles: vec![1, 2] }),
            articles: vec![],
        }),
        "event_publishjobfinish.xml" => Event::PublishJobFinish(Publication {
            publish_id: "2247503051".into(),
            status: PublishStatus::Published,
            article_id: some("articleSANDBOX0001"),
            articles: vec![ArticleUrl { index: 1, url: "https://mp.weixin.qq.com/s/SANDBOX".into() }],
            failed: vec![],
        }),
        "event_subscribe_msg_popup.xml" => Event::SubscribeMsgPopup(vec![
            choice("tmplSANDBOX_order", Answer::Accept, Some(2)),
            choice("tmplSANDBOX_points", Answer::Reject, Some(2)),
        ]),
        "mini_event_subscribe_msg_popup.xml"
        | "mini_event_subscribe_msg_popup_list.json"
        | "mini_event_subscribe_msg_popup_object.json" => {
            Event::SubscribeMsgPopup(vec![choice("tmplSANDBOX_mini", Answer::Accept, Some(0))])
        }
        "event_subscribe_msg_change.xml" => {
            Event::SubscribeMsgChange(vec![choice("tmplSANDBOX_order", Answer::Reject, None)])
        }
        "mini_event_subscribe_msg_change_list.json" => {
            Event::SubscribeMsgChange(vec![choice("tmplSANDBOX_mini", Answer::Reject, None)])
        }
        "event_subscribe_msg_sent.xml" => {
            Event::SubscribeMsgSent(vec![sent("tmplSANDBOX_order", 1_700_827_132_819_554_304, 0, "success")])
        }
        "mini_event_subscribe_msg_sent_failed.xml" => {
            Event::SubscribeMsgSent(vec![sent("tmplSANDBOX_mini", 1_864_323_726_461_255_680, -1, "other")])
        }
        "mini_event_subscribe_msg_sent_object.json" => {
            Event::SubscribeMsgSent(vec![sent("tmplSANDBOX_mini", 1_864_323_726_461_255_680, 0, "success")])
        }
        "event_user_info_modified.xml" | "event_user_info_modified_lowercase.xml" => {
            Event::UserInfoModified(authorization("oSandboxUser0000000000000001", "wxa000000000000001"))
        }
        "event_user_authorization_revoke.xml" => Event::UserAuthorizationRevoke {
            authorization: Authorization {
                union_id: Some("oUnionSandbox0000000000000001".parse().unwrap()),
                ..authorization("oSandboxUser0000000000000001", "wxa000000000000001")
            },
            revoked: vec![Revoked::NicknameAndAvatar],
        },
        "mini_event_user_authorization_revoke.json" | "mini_event_user_authorization_revoke.xml" => {
            Event::UserAuthorizationRevoke {
                authorization: authorization("oMiniUser000000000000000001", "wxb000000000000001"),
                revoked: vec![Revoked::Phone],
            }
        }
        "event_user_authorization_cancellation.xml" => {
            Event::UserAuthorizationCancellation(authorization("oSandboxUser0000000000000001", "wxa000000000000001"))
        }
        _ => rest(name),
    }
}

fn rest(name: &str) -> Event {
    match name {
        "event_kf_create_session.xml" => Event::KfCreateSession { account: "kf2001@sandbox".into() },
        "event_kf_close_session.xml" => Event::KfCloseSession { account: "kf2001@sandbox".into() },
        "event_kf_switch_session.xml" => {
            Event::KfSwitchSession { from: "kf2001@sandbox".into(), to: "kf2002@sandbox".into() }
        }
        "event_card_user_get_card.xml" => Event::Card {
            notice: CardNotice::Get,
            card_id: some("cardSANDBOX0001"),
            code: some("226009850000"),
            outer: some("invite_AB12cd"),
        },
        "event_card_user_consume_card.xml" => Event::Card {
            notice: CardNotice::Consume,
            card_id: some("cardSANDBOX0001"),
            code: some("226009850000"),
            outer: None,
        },
        "mini_event_user_enter_tempsession.xml" => {
            Event::UserEnterTempSession { session_from: some("page=order&id=1") }
        }
        "mini_event_wxa_media_check.json" => media_check(Verdict::Pass, 100),
        "mini_event_wxa_media_check.xml" => media_check(Verdict::Risky, 20002),
        "event_unknown_future.xml" => Event::Unknown { name: "some_future_event".into() },
        unlisted => panic!("{unlisted} is not in the table"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn text(content: &str) -> Body {
    Body::Text { content: content.to_owned(), menu_id: None, article: None, business_id: None }
}

fn choice(template: &str, answer: Answer, scene: Option<i64>) -> Choice {
    Choice { template_id: template.to_owned(), answer, scene }
}

fn sent(template: &str, msg_id: u64, error_code: i64, status: &str) -> Sent {
    Sent { template_id: template.to_owned(), msg_id: Some(msg_id), error_code, error_status: some(status) }
}

fn authorization(open_id: &str, app_id: &str) -> Authorization {
    Authorization {
        open_id: open_id.parse().unwrap(),
        union_id: None,
        app_id: some(app_id),
        plugin_id: None,
        open_pid: None,
    }
}

fn media_check(verdict: Verdict, label: i64) -> Event {
    Event::WxaMediaCheck(MediaCheck {
        trace_id: "60f96f1d-3845297a-1976a3ae".to_owned(),
        verdict,
        label: Some(label),
        error_code: 0,
    })
}
