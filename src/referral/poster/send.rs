//! A poster in the chat: who asks for it by a keyword is told at once that it is being made; then it is drawn, uploaded and
//! sent. Where WeChat takes no picture or the window has closed, they are told the link by whatever way is open.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use entity::{
    referral::{
        code::Model as CodeRow,
        poster_media::{Column, Entity, Model},
        program::{Model as Program, State},
    },
    types::{AccountKey, MemberId, OpenId, ReferralProgramId},
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use super::Order;
use crate::{
    error::{Code, Error, Result},
    identity::{Claim, find},
    infra::db::{Event, Tx},
    jobs::{Failure, Job, RetryPlan},
    reach::{self, Message, Purpose, windows, wording::Sends},
    referral::{
        carrier::{self, Desk},
        code, program,
    },
    tracking::invitation,
    wechat::{
        account::media::MediaKind,
        client::{self, Upload},
        errcode::Action,
        message::{
            CustomMessage,
            custom::{Media, Text},
        },
    },
};

/// How long WeChat keeps what was uploaded (protocol section 2.1), less what a message needs to arrive.
const MEDIA_LIFE: TimeDelta = TimeDelta::hours(70);
/// How long it makes sense to tell the link instead.
const NEWS: TimeDelta = TimeDelta::days(1);

/// The messages of this domain.
pub const SENDS: [Sends; 1] = [Sends { kind: "poster_link", values: &["program", "link"] }];

/// Sends somebody their poster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendPoster {
    /// Where they asked.
    pub account: AccountKey,
    /// Who asked.
    pub open_id: OpenId,
    /// For which program; the newest that is open without it.
    pub program: Option<ReferralProgramId>,
    /// What they asked with, so that one wish is answered once.
    pub wish: String,
}

/// A wish for a poster was answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PosterAnswered {
    wish: String,
    with: With,
}

/// With what.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum With {
    Poster,
    Link,
    Words,
}

/// The program, the code and whose it is.
type Subject = (Program, CodeRow, MemberId);

impl Event for PosterAnswered {
    const KIND: &'static str = "referral.poster_answered";

    fn subject(&self) -> Option<String> {
        Some(self.wish.clone())
    }
}

impl Job for SendPoster {
    const KIND: &'static str = "referral.send_poster";
    /// Who asked waits: after a minute the link has to do.
    const RETRY: RetryPlan = RetryPlan { attempts: 4, first: Duration::from_secs(5), cap: Duration::from_secs(30) };
    type Context = Desk;

    fn unique_key(&self) -> Option<String> {
        Some(format!("referral.send_poster:{}", self.wish))
    }

    async fn given_up(self, desk: Desk, _why: &Error) -> Result<()> {
        match self.subject(&desk).await? {
            Ok((program, code, member)) => self.tell_link(&desk, &program, &code, member).await,
            Err(_) => Ok(()),
        }
    }

    async fn run(self, desk: Desk) -> Result<(), Failure> {
        let (program, code, member) = match self.subject(&desk).await? {
            Ok(subject) => subject,
            Err(words) => return Ok(self.say(&desk, words).await?),
        };
        if !self.is_window_open(&desk).await? {
            return Ok(self.tell_link(&desk, &program, &code, member).await?);
        }
        let order = Order::of(&desk, &program, &code, member).await?;
        match self.upload(&desk, order).await? {
            Some(media_id) => {
                let message = CustomMessage::Image { image: Media { media_id } };
                self.answer(&desk, With::Poster, &message).await?;
            }
            None => self.tell_link(&desk, &program, &code, member).await?,
        }
        Ok(())
    }
}

impl SendPoster {
    /// Whose poster of what it is; or the words for who can have none.
    async fn subject(&self, desk: &Desk) -> Result<Result<Subject, &'static str>> {
        let db = desk.db.read();
        let Some(member) = find(db, &Claim::open_id(&self.account, &self.open_id)).await? else {
            return Ok(Err("还认不出你是谁，请稍后再试。"));
        };
        let wanted = match self.program {
            Some(id) => match program::get(db, id).await {
                Ok(row) => Some(row),
                Err(missing) if missing.code() == Code::NotFound => None,
                Err(error) => return Err(error),
            },
            None => program::newest_open(db, desk.db.now()).await?,
        };
        let now = desk.db.now();
        let open = |row: &Program| row.state == State::Running && (row.starts_at..row.ends_at).contains(&now);
        let Some(program) = wanted.filter(open) else { return Ok(Err("现在没有进行中的邀请活动。")) };
        let code = desk.db.tx(async |tx: &Tx| code::mine(tx, program.id, member, None).await).await?;
        Ok(Ok((program, code, member)))
    }

    /// The poster as WeChat knows it; none when WeChat takes no picture of ours, or none can be made here.
    async fn upload(&self, desk: &Desk, order: Order) -> Result<Option<String>, Failure> {
        let db = &desk.db;
        let key = (order.key().to_owned(), self.account.clone());
        let known = Entity::find_by_id(key.clone()).one(db.read()).await.map_err(Error::from)?;
        if let Some(known) = known.filter(|known| known.expires_at > db.now()) {
            return Ok(Some(known.media_id));
        }
        if !desk.posters.can_draw() {
            return Ok(None);
        }
        let bytes = desk.posters.make(desk, order).await?.to_vec();
        let at = db.now();
        let file = Upload { name: "poster.png".to_owned(), mime: "image/png".to_owned(), bytes };
        let uploaded = match desk.wechat.of(&self.account) {
            Ok(api) => api.upload_media(MediaKind::Image, file).await,
            Err(failure) => Err(failure),
        };
        let media = match uploaded {
            Ok(media) => media,
            Err(client::Failure::Refused(refusal)) if matches!(refusal.action, Action::Stop(_)) => {
                tracing::warn!(errcode = refusal.errcode, "WeChat does not take a poster; the link is told instead");
                return Ok(None);
            }
            Err(failure) => {
                let until = failure.until();
                let why = Error::new(Code::Unavailable).because(failure);
                return Err(match until {
                    Some(until) => Failure::Defer { until, why },
                    None => Failure::Retry(why),
                });
            }
        };
        let (poster, account) = key;
        let row = Model { poster, account, media_id: media.media_id.clone(), expires_at: at + MEDIA_LIFE };
        let newer = OnConflict::columns([Column::Poster, Column::Account])
            .update_columns([Column::MediaId, Column::ExpiresAt])
            .to_owned();
        let keep = async |tx: &Tx| {
            // What has lapsed is of no use to anybody.
            Entity::delete_many().filter(Column::ExpiresAt.lte(tx.now())).exec(tx.db()).await?;
            let insert = Entity::insert(row.clone().into_active_model()).on_conflict(newer.clone());
            insert.exec_without_returning(tx.db()).await?;
            Ok(())
        };
        db.tx(keep).await?;
        Ok(Some(media.media_id))
    }

    async fn say(&self, desk: &Desk, words: &str) -> Result<()> {
        let message = CustomMessage::Text { text: Text { content: words.to_owned() } };
        self.answer(desk, With::Words, &message).await
    }

    /// Answers in the chat, once.
    async fn answer(&self, desk: &Desk, with: With, message: &CustomMessage) -> Result<()> {
        let answer = async |tx: &Tx| {
            if self.is_answered(tx, with).await? {
                return Ok(());
            }
            reach::reply(tx, (&self.account, &self.open_id), None, message).await.map(drop)
        };
        desk.db.tx(answer).await
    }

    /// Whether WeChat lets us write to them now.
    async fn is_window_open(&self, desk: &Desk) -> Result<bool> {
        let open = windows::open(desk.db.read(), &self.account, &self.open_id, desk.db.now()).await?;
        Ok(!open.is_empty())
    }

    /// Tells the link: in the chat while its window is open, else by whichever way there is.
    async fn tell_link(&self, desk: &Desk, program: &Program, code: &CodeRow, member: MemberId) -> Result<()> {
        let code: invitation::Code = code.code.parse().map_err(Error::internal)?;
        let link = carrier::link(&desk.public_url, &code);
        if self.is_window_open(desk).await? {
            let words = format!("海报暂时发不出来，这是你的「{}」专属邀请链接：\n{link}", program.name);
            let message = CustomMessage::Text { text: Text { content: words } };
            return self.answer(desk, With::Link, &message).await;
        }
        let values = [("program", program.name.clone()), ("link", link)];
        let values: BTreeMap<String, String> =
            values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let tell = async |tx: &Tx| {
            if self.is_answered(tx, With::Link).await? {
                return Ok(());
            }
            let message = Message {
                member,
                kind: "poster_link".to_owned(),
                values: values.clone(),
                key: format!("poster_link:{}", self.wish),
                purpose: Purpose::Transactional,
                expires_at: program.ends_at.min(tx.now() + NEWS),
            };
            reach::send(tx, &message).await.map(drop)
        };
        match desk.db.tx(tell).await {
            // Nobody is left to be told.
            Err(error) if error.code() == Code::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    /// Whether the wish was answered before; from now on it is.
    async fn is_answered(&self, tx: &Tx, with: With) -> Result<bool> {
        if tx.has_happened::<PosterAnswered>(&self.wish).await? {
            return Ok(true);
        }
        tx.emit(&PosterAnswered { wish: self.wish.clone(), with })?;
        Ok(false)
    }
}
