use serde_json::Value;

use super::till::{Answered, CREATE, PAY, SEND, Till, failed, read, sent, verified};
use crate::sandbox::{
    FaultKind, NewFault, RandomFaults, Trouble,
    tests::rig::{LIN, ZHOU},
};

const BY_NUMBER: &str = "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{out_bill_no}";

fn error(code: &str, after: bool) -> FaultKind {
    FaultKind::PayError { code: code.to_owned(), text: None, status: None, after }
}

impl Till {
    fn plan(&self, endpoint: &str, kind: FaultKind) {
        self.rig.sandbox.add_fault(NewFault::once(endpoint, kind)).unwrap();
    }

    async fn try_create(&self, number: &str) -> reqwest::Result<Answered> {
        let body = self.transfer(LIN, number);
        let request = self.request("POST", CREATE, Some(&body)).header("Wechatpay-Serial", &self.access.public_key_id);
        Ok(read(request.send().await?).await)
    }

    fn is_right(&self, answered: &Answered) -> bool {
        verified(&self.access.public_key_pem, &answered.headers, &answered.body)
    }
}

#[tokio::test]
async fn a_create_goes_wrong_before_or_after_its_effect() {
    let till = Till::start().await;
    for (number, kind, effect) in [
        ("a", FaultKind::Http { status: 502 }, false),
        ("b", FaultKind::HttpAfter { status: 500 }, true),
        ("c", error("SYSTEM_ERROR", false), false),
        ("d", error("SYSTEM_ERROR", true), true),
        ("e", FaultKind::Truncated, true),
        ("f", FaultKind::Hang { millis: 1 }, false),
        ("g", FaultKind::Slow { millis: 1 }, true),
    ] {
        let before = till.balance();
        till.plan(CREATE, kind.clone());
        let answered = till.try_create(number).await.unwrap();
        assert_eq!(till.balance(), if effect { before - 100 } else { before }, "{kind:?}");
        match kind {
            FaultKind::PayError { .. } => answered.refused(500, "SYSTEM_ERROR"),
            FaultKind::Truncated => assert!(serde_json::from_str::<Value>(&answered.body).is_err()),
            FaultKind::Slow { .. } => answered.state("WAIT_USER_CONFIRM"),
            _ => assert!(answered.body.starts_with("<html>") && answered.status >= 500),
        }
        till.create(&till.transfer(LIN, number)).await.state("WAIT_USER_CONFIRM");
        assert_eq!(till.balance(), before - 100, "{kind:?}: repeated, paid once");
    }
    for (number, kind, effect) in [("r1", FaultKind::ResetBefore, false), ("r2", FaultKind::ResetAfter, true)] {
        let before = till.balance();
        till.plan(CREATE, kind);
        assert!(till.try_create(number).await.is_err());
        assert_eq!(till.balance(), if effect { before - 100 } else { before });
    }
}

#[tokio::test]
async fn an_accepted_transfer_is_answered_with_a_signature_that_cannot_be_trusted() {
    let till = Till::start().await;
    let serial = |answered: &Answered| answered.headers.get("wechatpay-serial").cloned();
    for (number, kind) in [("a", FaultKind::WrongSignature), ("b", FaultKind::Unsigned), ("c", FaultKind::OtherKey)] {
        till.plan(CREATE, kind.clone());
        let answered = till.try_create(number).await.unwrap();
        answered.state("WAIT_USER_CONFIRM");
        assert!(!till.is_right(&answered), "{kind:?}");
        let expected = match kind {
            FaultKind::Unsigned => None,
            FaultKind::OtherKey => Some(till.access.platform_certificates[0].serial.clone()),
            _ => Some(till.access.public_key_id.clone()),
        };
        assert_eq!(serial(&answered), expected);
    }
    till.plan(CREATE, FaultKind::ExtraFields);
    let answered = till.try_create("d").await.unwrap();
    assert!(till.is_right(&answered) && answered.json()["extra_info"].is_string());
}

#[tokio::test]
async fn what_is_accepted_may_be_done_late_fail_late_or_hide() {
    let till = Till::start().await;
    let before = till.balance();
    till.plan(CREATE, FaultKind::Processing { seconds: 1200, reason: None });
    till.create(&till.transfer(LIN, "a")).await.state("ACCEPTED");
    till.plan(CREATE, FaultKind::Processing { seconds: 60, reason: Some("TRANSFER_RISK".to_owned()) });
    till.create(&till.transfer(LIN, "b")).await.state("ACCEPTED");
    assert_eq!(till.balance(), before);
    till.rig.advance(60);
    till.query("b").await.state("FAIL");
    till.query("a").await.state("ACCEPTED");
    till.rig.advance(1140);
    till.query("a").await.state("WAIT_USER_CONFIRM");
    till.plan(CREATE, FaultKind::Hidden { seconds: 300 });
    till.create(&till.transfer(LIN, "c")).await.state("WAIT_USER_CONFIRM");
    till.query("c").await.refused(404, "NOT_FOUND");
    till.rig.advance(300);
    till.query("c").await.state("WAIT_USER_CONFIRM");
    till.plan(BY_NUMBER, FaultKind::Http { status: 429 });
    let limited = till.request("GET", &format!("{CREATE}/out-bill-no/c"), None).send().await.unwrap();
    assert_eq!(limited.status(), 429);
}

#[tokio::test]
async fn a_lock_without_money_goes_on_after_a_top_up() {
    let till = Till::with(|options| options.merchants[0].balance = 100).await;
    till.plan(CREATE, FaultKind::Processing { seconds: 10, reason: None });
    till.create(&till.transfer(LIN, "a")).await.state("ACCEPTED");
    till.create(&till.transfer(ZHOU, "b")).await.state("WAIT_USER_CONFIRM");
    till.rig.advance(10);
    till.query("a").await.state("PROCESSING");
    till.rig.sandbox.top_up(PAY, 100).unwrap();
    till.rig.advance(60);
    till.query("a").await.state("WAIT_USER_CONFIRM");
}

#[tokio::test]
async fn a_packet_goes_wrong_before_or_after_its_effect() {
    let till = Till::start().await;
    for (number, kind, code, effect) in [
        ("a", error("SYSTEMERROR", false), "SYSTEMERROR", false),
        ("b", error("SYSTEMERROR", true), "SYSTEMERROR", true),
        ("c", error("268458547", true), "268458547", true),
        ("d", error("BRAND_NEW", false), "BRAND_NEW", false),
    ] {
        let before = till.balance();
        till.plan(SEND, kind);
        failed(&till.send(LIN, number).await, code);
        assert_eq!(till.balance(), if effect { before - 100 } else { before }, "{number}");
        sent(&till.send(LIN, number).await);
        assert_eq!(till.balance(), before - 100, "{number}: repeated, paid once");
    }
    let before = till.balance();
    till.plan(SEND, FaultKind::ResetAfter);
    let body = super::till::xml(&till.packet(ZHOU, "e"));
    assert!(till.post_with(&till.tls, SEND, body.clone()).await.is_err());
    assert_eq!(till.balance(), before - 100);
    till.plan(SEND, FaultKind::Truncated);
    let (_, text) = till.post_with(&till.tls, SEND, body).await.unwrap();
    assert!(text.starts_with("<xml>") && !text.ends_with("</xml>"));
    till.plan(SEND, FaultKind::ExtraFields);
    let answer = till.send(ZHOU, "e").await;
    sent(&answer);
    assert!(answer.str("extra_info").is_some());
}

#[tokio::test]
async fn a_packet_is_accepted_and_sent_late_or_never() {
    let till = Till::start().await;
    let before = till.balance();
    till.plan(SEND, FaultKind::Processing { seconds: 1200, reason: None });
    failed(&till.send(LIN, "a").await, "PROCESSING");
    till.plan(SEND, FaultKind::Processing { seconds: 1800, reason: Some("超过单日限额".to_owned()) });
    failed(&till.send(LIN, "b").await, "PROCESSING");
    let state = till.packet_state("b").await;
    assert_eq!((state.str("status"), state.str("reason")), (Some("SENDING"), Some("超过单日限额")));
    till.rig.advance(1200);
    assert_eq!(till.packet_state("a").await.str("status"), Some("SENT"));
    till.rig.advance(600);
    assert_eq!(till.packet_state("b").await.str("status"), Some("FAILED"));
    failed(&till.send(LIN, "b").await, "SEND_FAILED");
    assert_eq!(till.balance(), before - 100);
}

#[tokio::test]
async fn a_fault_must_fit_its_place_here_too() {
    let till = Till::start().await;
    for (endpoint, kind) in [
        (CREATE, FaultKind::Duplicate),
        (SEND, FaultKind::JobFailed),
        (CREATE, FaultKind::HttpAfter { status: 200 }),
        ("/v3/unknown", FaultKind::ResetAfter),
        ("pay_notify", FaultKind::ResetAfter),
        ("callback", FaultKind::Lost),
        ("/cgi-bin/token", FaultKind::Truncated),
    ] {
        let refusal = till.rig.sandbox.add_fault(NewFault::once(endpoint, kind.clone()));
        assert!(matches!(refusal, Err(Trouble::Invalid(_))), "{endpoint} {kind:?}");
    }
    let mut foreign = NewFault::once(CREATE, FaultKind::ResetAfter);
    foreign.account = Some("brand".to_owned());
    assert_eq!(till.rig.sandbox.add_fault(foreign).unwrap_err(), Trouble::Unknown("merchant"));
    let mut mine = NewFault::once(CREATE, FaultKind::ResetBefore);
    mine.account = Some(PAY.to_owned());
    till.rig.sandbox.add_fault(mine).unwrap();
    assert!(till.try_create("a").await.is_err());
}

/// What happened to each of sixty transfers when chance strikes.
async fn told(seed: u64) -> Vec<Option<u16>> {
    let till = Till::with(|options| options.settings.pay.transfers_per_second = 1000).await;
    till.rig.sandbox.set_random_faults(RandomFaults { per_mille: 300, seed }).unwrap();
    let mut told = Vec::new();
    for number in 0..60 {
        told.push(till.try_create(&format!("t{number}")).await.ok().map(|answered| answered.status));
    }
    till.rig.sandbox.set_random_faults(RandomFaults { per_mille: 0, seed }).unwrap();
    for number in 0..60 {
        assert_eq!(till.create(&till.transfer(LIN, &format!("t{number}"))).await.status, 200);
    }
    till.rig.advance(2 * 24 * 3600);
    till.rig.sandbox.settled().await;
    assert_eq!(till.balance(), 10_000_000, "everything lapsed and came back");
    told
}

#[tokio::test]
async fn chance_strikes_a_share_and_can_be_told_again() {
    let first = told(7).await;
    let struck = first.iter().filter(|status| **status != Some(200)).count();
    assert!((5..35).contains(&struck), "{struck} of 60");
    assert_eq!(told(7).await, first);
    assert_ne!(told(8).await, first);
}
