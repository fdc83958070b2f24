use entity::{identity::conflict::Kind as Conflict, types::Id};
use uuid::Uuid;

use super::*;
use crate::infra::clock::Time;

fn id<T: Id>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

fn at(second: i64) -> Time {
    Time::from_timestamp(second, 0).unwrap()
}

fn row(number: u128, kind: Kind, realm: &str, key: &str, strength: Strength) -> Model {
    let source = match strength {
        Strength::Asserted => Source::Person,
        Strength::Imported => Source::Import,
        Strength::Staff => Source::Staff,
        Strength::Wechat => Source::Follower,
    };
    Model {
        id: id(number),
        kind,
        realm: realm.to_owned(),
        key: key.to_owned(),
        sealed: None,
        member_id: id(1),
        source,
        strength,
        since: at(0),
        verified_at: None,
        current: false,
    }
}

fn open_id(account: &str, key: &str) -> Model {
    row(2, Kind::OpenId, account, key, Strength::Wechat)
}

fn union_id(key: &str) -> Model {
    row(3, Kind::UnionId, "", key, Strength::Wechat)
}

fn phone(key: &str, strength: Strength) -> Model {
    row(4, Kind::Phone, "", key, strength)
}

fn verdict(claimant: &[Model], holder: &[Model], by: &Model, strength: Strength) -> Verdict {
    judge(&Joining {
        claimant: &Evidence::of(claimant),
        claimed: &Evidence::default(),
        holder: &Evidence::of(holder),
        row: by,
        strength,
    })
}

#[test]
fn people_differ_by_union_ids_and_by_open_ids_of_one_account() {
    let of = |rows: &[Model]| Evidence::of(rows);
    assert!(of(&[union_id("u1")]).differs_from(&of(&[union_id("u2")])));
    assert!(!of(&[union_id("u1"), union_id("u2")]).differs_from(&of(&[union_id("u2")])), "one in common");
    assert!(of(&[open_id("a", "o1")]).differs_from(&of(&[open_id("a", "o2")])));
    assert!(!of(&[open_id("a", "o1")]).differs_from(&of(&[open_id("b", "o2")])), "accounts name people apart");
    assert!(!of(&[open_id("a", "o1")]).differs_from(&of(&[phone("p", Strength::Wechat)])));
    let typed = row(9, Kind::UnionId, "", "u2", Strength::Asserted);
    assert!(!of(&[union_id("u1")]).differs_from(&of(&[typed])), "what nothing proves contradicts nothing");
}

#[test]
fn what_two_members_have_joins_them_unless_something_speaks_against_it() {
    use Strength::{Imported, Wechat};
    let held = phone("p", Wechat);
    let in_use = Model { current: true, ..held.clone() };
    let (one, other) = ([open_id("a", "o1")], [open_id("a", "o2"), held.clone()]);
    let stranger = [open_id("b", "o3"), held.clone()];
    assert_eq!(verdict(&one, &stranger, &in_use, Wechat), Verdict::Join);
    assert_eq!(verdict(&one, &other, &in_use, Wechat), Verdict::Against(Conflict::RecycledNumber));
    assert_eq!(verdict(&one, &other, &held, Wechat), Verdict::Recycled, "not the number they use");
    assert_eq!(verdict(&one, &other, &held, Imported), Verdict::Against(Conflict::RecycledNumber));
    let with_phone = [open_id("b", "o1"), phone("q", Wechat)];
    assert_eq!(verdict(&with_phone, &stranger[1..], &in_use, Wechat), Verdict::Against(Conflict::TwoPhones));
    let imported = [phone("p", Imported)];
    assert_eq!(verdict(&with_phone, &imported, &imported[0], Wechat), Verdict::Join, "records may be old");

    let card = row(5, Kind::Card, "pos", "1", Imported);
    assert_eq!(verdict(&one, &other, &card, Imported), Verdict::Against(Conflict::DifferentPeople));
    let union = union_id("u2");
    let known = [open_id("a", "o1"), union_id("u1")];
    assert_eq!(verdict(&known, std::slice::from_ref(&union), &union, Wechat), Verdict::Against(Conflict::OtherUnionId));
    assert_eq!(
        verdict(&one, &[union.clone(), open_id("a", "o2")], &union, Wechat),
        Verdict::Against(Conflict::DifferentPeople)
    );
}

#[test]
fn a_free_value_fits_unless_the_member_has_another_of_its_kind() {
    let held = Evidence::of(&[open_id("a", "o1"), union_id("u1"), phone("p", Strength::Wechat)]);
    assert_eq!(misfit(&held, &union_id("u2")), Some(Conflict::OtherUnionId));
    assert_eq!(misfit(&held, &open_id("a", "o2")), Some(Conflict::DifferentPeople));
    assert_eq!(misfit(&held, &open_id("b", "o2")), None);
    assert_eq!(misfit(&held, &phone("q", Strength::Wechat)), None, "people have second numbers");
}

#[test]
fn the_imported_member_survives_else_the_older_one() {
    let imported = Evidence::of(&[row(1, Kind::Card, "pos", "1", Strength::Imported)]);
    let plain = Evidence::default();
    let (old, young) = (Side::new(id(1), at(1), &plain), Side::new(id(2), at(2), &plain));
    assert_eq!(survivor(old, young), (id(1), id(2), "older"));
    assert_eq!(survivor(young, old), (id(1), id(2), "older"));
    let card = Side::new(id(3), at(3), &imported);
    assert_eq!(survivor(old, card), (id(3), id(1), "imported"));
    let older_card = Side::new(id(4), at(1), &imported);
    assert_eq!(survivor(card, older_card), (id(4), id(3), "older"));
}

#[test]
fn the_phone_to_call_is_the_best_proved_then_the_latest() {
    let proved = |number, second, strength| {
        let key = format!("{number}");
        Model { id: id(number), verified_at: Some(at(second)), ..phone(&key, strength) }
    };
    let imported = Model { id: id(9), since: at(99), ..phone("i", Strength::Imported) };
    let (first, second) = (proved(1, 10, Strength::Wechat), proved(2, 20, Strength::Staff));
    assert_eq!(phone_to_call([&first, &second, &imported]), Some(id(2)), "whoever checked it last");
    assert_eq!(phone_to_call([&second, &first]), Some(id(2)), "in any order");
    assert_eq!(phone_to_call([&imported]), Some(id(9)));
    assert_eq!(phone_to_call([]), None);
}
