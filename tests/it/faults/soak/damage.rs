//! The checker can fail: one row of each kind is damaged, and it is named.

use entity::{
    chat::message,
    jobs::event,
    points::{account, entry, lot},
    reach::delivery,
    referral::{invitation, reward},
    rewards::{budget_account, budget_entry, grant, payout},
    types::{MemberId, Points},
    wechat::push,
};
use huilian::infra::random::Random;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{
    brand::Brand,
    check::check,
    crowd::{Phone, Size, Someone, live},
    ending,
    weather::Weather,
};

/// Damages the first row that `wanted` takes, looks that the checker names it by one of `invariants`, and mends it.
async fn damaged<E>(
    case: (&Brand, &[Someone], &[MemberId]),
    wanted: impl Fn(&E::Model) -> bool,
    damage: impl Fn(&mut E::Model),
    invariants: &[&str],
) where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let (brand, people, members) = case;
    let db = brand.office.db.read();
    let row = brand.rows::<E>().await.into_iter().find(|row| wanted(row)).expect("a row to be damaged");
    let mut bent = row.clone();
    damage(&mut bent);
    E::update(bent.into_active_model().reset_all()).exec(db).await.expect("a damage");
    let found = check(brand, people, members).await.differences;
    for invariant in invariants {
        let named = found.iter().any(|difference| difference.starts_with(invariant));
        assert!(named, "{invariant} does not see it: {found:#?}");
    }
    E::update(row.into_active_model().reset_all()).exec(db).await.expect("mended");
}

#[actix_web::test]
async fn the_checker_names_whatever_is_damaged() {
    let (brand, weather) = (Brand::open().await, Weather::fair());
    let server = ending::serve(&brand);
    let phone = Phone::new(&brand, &weather);
    let size = Size { inviters: 1, guests: 2, words: 8 };
    let people = live(&phone, size, &Random::seeded(1)).await;
    let left = ending::finish(&brand, &phone, &people).await;
    let members = ending::members(&phone, &people).await;
    let sound = check(&brand, &people, &members).await;
    assert_eq!((left, sound.differences), (vec![], vec![]), "nothing is damaged yet");

    let case = (&brand, &people[..], &members[..]);
    let by_points = ["points by the event log", "points by entries", "points by lots", "points by invitations"];
    damaged::<account::Entity>(case, |_| true, |row| row.balance = 7_u32.into(), &by_points).await;
    damaged::<entry::Entity>(case, |_| true, |row| row.delta = Points::from(7).more(), &["points by entries"]).await;
    damaged::<lot::Entity>(case, |_| true, |row| row.remaining = 7_u32.into(), &["points by lots"]).await;
    let given = |row: &event::Model| row.kind == "points.given";
    damaged::<event::Entity>(case, given, |row| row.payload["delta"] = json!(7), &["points by the event log"]).await;

    let by_books = ["budgets by entries", "budgets by grants and payouts"];
    damaged::<budget_account::Entity>(case, |_| true, |row| row.received += 1, &by_books).await;
    damaged::<budget_entry::Entity>(case, |_| true, |row| row.amount += 1, &["what was put into budgets"]).await;
    let paid = |row: &payout::Model| row.state == payout::State::Paid;
    let by_money = ["payouts by WeChat Pay's ledger", "payouts by the pockets of people"];
    damaged::<payout::Entity>(case, paid, |row| row.state = payout::State::Rejected, &by_money).await;
    damaged::<payout::Entity>(case, paid, |row| row.amount = 1_u32.into(), &by_money).await;
    let told = |row: &event::Model| row.kind == "payout.paid";
    damaged::<event::Entity>(case, told, |row| row.kind = "nothing".to_owned(), &["payouts by the event log"]).await;
    let refused = |row: &mut grant::Model| row.state = grant::State::Refused;
    damaged::<grant::Entity>(case, |_| true, refused, &["grants by the event log"]).await;

    let to_nobody = |row: &mut invitation::Model| row.inviter = None;
    damaged::<invitation::Entity>(case, |_| true, to_nobody, &["invitations are credited to who invited"]).await;
    let seen = |row: &mut invitation::Model| row.state = invitation::State::Seen;
    damaged::<invitation::Entity>(case, |_| true, seen, &["invitations by the event log"]).await;
    let second = |row: &mut reward::Model| row.role = reward::Role::Second;
    let friend = |row: &reward::Model| row.role == reward::Role::Invitee;
    damaged::<reward::Entity>(case, friend, second, &["rewards of invitations"]).await;

    let text = |row: &push::Model| row.kind == "text";
    let lost = |row: &mut push::Model| row.body = "something else".to_owned();
    damaged::<push::Entity>(case, text, lost, &["pushes are kept once", "no push is kept that was never said"]).await;
    let question = |row: &message::Model| row.text.starts_with('问');
    let answer = |row: &message::Model| row.text.starts_with('答');
    let wiped = |row: &mut message::Model| row.text = String::new();
    damaged::<message::Entity>(case, question, wiped, &["words stand in their thread once"]).await;
    damaged::<message::Entity>(case, answer, wiped, &["answers stand in their thread once"]).await;
    let unsent = |row: &mut delivery::Model| row.state = delivery::State::Refused;
    let custom = |row: &delivery::Model| row.channel == delivery::Channel::Custom && row.state == delivery::State::Sent;
    damaged::<delivery::Entity>(case, custom, unsent, &["deliveries arrived"]).await;

    assert_eq!(check(&brand, &people, &members).await.differences, Vec::<String>::new(), "all of it is mended");
    server.stop().await;
}
