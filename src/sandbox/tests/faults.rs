use serde_json::{Value, json};

use super::rig::{BRAND, LIN, Rig, SHOP, fine, refused};
use crate::sandbox::{CALLBACK, FaultKind, NewFault, Told, Trouble};

const SEND: &str = "/cgi-bin/message/custom/send";
const PROBE: &str = "/cgi-bin/getcallbackip";

async fn try_send(rig: &Rig, openid: &str) -> reqwest::Result<reqwest::Response> {
    let token = rig.token(BRAND).await;
    let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": "一次" } });
    let request = rig.client().post(rig.url(SEND)).query(&[("access_token", token)]);
    request.body(body.to_string()).send().await
}

fn arrived(rig: &Rig) -> usize {
    rig.sandbox.chat(LIN, BRAND).unwrap().messages.len()
}

#[tokio::test]
async fn an_errcode_or_a_status_means_that_nothing_happened() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    rig.sandbox.add_fault(NewFault::once(SEND, FaultKind::Errcode { errcode: -1, errmsg: None })).unwrap();
    let busy: Value = try_send(&rig, &openid).await.unwrap().json().await.unwrap();
    refused(&busy, -1);
    rig.sandbox.add_fault(NewFault::once(SEND, FaultKind::Http { status: 502 })).unwrap();
    let gateway = try_send(&rig, &openid).await.unwrap();
    assert_eq!(gateway.status(), 502);
    assert!(gateway.text().await.unwrap().starts_with("<html>"));
    assert_eq!(arrived(&rig), 0);
    let errmsg = Some("reach max api daily quota limit".to_owned());
    rig.sandbox.add_fault(NewFault::once(SEND, FaultKind::Errcode { errcode: 45009, errmsg })).unwrap();
    refused(&try_send(&rig, &openid).await.unwrap().json().await.unwrap(), 45009);
    fine(&try_send(&rig, &openid).await.unwrap().json().await.unwrap());
    assert_eq!(arrived(&rig), 1, "each fault struck once");
}

#[tokio::test]
async fn a_cut_connection_leaves_the_effect_or_not() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    for (kind, effects) in [(FaultKind::ResetBefore, 0), (FaultKind::ResetAfter, 1)] {
        rig.sandbox.add_fault(NewFault::once(SEND, kind.clone())).unwrap();
        let error = try_send(&rig, &openid).await.unwrap_err();
        assert!(error.status().is_none() && !error.is_timeout(), "{error:?}");
        assert_eq!(arrived(&rig), effects, "{kind:?}");
        let logged = &rig.sandbox.calls(1)[0];
        assert_eq!((logged.status, logged.fault), (None, Some(kind.name())));
    }
    fine(&try_send(&rig, &openid).await.unwrap().json().await.unwrap());
}

#[tokio::test]
async fn a_slow_answer_comes_after_the_effect() {
    let rig = Rig::start().await;
    let openid = rig.followed(LIN, BRAND).await;
    let token = rig.token(BRAND).await;
    rig.sandbox.add_fault(NewFault::once(SEND, FaultKind::Slow { millis: 60_000 })).unwrap();
    let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": "慢" } });
    let request = rig.client().post(rig.url(SEND)).query(&[("access_token", token)]).body(body.to_string());
    let mut events = rig.sandbox.events();
    tokio::select! {
        answer = request.send() => panic!("answered at once: {answer:?}"),
        () = async { while !matches!(events.recv().await.unwrap(), Told::Call { .. }) {} } => {}
    }
    assert_eq!(arrived(&rig), 1);
}

#[tokio::test]
async fn a_fault_is_for_an_account_and_for_a_number_of_times() {
    let rig = Rig::start().await;
    let kind = FaultKind::Errcode { errcode: -1, errmsg: None };
    let fault =
        NewFault { endpoint: PROBE.to_owned(), account: Some(BRAND.to_owned()), kind: kind.clone(), times: Some(2) };
    rig.sandbox.add_fault(fault).unwrap();
    assert!(rig.get(SHOP, PROBE, &[]).await["ip_list"].is_array());
    for _ in 0..2 {
        refused(&rig.get(BRAND, PROBE, &[]).await, -1);
    }
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
    assert!(rig.sandbox.state().faults.is_empty());
    let lasting = NewFault { endpoint: PROBE.to_owned(), account: None, kind, times: None };
    let lasting = rig.sandbox.add_fault(lasting).unwrap();
    for account in [BRAND, SHOP, BRAND] {
        refused(&rig.get(account, PROBE, &[]).await, -1);
    }
    rig.sandbox.remove_fault(lasting.id).unwrap();
    assert!(rig.get(BRAND, PROBE, &[]).await["ip_list"].is_array());
    assert_eq!(rig.sandbox.remove_fault(lasting.id).unwrap_err(), Trouble::Unknown("fault"));
}

#[tokio::test]
async fn token_calls_of_one_account_can_fail() {
    let rig = Rig::start().await;
    let kind = FaultKind::Errcode { errcode: -1, errmsg: None };
    let endpoint = "/cgi-bin/stable_token".to_owned();
    let fault = NewFault { endpoint, account: Some(BRAND.to_owned()), kind, times: Some(1) };
    rig.sandbox.add_fault(fault).unwrap();
    rig.token(SHOP).await;
    let body = json!({ "grant_type": "client_credential", "appid": "wxbrand", "secret": "x" });
    refused(&rig.post_bare("/cgi-bin/stable_token", &body).await, -1);
    assert_eq!(rig.sandbox.calls(1)[0].account.as_deref(), Some(BRAND));
    rig.token(BRAND).await;
}

#[tokio::test]
async fn a_fault_must_fit_its_place() {
    let rig = Rig::start().await;
    for (endpoint, kind) in [
        (CALLBACK, FaultKind::ResetAfter),
        (PROBE, FaultKind::Hold),
        ("nonsense", FaultKind::ResetAfter),
        (PROBE, FaultKind::Http { status: 200 }),
    ] {
        let refusal = rig.sandbox.add_fault(NewFault::once(endpoint, kind.clone()));
        assert!(matches!(refusal, Err(Trouble::Invalid(_))), "{endpoint} {kind:?}");
    }
}
