//! TABLE: which WeChat message or event goes to which domain function.
//!
//! Every push is stored once before it gets here, and everything here commits with it. Pushes come in batches; each
//! domain takes those that concern it.

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use crate::{
    chat::{self, book::Book},
    error::Result,
    identity,
    infra::{config::Windows, db::Tx},
    members, reach,
    rewards::payout,
    tracking,
    wechat::{
        intake::{Inbound, Received},
        message::{Body, Event, Reply},
        pay::notify::{self, Content, Notice},
    },
};

/// Who listens to a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// `identity::followers`: who is there, who follows, who left.
    Followers,
    /// `identity::erasure`: what is withdrawn.
    Erasure,
    /// `members::picture`: what WeChat thinks of them.
    Pictures,
    /// `tracking::touches`: by what somebody came.
    Touches,
    /// `reach::windows`: what may be sent now.
    Windows,
    /// `reach::permits`: what people allow.
    Permits,
    /// `reach::outcomes`: what became of messages.
    Outcomes,
    /// `chat`: the thread, and the robot's answer.
    Chat,
}

/// The table itself.
pub fn listeners(body: &Body) -> &'static [Listener] {
    use Listener::{Chat, Erasure, Followers, Outcomes, Permits, Pictures, Touches, Windows};
    match body {
        Body::Text { .. }
        | Body::Image { .. }
        | Body::Voice { .. }
        | Body::Video { .. }
        | Body::ShortVideo { .. }
        | Body::Location { .. }
        | Body::Link { .. }
        | Body::MiniProgramPage { .. } => &[Followers, Windows, Chat],
        Body::Event(event) => match event {
            Event::Subscribe { .. } | Event::Scan { .. } => &[Followers, Touches, Windows, Chat],
            Event::Unsubscribe => &[Followers, Touches, Windows, Chat],
            Event::Click { .. } => &[Followers, Touches, Windows, Chat],
            Event::View { .. } | Event::ViewMiniProgram { .. } => &[Followers, Touches, Chat],
            Event::ScancodePush(_) | Event::ScancodeWaitmsg(_) => &[Followers, Windows, Chat],
            Event::PicSysphoto { .. }
            | Event::PicPhotoOrAlbum { .. }
            | Event::PicWeixin { .. }
            | Event::LocationSelect { .. } => &[Followers, Chat],
            Event::UserEnterTempSession { .. } => &[Followers, Touches, Windows, Chat],
            Event::UserInfoModified(_)
            | Event::UserAuthorizationRevoke { .. }
            | Event::UserAuthorizationCancellation(_) => &[Erasure],
            // Somebody's position every few seconds: stored as it came, shown nowhere.
            Event::Location { .. } => &[Followers],
            Event::WxaMediaCheck(_) => &[Pictures],
            Event::SubscribeMsgPopup(_) | Event::SubscribeMsgChange(_) => &[Followers, Permits],
            Event::TemplateSendJobFinish { .. } | Event::SubscribeMsgSent(_) => &[Outcomes],
            // Kept as they came; the domains that will listen to them do not exist yet.
            Event::MassSendJobFinish(_)
            | Event::PublishJobFinish(_)
            | Event::KfCreateSession { .. }
            | Event::KfCloseSession { .. }
            | Event::KfSwitchSession { .. }
            | Event::GuideQrcodeScan(_)
            | Event::Card { .. }
            | Event::AccountNotice { .. }
            | Event::MiniNotice(_)
            | Event::TradeReminder
            | Event::TradeSettlement
            | Event::Unknown { .. } => &[],
        },
        Body::Unknown { .. } => &[],
    }
}

/// The table at work.
#[derive(Clone)]
pub struct Table {
    book: Book,
    windows: Windows,
}

impl Table {
    /// A table whose chat answers by `book` and whose windows last as `windows` says.
    pub fn new(book: Book, windows: Windows) -> Self {
        Self { book, windows }
    }

    async fn hand_out(&self, tx: &Tx, pushes: &[&Received]) -> Result<Vec<Option<Reply>>> {
        let of = |listener: Listener| -> Vec<&Received> {
            pushes.iter().filter(|push| listeners(&push.push.body).contains(&listener)).copied().collect()
        };
        let follows = identity::followers::seen(tx, &of(Listener::Followers)).await?;
        identity::erasure::requested(tx, &of(Listener::Erasure)).await?;
        members::picture::judged(tx, &of(Listener::Pictures)).await?;
        tracking::touches::record(tx, &of(Listener::Touches)).await?;
        reach::windows::opened(tx, &of(Listener::Windows), &self.windows).await?;
        reach::permits::told(tx, &of(Listener::Permits)).await?;
        reach::outcomes::told(tx, &of(Listener::Outcomes)).await?;
        let spoken = of(Listener::Chat);
        let mut replies = chat::received::received(tx, &self.book, &spoken, &follows).await?.into_iter();
        Ok(pushes
            .iter()
            .map(|push| {
                let heard = listeners(&push.push.body).contains(&Listener::Chat);
                if heard { replies.next().flatten() } else { None }
            })
            .collect())
    }
}

impl Inbound for Table {
    fn take<'a>(&'a self, tx: &'a Tx, pushes: &'a [&'a Received]) -> LocalBoxFuture<'a, Result<Vec<Option<Reply>>>> {
        self.hand_out(tx, pushes).boxed_local()
    }

    fn unanswered<'a>(&'a self, tx: &'a Tx, push: &'a Received, reply: &'a Reply) -> LocalBoxFuture<'a, Result<()>> {
        chat::received::unanswered(tx, push, reply).boxed_local()
    }
}

/// Notifications of WeChat Pay, each in the transaction that marks it as handled.
impl notify::Inbound for Table {
    fn take<'a>(&'a self, tx: &'a Tx, notice: &'a Notice) -> LocalBoxFuture<'a, Result<()>> {
        match &notice.content {
            Content::Transfer(end) => async move {
                let notice = payout::transfer_notice(notice.merchant.clone(), end);
                payout::noticed(tx, &notice).await.map(drop)
            }
            .boxed_local(),
            Content::Echo | Content::Other { .. } => ready(Ok(())).boxed_local(),
        }
    }
}
