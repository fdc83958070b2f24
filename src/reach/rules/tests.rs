use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::reach::wording::Template;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn limits() -> Reach {
    Reach {
        quiet_from: NaiveTime::from_hms_opt(22, 0, 0).unwrap(),
        quiet_to: NaiveTime::from_hms_opt(8, 0, 0).unwrap(),
        quiet_deadlines: true,
        marketing_per_day: 1,
        marketing_per_week: 3,
        marketing_unanswered: 6,
    }
}

/// 10:00 in Shanghai.
const MORNING: &str = "2026-11-21T02:00:00Z";
/// 23:00 in Shanghai.
const NIGHT: &str = "2026-11-21T15:00:00Z";
/// 8:00 of the next day.
const NEXT: &str = "2026-11-22T00:00:00Z";

fn asked(now: &str, purpose: Purpose, hours: i64) -> Asked {
    let now = at(now);
    Asked { now, purpose, expires_at: now + TimeDelta::hours(hours), allowed: true, sent: Sent::default() }
}

#[test]
fn every_rule_has_its_answer() {
    use Purpose::{Marketing, Transactional};
    let sent = |day, week, unanswered| Sent { day, week, unanswered };
    let strict = Reach { quiet_deadlines: false, ..limits() };
    let table: &[(&str, Asked, &Reach, Verdict)] = &[
        ("by day", asked(MORNING, Transactional, 1), &limits(), Verdict::Now),
        ("offers by day", asked(MORNING, Marketing, 1), &limits(), Verdict::Now),
        ("over", asked(MORNING, Transactional, 0), &limits(), Verdict::Never(Why::Expired)),
        ("over for long", asked(NIGHT, Marketing, -9), &limits(), Verdict::Never(Why::Expired)),
        (
            "a no",
            Asked { allowed: false, ..asked(MORNING, Transactional, 1) },
            &limits(),
            Verdict::Never(Why::NoConsent),
        ),
        ("no yes", Asked { allowed: false, ..asked(MORNING, Marketing, 1) }, &limits(), Verdict::Never(Why::NoConsent)),
        (
            "today's is used up",
            Asked { sent: sent(1, 1, 1), ..asked(MORNING, Marketing, 1) },
            &limits(),
            Verdict::Never(Why::Capped),
        ),
        (
            "the week's is used up",
            Asked { sent: sent(0, 3, 3), ..asked(MORNING, Marketing, 1) },
            &limits(),
            Verdict::Never(Why::Capped),
        ),
        (
            "nothing was answered",
            Asked { sent: sent(0, 1, 6), ..asked(MORNING, Marketing, 1) },
            &limits(),
            Verdict::Never(Why::Fatigued),
        ),
        (
            "caps are of offers",
            Asked { sent: sent(9, 9, 9), ..asked(MORNING, Transactional, 1) },
            &limits(),
            Verdict::Now,
        ),
        ("waits", asked(NIGHT, Transactional, 12), &limits(), Verdict::Later(at(NEXT))),
        ("offers wait", asked(NIGHT, Marketing, 12), &limits(), Verdict::Later(at(NEXT))),
        ("ends at night", asked(NIGHT, Transactional, 3), &limits(), Verdict::Now),
        ("ends when the morning comes", asked(NIGHT, Transactional, 9), &limits(), Verdict::Now),
        ("ends at night, and must not", asked(NIGHT, Transactional, 3), &strict, Verdict::Never(Why::Quiet)),
        ("an offer of the night", asked(NIGHT, Marketing, 3), &limits(), Verdict::Never(Why::Quiet)),
    ];
    for (what, asked, limits, verdict) in table {
        assert_eq!(admit(asked, limits), *verdict, "{what}");
    }
}

#[test]
fn quiet_hours_pass_midnight_or_not_and_may_be_none() {
    let until = |now: &str, from: (u32, u32), to: (u32, u32)| {
        let time = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        quiet_until(at(now), &Reach { quiet_from: time(from), quiet_to: time(to), ..limits() })
    };
    assert_eq!(until("2026-11-21T13:59:59.999Z", (22, 0), (8, 0)), None);
    assert_eq!(until("2026-11-21T14:00:00Z", (22, 0), (8, 0)), Some(at(NEXT)));
    assert_eq!(until("2026-11-21T23:59:59Z", (22, 0), (8, 0)), Some(at(NEXT)), "after midnight");
    assert_eq!(until(NEXT, (22, 0), (8, 0)), None);
    assert_eq!(until("2026-11-21T05:00:00Z", (12, 0), (14, 30)), Some(at("2026-11-21T06:30:00Z")), "a noon's rest");
    assert_eq!(until(NIGHT, (12, 0), (14, 30)), None);
    assert_eq!(until(NIGHT, (8, 0), (8, 0)), None);
}

fn contact(account: &str, number: u32) -> Contact {
    Contact {
        account: account.parse().unwrap(),
        kind: if account == "shop" { Kind::Mini } else { Kind::Official },
        open_id: format!("oPerson{number:021}").parse().unwrap(),
        follows: (account != "shop").then_some(true),
        left: 0,
        acted_at: None,
        permits: Vec::new(),
    }
}

fn template(account: &str, id: &str) -> Template {
    let data = BTreeMap::from([("thing1".to_owned(), "x".to_owned())]);
    Template { account: account.parse().unwrap(), id: id.to_owned(), data, page: None, program: None }
}

fn ways() -> Vec<Way> {
    vec![
        Way::Window,
        Way::Subscription { template: template("shop", "S"), long_term: false },
        Way::Subscription { template: template("brand", "B"), long_term: true },
        Way::Template(template("brand", "T")),
    ]
}

fn permit(id: &str, available: u32) -> Permit {
    Permit { template_id: id.to_owned(), available }
}

/// What [`next`] gives, in short.
fn goes(ways: &[Way], contacts: &[Contact], tried: &[Tried]) -> Option<(Channel, String)> {
    match next(ways, contacts, tried, at(MORNING)) {
        Next::Go(_, route) => Some((route.channel, route.account.to_string())),
        Next::Later(_) | Next::None => None,
    }
}

#[test]
fn the_cheapest_open_way_is_taken() {
    let window = Contact { left: 1, ..contact("brand", 1) };
    let permitted = Contact { permits: vec![permit("S", 1), permit("other", 9)], ..contact("shop", 2) };
    let through = |contacts: &[Contact]| goes(&ways(), contacts, &[]);
    let way = |channel, account: &str| Some((channel, account.to_owned()));
    assert_eq!(through(&[]), None);
    assert_eq!(through(&[contact("shop", 2)]), None, "a mini program without window and permit");
    assert_eq!(through(&[contact("brand", 1)]), way(Channel::Template, "brand"));
    assert_eq!(through(&[contact("brand", 1), permitted.clone()]), way(Channel::Subscription, "shop"));
    assert_eq!(through(&[window.clone(), permitted.clone()]), way(Channel::Custom, "brand"));
    let long = Contact { permits: vec![permit("B", 1)], ..contact("brand", 1) };
    assert_eq!(through(&[long]), way(Channel::Subscription, "brand"));
    let foreign = Contact { permits: vec![permit("S", 1)], ..contact("brand", 1) };
    assert_eq!(through(&[foreign]), way(Channel::Template, "brand"), "a permit counts at its own account");
    for follows in [Some(false), None] {
        let gone = Contact { follows, ..contact("brand", 1) };
        assert_eq!(through(&[gone]), None, "{follows:?}: templates are for followers");
    }
    let left = Contact { follows: Some(false), left: 3, permits: vec![permit("B", 3)], ..contact("brand", 1) };
    assert_eq!(through(&[left]), None, "who has left is left alone");
    let never_followed = Contact { follows: None, permits: vec![permit("B", 3)], ..contact("brand", 1) };
    assert_eq!(through(&[never_followed]), way(Channel::Subscription, "brand"));
    let mut other = ways();
    other.reverse();
    assert_eq!(goes(&other, &[window.clone(), permitted], &[]), way(Channel::Template, "brand"), "the message's order");
    let later = Contact { left: 1, acted_at: Some(at(MORNING)), ..contact("shop", 2) };
    assert_eq!(through(&[window, later]), way(Channel::Custom, "shop"), "where they were last");
}

#[test]
fn what_was_refused_is_not_tried_again_and_what_could_not_be_sent_waits() {
    let contacts =
        [Contact { left: 1, ..contact("brand", 1) }, Contact { permits: vec![permit("S", 1)], ..contact("shop", 2) }];
    let mut tried = Vec::new();
    let mut order = Vec::new();
    while let Next::Go(_, route) = next(&ways(), &contacts, &tried, at(MORNING)) {
        order.push(route.channel);
        tried.push(Tried { route, again_at: None });
    }
    assert_eq!(order, [Channel::Custom, Channel::Subscription, Channel::Template]);
    assert_eq!(next(&ways(), &contacts, &tried, at(MORNING)), Next::None);
    let soon = at(MORNING) + TimeDelta::minutes(2);
    tried[1].again_at = Some(soon);
    tried[2].again_at = Some(soon + TimeDelta::hours(1));
    assert_eq!(next(&ways(), &contacts, &tried, at(MORNING)), Next::Later(soon));
    assert_eq!(goes(&ways(), &contacts, &tried), None);
    assert!(matches!(next(&ways(), &contacts, &tried, soon), Next::Go(Way::Subscription { .. }, _)));
    tried.push(Tried { route: tried[1].route.clone(), again_at: None });
    assert!(matches!(next(&ways(), &contacts, &tried, soon), Next::Later(_)), "the last word about a way holds");
}

proptest! {
    /// Whatever is open, tried and asked: a way that is taken is open, and nobody is disturbed at night by offers.
    #[test]
    fn whatever_is_asked_the_answer_keeps_to_the_rules(
        hour in 0_i64..48, hours in -2_i64..40, marketing: bool, allowed: bool, day in 0_u32..3, week in 0_u32..5,
        left in 0_u32..2, available in 0_u32..2, follows in proptest::option::of(any::<bool>()), gone in 0_usize..4,
    ) {
        let purpose = if marketing { Purpose::Marketing } else { Purpose::Transactional };
        let now = at(MORNING) + TimeDelta::hours(hour);
        let sent = Sent { day, week: week.max(day), unanswered: week };
        let asked = Asked { now, purpose, expires_at: now + TimeDelta::hours(hours), allowed, sent };
        let verdict = admit(&asked, &limits());
        prop_assert_eq!(verdict, admit(&asked, &limits()));
        match verdict {
            Verdict::Now => {
                prop_assert!(allowed && asked.expires_at > now);
                prop_assert!(!marketing || (day == 0 && week < 3 && quiet_until(now, &limits()).is_none()));
            }
            Verdict::Later(until) => prop_assert!(now < until && until < asked.expires_at),
            Verdict::Never(why) => prop_assert!(!why.as_str().is_empty()),
        }
        let contacts = [
            Contact { left, follows, ..contact("brand", 1) },
            Contact { permits: vec![permit("S", available)], ..contact("shop", 2) },
        ];
        let mut tried = Vec::new();
        for _ in 0..gone {
            if let Next::Go(_, route) = next(&ways(), &contacts, &tried, now) {
                tried.push(Tried { route, again_at: None });
            }
        }
        if let Next::Go(way, route) = next(&ways(), &contacts, &tried, now) {
            prop_assert!(tried.iter().all(|tried| tried.route != route));
            let open = match way {
                Way::Window => left > 0 && follows != Some(false),
                Way::Subscription { .. } => available > 0,
                Way::Template(_) => follows == Some(true),
            };
            prop_assert!(open);
        }
    }
}
