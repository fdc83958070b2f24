use serde_json::{Value, json};

use super::till::{PAY, Till, verified};
use crate::sandbox::{
    FaultKind, KeyMode, MerchantPatch, NewFault, NotificationOutcome, PAY_NOTIFY,
    tests::rig::{LIN, Received, Say},
};

impl Till {
    /// A transfer that the person has confirmed.
    async fn confirmed(&self, number: &str) {
        self.create(&self.transfer(LIN, number)).await.state("WAIT_USER_CONFIRM");
        let id = self.rig.sandbox.wallet(LIN).unwrap().transfers[0].id;
        self.rig.sandbox.confirm_transfer(LIN, id).unwrap();
        self.rig.sandbox.settled().await;
    }

    fn fault(&self, kind: FaultKind) {
        self.rig.sandbox.add_fault(NewFault::once(PAY_NOTIFY, kind)).unwrap();
    }

    fn got(&self) -> Vec<Received> {
        self.rig.service.got()
    }

    /// Time passes, and what is due then has happened.
    async fn wait(&self, seconds: i64) {
        self.rig.advance(seconds);
        self.rig.sandbox.settled().await;
    }
}

#[tokio::test]
async fn the_end_of_a_transfer_is_told_signed_and_sealed() {
    let till = Till::start().await;
    till.confirmed("t1").await;
    let got = till.got();
    assert_eq!((got.len(), got[0].account.as_str(), got[0].content_type.as_str()), (1, PAY, "application/json"));
    assert_eq!(got[0].headers["user-agent"], "Mozilla/4.0");
    let body: Value = serde_json::from_str(&got[0].body).unwrap();
    assert_eq!(body["event_type"], "MCHTRANSFER.BILL.FINISHED");
    assert_eq!(body["resource"]["associated_data"], "mch_payment");
    let content = till.opened(&got[0]);
    assert_eq!((&content["out_bill_no"], &content["state"]), (&json!("t1"), &json!("SUCCESS")));
    assert_eq!((&content["transfer_amount"], &content["mch_id"]), (&json!(100), &json!("1900001109")));
    till.wait(7 * 24 * 3600).await;
    assert_eq!(till.got().len(), 1, "taken is taken");
}

#[tokio::test]
async fn lapse_and_cancellation_are_told_too() {
    let till = Till::start().await;
    till.create(&till.transfer(LIN, "t1")).await;
    till.wait(24 * 3600).await;
    let content = till.opened(&till.got()[0]);
    assert_eq!((&content["state"], &content["fail_reason"]), (&json!("FAIL"), &json!("OVERDUE_CLOSE")));
    till.create(&till.transfer(LIN, "t2")).await;
    till.call("POST", &format!("{}/out-bill-no/t2/cancel", super::till::CREATE), None).await;
    till.rig.sandbox.settled().await;
    assert_eq!(till.opened(&till.got()[1])["state"], "CANCELLED");
}

#[tokio::test]
async fn a_refused_notification_comes_again_on_the_official_schedule() {
    let till = Till::start().await;
    till.rig.service.will((0..30).map(|_| Say::Status(500)));
    till.confirmed("t1").await;
    let schedule = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];
    for (number, seconds) in schedule.into_iter().enumerate() {
        till.wait(seconds - 1).await;
        assert_eq!(till.got().len(), number + 1, "not before its time");
        till.wait(1).await;
        assert_eq!(till.got().len(), number + 2);
    }
    till.wait(7 * 24 * 3600).await;
    assert_eq!(till.got().len(), 16);
    let ended = &till.rig.sandbox.notifications(Some(PAY), 1)[0];
    assert_eq!((ended.outcome, ended.attempts.len()), (NotificationOutcome::Failed, 16));
    let ids: Vec<Value> =
        till.got().iter().map(|got| serde_json::from_str::<Value>(&got.body).unwrap()["id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[tokio::test]
async fn a_notification_goes_wrong_and_the_right_one_follows() {
    let till = Till::start().await;
    for kind in [FaultKind::Probe, FaultKind::WrongSignature, FaultKind::WrongKey, FaultKind::Skew { seconds: -600 }] {
        till.rig.service.forget();
        till.fault(kind.clone());
        till.rig.service.will([Say::Status(401)]);
        till.confirmed(&format!("t{}", kind.name().replace('_', ""))).await;
        let bad = till.got()[0].clone();
        let signed = verified(&till.access.public_key_pem, &bad.headers, &bad.body);
        let resource = serde_json::from_str::<Value>(&bad.body).unwrap()["resource"].clone();
        match kind {
            FaultKind::WrongKey => assert!(signed && till.unsealed_text(&resource).is_none()),
            FaultKind::Skew { .. } => {
                let late: i64 = bad.headers["wechatpay-timestamp"].parse().unwrap();
                assert!(signed && late == till.rig.clock.now().timestamp() - 600);
            }
            FaultKind::Probe => {
                assert!(!signed && bad.headers["wechatpay-signature"].starts_with("WECHATPAY/SIGNTEST/"));
            }
            _ => assert!(!signed),
        }
        till.wait(15).await;
        assert_eq!(till.opened(&till.got()[1])["state"], "SUCCESS");
    }
}

#[tokio::test]
async fn notifications_come_twice_late_swapped_spoiled_or_never() {
    let till = Till::start().await;
    till.fault(FaultKind::Duplicate);
    till.confirmed("t1").await;
    assert_eq!(till.got().len(), 2);
    till.rig.service.forget();
    till.fault(FaultKind::CutAfter);
    till.confirmed("t2").await;
    till.wait(15).await;
    assert_eq!(till.got().len(), 2, "taken, but WeChat did not hear it");
    till.rig.service.forget();
    till.fault(FaultKind::Lost);
    till.confirmed("t3").await;
    till.wait(7 * 24 * 3600).await;
    assert!(till.got().is_empty());
    let lost = till.rig.sandbox.notifications(None, 1)[0].clone();
    assert_eq!(lost.outcome, NotificationOutcome::Lost);
    assert_eq!(till.rig.sandbox.notify_again(lost.id).await.unwrap().outcome, NotificationOutcome::Delivered);
    till.rig.service.forget();
    till.fault(FaultKind::WrongAmount);
    till.confirmed("t4").await;
    till.wait(15).await;
    let amounts: Vec<Value> = till.got().iter().map(|got| till.opened(got)["transfer_amount"].clone()).collect();
    assert_eq!(amounts, [json!(101), json!(100)]);
    till.rig.service.forget();
    till.fault(FaultKind::Hold);
    till.confirmed("t5").await;
    till.fault(FaultKind::Hold);
    till.confirmed("t6").await;
    assert!(till.got().is_empty());
    till.rig.sandbox.release_notifications(true).await;
    let order: Vec<Value> = till.got().iter().map(|got| till.opened(got)["out_bill_no"].clone()).collect();
    assert_eq!(order, [json!("t6"), json!("t5")]);
}

#[tokio::test]
async fn a_merchant_that_changes_over_gets_both_kinds_of_signature() {
    let till = Till::start().await;
    let patch = MerchantPatch { mode: Some(KeyMode::Both), ..Default::default() };
    till.rig.sandbox.change_merchant(PAY, &patch).unwrap();
    till.confirmed("t1").await;
    till.confirmed("t2").await;
    let serials: Vec<String> = till.got().iter().map(|got| got.headers["wechatpay-serial"].clone()).collect();
    assert_eq!(serials, [till.access.platform_certificates[0].serial.clone(), till.access.public_key_id.clone()]);
}
