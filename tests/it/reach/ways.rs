//! Each of WeChat's ways, and the cheapest of them first.

use entity::{
    chat::{self, message::Author},
    reach::{
        delivery::{Channel, State},
        message::State as Message,
    },
};
use huilian::{reach::wording::Wordings, reactions::SENDS, sandbox::Via};
use serde_json::json;

use super::{BRAND, SHOP, left, message, put, somebody, stands, tries, windows};
use crate::support::{TestApp, story};

/// The newest line of the threads, with its head, which repeats it.
async fn newest_line(app: &TestApp) -> ((Author, String), String) {
    let lines = app.rows::<chat::message::Entity>().await;
    let line = lines.into_iter().max_by_key(|line| (line.at, line.id)).expect("a line");
    let heads = app.rows::<chat::conversation::Entity>().await;
    let head = heads.into_iter().find(|head| head.id == line.conversation_id).expect("a thread");
    assert_eq!((head.preview.as_str(), head.last_at), (line.text.as_str(), line.at));
    ((line.author, line.kind), line.text)
}

#[actix_web::test]
async fn in_an_open_window_it_is_said_in_words() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.writes().await;
        let before = windows(app).await;
        let id = put(app, &message(app, known.member, "a")).await;
        assert_eq!(stands(app, id).await.0, Message::Queued, "nothing leaves before the commit");
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Sent, None));
        assert_eq!(tries(app, id).await, [(Channel::Custom, State::Sent, None)]);
        let words = "「春游有礼」的奖励 ¥1.88 到了，请在 2026年11月22日 10:00 前领取。";
        assert_eq!(known.person.heard("brand").last(), Some(&(Via::Custom, words.to_owned())));
        assert_eq!(windows(app).await, before - 1);
        let (kind, line) = newest_line(app).await;
        assert_eq!((kind, line), ((Author::Notice, "text".to_owned()), words.to_owned()), "staff see it in the thread");
        let changed = known.consumer.patch("/api/mini/v1/profile", &json!({ "language": "en" })).await;
        assert!(changed.status.is_success(), "{changed:?}");
        put(app, &message(app, known.member, "b")).await;
        app.run_jobs().await;
        let heard = known.person.heard("brand");
        assert!(heard.last().is_some_and(|(_, text)| text.starts_with("¥1.88 from “春游有礼”")), "{heard:?}");
    })
    .await;
}

#[actix_web::test]
async fn by_a_permit_it_is_a_subscription_message_and_the_permit_is_used_up() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        // WeChat tells the number of a message of a mini program, and none of an official account.
        for (account, template) in [("shop", SHOP), ("brand", BRAND)] {
            known.permits(account, template).await;
            assert_eq!(left(app, template).await, 1);
            let id = put(app, &message(app, known.member, account)).await;
            app.run_jobs().await;
            assert_eq!(stands(app, id).await, (Message::Delivered, None), "{account}");
            assert_eq!(tries(app, id).await, [(Channel::Subscription, State::Delivered, None)], "{account}");
            let heard = known.person.heard(account);
            let (via, text) = heard.last().expect("a message");
            assert_eq!(*via, Via::Subscribe);
            assert!(text.contains("奖励金额：¥1.88") && text.contains("pages/wallet/index"), "{text}");
            assert_eq!(left(app, template).await, 0);
        }
    })
    .await;
}

#[actix_web::test]
async fn a_follower_gets_a_template_message_when_nothing_else_is_open() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Delivered, None));
        assert_eq!(tries(app, id).await, [(Channel::Template, State::Delivered, None)]);
        let heard = known.person.heard("brand");
        let (via, text) = heard.last().expect("a message");
        assert!(*via == Via::Template && text.contains("活动名称：春游有礼"), "{text}");
    })
    .await;
}

#[actix_web::test]
async fn the_cheapest_comes_first_and_what_is_used_up_is_passed_over() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        known.permits("shop", SHOP).await;
        known.writes().await;
        let open = windows(app).await;
        let mut went = Vec::new();
        for number in 0..open + 2 {
            let id = put(app, &message(app, known.member, &number.to_string())).await;
            app.run_jobs().await;
            went.push(tries(app, id).await.remove(0).0);
        }
        let mut expected = vec![Channel::Custom; usize::try_from(open).expect("windows")];
        expected.extend([Channel::Subscription, Channel::Template]);
        assert_eq!(went, expected);
        assert_eq!((windows(app).await, left(app, SHOP).await), (0, 0));
    })
    .await;
}

#[actix_web::test]
async fn a_window_at_the_mini_program_counts_as_well_and_nobody_is_told_who_cannot_be_reached() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        app.sandbox.enter(&known.person.id, "shop", "").await.expect("a session");
        app.run_jobs().await;
        let id = put(app, &message(app, known.member, "a")).await;
        app.run_jobs().await;
        assert_eq!(tries(app, id).await, [(Channel::Custom, State::Sent, None)]);
        assert_eq!(known.texts("shop").len(), 1);
        let stranger = crate::identity::people::import(app, &[crate::identity::people::Shows::Phone(7)]).await.member;
        let id = put(app, &message(app, stranger, "b")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Refused, Some("no_channel".to_owned())));
        let unknown = huilian::reach::Message { kind: "nothing".to_owned(), ..message(app, known.member, "c") };
        let id = put(app, &unknown).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await, (Message::Refused, Some("no_text".to_owned())));
    })
    .await;
}

#[actix_web::test]
async fn the_sample_brand_can_say_everything_that_the_program_sends() {
    story(async |app| {
        let folder = &app.app.config.wechat.config_dir;
        let wordings = Wordings::load(folder, &app.app.folder.accounts, &SENDS).expect("the sample brand's messages");
        for send in SENDS {
            let wording = wordings.get(send.kind).unwrap_or_else(|| panic!("{}", send.kind));
            assert_eq!(wording.ways.len(), 4, "{}", send.kind);
        }
        assert_eq!(wordings.iter().count(), SENDS.len());
    })
    .await;
}
