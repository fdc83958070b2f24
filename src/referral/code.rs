//! Codes: one for each member and program, made when they first ask for it.

use std::collections::BTreeSet;

use entity::{
    referral::code::{Column, Entity, Model},
    types::{MemberId, ReferralProgramId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, TryInsertResult,
    sea_query::OnConflict,
};

use crate::{
    error::{Code, Error, Result},
    identity::{current, names, own},
    infra::db::{Tx, among},
    tracking::invitation,
};

/// How often another code is drawn when somebody has the first: with 50 bits once is never.
const DRAWS: usize = 4;

/// The code of a member, made when there is none. The device is the one on which it is asked for.
///
/// # Errors
/// [`Code::NotFound`] when there is no such member.
pub async fn mine(tx: &Tx, program: ReferralProgramId, member: MemberId, device: Option<&str>) -> Result<Model> {
    let member = own(tx, member).await?;
    for _ in 0..DRAWS {
        if let Some(known) = find_of(tx.db(), program, member).await? {
            return Ok(known);
        }
        let row = Model {
            code: invitation::Code::fresh(tx.random()).to_string(),
            program_id: program,
            member,
            device: device.map(str::to_owned),
            at: tx.now(),
        };
        // Whoever asks at the same moment gets the same code; a code that somebody has is drawn again.
        let insert =
            Entity::insert(row.clone().into_active_model()).on_conflict(OnConflict::new().do_nothing().to_owned());
        if matches!(insert.try_insert().exec_without_returning(tx.db()).await?, TryInsertResult::Inserted(1)) {
            return Ok(row);
        }
    }
    Err(Error::new(Code::Unavailable))
}

/// The code that a member has, by whichever of their names: the oldest.
pub(super) async fn find_of(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    member: MemberId,
) -> Result<Option<Model>> {
    let theirs = Entity::find().filter(Column::Member.is_in(names(db, member).await?));
    let theirs = theirs.filter(Column::ProgramId.eq(program)).order_by_asc(Column::At).order_by_asc(Column::Code);
    Ok(theirs.one(db).await?)
}

/// What a code stands for.
///
/// # Errors
/// [`Code::NotFound`] when nobody has it.
pub async fn get(db: &impl ConnectionTrait, code: &invitation::Code) -> Result<Model> {
    let row = Entity::find_by_id(code.as_str().to_owned()).one(db).await?;
    row.ok_or_else(|| Error::new(Code::NotFound).detail("there is no such invitation"))
}

/// The rows of codes, whatever their program.
pub(super) async fn many(db: &impl ConnectionTrait, codes: BTreeSet<String>) -> Result<Vec<Model>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(among(db, Column::Code, codes)).all(db).await?)
}

/// Who has these codes of a program today.
pub(super) async fn owners(
    db: &impl ConnectionTrait,
    program: ReferralProgramId,
    codes: impl Iterator<Item = String>,
) -> Result<BTreeSet<MemberId>> {
    let mut owners = BTreeSet::new();
    for row in many(db, codes.collect()).await?.into_iter().filter(|row| row.program_id == program) {
        owners.extend(current(db, row.member).await?);
    }
    Ok(owners)
}
