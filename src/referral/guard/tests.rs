//! Each rule with something that it finds, and something that it does not.

use entity::types::MemberId;
use uuid::Uuid;

use super::{Features, Mode, Quiet, REGISTRY, rule};

fn member(number: u128) -> MemberId {
    Uuid::from_u128(number).into()
}

fn honest() -> Features {
    Features {
        invitee: member(1),
        inviter: member(2),
        device: Some("device".to_owned()),
        same_device: 1,
        is_inviters_device: false,
        network: Some("network".to_owned()),
        network_burst: 10,
        network_quiet: Quiet { empty: 7, of: 10 },
        prefix: Some("prefix".to_owned()),
        phone_burst: 3,
        velocity: 30,
        quiet: Quiet { empty: 8, of: 10 },
        usual: Quiet { empty: 4, of: 10 },
        left_early: 3,
        brought: 7,
        ring: None,
        risk: None,
        banned_in: None,
    }
}

fn finds(name: &str, features: &Features) -> bool {
    let rule = rule(name).unwrap();
    (rule.judge)(features, rule.default).is_some()
}

#[test]
fn somebody_just_within_what_may_be_is_found_by_no_rule() {
    for rule in REGISTRY {
        assert!(!finds(rule.name, &honest()), "{}", rule.name);
    }
}

#[test]
fn each_rule_finds_what_is_just_beyond() {
    let cases: Vec<(&str, Features)> = vec![
        ("same_device", Features { same_device: 2, ..honest() }),
        ("same_device", Features { same_device: 1, is_inviters_device: true, ..honest() }),
        ("network_burst", Features { network_burst: 11, ..honest() }),
        ("phone_burst", Features { phone_burst: 4, ..honest() }),
        ("velocity", Features { velocity: 31, ..honest() }),
        ("star", Features { quiet: Quiet { empty: 9, of: 10 }, ..honest() }),
        ("ring", Features { ring: Some(member(1)), ..honest() }),
        ("immediate_unfollow", Features { left_early: 4, brought: 9, ..honest() }),
        ("risk_rank", Features { risk: Some(member(1)), ..honest() }),
        ("banned_inviter", Features { banned_in: Some(Uuid::from_u128(9).into()), ..honest() }),
    ];
    for (name, features) in &cases {
        for rule in REGISTRY {
            assert_eq!(finds(rule.name, features), rule.name == *name, "{} of {name}", rule.name);
        }
    }
    assert!(REGISTRY.iter().all(|rule| cases.iter().any(|(name, _)| *name == rule.name)), "every rule is shown");
}

#[test]
fn what_is_not_known_is_not_held_against_anybody() {
    let unknown = Features {
        device: None,
        network: None,
        prefix: None,
        same_device: 99,
        network_burst: 99,
        phone_burst: 99,
        ..honest()
    };
    for name in ["same_device", "network_burst", "phone_burst"] {
        assert!(!finds(name, &unknown), "{name}");
    }
    assert!(!finds("star", &Features { quiet: Quiet { empty: 9, of: 9 }, ..honest() }), "too few to say anything");
}

#[test]
fn crowds_of_people_who_do_something_are_no_farms() {
    let lively = Quiet { empty: 6, of: 10 };
    let crowd = Features { network_burst: 300, phone_burst: 300, velocity: 300, ..honest() };
    for name in ["network_burst", "phone_burst", "velocity"] {
        assert!(finds(name, &crowd), "{name}");
        assert!(!finds(name, &Features { network_quiet: lively, quiet: lively, ..crowd.clone() }), "{name}");
    }
    let unseen = Features { usual: Quiet { empty: 9, of: 10 }, quiet: Quiet { empty: 10, of: 10 }, ..crowd };
    for name in ["network_burst", "phone_burst", "velocity", "star"] {
        assert!(!finds(name, &unseen), "{name}: where nobody is seen to do anything that says nothing");
    }
    let large = Features { left_early: 40, brought: 300, ..honest() };
    assert!(!finds("immediate_unfollow", &large), "of many some leave");
}

#[test]
fn findings_of_a_kind_share_a_fingerprint() {
    let print = |name: &str, features: &Features| {
        let rule = rule(name).unwrap();
        (rule.judge)(features, rule.default).unwrap().fingerprint
    };
    let one = Features { same_device: 5, velocity: 99, ring: Some(member(1)), ..honest() };
    let other = Features { invitee: member(3), ..one.clone() };
    assert_eq!(print("same_device", &one), print("same_device", &other));
    assert_eq!(print("velocity", &one), print("velocity", &other));
    assert_ne!(print("ring", &one), print("ring", &other));
    let back = Features { inviter: member(1), invitee: member(2), ..one.clone() };
    assert_eq!(print("ring", &one), print("ring", &back), "whichever of the two invited");
}

#[test]
fn names_are_unique_and_what_is_grave_holds() {
    let names: std::collections::BTreeSet<_> = REGISTRY.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), REGISTRY.len());
    assert!(REGISTRY.iter().all(|rule| !rule.zh.is_empty() && !rule.en.is_empty() && rule.default.mode != Mode::Off));
}
