//! The checker. It computes every balance, budget, attribution, reply and delivery anew, from what the sandbox has on
//! record and from the event log, and names whatever the service says otherwise.

mod attribution;
mod budgets;
mod points;
mod pushes;
mod replies;

use std::{
    collections::{BTreeMap, HashMap},
    fmt::{Debug, Display},
};

use entity::{identity::member, jobs::event, types::MemberId};

use super::{brand::Brand, crowd::Someone};

/// What was looked at, and what differs.
#[derive(Debug, Default)]
pub struct Findings {
    /// How often each invariant was looked at.
    pub looked: BTreeMap<&'static str, usize>,
    /// Each with its invariant in front.
    pub differences: Vec<String>,
}

impl Findings {
    /// Both should be the same.
    fn same<T: PartialEq + Debug>(&mut self, invariant: &'static str, whose: impl Display, should: T, is: T) {
        *self.looked.entry(invariant).or_default() += 1;
        if should != is {
            self.differences.push(format!("{invariant}: {whose} should be {should:?} and is {is:?}"));
        }
    }
}

/// What the service is held against.
pub struct Case<'a> {
    brand: &'a Brand,
    people: &'a [Someone],
    /// Who they are to the service, in the same order.
    members: &'a [MemberId],
    events: Vec<event::Model>,
    /// Who somebody is now who was met as somebody else before.
    now: HashMap<MemberId, MemberId>,
}

/// Looks at everything.
pub async fn check(brand: &Brand, people: &[Someone], members: &[MemberId]) -> Findings {
    let mut events = brand.rows::<event::Entity>().await;
    events.sort_by_key(|event| event.id);
    let rows = brand.rows::<member::Entity>().await;
    let now = rows.iter().map(|row| (row.id, row.merged_into.unwrap_or(row.id))).collect();
    let case = Case { brand, people, members, events, now };
    let mut findings = Findings::default();
    points::look(&case, &mut findings).await;
    budgets::look(&case, &mut findings).await;
    attribution::look(&case, &mut findings).await;
    pushes::look(&case, &mut findings).await;
    replies::look(&case, &mut findings).await;
    findings
}

impl Case<'_> {
    /// The facts of these kinds, in order.
    fn facts(&self, kind: &str) -> impl Iterator<Item = &event::Model> {
        self.events.iter().filter(move |event| event.kind.starts_with(kind))
    }

    /// Who somebody is in the end.
    fn whose(&self, member: MemberId) -> MemberId {
        let mut member = member;
        while let Some(next) = self.now.get(&member).filter(|next| **next != member) {
            member = *next;
        }
        member
    }
}
