//! Streams of news to pages that stand open: what has changed, as far as whoever listens may see it, and only ids.
//!
//! A stream ends with the session it was opened with. Whoever listens may miss something, when Redis is gone or this node
//! was too slow: a comment says so, and the heartbeat is one; whoever reads a comment looks for themselves.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::web::Bytes;
use entity::{
    admin::staff::Role,
    types::{ConversationId, StaffId, StaffSessionId},
};
use futures_util::{Stream, StreamExt, future::LocalBoxFuture, stream};
use tokio_util::sync::CancellationToken;

use super::{
    rights::{
        Approvals, Brakes, Campaigns, Chat, Exports, Guard, Imports, MemberData, Merges, Operations, Payouts,
        Reconciliations, Right,
    },
    session,
};
use crate::{
    error::{Code, Error, Result},
    infra::{
        cache::{Heard, Words},
        clock::Time,
        db::Db,
        news::{self, Need, News},
    },
    stores::Scope,
};

/// Streams that one session may have open at one node: as many tabs as anybody looks at.
const MOST: usize = 8;
/// How long news are gathered, so that what happens together is told together and once.
const GATHER: Duration = Duration::from_millis(50);
/// What is told at the beginning, when something may have been missed, and while nothing happens.
const LOOK: &str = ": look\n\n";

/// The streams of this node. Cheap to clone.
#[derive(Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<HashMap<StaffSessionId, usize>>>,
    closing: CancellationToken,
}

/// A place among the streams of a session, free again when it is dropped.
struct Place {
    streams: Streams,
    session: StaffSessionId,
}

impl Streams {
    /// Ends all of them, and every new one at once.
    pub fn close(&self) {
        self.closing.cancel();
    }

    fn take(&self, session: StaffSessionId) -> Result<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(session).or_default();
        if *count >= MOST {
            return Err(Error::new(Code::RateLimited).detail("too many streams are open with this session"));
        }
        *count += 1;
        drop(open);
        Ok(Place { streams: self.clone(), session })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.session) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// Whether somebody of this role is told of such things.
pub fn may_know(role: Role, need: Need) -> bool {
    match need {
        Need::Chats => Chat::of(role),
        Need::Approvals => Approvals::of(role),
        Need::Alerts => Guard::of(role),
        Need::Conflicts => Merges::of(role),
        Need::Review => Payouts::of(role),
        Need::Mismatches => Reconciliations::of(role),
        Need::Stops => Brakes::of(role),
        Need::Pictures => MemberData::of(role),
        Need::Exports => Exports::of(role),
        Need::Jobs => Operations::of(role),
    }
}

/// What somebody of this role reads of a piece of news; nothing when it is not for them.
fn told(role: Role, news: News) -> Option<String> {
    let about = |event: &str, id: String| format!("event: {event}\ndata: {{\"id\":\"{id}\"}}\n\n");
    match news {
        News::Conversation(id) => Chat::of(role).then(|| about("conversation.changed", id.to_string())),
        News::Campaign(id) => Campaigns::of(role).then(|| about("campaign.changed", id.to_string())),
        News::Import(id) => Imports::of(role).then(|| about("import.moved", id.to_string())),
        News::Need(need) => may_know(role, need).then(|| "event: needs.changed\ndata: {}\n\n".to_owned()),
        News::SignedOut(_) => None,
    }
}

/// Which of these threads are with people of a scope.
type Within = for<'a> fn(&'a Db, Scope, Vec<ConversationId>) -> LocalBoxFuture<'a, Result<BTreeSet<ConversationId>>>;

/// Who knows that, as `app` hands it down: threads belong to a domain above.
#[derive(Clone, Copy)]
pub struct Threads(pub Within);

/// Who listens.
pub(super) struct Listener {
    pub(super) staff: StaffId,
    pub(super) role: Role,
    pub(super) scope: Scope,
    pub(super) threads: Threads,
    pub(super) session: StaffSessionId,
    /// When the session ends by itself.
    pub(super) until: Time,
}

struct Open {
    db: Db,
    words: Words,
    listener: Listener,
    heartbeat: Duration,
    place: Place,
}

/// What has become known since the last time.
enum Turn {
    Heard(BTreeSet<News>, bool),
    Silence,
    Closing,
}

/// The stream of news for somebody, from now on.
///
/// # Errors
/// [`Code::RateLimited`] when the session has as many as it may have.
pub(super) fn listen(
    streams: &Streams,
    db: Db,
    words: Words,
    listener: Listener,
    heartbeat: Duration,
) -> Result<impl Stream<Item = Result<Bytes>> + 'static> {
    let place = streams.take(listener.session)?;
    let open = Open { db, words, listener, heartbeat, place };
    // The first line shows at once that the connection stands, and how soon to come back when it breaks.
    let hello = stream::once(async { Ok(Bytes::from(format!("retry: 3000\n{LOOK}"))) });
    let news = stream::unfold(open, |mut open| async {
        let told = open.next().await?;
        Some((Ok(Bytes::from(told)), open))
    });
    Ok(hello.chain(news))
}

impl Open {
    /// What is to be told next; nothing when the stream is over.
    async fn next(&mut self) -> Option<String> {
        loop {
            let (text, in_doubt) = match self.turn().await {
                Turn::Closing => return None,
                Turn::Silence => (LOOK.to_owned(), true),
                Turn::Heard(mut news, mut missed) => {
                    let signed_out = news.contains(&News::SignedOut(self.listener.staff));
                    missed |= !self.keep_to_scope(&mut news).await;
                    // Needs of several kinds are one event.
                    let told: BTreeSet<String> =
                        news.iter().filter_map(|news| told(self.listener.role, *news)).collect();
                    let mut text = String::from_iter(told);
                    if missed {
                        text.push_str(LOOK);
                    }
                    (text, missed || signed_out)
                }
            };
            if !self.stands(in_doubt).await {
                return None;
            }
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    /// Leaves out threads with people whom the listener does not see; false when nobody could say which these are.
    async fn keep_to_scope(&self, news: &mut BTreeSet<News>) -> bool {
        let Listener { scope, threads: Threads(within), .. } = self.listener;
        let thread = |news: &News| match news {
            News::Conversation(id) => Some(*id),
            _ => None,
        };
        let told: Vec<ConversationId> = news.iter().filter_map(thread).collect();
        if scope == Scope::All || told.is_empty() {
            return true;
        }
        let seen = within(&self.db, scope, told).await;
        news.retain(|news| thread(news).is_none_or(|id| seen.as_ref().is_ok_and(|seen| seen.contains(&id))));
        seen.is_ok()
    }

    async fn turn(&mut self) -> Turn {
        let first = tokio::select! {
            () = self.place.streams.closing.cancelled() => return Turn::Closing,
            () = tokio::time::sleep(self.heartbeat) => return Turn::Silence,
            heard = self.words.next() => heard,
        };
        tokio::time::sleep(GATHER).await;
        let (mut news, mut missed) = (BTreeSet::new(), false);
        let mut next = Some(first);
        while let Some(heard) = next {
            match heard {
                Heard::Words(words) => news.extend(news::read(&words)),
                Heard::Missed => missed = true,
            }
            next = self.words.at_once();
        }
        Turn::Heard(news, missed)
    }

    /// Whether the session still stands: by the clock always, by the database when it may have ended unheard.
    async fn stands(&self, in_doubt: bool) -> bool {
        if self.db.now() >= self.listener.until {
            return false;
        }
        // Nobody goes on listening whose session cannot be looked at.
        !in_doubt || session::stands(&self.db, self.listener.session).await.unwrap_or(false)
    }
}
