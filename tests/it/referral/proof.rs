//! The nightly proof names what is not as its log says, and what follows mends it.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    referral::{
        invitation::{Column, Entity, State},
        reward, standing,
    },
};
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use super::{came, code_of, pass, person, registered, rows, running};
use crate::{referral::life::told, support::story};

#[actix_web::test]
async fn differences_are_named_and_mended_by_the_ordinary_way() {
    story(async |app| {
        let program = running(app, json!({ "mature_days": 1 })).await;
        let one = person(app, 1).await;
        let code = code_of(app, program, one).await;
        app.advance(TimeDelta::minutes(1));
        for number in 2..6 {
            let now = app.clock.now();
            came(app, number, &code, now, Default::default()).await;
            registered(app, number, now).await;
            told(app, number, now, Some("")).await;
        }
        pass(app, TimeDelta::days(1)).await;
        let staff = app.staff(Role::Manager).await;
        let path = format!("/api/admin/v1/referral-programs/{program}/proof");
        let prove = async || {
            let answer = staff.post(&path, &json!({})).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            app.run_jobs().await;
            answer.body
        };
        let fine = prove().await;
        assert_eq!((&fine["referrals"], &fine["differences"]), (&json!(4), &json!(0)), "{fine}");

        let db = app.app.db.read();
        let all = rows(app).await;
        let meddle = |at: usize, column: Column, value: sea_orm::Value| {
            Entity::update_many().col_expr(column, Expr::value(value)).filter(Column::Id.eq(all[at].id)).exec(db)
        };
        meddle(0, Column::State, "refused".into()).await.expect("a change");
        meddle(1, Column::ValueFen, 77_i64.into()).await.expect("a change");
        let theirs = reward::Entity::update_many().col_expr(reward::Column::EndedAt, Expr::value(app.clock.now()));
        theirs.filter(reward::Column::ReferralId.eq(all[2].id)).exec(db).await.expect("a change");
        let more = standing::Entity::update_many().col_expr(standing::Column::Matured, Expr::value(9_i64));
        more.filter(standing::Column::Period.eq("all")).exec(db).await.expect("a change");
        let found = prove().await;
        let named: Vec<Value> = found["found"].as_array().expect("differences").clone();
        let fields = |at: usize| {
            let id = all[at].id.to_string();
            named.iter().find(|one| one["referral"] == json!(id)).map(|one| one["fields"].clone())
        };
        assert_eq!(fields(0), Some(json!(["state"])), "{found}");
        assert_eq!(fields(1), Some(json!(["value_fen"])));
        assert_eq!(fields(2), Some(json!(["rewards"])));
        assert_eq!(fields(3), None);
        assert!(named.iter().any(|one| one["period"] == "all" && one["fields"] == json!(["standing"])), "{found}");
        app.run_jobs().await;
        let mended = prove().await;
        assert_eq!(mended["differences"], json!(0), "{mended}");
        assert!(rows(app).await.iter().all(|row| row.state == State::Rewarded));
        assert_eq!(staff.get(&path).await.body["id"], mended["id"]);
    })
    .await;
}

#[actix_web::test]
async fn the_night_looks_at_every_program() {
    story(async |app| {
        running(app, json!({})).await;
        running(app, json!({})).await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(1));
        app.run_jobs().await;
        let proofs = app.rows::<entity::referral::proof::Entity>().await;
        assert!(
            proofs.len() == 2 && proofs.iter().all(|row| row.done_at.is_some() && row.differences == 0),
            "{proofs:?}"
        );
    })
    .await;
}
