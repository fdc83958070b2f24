//! Pictures of members: nobody sees one before WeChat has looked at it (protocol section 8.9).
//!
//! What is stored is a square of our own making, so that nothing else that was in the file comes along. WeChat's opinion
//! arrives as a push, perhaps before we have stored by which name it will come. Only a clear yes shows a picture; whatever
//! WeChat is not sure of, or was never asked, waits for staff.

use std::{io::Cursor, time::Duration};

use entity::{
    members::{
        picture::{ActiveModel, Column, Entity, Model, State},
        picture_check::{self, Opinion},
        profile::Source,
    },
    types::{MemberId, PictureId},
};
use futures_util::future::FutureExt;
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::profile::{self, Said};
use crate::{
    error::{Code, Error, Result},
    identity::{
        belonging::{Belonging, OnMerge, PersonalData},
        own,
        owned::nobody_left,
        session::Consumer,
    },
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
    wechat::{
        account::Kind,
        client::{self, WeChat},
        intake::Received,
        message::{Body, Event, event::Verdict},
        mini::{
            media_check::{MediaQuestion, Medium},
            text_check::Place,
        },
    },
};

/// Pixels of each side of a picture.
const SIDE: u32 = 320;
/// Pixels of each side of what somebody may send.
const LONGEST_SIDE: u32 = 6_000;
/// Memory that one picture may take while it is read, in bytes.
const MEMORY: u64 = 160 * 1024 * 1024;

/// A picture as it is stored: a JPEG, cut to a square around its middle, with nothing of the file but the pixels.
///
/// # Errors
/// [`Code::Invalid`] when it is no PNG or JPEG, or too large.
pub fn square(file: &[u8]) -> Result<Vec<u8>> {
    let invalid = |why: &str| Error::invalid("picture", why);
    let unreadable = || invalid("is no picture; send a PNG or JPEG");
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(Error::internal)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => invalid("is too large; no side may be longer than 6000 pixels"),
        _ => unreadable(),
    })?;
    let square = picture.resize_to_fill(SIDE, SIDE, FilterType::Triangle);
    let mut jpeg = Cursor::new(Vec::new());
    // JPEG has no transparency.
    DynamicImage::from(square.to_rgb8()).write_to(&mut jpeg, ImageFormat::Jpeg).map_err(Error::internal)?;
    Ok(jpeg.into_inner())
}

/// Keeps a picture, and has it looked at: by WeChat where a mini program can ask it, else by staff.
///
/// # Errors
/// [`Code::NotFound`] when the member is gone.
pub async fn keep(tx: &Tx, who: &Consumer, kind: Kind, jpeg: &[u8]) -> Result<Model> {
    let member = own(tx, who.member).await?;
    let state = if kind == Kind::Mini { State::Checking } else { State::Review };
    let row = ActiveModel {
        id: Set(tx.id()),
        member_id: Set(member),
        account: Set(who.account.clone()),
        open_id: Set(who.open_id.clone()),
        key: Set(tx.random().token()),
        state: Set(state),
        bytes: Set(jpeg.to_vec()),
        at: Set(tx.now()),
        settled_at: Set(None),
    };
    let row = Entity::insert(row).exec_with_returning(tx.db()).await?;
    // What waited is what nobody wants any more.
    let waited = Entity::delete_many().filter(Column::MemberId.eq(member)).filter(Column::Id.ne(row.id));
    waited.filter(Column::State.ne(State::Shown)).exec(tx.db()).await?;
    if state == State::Checking {
        tx.enqueue(CheckPicture { picture: row.id })?;
    }
    Ok(row)
}

/// The latest picture that a member has sent.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(db: &impl ConnectionTrait, member: MemberId) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::MemberId.eq(member)).order_by_desc(Column::Id).one(db).await?)
}

/// The picture at an address. Whoever has the address sees it, as WeChat must before it can say anything; one that was
/// refused is gone.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn at(db: &impl ConnectionTrait, key: &str) -> Result<Model> {
    let seen = Entity::find().filter(Column::Key.eq(key)).filter(Column::State.ne(State::Refused));
    seen.one(db).await?.ok_or_else(|| Error::new(Code::NotFound))
}

/// Pictures that wait for staff, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn to_review(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::State.eq(State::Review)).order_by_asc(Column::Id).limit(limit).all(db).await?)
}

/// Staff have looked at a picture.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when it does not wait for them.
pub async fn decide(tx: &Tx, id: PictureId, show: bool) -> Result<Model> {
    let row = get(tx, id).await?.ok_or_else(|| Error::new(Code::NotFound))?;
    let settled =
        if show { show_it(tx, &row, State::Review).await? } else { refuse(tx, &row, &[State::Review]).await? };
    if settled {
        get(tx, id).await?.ok_or_else(|| Error::new(Code::NotFound))
    } else {
        Err(Error::new(Code::Conflict).detail("this picture does not wait for anybody"))
    }
}

async fn get(tx: &Tx, id: PictureId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(tx.db()).await?)
}

async fn moved(tx: &Tx, row: &Model, from: &[State], to: State) -> Result<bool> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::SettledAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(tx.db())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Others see it from now on, and no longer the one before.
async fn show_it(tx: &Tx, row: &Model, from: State) -> Result<bool> {
    if !moved(tx, row, &[from], State::Shown).await? {
        return Ok(false);
    }
    let before = Entity::delete_many().filter(Column::MemberId.eq(row.member_id)).filter(Column::Id.lt(row.id));
    before.exec(tx.db()).await?;
    let said = Said { avatar: Some(Some(row.key.clone())), ..Said::default() };
    profile::say(tx, row.member_id, said, Source::Person).await?;
    Ok(true)
}

/// Nobody sees it any more.
async fn refuse(tx: &Tx, row: &Model, from: &[State]) -> Result<bool> {
    if !moved(tx, row, from, State::Refused).await? {
        return Ok(false);
    }
    let empty = Entity::update_many().col_expr(Column::Bytes, Expr::value(Vec::<u8>::new()));
    empty.filter(Column::Id.eq(row.id)).exec(tx.db()).await?;
    if row.state == State::Shown {
        let said = Said { avatar: Some(None), ..Said::default() };
        profile::say(tx, row.member_id, said, Source::Person).await?;
    }
    Ok(true)
}

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
pub(super) async fn give_up_waiting(tx: &Tx) -> Result<u64> {
    let since = tx.now() - PATIENCE;
    let waiting = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Review))
        .filter(Column::State.eq(State::Checking))
        .filter(Column::At.lte(since));
    let left = waiting.exec(tx.db()).await?.rows_affected;
    let nobodys = picture_check::Entity::delete_many().filter(picture_check::Column::PictureId.is_null());
    nobodys.filter(picture_check::Column::At.lte(since)).exec(tx.db()).await?;
    Ok(left)
}

/// Pictures of members.
pub const PICTURES: Belonging = Belonging {
    table: "member_picture",
    begin: None,
    on_merge: OnMerge::Move { id: "id", owner: "member_id" },
    erase: |tx, owner, data| {
        async move {
            if !data.iter().any(|data| matches!(data, PersonalData::Everything | PersonalData::Name)) {
                return Ok(0);
            }
            let theirs = Entity::delete_many().filter(Column::Account.eq(owner.account.clone()));
            let theirs = theirs.filter(Column::OpenId.eq(owner.open_id.clone()));
            let mut gone = theirs.exec(tx.db()).await?.rows_affected;
            if let Some(member) = nobody_left(tx, owner, data).await? {
                gone += Entity::delete_many().filter(Column::MemberId.eq(member)).exec(tx.db()).await?.rows_affected;
            }
            Ok(gone)
        }
        .boxed_local()
    },
    export: Some(|db, _, owner| {
        async move {
            let Some(member) = owner.member else { return Ok(Vec::new()) };
            let rows =
                Entity::find().filter(Column::MemberId.eq(member)).order_by_asc(Column::Id).all(db.read()).await?;
            let jpeg = |row: &Model| data_encoding::BASE64.encode(&row.bytes);
            Ok(rows.iter().map(|row| json!({ "state": row.state, "at": row.at, "jpeg": jpeg(row) })).collect())
        }
        .boxed_local()
    }),
};

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(RgbImage::new(width, height)).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_picture_becomes_a_square_of_ours() {
        for (width, height, format) in
            [(1, 1, ImageFormat::Png), (640, 100, ImageFormat::Jpeg), (300, 2000, ImageFormat::Png)]
        {
            let made =
                image::load_from_memory_with_format(&square(&file(width, height, format)).unwrap(), ImageFormat::Jpeg);
            assert_eq!((made.as_ref().unwrap().width(), made.unwrap().height()), (SIDE, SIDE));
        }
    }

    #[test]
    fn nothing_of_the_file_but_the_pixels_is_kept() {
        let mut marked = file(8, 8, ImageFormat::Jpeg);
        // A comment segment after the first marker.
        marked.splice(2..2, [b"\xff\xfe\x00\x0c".as_slice(), b"at home 31".as_slice()].concat());
        let kept = square(&marked).unwrap();
        assert!(!kept.windows(7).any(|part| part == b"at home"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let mut cut = file(400, 400, ImageFormat::Png);
        cut.truncate(60);
        for hostile in [b"".to_vec(), b"<svg/>".to_vec(), b"GIF89a".to_vec(), cut, file(6_001, 1, ImageFormat::Png)] {
            assert_eq!(square(&hostile).unwrap_err().code(), Code::Invalid);
        }
    }
}
