//! Reading what is masked or sealed otherwise: for a named scene, with a reason, and on record (R23). So is whom a store was
//! shown who is at home elsewhere.

use std::time::Duration;

use entity::{
    members::access::{Column, Entity, Model},
    types::{MemberId, StaffId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{attribute, value};
use crate::{
    admin::{Role, Staff},
    error::{Code, Error, Result},
    identity::{own, phone, seen},
    infra::{
        cache::Cache,
        calendar::{day_of, start_of},
        clock::Time,
        db::{Db, Tx},
        secret::Vault,
    },
    stores::Scope,
};

/// What is read when it is no attribute.
pub const PHONE: &str = "phone";

/// What is seen of somebody at hand: the masked card.
const CARD: &str = "card";
/// The scene of whom staff looked up by the whole phone or a card.
const AT_HAND: &str = "at_hand";

/// An occasion for which something may be read that is not shown otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// 致电会员: the member is to be called.
    Call,
    /// 核验身份: somebody who collects something must be who they say.
    Identify,
    /// 代扣代缴: a prize is taxed, which takes the number of the winner's identity card.
    PrizeTax,
    /// 依法协查: an authority asks by law.
    LegalRequest,
}

/// What a scene opens, and for whom.
struct Opens {
    scene: Scene,
    phone: bool,
    sensitive: bool,
    roles: &'static [Role],
}

/// The list of scenes.
const SCENES: [Opens; 4] = [
    Opens { scene: Scene::Call, phone: true, sensitive: false, roles: &[Role::Manager, Role::Headquarters] },
    Opens { scene: Scene::Identify, phone: true, sensitive: true, roles: &[Role::Manager, Role::Headquarters] },
    Opens { scene: Scene::PrizeTax, phone: false, sensitive: true, roles: &[Role::Headquarters] },
    Opens { scene: Scene::LegalRequest, phone: true, sensitive: true, roles: &[Role::Headquarters] },
];

/// Who wants to read what, and why.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of whom.
    pub member: MemberId,
    /// [`PHONE`], or the key of a sensitive attribute.
    pub what: String,
    /// The occasion.
    pub scene: Scene,
    /// Why, in words.
    pub reason: String,
    /// Who.
    pub staff: StaffId,
    /// What they are.
    pub role: Role,
    /// Of which stores they see the people.
    pub scope: Scope,
}

const HOUR: Duration = Duration::from_secs(3600);

/// Reads one thing of one member. It is on record before it is told.
///
/// # Errors
/// [`Code::Forbidden`] when the scene does not open it, or not for this role; [`Code::RateLimited`] when the reader has
/// read `most` things within the hour; [`Code::NotFound`] when there is nothing to read.
pub async fn read(db: &Db, cache: &Cache, vault: &Vault, wish: &Wish, most: u32) -> Result<Value> {
    allowed(wish)?;
    if cache.count(&format!("reveal:{}", wish.staff), 1, HOUR).await > u64::from(most) {
        return Err(Error::new(Code::RateLimited).detail("too much was read within an hour").retry_after(HOUR));
    }
    db.tx(async |tx: &Tx| {
        let member = own(tx, seen(tx.db(), wish.scope, wish.member).await?).await?;
        let found = match wish.what.as_str() {
            PHONE => phone::to_call(tx.db(), vault, member).await?.map(|phone| Value::from(phone.as_str())),
            key => sealed(tx, vault, member, key).await?,
        };
        let found = found.ok_or_else(|| Error::new(Code::NotFound))?;
        note(tx, member, wish.staff, &wish.what, &name(wish.scene)?, &wish.reason).await?;
        Ok(found)
    })
    .await
}

/// Notes that somebody at home elsewhere was shown to staff who had their whole phone or card: they see the masked card for
/// the rest of the day.
///
/// # Errors
/// When the database does not answer.
pub async fn note_at_hand(tx: &Tx, member: MemberId, staff: StaffId) -> Result<()> {
    note(tx, own(tx, member).await?, staff, CARD, AT_HAND, "").await
}

/// The member that an id stands for, when they are in the caller's scope, or were looked up by them today in Shanghai: a
/// customer of another store who stands here.
///
/// # Errors
/// [`Code::NotFound`], as of nobody.
pub async fn at_hand<R>(db: &impl ConnectionTrait, caller: &Staff<R>, id: MemberId, now: Time) -> Result<MemberId> {
    match seen(db, caller.scope(), id).await {
        Err(outside) if outside.code() == Code::NotFound => {
            let member = seen(db, Scope::All, id).await?;
            let shown = Entity::find()
                .filter(Column::MemberId.eq(member))
                .filter(Column::At.gte(start_of(day_of(now))))
                .filter(Column::StaffId.eq(caller.id))
                .filter(Column::Scene.eq(AT_HAND));
            shown.one(db).await?.map(|_| member).ok_or(outside)
        }
        known => known,
    }
}

/// Notes that staff take the copy of everything that a member asked for, to hand it to them.
///
/// # Errors
/// When the database does not answer.
pub async fn note_copy(tx: &Tx, member: MemberId, staff: StaffId, reason: &str) -> Result<()> {
    note(tx, member, staff, "everything", "copy", reason).await
}

async fn note(tx: &Tx, member: MemberId, staff: StaffId, what: &str, scene: &str, reason: &str) -> Result<()> {
    let row = Model {
        id: tx.id(),
        member_id: member,
        staff_id: staff,
        what: what.to_owned(),
        scene: scene.to_owned(),
        reason: reason.to_owned(),
        at: tx.now(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

fn allowed(wish: &Wish) -> Result<()> {
    let opens = SCENES.iter().find(|opens| opens.scene == wish.scene);
    let open = opens.is_some_and(|opens| {
        let this = if wish.what == PHONE { opens.phone } else { opens.sensitive };
        this && opens.roles.contains(&wish.role)
    });
    let refused = || Error::new(Code::Forbidden).detail("this scene does not open this to you");
    if open { Ok(()) } else { Err(refused()) }
}

async fn sealed(tx: &Tx, vault: &Vault, member: MemberId, key: &str) -> Result<Option<Value>> {
    if !attribute::get(tx.db(), key).await?.row.sensitive {
        return Err(Error::invalid("what", "is shown to everybody; there is nothing to reveal"));
    }
    match value::one(tx.db(), member, key).await? {
        Some(row) => value::read(vault, &row),
        None => Ok(None),
    }
}

fn name(scene: Scene) -> Result<String> {
    Ok(serde_json::to_value(scene)?.as_str().unwrap_or_default().to_owned())
}

/// Who read what of a member, the latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &impl ConnectionTrait, member: MemberId) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::MemberId.eq(member))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .all(db)
        .await?)
}

/// Empties the reasons that somebody wrote about a member of whom nothing is to be left. Who read what stays.
pub(super) async fn forget(tx: &Tx, member: MemberId) -> Result<u64> {
    let theirs = Entity::update_many().col_expr(Column::Reason, Expr::value("")).filter(Column::MemberId.eq(member));
    Ok(theirs.exec(tx.db()).await?.rows_affected)
}
