//! What a person answers when the mini program asks for subscription messages.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answered, Consumer, story};

const PERMITS: &str = "/api/mini/v1/permits";

async fn report(consumer: &Consumer<'_>, key: &str, answers: Value) -> Answered {
    let app = consumer.person.app;
    let request = app.http.post(format!("{}{PERMITS}", app.base_url)).bearer_auth(&consumer.token);
    Answered::read(request.header("Idempotency-Key", format!("permit-{key}")).json(&json!({ "answers": answers })))
        .await
}

#[actix_web::test]
async fn each_yes_is_one_message_more_and_a_repetition_none() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        for key in ["0001", "0001", "0002"] {
            let answer = report(&consumer, key, json!({ "tmpl-A": "accept", "tmpl-B": "reject" })).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        }
        let permits = consumer.get(PERMITS).await.body;
        let shown =
            |index: usize| [&permits[index]["template_id"], &permits[index]["available"], &permits[index]["answer"]];
        assert_eq!(shown(0), [&json!("tmpl-A"), &json!(2), &json!("accept")]);
        assert_eq!(shown(1), [&json!("tmpl-B"), &json!(0), &json!("reject")]);
        report(&consumer, "0003", json!({ "tmpl-A": "ban" })).await;
        assert_eq!(consumer.get(PERMITS).await.body[0]["available"], 2, "a no takes nothing back");
        let other = app.person("周一鸣").log_in("shop").await;
        assert_eq!(other.get(PERMITS).await.body, json!([]));
    })
    .await;
}

#[actix_web::test]
async fn answers_that_wechat_does_not_give_are_refused() {
    story(async |app| {
        let consumer = app.person("林小满").log_in("shop").await;
        let six: serde_json::Map<_, _> = (0..6).map(|number| (format!("tmpl-{number}"), json!("accept"))).collect();
        for (number, bad) in
            [json!({}), json!({ "tmpl": "maybe" }), json!({ "tmpl A": "accept" }), json!(six)].iter().enumerate()
        {
            let refused = report(&consumer, &format!("bad-{number}-answer"), bad.clone()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        let missing = consumer.post(PERMITS, &json!({ "answers": { "tmpl": "accept" } })).await;
        assert_eq!(
            (missing.status, &missing.body["code"]),
            (StatusCode::BAD_REQUEST, &json!("idempotency_key_missing"))
        );
        assert_eq!(consumer.get(PERMITS).await.body, json!([]));
    })
    .await;
}
