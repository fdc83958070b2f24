//! People who open a page or the mini program, against the sandbox.

use chrono::TimeDelta;
use entity::types::OpenId;

use super::live::{PERSON, Rig};
use crate::{
    sandbox::{AccountPatch, Consent, FaultKind, PersonPatch},
    wechat::{
        account::Format,
        client::{Api, Failure, Trouble},
        crypto::Unopened,
        errcode::Action,
        message::{Body, Event, Push, event::Verdict},
        mini::{
            code::{MiniCode, Version},
            login::{Login, LoginError},
            media_check::{MediaQuestion, Medium},
            open_data::EncryptedData,
            phone::{PhoneError, PhoneNumber},
            risk::{Occasion, Risk, RiskQuestion},
            text_check::{Place, TextQuestion},
        },
        oauth::{CodeError, Scope, Visitor},
    },
};

const PAGE: &str = "https://h5.example.com/m?from=menu";
const EXCHANGE: &str = "/sns/oauth2/access_token";
const LOGIN: &str = "/sns/jscode2session";
const PHONE: &str = "/wxa/business/getuserphonenumber";

impl Rig {
    /// The person opens our page, is sent to WeChat and comes back with a code.
    fn come_back(&self, scope: Scope, consent: Consent) -> Option<String> {
        let patch = AccountPatch { web_domain: Some("h5.example.com".to_owned()), ..AccountPatch::default() };
        self.sandbox.change_account("brand", patch).unwrap();
        let url = self.api("brand").authorize_url(PAGE, scope, "aZ09").unwrap();
        let back = self.sandbox.authorize(PERSON, &url, consent).unwrap();
        assert!(back.redirect.starts_with(PAGE) && back.redirect.ends_with("&state=aZ09"), "{}", back.redirect);
        back.code
    }

    async fn visitor(&self, scope: Scope, consent: Consent) -> Result<Visitor, CodeError> {
        self.api("brand").exchange_code(&self.come_back(scope, consent).unwrap()).await
    }

    async fn logged_in(&self, person: &str) -> Result<Login, LoginError> {
        self.api("shop").login(&self.sandbox.login(person, "shop").unwrap()).await
    }

    fn user_data(&self) -> EncryptedData {
        let data = self.sandbox.user_data(PERSON, "shop", true).unwrap();
        EncryptedData { encrypted_data: data.encrypted_data, iv: data.iv }
    }
}

/// Plays each call of a page and of a mini program once.
pub(super) async fn every_call(rig: &Rig) {
    let visitor = rig.visitor(Scope::UserInfo, Consent::Allow).await.unwrap();
    assert_eq!(visitor.openid.as_str(), rig.sandbox.openid(PERSON, "brand").unwrap());
    let profile = rig.api("brand").visitor_profile(&visitor).await.unwrap();
    assert_eq!((profile.nickname.as_str(), &profile.unionid), ("林小满", &visitor.unionid));

    let api = rig.api("shop");
    let login = rig.logged_in(PERSON).await.unwrap();
    assert_eq!(login.unionid, visitor.unionid, "one person over both accounts");
    assert!(api.session_stands(&login.openid, &login.session_key).await.unwrap());
    let data = rig.sandbox.user_data(PERSON, "shop", false).unwrap();
    assert!(login.session_key.vouches_for(&data.raw_data, &data.signature));
    let user = api.open_user(&rig.user_data(), &login.session_key, &login.openid).unwrap();
    assert_eq!(user.union_id, login.unionid);
    let key = api.renew_session(&login.openid, &login.session_key).await.unwrap();
    assert!(!api.session_stands(&login.openid, &login.session_key).await.unwrap());
    assert!(api.session_stands(&login.openid, &key).await.unwrap());

    let tap = rig.sandbox.tap_phone(PERSON, "shop", None).unwrap();
    let number = api.phone_number(&tap.code, &login.openid).await.unwrap();
    assert_eq!(number, PhoneNumber { country_code: "86".to_owned(), national: "13800000001".to_owned() });
    let sealed = EncryptedData { encrypted_data: tap.encrypted_data.unwrap(), iv: tap.iv.unwrap() };
    assert_eq!(api.open_phone(&sealed, &key, &login.openid).unwrap(), number);

    let question = RiskQuestion {
        openid: &login.openid,
        occasion: Occasion::Register,
        client_ip: "203.0.113.7".parse().unwrap(),
        phone: Some(&number),
    };
    assert_eq!(api.risk(&question).await.unwrap(), Risk::Rank(0));
    assert_eq!(text(&api, &login.openid, "好吃不贵").await.unwrap(), Verdict::Pass);
    let (openid, url) = (&login.openid, "https://cdn.example.com/a.jpg");
    let question = MediaQuestion { openid, place: Place::Comment, medium: Medium::Image, url };
    let trace = api.check_media(&question).await.unwrap();
    rig.sandbox.settled().await;
    let pushes = rig.sandbox.pushes(Some("shop"), 10);
    let told = pushes.iter().find(|push| push.kind == "event:wxa_media_check").unwrap();
    let format = if told.plaintext.starts_with('{') { Format::Json } else { Format::Xml };
    let Body::Event(Event::WxaMediaCheck(check)) = Push::read(told.plaintext.clone(), format).unwrap().body else {
        panic!("a verdict")
    };
    assert_eq!((check.trace_id, check.verdict), (trace, Verdict::Pass));

    let (scene, page) = ("i.7K3M9QX2BD", "pages/index/index");
    let code = MiniCode { scene, page, check_path: true, env_version: Version::Release, width: 430 };
    assert_eq!(api.mini_code(&code).await.unwrap().mime, "image/jpeg");
}

async fn text(api: &Api, openid: &OpenId, content: &str) -> Result<Verdict, Failure> {
    let question = TextQuestion { openid, place: Place::Comment, content, nickname: None };
    api.check_text(&question).await.map(|check| check.verdict)
}

#[tokio::test]
async fn a_page_that_is_loaded_again_is_told_so() {
    let rig = Rig::start().await;
    let code = rig.come_back(Scope::Base, Consent::Allow).unwrap();
    let api = rig.api("brand");
    let visitor = api.exchange_code(&code).await.unwrap();
    assert!(visitor.unionid.is_none() && !visitor.snapshot, "the silent scope tells no UnionID");
    assert_eq!(api.visitor_profile(&visitor).await.unwrap_err().action(), Some(Action::Reauth));
    assert_eq!(api.exchange_code(&code).await.unwrap_err(), CodeError::Used);
    let late = rig.come_back(Scope::Base, Consent::Allow).unwrap();
    rig.clock.advance(TimeDelta::minutes(5));
    assert_eq!(api.exchange_code(&late).await.unwrap_err(), CodeError::Invalid);
    assert_eq!(api.exchange_code("nothing").await.unwrap_err(), CodeError::Invalid);
    assert_eq!(rig.come_back(Scope::UserInfo, Consent::Refuse), None);
}

#[tokio::test]
async fn a_snapshot_is_seen_as_one() {
    let rig = Rig::start().await;
    let visitor = rig.visitor(Scope::UserInfo, Consent::Snapshot).await.unwrap();
    assert!(visitor.snapshot);
    assert_ne!(visitor.openid.as_str(), rig.sandbox.openid(PERSON, "brand").unwrap());
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_is_unknown_and_used_up() {
    let rig = Rig::start().await;
    let lost = Failure::Unknown(Trouble::Lost);
    let code = rig.come_back(Scope::Base, Consent::Allow).unwrap();
    rig.fault(EXCHANGE, FaultKind::ResetAfter);
    let api = rig.api("brand");
    assert_eq!(api.exchange_code(&code).await.unwrap_err(), CodeError::Failed(lost.clone()));
    assert_eq!(api.exchange_code(&code).await.unwrap_err(), CodeError::Used);

    rig.fault(LOGIN, FaultKind::ResetAfter);
    assert_eq!(rig.logged_in(PERSON).await.unwrap_err(), LoginError::Failed(lost.clone()));
    let login = rig.logged_in(PERSON).await.unwrap();
    let api = rig.api("shop");
    let tap = rig.sandbox.tap_phone(PERSON, "shop", None).unwrap();
    rig.fault(PHONE, FaultKind::ResetAfter);
    let failure = api.phone_number(&tap.code, &login.openid).await.unwrap_err();
    assert_eq!(failure, PhoneError::Failed(lost));
    assert_eq!(api.phone_number(&tap.code, &login.openid).await.unwrap_err(), PhoneError::Code);
    let asked = rig.sandbox.calls(20).iter().filter(|call| call.path == PHONE).count();
    assert_eq!(asked, 2, "never repeated by itself");
}

#[tokio::test]
async fn whom_wechat_blocks_does_not_get_in() {
    let rig = Rig::start().await;
    let patch = PersonPatch { login_blocked: Some(true), risk_rank: Some(4), ..PersonPatch::default() };
    rig.sandbox.change_person(PERSON, patch).unwrap();
    assert_eq!(rig.logged_in(PERSON).await.unwrap_err(), LoginError::HighRisk);
    let code = rig.sandbox.tap_phone(PERSON, "shop", None).unwrap().code;
    assert_eq!(rig.api("shop").login(&code).await.unwrap_err(), LoginError::Code, "a phone code is no login code");
    assert!(rig.wechat.alarms().await.values().all(Vec::is_empty));
}

#[tokio::test]
async fn who_was_not_here_lately_is_unknown_and_passes_nothing() {
    let rig = Rig::start().await;
    let login = rig.logged_in(PERSON).await.unwrap();
    let api = rig.api("shop");
    assert_eq!(text(&api, &login.openid, "违规").await.unwrap(), Verdict::Risky);
    assert_eq!(text(&api, &login.openid, "领广告").await.unwrap(), Verdict::Risky);
    assert_eq!(text(&api, &login.openid, "复核失效").await.unwrap(), Verdict::Review);
    assert_eq!(text(&api, &login.openid, "一个策略失效").await.unwrap(), Verdict::Pass);
    rig.clock.advance(TimeDelta::hours(3));
    assert_eq!(text(&api, &login.openid, "好吃").await.unwrap_err().errcode(), Some(61010));
    let client_ip = "2001:db8::7".parse().unwrap();
    let question = RiskQuestion { openid: &login.openid, occasion: Occasion::Marketing, client_ip, phone: None };
    assert_eq!(api.risk(&question).await.unwrap(), Risk::Unknown);
}

#[tokio::test]
async fn data_of_a_former_session_or_another_person_does_not_open() {
    let rig = Rig::start().await;
    let login = rig.logged_in(PERSON).await.unwrap();
    let api = rig.api("shop");
    let data = rig.user_data();
    api.open_user(&data, &login.session_key, &login.openid).unwrap();
    let other = rig.logged_in("zhou-daoxiang").await.unwrap();
    assert_eq!(api.open_user(&data, &login.session_key, &other.openid), Err(Unopened));
    assert_eq!(api.open_user(&data, &other.session_key, &login.openid), Err(Unopened));
    rig.clock.advance(TimeDelta::minutes(11));
    assert_eq!(api.open_user(&data, &login.session_key, &login.openid), Err(Unopened));
    let again = rig.logged_in(PERSON).await.unwrap();
    assert_eq!(api.open_user(&rig.user_data(), &login.session_key, &login.openid), Err(Unopened));
    api.open_user(&rig.user_data(), &again.session_key, &again.openid).unwrap();
}
