//! Red packets over TLS with the merchant's certificate, from the request to the person's pocket.

use chrono::TimeDelta;
use huilian::{infra::random::Random, wechat::client::Sleeper};
use huilian::{
    sandbox::{BizPacket, FaultKind, NewFault},
    wechat::pay::{
        Around, Kind, Merchant, Merchants, Pay, Settings, Why,
        keys::{Keys, Material},
        red_packet::{NewRedPacket, RedPacket, RedPacketState},
    },
};
use serde_json::to_value;

use super::till::{done, pay_story, refused, unknown};
use crate::support::{Follower, TestApp};

const SEND: &str = "/mmpaymkttransfers/sendredpack";

fn bent(packet: &RedPacket, change: impl FnOnce(&mut NewRedPacket)) -> RedPacket {
    let mut new = packet.fields().clone();
    change(&mut new);
    new.try_into().expect("a red packet")
}

/// The merchant with other keys than its own.
fn with_keys(app: &TestApp, change: impl FnOnce(&mut Material)) -> Merchant {
    let mut material = app.sandbox.merchant("main").expect("a merchant").material();
    change(&mut material);
    let settings = Settings { keys: Keys::read(&material).expect("keys"), ..app.main().settings().clone() };
    let merchants: Merchants = [settings].into_iter().collect();
    let around = Around {
        cache: app.app.cache.clone(),
        clock: app.clock.clone(),
        random: Random::system(),
        sleeper: Sleeper::by(&app.clock),
    };
    let pay = Pay::new(&merchants, &app.app.config.wechat, "https://crm.example.com", &around).expect("a client");
    pay.merchant(&"main".parse().expect("a key")).expect("a merchant")
}

async fn state(app: &TestApp, packet: &RedPacket) -> RedPacketState {
    app.tick();
    done(app.main().red_packet(&packet.fields().number, &packet.fields().appid).await).state
}

fn opened(app: &TestApp, person: &Follower<'_>) {
    let wallet = app.sandbox.wallet(&person.id).expect("a wallet");
    let packet = wallet.packets.first().expect("a packet");
    app.sandbox.open_packet(&person.id, packet.id).expect("opening");
}

#[actix_web::test]
async fn a_red_packet_is_sent_once_and_opened() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let packet = app.packet_to(&person, "P1", 100);
        let before = app.sandbox.balance("main").expect("a balance");
        let first = done(app.main().send_red_packet(&packet).await);
        app.tick();
        let again = done(app.main().send_red_packet(&packet).await);
        assert_eq!(first, again, "the same number is the same packet");
        assert_eq!(app.sandbox.balance("main").expect("a balance"), before - 100);
        assert_eq!(state(app, &packet).await, RedPacketState::Sent);
        opened(app, &person);
        app.tick();
        let detail = done(app.main().red_packet(&packet.fields().number, &packet.fields().appid).await);
        assert_eq!(detail.state, RedPacketState::Received);
        assert_eq!(detail.detail_id, first.send_listid);
        assert_eq!(detail.received.first().and_then(|taken| taken.open_id.clone()), Some(person.open_id("brand")));
        app.tick();
        let other = bent(&packet, |new| new.amount = 200.into());
        assert_eq!(refused(app.main().send_red_packet(&other).await), Kind::Mismatch);
    })
    .await;
}

#[actix_web::test]
async fn a_packet_that_nobody_opens_comes_back_whole() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let packet = app.packet_to(&person, "P1", 100);
        let before = app.sandbox.balance("main").expect("a balance");
        done(app.main().send_red_packet(&packet).await);
        app.advance(TimeDelta::hours(24) + TimeDelta::minutes(1));
        assert_eq!(state(app, &packet).await, RedPacketState::Refunding);
        app.advance(TimeDelta::hours(1));
        let detail = done(app.main().red_packet(&packet.fields().number, &packet.fields().appid).await);
        assert_eq!((detail.state, detail.refund_amount), (RedPacketState::Refunded, Some(100.into())));
        assert_eq!(app.sandbox.balance("main").expect("a balance"), before);
    })
    .await;
}

#[actix_web::test]
async fn a_mini_program_packet_is_opened_with_what_we_hand_out() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let shop = app.account("shop").appid.clone();
        let packet = bent(&app.packet_to(&person, "P1", 100), |new| {
            new.appid = shop.clone();
            new.open_id = person.open_id("shop");
        });
        let sent = done(app.main().send_mini_red_packet(&packet).await);
        let parameters = app.main().mini_red_packet_parameters(&shop, &sent.package).expect("parameters");
        let call: BizPacket = serde_json::from_value(to_value(&parameters).expect("JSON")).expect("a call");
        let shown = app.sandbox.show_packet(&person.id, &call).expect("a packet with the right signature");
        app.sandbox.open_packet(&person.id, shown.id).expect("opening");
        assert_eq!(state(app, &packet).await, RedPacketState::Received);
    })
    .await;
}

#[actix_web::test]
async fn the_door_opens_to_the_merchants_own_certificate_only() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        let packet = app.packet_to(&person, "P1", 100);
        let other = app.sandbox.merchant("other").expect("another merchant");
        let stranger = with_keys(app, |keys| {
            keys.certificate = other.certificate_pem.clone();
            keys.private_key = other.private_key_pem.clone();
        });
        assert_eq!(refused(stranger.send_red_packet(&packet).await), Kind::Config, "CA_ERROR");
        app.tick();
        let wrong = with_keys(app, |keys| keys.v2_key = Some("x".repeat(32)));
        assert_eq!(refused(wrong.send_red_packet(&packet).await), Kind::Config, "SIGN_ERROR");
        app.tick();
        // A root that nobody trusts: nothing is even sent.
        let mut settings = app.main().settings().clone();
        settings.addresses.trust = None;
        let merchants: Merchants = [settings].into_iter().collect();
        let around = Around {
            cache: app.app.cache.clone(),
            clock: app.clock.clone(),
            random: Random::system(),
            sleeper: Sleeper::by(&app.clock),
        };
        let pay = Pay::new(&merchants, &app.app.config.wechat, "https://crm.example.com", &around).expect("a client");
        let blind = pay.merchant(&"main".parse().expect("a key")).expect("a merchant");
        assert_eq!(unknown(blind.send_red_packet(&packet).await), Why::Unreachable);
        assert_eq!(
            unknown(app.main().red_packet(&packet.fields().number, &packet.fields().appid).await),
            Why::NotFound
        );
        app.tick();
        done(app.main().send_red_packet(&packet).await);
    })
    .await;
}

#[actix_web::test]
async fn risk_and_limits_are_told_apart() {
    pay_story(async |app| {
        let person = app.follower("林小满").await;
        app.sandbox.set_pay_risk(&person.id, Some("TRANSFER_RISK")).expect("a risk");
        assert_eq!(refused(app.main().send_red_packet(&app.packet_to(&person, "P0", 100)).await), Kind::Risk);
        app.sandbox.set_pay_risk(&person.id, None).expect("no risk");
        for number in 1..=10 {
            app.tick();
            done(app.main().send_red_packet(&app.packet_to(&person, &format!("P{number}"), 100)).await);
        }
        app.tick();
        assert_eq!(refused(app.main().send_red_packet(&app.packet_to(&person, "P11", 100)).await), Kind::UserDayCap);
        let stranger = app.person("陌生人");
        let foreign = bent(&app.packet_to(&person, "P12", 100), |new| new.open_id = stranger.open_id("shop"));
        assert_eq!(refused(app.main().send_red_packet(&foreign).await), Kind::Person);
    })
    .await;
}

#[actix_web::test]
async fn an_answer_that_was_lost_is_unknown_and_the_query_knows() {
    pay_story(async |app| {
        let error = |code: &str, after| FaultKind::PayError { code: code.to_owned(), text: None, status: None, after };
        let faults = [
            (FaultKind::ResetBefore, Why::Lost, false),
            (FaultKind::ResetAfter, Why::Lost, true),
            (FaultKind::Http { status: 502 }, Why::Status, false),
            (FaultKind::Http { status: 400 }, Why::Status, false),
            (FaultKind::HttpAfter { status: 500 }, Why::Status, true),
            (error("SYSTEMERROR", false), Why::System, false),
            (error("SYSTEMERROR", true), Why::System, true),
            (error("268458547", true), Why::Code, true),
            (error("NOBODY_KNOWS_THIS", true), Why::Code, true),
            (FaultKind::Truncated, Why::Form, true),
            (FaultKind::Processing { seconds: 1200, reason: None }, Why::Processing, true),
        ];
        for (at, (fault, why, landed)) in faults.into_iter().enumerate() {
            // Each to somebody else: ten packets a day are the limit.
            let person = app.follower(&format!("会员{at}")).await;
            let packet = app.packet_to(&person, &format!("P{at}"), 100);
            app.sandbox.add_fault(NewFault::once(SEND, fault.clone())).expect("a fault");
            assert_eq!(unknown(app.main().send_red_packet(&packet).await), why, "{fault:?}");
            app.tick();
            let asked = app.main().red_packet(&packet.fields().number, &packet.fields().appid).await;
            if landed {
                assert!(matches!(done(asked).state, RedPacketState::Sent | RedPacketState::Sending), "{fault:?}");
            } else {
                assert_eq!(unknown(asked), Why::NotFound, "{fault:?}");
            }
            app.advance(TimeDelta::minutes(21));
            done(app.main().send_red_packet(&packet).await);
            assert_eq!(state(app, &packet).await, RedPacketState::Sent, "{fault:?}");
        }
        app.run_jobs().await;
    })
    .await;
}
