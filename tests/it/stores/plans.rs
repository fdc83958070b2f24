//! Whose home it is and who is seen for it goes by an index, on both engines.

use std::collections::BTreeMap;

use entity::{members::profile, types::MemberId};
use huilian::{identity, infra::db::Tx, stores::Scope};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    identity::{
        people::{Shows::Phone, import},
        plans::{listening, scanned},
    },
    support::story_with,
};

#[actix_web::test]
async fn homes_are_found_and_changed_by_an_index() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let (db, heard) = listening(app).await;
            let (one, other) = (app.store("s1").await, app.store("s2").await);
            let member = import(app, &[Phone(1)]).await.member;
            let scope = Scope::Store(one);
            let homes: BTreeMap<MemberId, _> = [(member, one)].into();
            let settled = db.tx(async |tx: &Tx| identity::settle(tx, &homes).await).await.expect("a home");
            assert_eq!(settled, homes);
            assert_eq!(identity::seen(db.read(), scope, member).await.expect("a member"), member);
            assert!(identity::seen_among(db.read(), scope, [member]).await.expect("members").contains(&member));
            // As the list of members asks.
            let list = profile::Entity::find().filter(identity::within(scope, profile::Column::MemberId));
            let list = list.order_by_desc(profile::Column::JoinedAt).order_by_desc(profile::Column::MemberId).limit(31);
            assert_eq!(list.all(db.read()).await.expect("rows").len(), 1);
            db.tx(async |tx: &Tx| identity::rehome(tx, member, other).await).await.expect("a home");
            let left = db.tx(async |tx: &Tx| identity::unsettle(tx, &homes).await).await.expect("an answer");
            assert!(left.is_empty(), "who has moved stays");
            assert!(identity::homeless(db.read(), [member]).await.expect("members").is_empty());
            let (broken, heard) = scanned(app, &heard).await;
            assert!(heard >= 10, "{heard} statements were heard");
            assert_eq!(broken, Vec::<String>::new());
        },
    )
    .await;
}
