//! The person takes it.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    rewards::{
        grant::State as GrantState,
        payout::State,
        payout_event::{self, Cause},
    },
};
use huilian::sandbox::{BizPacket, TransferCall};
use reqwest::StatusCode;
use serde_json::{Value, from_value, json};

use crate::{
    rewards::{
        books, budget, give, only, pass,
        till::{Way, calls, customer, flows, pocket, till},
    },
    support::{Answered, Consumer, TestApp},
};

const RISK: &str = "/wxa/getuserriskrank";

async fn claim(consumer: &Consumer<'_>, path: &str) -> Answered {
    let app = consumer.person.app;
    let request = app.http.post(format!("{}{path}/claim", app.base_url)).bearer_auth(&consumer.token);
    Answered::read(request.header("Idempotency-Key", "claim-key-1")).await
}

/// What the mini program hands to WeChat.
async fn parameters(consumer: &Consumer<'_>, path: &str, call: &str) -> Value {
    let answer = consumer.get(&format!("{path}/claim-parameters")).await;
    assert_eq!((answer.status, answer.body["call"].as_str()), (StatusCode::OK, Some(call)), "{answer:?}");
    answer.body["parameters"].clone()
}

fn asked_for_the_risk(app: &TestApp) -> usize {
    app.sandbox.calls(usize::MAX).into_iter().filter(|call| call.path == RISK).count()
}

#[actix_web::test]
async fn a_transfer_is_claimed_confirmed_and_told_to_us() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "林小满").await;
        let granted = give(app, member, campaign, "a").await;
        let path = format!("/api/mini/v1/grants/{}", granted.id);
        let claimed = claim(&mine, &path).await;
        assert_eq!((claimed.status, &claimed.body["state"]), (StatusCode::OK, &json!("paying")), "{claimed:?}");
        assert_eq!(asked_for_the_risk(app), 1, "before any money");
        app.run_jobs().await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::WaitingUser, [10_000, 0, 1_000, 0]));
        let call: TransferCall = from_value(parameters(&mine, &path, "requestMerchantTransfer").await).expect("a call");
        let page = app.sandbox.open_transfer(&mine.person.id, &call).expect("a page");
        assert_eq!((page.amount, page.remark.as_str()), (1_000, "邀请奖励"));
        app.sandbox.close_transfer(&mine.person.id, page.id).expect("closing");
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::WaitingUser, "what the client says is not believed");
        app.sandbox.confirm_transfer(&mine.person.id, page.id).expect("confirming");
        app.sandbox.settled().await;
        app.run_jobs().await;
        let row = only(app).await;
        assert_eq!((row.state, row.attempts), (State::Paid, 1), "the notification alone was enough");
        let steps = app.rows::<payout_event::Entity>().await;
        assert_eq!(steps.last().map(|step| step.cause), Some(Cause::Notice));
        assert_eq!((pocket(app, &mine.person), flows(app)), (1_000, (1_000, 0)));
        assert_eq!(budget(app, campaign).await, [10_000, 0, 0, 1_000]);
        assert_eq!(mine.get(&path).await.body["code"], "given");
        pass(app, TimeDelta::hours(2)).await;
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn a_red_packet_is_opened_in_the_chat() {
    till(async |app| {
        let campaign = Way::RedPacket.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "周一鸣").await;
        give(app, member, campaign, "a").await;
        app.run_jobs().await;
        assert_eq!(only(app).await.state, State::Unknown, "accepted is not sent");
        assert_eq!(budget(app, campaign).await, [10_000, 1_000, 0, 0]);
        pass(app, TimeDelta::minutes(1)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::WaitingUser, [10_000, 0, 1_000, 0]));
        let chat = mine.person.chat("brand");
        assert!(chat.iter().any(|message| message.kind == "red_packet"), "{chat:?}");
        let packet = app.sandbox.wallet(&mine.person.id).expect("a wallet").packets.remove(0);
        assert_eq!((packet.sender.as_str(), packet.wishing.as_str()), ("惠联样板店", "感谢参加活动"));
        app.sandbox.open_packet(&mine.person.id, packet.id).expect("opening");
        pass(app, TimeDelta::minutes(10)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Paid, [10_000, 0, 0, 1_000]));
        assert_eq!(calls(app, "/mmpaymkttransfers/sendredpack"), 1, "over TLS with the merchant's certificate");
        assert_eq!((pocket(app, &mine.person), flows(app)), (1_000, (1_000, 0)));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn a_red_packet_of_the_mini_program_is_opened_there() {
    till(async |app| {
        let campaign = Way::MiniRedPacket.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "方可").await;
        let granted = give(app, member, campaign, "a").await;
        let path = format!("/api/mini/v1/grants/{}", granted.id);
        assert_eq!(claim(&mine, &path).await.status, StatusCode::OK);
        assert_eq!(asked_for_the_risk(app), 1);
        pass(app, TimeDelta::minutes(1)).await;
        assert_eq!(only(app).await.state, State::WaitingUser);
        let call: BizPacket = from_value(parameters(&mine, &path, "sendBizRedPacket").await).expect("a call");
        let packet = app.sandbox.show_packet(&mine.person.id, &call).expect("a packet with the right signature");
        app.sandbox.open_packet(&mine.person.id, packet.id).expect("opening");
        pass(app, TimeDelta::minutes(10)).await;
        assert_eq!((only(app).await.state, budget(app, campaign).await), (State::Paid, [10_000, 0, 0, 1_000]));
        assert_eq!((pocket(app, &mine.person), flows(app)), (1_000, (1_000, 0)));
        books(app, campaign).await;
    })
    .await;
}

#[actix_web::test]
async fn after_a_final_negative_staff_pay_anew_under_another_number() {
    till(async |app| {
        let campaign = Way::Transfer.campaign(app, json!({})).await;
        let (mine, member) = customer(app, "何思远").await;
        app.sandbox.set_pay_risk(&mine.person.id, Some("ACCOUNT_FROZEN")).expect("a risk");
        crate::rewards::till::promise(app, member, campaign, "a").await;
        pass(app, TimeDelta::minutes(5)).await;
        let first = only(app).await;
        assert_eq!((first.state, first.code.as_deref()), (State::Rejected, Some("FAIL ACCOUNT_FROZEN")));
        assert_eq!((budget(app, campaign).await, flows(app)), ([10_000, 0, 0, 0], (0, 0)));
        app.sandbox.set_pay_risk(&mine.person.id, None).expect("no risk");
        let staff = app.staff(Role::Headquarters).await;
        let path = crate::rewards::till::act(first.id, "replace");
        let anew = staff.post_once(&path, "replace-key-1", &json!({ "reason": "账户已解冻" })).await;
        assert_eq!((anew.status, &anew.body["replaces"]), (StatusCode::OK, &json!(first.id)), "{anew:?}");
        assert_ne!(anew.body["out_no"], json!(first.out_no));
        let again = staff.post_once(&path, "replace-key-2", &json!({ "reason": "再来一次" })).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "only once");
        app.run_jobs().await;
        assert_eq!(crate::rewards::till::take(app, &mine.person.id), 1);
        app.sandbox.settled().await;
        pass(app, TimeDelta::hours(1)).await;
        let rows = crate::rewards::payouts(app).await;
        assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [State::Rejected, State::Paid]);
        assert_eq!((pocket(app, &mine.person), flows(app)), (1_000, (1_000, 0)));
        assert_eq!(crate::rewards::grants(app).await[0].state, GrantState::Given);
        let id = anew.body["id"].as_str().expect("an id");
        let steps = staff.get(&format!("/api/admin/v1/payouts/{id}")).await.body["steps"].clone();
        assert_eq!((&steps[0]["cause"], &steps[0]["reason"]), (&json!("staff"), &json!("账户已解冻")), "{steps}");
        assert!(steps[0]["staff"].is_string() && steps[1]["staff"].is_null(), "{steps}");
        books(app, campaign).await;
    })
    .await;
}
