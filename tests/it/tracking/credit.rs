//! Who is credited: the first touch and the last, before what happened; whatever the order in which it is heard of.

use chrono::TimeDelta;
use entity::{
    identity::identity::Source,
    tracking::{channel_person, touch},
    types::MemberId,
};
use huilian::{
    identity::{Claims, resolve},
    infra::{clock::Time, db::Tx, random::Random},
    tracking::{
        channel::{Came, came},
        origin::Origin,
        touches::Carrier,
    },
};

use super::{Channel, buys, channel, day};
use crate::{
    identity::people::{Shows, claim},
    referral::members::{join, part},
    support::{TestApp, story},
};

async fn met(app: &TestApp, number: u32) -> MemberId {
    let claims = vec![claim(app, Shows::OpenId("shop", number))];
    let claims = Claims { source: Source::MiniLogin, at: app.clock.now(), claims };
    app.app.db.tx(async |tx: &Tx| resolve(tx, &claims).await).await.expect("a member").member
}

/// Somebody opens the mini program by a channel, now.
async fn opens(app: &TestApp, number: u32, by: &Channel<'_>) {
    let open_id = format!("oPerson{number:021}").parse().expect("an OpenID");
    let way = Came { carrier: Carrier::MiniCode, origin: Origin::default(), began_at: app.clock.now() };
    let account = "shop".parse().expect("an account");
    let told = app.app.db.tx(async |tx: &Tx| came(tx, &account, &open_id, &by.scene, &way).await).await;
    assert!(told.expect("a touch"));
}

fn bought(total: [i64; 7]) -> [i64; 2] {
    [total[5], total[6]]
}

fn registered(total: [i64; 7]) -> [i64; 2] {
    [total[3], total[4]]
}

#[actix_web::test]
async fn the_first_and_the_last_channel_before_are_credited_and_none_after() {
    story(async |app| {
        let (store, advert, late) = (
            channel(app, "店", "store").await,
            channel(app, "广告", "advertising").await,
            channel(app, "晚", "staff").await,
        );
        opens(app, 1, &store).await;
        app.advance(TimeDelta::hours(1));
        opens(app, 1, &advert).await;
        app.advance(TimeDelta::hours(1));
        let member = met(app, 1).await;
        app.run_jobs().await;
        assert_eq!((registered(store.total().await), registered(advert.total().await)), ([1, 0], [0, 1]));
        app.advance(TimeDelta::days(1));
        opens(app, 1, &store).await;
        app.advance(TimeDelta::days(1));
        let at = app.clock.now();
        app.advance(TimeDelta::days(1));
        opens(app, 1, &late).await;
        buys(app, member, "A-1", at).await;
        app.run_jobs().await;
        assert_eq!((bought(store.total().await), bought(advert.total().await)), ([1, 1], [0, 0]));
        assert_eq!((bought(late.total().await), registered(late.total().await)), ([0, 0], [0, 0]), "it came after");
        assert_eq!((registered(store.total().await), registered(advert.total().await)), ([1, 0], [0, 1]));
        // An earlier purchase is heard of later.
        buys(app, member, "A-0", at - TimeDelta::days(2) + TimeDelta::minutes(1)).await;
        app.run_jobs().await;
        assert_eq!((bought(store.total().await), bought(advert.total().await)), ([1, 0], [0, 1]));
        let row = app.rows::<channel_person::Entity>().await.remove(0);
        assert_eq!((row.registered_day, row.bought_day), (Some(day("2026-11-21")), Some(day("2026-11-21"))));
    })
    .await;
}

#[actix_web::test]
async fn who_bought_before_any_channel_converts_by_none() {
    story(async |app| {
        let store = channel(app, "店", "store").await;
        let member = met(app, 1).await;
        buys(app, member, "A-1", app.clock.now()).await;
        app.advance(TimeDelta::days(1));
        opens(app, 1, &store).await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(1));
        buys(app, member, "A-2", app.clock.now()).await;
        app.run_jobs().await;
        assert_eq!(store.total().await, [1, 0, 0, 0, 0, 0, 0]);
    })
    .await;
}

#[actix_web::test]
async fn members_who_become_one_are_counted_once_and_two_again_when_parted() {
    story(async |app| {
        let (store, advert) = (channel(app, "店", "store").await, channel(app, "广告", "advertising").await);
        let mut members = Vec::new();
        for (number, by) in [(1, &store), (2, &advert)] {
            opens(app, number, by).await;
            app.advance(TimeDelta::minutes(1));
            members.push(met(app, number).await);
            app.advance(TimeDelta::hours(1));
            buys(app, members[members.len() - 1], &number.to_string(), app.clock.now()).await;
            app.run_jobs().await;
            app.advance(TimeDelta::minutes(1));
        }
        let totals = async || (store.total().await, advert.total().await);
        let apart = ([1, 0, 0, 1, 1, 1, 1], [1, 0, 0, 1, 1, 1, 1]);
        assert_eq!(totals().await, apart);
        let merged = join(app, members[1], members[0]).await;
        app.run_jobs().await;
        assert_eq!(totals().await, ([1, 0, 0, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0, 0]), "they came by the store first");
        part(app, merged).await;
        app.run_jobs().await;
        assert_eq!(totals().await, apart);
    })
    .await;
}

#[actix_web::test]
async fn what_is_counted_stays_countable_when_somebody_is_forgotten() {
    story(async |app| {
        let store = channel(app, "店", "store").await;
        let person = app.person("林小满");
        person.follow_by("brand", &store.scene).await;
        app.run_jobs().await;
        let consumer = person.log_in("shop").await;
        let member: MemberId = consumer.member().await.parse().expect("an id");
        app.advance(TimeDelta::days(1));
        buys(app, member, "A-1", app.clock.now()).await;
        app.run_jobs().await;
        app.advance(TimeDelta::days(8));
        let before = store.total().await;
        assert_eq!(before, [1, 1, 1, 1, 1, 1, 1]);
        crate::referral::members::forget(app, member).await;
        app.run_jobs().await;
        assert_eq!(store.total().await, before);
        assert!(app.rows::<touch::Entity>().await.iter().all(|touch| touch.open_id.as_str() == "erased"));
        let row = app.rows::<channel_person::Entity>().await.remove(0);
        assert_eq!(row.first_bought_at, None, "when exactly is gone with them");
    })
    .await;
}

/// What happens to people, in the order in which it happens.
#[derive(Clone, Copy, Debug)]
enum Fact {
    Opens(u32, usize),
    Buys(u32, u32),
}

#[actix_web::test]
async fn in_whatever_order_purchases_are_heard_of_the_same_is_counted() {
    let seed = Random::system().below(usize::MAX);
    let random = Random::seeded(u64::try_from(seed).expect("a seed"));
    let mut facts: Vec<(i64, Fact)> = Vec::new();
    for hour in 0..40_i64 {
        let person = u32::try_from(random.below(4)).expect("a number") + 1;
        let number = u32::try_from(hour).expect("a number");
        let fact = if random.below(3) == 0 { Fact::Buys(person, number) } else { Fact::Opens(person, random.below(2)) };
        facts.push((hour, fact));
    }
    let mut seen = Vec::new();
    for shuffled in [false, true] {
        let (facts, random) = (facts.clone(), &random);
        let seen = &mut seen;
        story(async |app| {
            let channels = [channel(app, "店", "store").await, channel(app, "广告", "advertising").await];
            let start = app.clock.now();
            let mut members = Vec::new();
            for number in 1..=4 {
                members.push(met(app, number).await);
            }
            let mut purchases: Vec<(u32, u32, Time)> = Vec::new();
            for (hour, fact) in facts {
                app.advance(start + TimeDelta::hours(hour) - app.clock.now());
                match fact {
                    Fact::Opens(person, by) => opens(app, person, &channels[by]).await,
                    Fact::Buys(person, number) => purchases.push((person, number, app.clock.now())),
                }
                app.run_jobs().await;
            }
            if shuffled {
                for at in (1..purchases.len()).rev() {
                    purchases.swap(at, random.below(at + 1));
                }
            }
            for (person, number, at) in purchases {
                let member = members[usize::try_from(person).expect("a place") - 1];
                // Told twice it is one.
                for _ in 0..2 {
                    buys(app, member, &number.to_string(), at).await;
                }
                app.run_jobs().await;
            }
            seen.push([channels[0].total().await, channels[1].total().await]);
        })
        .await;
    }
    assert_eq!(seen[0], seen[1], "seed {seed}: {facts:?}");
    assert!(seen[0][0][0] + seen[0][1][0] > 0, "seed {seed}");
}
