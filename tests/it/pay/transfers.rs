//! Merchant transfers from the request to the person's pocket, over real HTTP.

use chrono::TimeDelta;
use entity::wechat::pay_notification;
use huilian::{
    sandbox::{FaultKind, KeyMode, MerchantPatch, NewFault, TransferCall},
    wechat::pay::{
        Answer, Kind, Why,
        transfer::{NewTransfer, RealName, Style, Transfer, TransferState},
    },
};
use serde_json::to_value;

use super::till::{done, pay_story, pay_story_with, refused, unknown};
use crate::support::{Follower, TestApp};

const CREATE: &str = "/v3/fund-app/mch-transfer/transfer-bills";

/// The transfer with one thing changed.
fn bent(transfer: &Transfer, change: impl FnOnce(&mut NewTransfer)) -> Transfer {
    let mut new = transfer.fields().clone();
    change(&mut new);
    new.try_into().expect("a transfer")
}

/// The person opens the page with what we hand out, and confirms.
async fn confirm(app: &TestApp, person: &Follower<'_>, transfer: &Transfer) {
    let created = done(app.main().create_transfer(transfer).await);
    let package = created.package_info.expect("what opens the page");
    let parameters = app.main().transfer_parameters(&transfer.fields().appid, package);
    let call: TransferCall = serde_json::from_value(to_value(&parameters).expect("JSON")).expect("parameters");
    let page = app.sandbox.open_transfer(&person.id, &call).expect("a page");
    app.sandbox.confirm_transfer(&person.id, page.id).expect("confirming");
    app.sandbox.settled().await;
}

#[actix_web::test]
async fn a_transfer_reaches_the_person_and_we_are_told() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let transfer = app.transfer_to(&person, "T1", 100);
        let before = app.sandbox.balance("main").expect("a balance");
        confirm(app, &person, &transfer).await;
        let bill = done(app.main().transfer(&transfer.fields().number).await);
        assert_eq!((bill.state, bill.amount.get()), (TransferState::Success, 100));
        assert_eq!(bill.open_id.as_ref(), Some(&person.open_id("brand")));
        assert_eq!(app.sandbox.balance("main").expect("a balance"), before - 100);
        assert_eq!(app.sandbox.wallet(&person.id).expect("a wallet").balance, 100);
        app.run_jobs().await;
        let told = app.rows::<pay_notification::Entity>().await;
        assert_eq!(told.len(), 1);
        assert!(told[0].handled && !told[0].body.contains(person.open_id("brand").as_str()));
    })
    .await;
}

#[actix_web::test]
async fn the_same_request_pays_once_and_another_one_of_its_number_nothing() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let transfer = app.transfer_to(&person, "T1", 100);
        let before = app.sandbox.balance("main").expect("a balance");
        let first = done(app.main().create_transfer(&transfer).await);
        app.tick();
        let stored = serde_json::to_string(&transfer).expect("JSON");
        let again: Transfer = serde_json::from_str(&stored).expect("a transfer");
        let second = done(app.main().create_transfer(&again).await);
        assert_eq!(first.transfer_bill_no, second.transfer_bill_no);
        assert!(second.package_info.is_some());
        assert_eq!(app.sandbox.balance("main").expect("a balance"), before - 100);
        app.tick();
        let other = bent(&transfer, |new| new.amount = 200.into());
        assert_eq!(refused(app.main().create_transfer(&other).await), Kind::Mismatch);
    })
    .await;
}

#[actix_web::test]
async fn a_transfer_that_nobody_confirms_comes_back() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let transfer = app.transfer_to(&person, "T1", 100);
        let before = app.sandbox.balance("main").expect("a balance");
        done(app.main().create_transfer(&transfer).await);
        app.advance(TimeDelta::hours(25));
        let bill = done(app.main().transfer(&transfer.fields().number).await);
        assert_eq!((bill.state, bill.fail_reason.as_deref()), (TransferState::Fail, Some("OVERDUE_CLOSE")));
        assert_eq!(app.sandbox.balance("main").expect("a balance"), before);
        app.sandbox.settled().await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_transfer_can_be_cancelled_until_it_is_confirmed() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let transfer = app.transfer_to(&person, "T1", 100);
        done(app.main().create_transfer(&transfer).await);
        let number = &transfer.fields().number;
        let cancelled = done(app.main().cancel_transfer(number).await);
        assert!(matches!(cancelled.state, TransferState::Canceling | TransferState::Cancelled));
        app.advance(TimeDelta::minutes(1));
        assert_eq!(done(app.main().transfer(number).await).state, TransferState::Cancelled);
        let taken = app.transfer_to(&person, "T2", 100);
        confirm(app, &person, &taken).await;
        assert!(!matches!(app.main().cancel_transfer(&taken.fields().number).await, Answer::Done(_)));
        app.sandbox.settled().await;
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn names_looks_and_limits_are_as_wechat_pay_wants_them() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let plain = app.transfer_to(&person, "T1", 20_000);
        let named = bent(&plain, |new| new.user_name = Some(RealName("林小满".to_owned())));
        let look = bent(&named, |new| new.style = Some(Style::RedPacket));
        assert_eq!(done(app.main().create_transfer(&look).await).state, TransferState::WaitUserConfirm);
        assert_eq!(unknown(app.main().transfer(&"T9".parse().expect("a number")).await), Why::NotFound);
        app.sandbox
            .change_merchant("main", &MerchantPatch { frozen: Some(true), ..MerchantPatch::default() })
            .expect("");
        assert_eq!(refused(app.main().create_transfer(&app.transfer_to(&person, "T2", 100)).await), Kind::Frozen);
        let lively = MerchantPatch { frozen: Some(false), ..MerchantPatch::default() };
        app.sandbox.change_merchant("main", &lively).expect("a merchant");
        app.tick();
        done(app.main().echo("惠联").await);
    })
    .await;
}

#[actix_web::test]
async fn an_empty_account_is_told_and_the_same_number_pays_after_the_top_up() {
    let poor = |settings: &mut crate::support::Settings| settings.sandbox.merchants[0].balance = 50;
    pay_story_with(KeyMode::PublicKey, poor, async |app| {
        let person = app.follower("林小满").await;
        let transfer = app.transfer_to(&person, "T1", 100);
        assert_eq!(refused(app.main().create_transfer(&transfer).await), Kind::NotEnough);
        app.sandbox.top_up("main", 1000).expect("money");
        app.tick();
        assert_eq!(done(app.main().create_transfer(&transfer).await).state, TransferState::WaitUserConfirm);
        let packet = app.packet_to(&person, "P1", 10_000);
        assert_eq!(refused(app.main().send_red_packet(&packet).await), Kind::NotEnough);
    })
    .await;
}

#[actix_web::test]
async fn certificates_are_fetched_rotate_and_both_kinds_are_believed() {
    for mode in [KeyMode::Certificate, KeyMode::Both] {
        pay_story_with(
            mode,
            |_| {},
            async |app| {
                let person = app.follower("林小满").await;
                confirm(app, &person, &app.transfer_to(&person, "T1", 100)).await;
                confirm(app, &person, &app.transfer_to(&person, "T2", 100)).await;
                let rotate = MerchantPatch { rotate_certificate: true, ..MerchantPatch::default() };
                app.sandbox.change_merchant("main", &rotate).expect("a new certificate");
                app.advance(TimeDelta::hours(13));
                confirm(app, &person, &app.transfer_to(&person, "T3", 100)).await;
                let named = bent(&app.transfer_to(&person, "T4", 100), |new| {
                    new.user_name = Some(RealName("林小满".to_owned()))
                });
                done(app.main().create_transfer(&named).await);
                app.sandbox.settled().await;
                app.run_jobs().await;
                let told = app.rows::<pay_notification::Entity>().await;
                assert_eq!(told.iter().filter(|row| row.handled).count(), 3, "{mode:?}");
            },
        )
        .await;
    }
}

#[actix_web::test]
async fn an_answer_that_was_lost_or_bent_is_unknown_and_the_query_knows() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let error = |code: &str, after| FaultKind::PayError { code: code.to_owned(), text: None, status: None, after };
        let faults = [
            (FaultKind::ResetBefore, Why::Lost, false),
            (FaultKind::ResetAfter, Why::Lost, true),
            (FaultKind::Http { status: 502 }, Why::Status, false),
            (FaultKind::HttpAfter { status: 500 }, Why::Status, true),
            (FaultKind::Http { status: 429 }, Why::Throttled, false),
            (error("SYSTEM_ERROR", false), Why::System, false),
            (error("SYSTEM_ERROR", true), Why::System, true),
            (FaultKind::Truncated, Why::Form, true),
            (FaultKind::WrongSignature, Why::Signature, true),
            (FaultKind::Unsigned, Why::Signature, true),
            (FaultKind::OtherKey, Why::Signature, true),
        ];
        for (at, (fault, why, landed)) in faults.into_iter().enumerate() {
            let transfer = app.transfer_to(&person, &format!("T{at}"), 100);
            let number = &transfer.fields().number;
            app.sandbox.add_fault(NewFault::once(CREATE, fault.clone())).expect("a fault");
            let answer = unknown(app.main().create_transfer(&transfer).await);
            // Which of the two a broken connection is depends on how far it got.
            assert_eq!(answer, why, "{fault:?}");
            let asked = app.main().transfer(number).await;
            if landed {
                assert_eq!(done(asked).state, TransferState::WaitUserConfirm, "{fault:?}");
            } else {
                assert_eq!(unknown(asked), Why::NotFound, "{fault:?}");
            }
            app.tick();
            assert_eq!(done(app.main().create_transfer(&transfer).await).state, TransferState::WaitUserConfirm);
        }
        app.sandbox.add_fault(NewFault::once(CREATE, FaultKind::ExtraFields)).expect("a fault");
        done(app.main().create_transfer(&app.transfer_to(&person, "T99", 100)).await);
    })
    .await;
}
