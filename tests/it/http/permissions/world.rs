//! A member of one store of whom there is one of everything, and staff of two stores and of headquarters.

use chrono::TimeDelta;
use entity::{
    admin::staff::Role,
    chat::conversation,
    identity::follower,
    members::picture,
    referral::invitation,
    rewards::grant,
    share::visit,
    types::{MemberId, StoreId},
};
use huilian::admin::Post;
use sea_orm::{EntityTrait, sea_query::Expr};

use super::about::About;
use crate::{
    members::{ID_CARD, declare_id_card, well_known},
    support::{StaffActor, TestApp},
};

/// What there is of the member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Member,
    Conversation,
    Follower,
    Grant,
    Referral,
    Visit,
    Picture,
}

/// Somebody who calls.
pub struct Actor<'a> {
    pub name: &'static str,
    pub role: Role,
    /// Whether they see the store of the member.
    pub inside: bool,
    pub staff: StaffActor<'a>,
}

pub struct World<'a> {
    pub app: &'a TestApp,
    pub actors: Vec<Actor<'a>>,
    /// The store of the member.
    pub store: StoreId,
    things: Vec<(Thing, String)>,
}

async fn actors(app: &TestApp) -> Vec<Actor<'_>> {
    let (a, b) = (app.store("s1").await, app.store("s2").await);
    let posts = [
        ("clerk of the store", Post::Clerk(a), true),
        ("manager of the store", Post::Manager(a), true),
        ("clerk of another store", Post::Clerk(b), false),
        ("manager of another store", Post::Manager(b), false),
        ("headquarters", Post::Headquarters, true),
    ];
    let mut actors = Vec::new();
    for (name, post, inside) in posts {
        actors.push(Actor { name, role: post.role(), inside, staff: app.staff_at(post).await });
    }
    actors
}

impl<'a> World<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        declare_id_card(&app.staff(Role::Headquarters).await).await;
        let member = well_known(app, "林小满", "13800138000", ID_CARD).await.member;
        app.at_home(member).await;
        let waits =
            picture::Entity::update_many().col_expr(picture::Column::State, Expr::value(picture::State::Review));
        waits.exec(app.app.db.read()).await.expect("a picture that waits");
        let (store, things) = (app.store("s1").await, things(app, member).await);
        Self { app, actors: actors(app).await, store, things }
    }

    /// The same with fresh sessions, as those end with the day.
    pub async fn anew(self) -> Self {
        self.app.advance(TimeDelta::minutes(1));
        Self { actors: actors(self.app).await, ..self }
    }

    /// The id of a thing.
    pub fn of(&self, thing: Thing) -> String {
        let found = self.things.iter().find(|(known, _)| *known == thing);
        found.unwrap_or_else(|| panic!("there is no {thing:?}")).1.clone()
    }

    /// The id that a call has in its path.
    pub fn id(&self, about: About) -> Option<String> {
        match about {
            About::Member => Some(self.of(Thing::Member)),
            About::Owned(thing) => Some(self.of(thing)),
            About::Brand | About::Written | About::List(_) | About::Stream => None,
        }
    }
}

async fn things(app: &TestApp, member: MemberId) -> Vec<(Thing, String)> {
    let one = |found: Option<String>, thing: Thing| (thing, found.unwrap_or_else(|| panic!("there is no {thing:?}")));
    let threads = app.rows::<conversation::Entity>().await;
    let followers = app.rows::<follower::Entity>().await;
    let grants = app.rows::<grant::Entity>().await;
    let referrals = app.rows::<invitation::Entity>().await;
    let visits = app.rows::<visit::Entity>().await;
    let pictures = app.rows::<picture::Entity>().await;
    let grant = grants.iter().find(|row| row.member_id == member);
    let referral = referrals.iter().find(|row| row.invitee == member);
    let visit = visits.iter().find(|row| row.visitor == member);
    vec![
        (Thing::Member, member.to_string()),
        one(threads.first().map(|row| row.id.to_string()), Thing::Conversation),
        one(followers.first().map(|row| row.id.to_string()), Thing::Follower),
        one(grant.map(|row| row.id.to_string()), Thing::Grant),
        one(referral.map(|row| row.id.to_string()), Thing::Referral),
        one(visit.map(|row| row.id.to_string()), Thing::Visit),
        one(pictures.first().map(|row| row.id.to_string()), Thing::Picture),
    ]
}
