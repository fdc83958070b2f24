//! What the robot answers.

use chrono::TimeDelta;
use entity::chat::{conversation, message};
use huilian::sandbox::{Outcome, Via};

use crate::support::story;

#[actix_web::test]
async fn a_follower_is_welcomed_asks_and_is_answered_at_once() {
    story(async |app| {
        let person = app.person("林小满");
        assert_eq!(person.follow("brand").await.outcome, Outcome::Replied);
        assert_eq!(person.say("brand", " 活动 ").await.outcome, Outcome::Replied);
        assert_eq!(person.say("brand", "我的积分还有多少").await.outcome, Outcome::Replied);
        let heard = person.heard("brand");
        assert!(heard.iter().all(|(via, _)| *via == Via::Passive), "{heard:?}");
        assert!(heard[0].1.starts_with("朋友，欢迎来到惠联样板店！"), "{heard:?}");
        assert!(heard[1].1.contains("本周活动"), "{heard:?}");
        assert!(heard[2].1.starts_with("会员权益"), "{heard:?}");
        app.run_jobs().await;
        assert_eq!(person.heard("brand").len(), 3, "nothing is said twice");
    })
    .await;
}

#[actix_web::test]
async fn who_comes_back_is_greeted_differently() {
    story(async |app| {
        let person = app.person("周一鸣");
        person.follow("brand").await;
        app.advance(TimeDelta::days(3));
        assert_eq!(person.unfollow("brand").await.outcome, Outcome::Acknowledged);
        app.advance(TimeDelta::days(3));
        person.follow("brand").await;
        let heard = person.heard("brand");
        assert!(heard.last().is_some_and(|(_, text)| text.contains("好久不见")), "{heard:?}");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_human_silences_the_robot_until_the_thread_is_given_back() {
    story(async |app| {
        let person = app.person("何思远");
        person.follow("brand").await;
        person.say("brand", "找人工客服").await;
        let told = person.heard("brand").len();
        assert_eq!(person.say("brand", "活动").await.outcome, Outcome::Acknowledged, "the robot is silent");
        assert_eq!(person.heard("brand").len(), told);
        assert_eq!(app.rows::<conversation::Entity>().await[0].state, conversation::State::Human);
        assert_eq!(person.say("brand", "自助").await.outcome, Outcome::Replied);
        assert_eq!(person.say("brand", "活动").await.outcome, Outcome::Replied, "the robot speaks again");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn the_time_of_day_in_shanghai_decides_between_rules() {
    story(async |app| {
        let person = app.person("方可");
        person.follow("brand").await;
        person.say("brand", "在吗").await;
        app.advance(TimeDelta::hours(13));
        person.say("brand", "在吗").await;
        let heard = person.heard("brand");
        assert!(heard[1].1.starts_with("收到"), "10:00 in Shanghai: {heard:?}");
        assert!(heard[2].1.starts_with("门店已打烊"), "23:00 in Shanghai: {heard:?}");
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_mini_program_is_answered_by_message_as_it_cannot_answer_passively() {
    story(async |app| {
        let person = app.person("许知夏");
        assert_eq!(person.say("shop", "在吗").await.outcome, Outcome::Acknowledged);
        assert!(person.heard("shop").is_empty());
        app.run_jobs().await;
        assert_eq!(
            person.heard("shop"),
            [(Via::Custom, "你好，这里是惠联样板小程序。回复「人工」找店员。".to_owned())]
        );
    })
    .await;
}

#[actix_web::test]
async fn everything_said_stands_in_the_thread_in_order() {
    story(async |app| {
        let person = app.person("苏晚晴");
        person.follow("brand").await;
        person.say("brand", "会员").await;
        person
            .send("brand", huilian::sandbox::Said { kind: "image".to_owned(), ..huilian::sandbox::Said::default() })
            .await;
        app.run_jobs().await;
        let thread = app.rows::<message::Entity>().await;
        let lines: Vec<_> = thread.iter().map(|line| (line.author, line.kind.as_str())).collect();
        use message::Author::{Person, Robot};
        assert_eq!(
            lines,
            [
                (Person, "event:subscribe"),
                (Robot, "text"),
                (Person, "text"),
                (Robot, "text"),
                (Person, "image"),
                (Robot, "text")
            ]
        );
        assert_eq!(thread[2].text, "会员");
        assert_eq!(app.rows::<conversation::Entity>().await[0].unread, 2, "events are not unread");
    })
    .await;
}
