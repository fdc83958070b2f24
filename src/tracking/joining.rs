//! By which way somebody became a member: computed from the first touch before, and else from who named them (R14).

use entity::{
    tracking::touch::{Column, Entity, Kind, Model},
    types::MemberId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    error::Result,
    identity::{Source, met_by, open_ids},
    infra::{clock::Time, db::Tx},
    members::{
        JoinedBy,
        profile::{self, Joining},
    },
};

/// Begins the profile of a new member with how they came.
pub(super) async fn begin(tx: &Tx, member: MemberId) -> Result<()> {
    let touch = first(tx, member).await?;
    let named_by = match touch {
        Some(_) => None,
        None => met_by(tx.db(), member).await?,
    };
    profile::begin(tx, member, joining(touch, named_by, tx.now())).await
}

/// The first touch of anybody whom the member is known as.
async fn first(tx: &Tx, member: MemberId) -> Result<Option<Model>> {
    let mut first: Option<Model> = None;
    for (account, open_id) in open_ids(tx.db(), member).await? {
        let touches = Entity::find().filter(Column::Account.eq(account)).filter(Column::OpenId.eq(open_id));
        let touch = touches.filter(Column::Kind.ne(Kind::Unfollow)).order_by_asc(Column::At).order_by_asc(Column::Id);
        let touch = touch.one(tx.db()).await?;
        let earlier = |touch: &Model| first.as_ref().is_none_or(|first| (touch.at, touch.id) < (first.at, first.id));
        if touch.as_ref().is_some_and(earlier) {
            first = touch;
        }
    }
    Ok(first)
}

/// How somebody joined who was first seen in this way. Who follows is a member from then on; every other way leads to
/// becoming one now.
fn joining(touch: Option<Model>, named_by: Option<Source>, now: Time) -> Joining {
    let Some(touch) = touch else {
        return Joining { at: now, by: named_by.map_or(JoinedBy::Staff, by_name), account: None, channel: None };
    };
    let (at, by) = match (touch.kind, &touch.scene) {
        (Kind::Follow, Some(_)) => (touch.at, JoinedBy::Code),
        (Kind::Follow | Kind::Unfollow, _) => (touch.at, JoinedBy::Follow),
        (Kind::Scan | Kind::Visit, _) => (now, JoinedBy::Code),
        (Kind::Menu, _) => (now, JoinedBy::Menu),
        (Kind::Enter, _) => (now, JoinedBy::MiniProgram),
    };
    Joining { at: at.min(now), by, account: Some(touch.account), channel: touch.scene }
}

fn by_name(source: Source) -> JoinedBy {
    match source {
        Source::Import => JoinedBy::Import,
        Source::Partner => JoinedBy::Partner,
        Source::Person | Source::Staff => JoinedBy::Staff,
        Source::Follower => JoinedBy::Follow,
        Source::MiniLogin | Source::WechatPhone => JoinedBy::MiniProgram,
        Source::WebOauth => JoinedBy::WebPage,
    }
}

#[cfg(test)]
mod tests {
    use entity::types::TouchId;
    use uuid::Uuid;

    use super::*;

    fn touch(kind: Kind, scene: Option<&str>) -> Model {
        let at: Time = "2026-11-20T02:00:00Z".parse().unwrap();
        let id = TouchId::from(Uuid::nil());
        let (account, open_id) = ("brand".parse().unwrap(), "oPerson".parse().unwrap());
        Model {
            id,
            account,
            open_id,
            kind,
            scene: scene.map(str::to_owned),
            ticket: None,
            code: None,
            carrier: None,
            device: None,
            network: None,
            began_at: None,
            at,
            biz_day: at.date_naive(),
        }
    }

    #[test]
    fn the_first_touch_says_how_somebody_came_and_else_who_named_them() {
        let now: Time = "2026-11-21T02:00:00Z".parse().unwrap();
        let came = |kind, scene| {
            let touch = touch(kind, scene);
            let at = touch.at;
            let joined = joining(Some(touch), Some(Source::Import), now);
            (joined.by, joined.channel, joined.at == at)
        };
        assert_eq!(came(Kind::Follow, Some("store-7")), (JoinedBy::Code, Some("store-7".to_owned()), true));
        assert_eq!(came(Kind::Follow, None), (JoinedBy::Follow, None, true));
        assert_eq!(came(Kind::Scan, Some("poster")), (JoinedBy::Code, Some("poster".to_owned()), false));
        assert_eq!(came(Kind::Menu, Some("JOIN")), (JoinedBy::Menu, Some("JOIN".to_owned()), false));
        assert_eq!(came(Kind::Enter, None), (JoinedBy::MiniProgram, None, false));
        let named = |source| joining(None, source, now).by;
        assert_eq!(named(Some(Source::Import)), JoinedBy::Import);
        assert_eq!(named(Some(Source::MiniLogin)), JoinedBy::MiniProgram);
        assert_eq!(named(None), JoinedBy::Staff, "taken out of somebody else by staff");
    }
}
