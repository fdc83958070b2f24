//! Messages follow their member through merges and go with who is forgotten.

use chrono::TimeDelta;
use entity::{
    identity::merge::Cause,
    reach::{
        delivery,
        message::{Entity, State},
    },
};
use huilian::{
    identity::merge::{Order, merge, undo},
    infra::db::Tx,
};
use serde_json::json;

use super::{message, put, row, somebody, stands};
use crate::{
    identity::people::{self, Shows::Phone, import},
    support::story,
};

#[actix_web::test]
async fn what_waits_is_said_to_whoever_they_are_in_the_morning() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let till = import(app, &[Phone(1)]).await.member;
        // 23:02 in Shanghai: the till knows nobody at WeChat, but they turn out to be the same person.
        app.advance(TimeDelta::hours(13));
        let id = put(app, &message(app, till, "a")).await;
        app.run_jobs().await;
        assert_eq!(stands(app, id).await.0, State::Queued);
        let order = Order {
            winner: known.member,
            loser: till,
            survives: "staff",
            cause: Cause::Staff,
            reason: "同一人".to_owned(),
            joined_by: None,
            conflict: None,
            staff: Some(people::somebody(app)),
        };
        let merged = app.app.db.tx(async |tx: &Tx| merge(tx, &order).await).await.expect("a merge").id;
        assert_eq!(row(app, id).await.member_id, known.member);
        // Asked for by the former name, it is the member's; the key is the key.
        assert_eq!(put(app, &message(app, till, "a")).await, id);
        let other = put(app, &message(app, till, "b")).await;
        assert_eq!(row(app, other).await.member_id, known.member);
        app.advance(TimeDelta::hours(9));
        app.run_jobs().await;
        assert_eq!((stands(app, id).await.0, stands(app, other).await.0), (State::Delivered, State::Delivered));
        assert_eq!(known.told(), 2);
        let report =
            app.app.db.tx(async |tx: &Tx| undo(tx, merged, people::somebody(app), None).await).await.expect("undone");
        assert_eq!(report.returned.get("reach_message"), Some(&1));
        assert_eq!((row(app, id).await.member_id, row(app, other).await.member_id), (till, known.member));
    })
    .await;
}

#[actix_web::test]
async fn what_waits_for_somebody_who_is_forgotten_is_never_said() {
    story(async |app| {
        let known = somebody(app, "林小满").await;
        let other = somebody(app, "周一鸣").await;
        put(app, &message(app, known.member, "said")).await;
        app.run_jobs().await;
        app.advance(TimeDelta::hours(13));
        put(app, &message(app, known.member, "waits")).await;
        let stays = put(app, &message(app, other.member, "stays")).await;
        app.run_jobs().await;
        let before = known.told();
        for account in ["brand", "shop"] {
            let gone = json!({ "MsgType": "event", "Event": "user_authorization_cancellation" });
            known.person.event(account, gone).await;
        }
        app.run_jobs().await;
        let left: Vec<_> = app.rows::<Entity>().await.into_iter().map(|row| row.id).collect();
        assert_eq!(left, [stays], "what was said and what waits");
        assert_eq!(app.rows::<delivery::Entity>().await, []);
        app.advance(TimeDelta::hours(9));
        app.run_jobs().await;
        assert_eq!((known.told(), other.told()), (before, 1));
        // Nobody is left to be told.
        let refused = async |tx: &Tx| huilian::reach::send(tx, &message(app, known.member, "later")).await;
        assert_eq!(app.app.db.tx(refused).await.expect_err("nobody").code(), huilian::error::Code::NotFound);
    })
    .await;
}
