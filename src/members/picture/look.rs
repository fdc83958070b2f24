//! WeChat looks at a picture (protocol section 8.9): asked by a job, answered by a push, and the two may come in either order.

use std::time::Duration;

use entity::{
    members::{
        picture::{Column, Entity, State},
        picture_check::{self, Opinion},
    },
    types::PictureId,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};

use super::{get, moved, refuse, show_it};
use crate::{
    error::{Code, Error, Result},
    infra::{
        db::{Db, Tx},
        news::{Need, News},
    },
    jobs::{Failure, Job},
    wechat::{
        client::{self, WeChat},
        intake::Received,
        message::{Body, Event, event::Verdict},
        mini::{
            media_check::{MediaQuestion, Medium},
            text_check::Place,
        },
    },
};

/// What WeChat says of pictures.
///
/// # Errors
/// When the database does not answer.
pub async fn judged(tx: &Tx, pushes: &[&Received]) -> Result<()> {
    for push in pushes {
        if let Body::Event(Event::WxaMediaCheck(check)) = &push.push.body {
            let opinion = match check.verdict {
                Verdict::Pass => Opinion::Pass,
                Verdict::Risky => Opinion::Risky,
                Verdict::Review | Verdict::Other => Opinion::Review,
            };
            learn(tx, &check.trace_id, None, Some(opinion)).await?;
        }
    }
    Ok(())
}

/// Joins which picture it is with what WeChat says of it: whichever comes second finds the other.
async fn learn(tx: &Tx, trace_id: &str, picture: Option<PictureId>, opinion: Option<Opinion>) -> Result<()> {
    use picture_check::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        trace_id: Set(trace_id.to_owned()),
        picture_id: Set(picture),
        opinion: Set(opinion),
        at: Set(tx.now()),
    };
    let join = OnConflict::column(Column::TraceId)
        .value(Column::PictureId, Expr::cust("coalesce(excluded.picture_id, picture_check.picture_id)"))
        .value(Column::Opinion, Expr::cust("coalesce(excluded.opinion, picture_check.opinion)"))
        .to_owned();
    let known = Entity::insert(row).on_conflict(join).exec_with_returning(tx.db()).await?;
    let (Some(picture), Some(opinion)) = (known.picture_id, known.opinion) else { return Ok(()) };
    let Some(row) = get(tx, picture).await? else { return Ok(()) };
    match opinion {
        Opinion::Pass => show_it(tx, &row, State::Checking).await?,
        Opinion::Review => moved(tx, &row, &[State::Checking], State::Review).await?,
        // Also of what was shown: WeChat may think again.
        Opinion::Risky => refuse(tx, &row, &[State::Checking, State::Review, State::Shown]).await?,
    };
    Ok(())
}

/// Asks WeChat to look at a picture.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckPicture {
    /// The picture.
    pub picture: PictureId,
}

/// What [`CheckPicture`] needs.
#[derive(Clone)]
pub struct CheckPictureContext {
    /// The database.
    pub db: Db,
    /// WeChat.
    pub wechat: WeChat,
    /// Where WeChat reaches this service.
    pub public_url: String,
}

impl Job for CheckPicture {
    const KIND: &'static str = "members.check_picture";
    type Context = CheckPictureContext;

    async fn run(self, context: CheckPictureContext) -> Result<(), Failure> {
        let waiting = Entity::find_by_id(self.picture).filter(Column::State.eq(State::Checking));
        let Some(row) = waiting.one(context.db.read()).await.map_err(Error::from)? else { return Ok(()) };
        let url = format!("{}/api/h5/v1/pictures/{}", context.public_url, row.key);
        let question = MediaQuestion { openid: &row.open_id, place: Place::Profile, medium: Medium::Image, url: &url };
        let later = |failure: client::Failure| Failure::from(Error::new(Code::Unavailable).because(failure));
        let asked = context.wechat.of(&row.account).map_err(later)?.check_media(&question).await;
        match asked {
            Ok(trace_id) => context.db.tx(async |tx: &Tx| learn(tx, &trace_id, Some(row.id), None).await).await?,
            // They were not in the mini program lately, or the file could not be read: a person must look.
            Err(client::Failure::Refused(_)) => self.leave_to_staff(&context.db).await?,
            Err(failure) => return Err(later(failure)),
        }
        Ok(())
    }

    async fn given_up(self, context: CheckPictureContext, _why: &Error) -> Result<()> {
        self.leave_to_staff(&context.db).await
    }
}

impl CheckPicture {
    async fn leave_to_staff(&self, db: &Db) -> Result<()> {
        db.tx(async |tx: &Tx| {
            if let Some(row) = get(tx, self.picture).await? {
                moved(tx, &row, &[State::Checking], State::Review).await?;
            }
            Ok(())
        })
        .await
    }
}

/// How long WeChat may take to say what it thinks; it promises half an hour.
const PATIENCE: Duration = Duration::from_secs(2 * 3600);

/// Leaves to staff what WeChat has not said anything about, and forgets opinions of pictures that nobody knows. Gives how
/// many pictures that were.
///
/// # Errors
/// When the database does not answer.
pub(in crate::members) async fn give_up_waiting(tx: &Tx) -> Result<u64> {
    let since = tx.now() - PATIENCE;
    let waiting = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Review))
        .filter(Column::State.eq(State::Checking))
        .filter(Column::At.lte(since));
    let left = waiting.exec(tx.db()).await?.rows_affected;
    if left > 0 {
        tx.tell(News::Need(Need::Pictures));
    }
    let nobodys = picture_check::Entity::delete_many().filter(picture_check::Column::PictureId.is_null());
    nobodys.filter(picture_check::Column::At.lte(since)).exec(tx.db()).await?;
    Ok(left)
}
