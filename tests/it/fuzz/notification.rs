//! Notifications of WeChat Pay: well signed, whatever they say; and what is inside, well sealed, whatever it is.

use std::cell::Cell;

use entity::wechat::pay_notification;
use reqwest::StatusCode;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{Verdict, mutate::Seeds, run::fuzz};
use crate::{
    pay::letter::{Letter, content},
    support::{TestApp, story_with},
};

const WORDS: [&[u8]; 12] = [
    b"\"",
    b"{",
    b"}",
    b",",
    b"\"mchid\":\"1900000002\",",
    b"\"id\":\"\",",
    b"\"state\":\"FAIL\"",
    b"\"transfer_amount\":-1,",
    b"\"update_time\":\"2026-13-41T99:00:00+99:99\",",
    b"\"event_type\":\"SOMETHING.NEW\",",
    b"\"algorithm\":\"none\",",
    b"\"nonce\":\"\",",
];

async fn notifications(app: &TestApp) -> u64 {
    pay_notification::Entity::find().count(app.app.db.read()).await.expect("a count")
}

/// Taken and kept, kept before, or refused and not kept.
async fn taken_or_refused(app: &TestApp, letter: &Letter<'_>) -> Verdict {
    let before = notifications(app).await;
    let (status, body) = letter.send().await;
    let kept = notifications(app).await - before;
    match status {
        StatusCode::NO_CONTENT if kept <= 1 => Ok(()),
        StatusCode::FORBIDDEN if kept == 0 => Ok(()),
        _ => Err(format!("{status} {body}, {kept} kept")),
    }
}

async fn story_of_letters(test: impl AsyncFnOnce(&TestApp)) {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            test(app).await;
            app.run_jobs().await;
        },
    )
    .await;
}

#[actix_web::test]
async fn no_envelope_of_a_notification_does_harm() {
    story_of_letters(async |app| {
        let check = async |input: &[u8]| {
            let mut letter = Letter::of_transfer(app, "EV-1");
            letter.body = input.to_vec();
            taken_or_refused(app, &letter).await
        };
        let seeds = Seeds::new([Letter::of_transfer(app, "EV-1").body], WORDS);
        fuzz("notification-envelope", seeds, 150, check).await;
    })
    .await;
}

#[actix_web::test]
async fn no_content_of_a_notification_does_harm() {
    story_of_letters(async |app| {
        let number = Cell::new(0);
        let check = async |input: &[u8]| {
            number.set(number.get() + 1);
            let mut letter = Letter::of_transfer(app, &format!("EV-{}", number.get()));
            let merchant = app.merchant("main");
            let keys = &merchant.settings().keys;
            let mut body: Value = serde_json::from_slice(&letter.body).expect("a notification");
            let nonce = body["resource"]["nonce"].as_str().expect("a nonce").to_owned();
            body["resource"]["ciphertext"] = json!(keys.v3.seal(&nonce, "mch_payment", input).expect("a ciphertext"));
            letter.body = body.to_string().into_bytes();
            taken_or_refused(app, &letter).await
        };
        let seeds =
            Seeds::new([content("1900000001").to_string(), json!({ "mch_id": "1900000001" }).to_string()], WORDS);
        fuzz("notification-content", seeds, 150, check).await;
    })
    .await;
}
