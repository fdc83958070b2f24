//! The desk at which posters are made: with one font, off the threads that serve requests, so many at a time as there are
//! cores. The latest ones are kept in memory; whoever asks for the same one again gets it without any work.

use std::{path::Path, sync::Arc, thread::available_parallelism};

use actix_web::web::Bytes;
use moka::future::Cache;
use tokio::sync::Semaphore;

use super::{Font, Order};
use crate::{
    error::{Code, Error, Result},
    infra::config::Problem,
    referral::carrier::Desk,
};

/// How much memory pictures may take, in bytes.
const KEPT: u64 = 48 * 1024 * 1024;

/// Where posters are made. Cheap to clone.
#[derive(Clone)]
pub struct Posters(Arc<Inner>);

struct Inner {
    /// The letters; without any, the words that say what to do.
    font: Result<Font, String>,
    turns: Semaphore,
    shelf: Cache<String, Bytes>,
}

impl Posters {
    /// With the font of this file; without a name, with the first one that the system has. Where there is none everything
    /// but posters works, and the log says so.
    ///
    /// # Errors
    /// When the file that is named is no font.
    pub fn new(font: &Path) -> Result<Self, Problem> {
        let font = if font.as_os_str().is_empty() {
            Font::search().map_err(|why| why.to_string()).inspect_err(|why| tracing::error!("{why}"))
        } else {
            Ok(Font::load(font).map_err(|why| {
                Problem::new("referral.poster_font", format!("{why:#}"))
                    .hint("a TTF, OTF or TTC file with Chinese letters; empty searches the system")
            })?)
        };
        let turns = Semaphore::new(available_parallelism().map_or(1, usize::from));
        let weight = |key: &String, bytes: &Bytes| u32::try_from(key.len() + bytes.len()).unwrap_or(u32::MAX);
        let shelf = Cache::builder().max_capacity(KEPT).weigher(weight).build();
        Ok(Self(Arc::new(Inner { font, turns, shelf })))
    }

    /// Whether posters can be made here at all.
    pub fn can_draw(&self) -> bool {
        self.0.font.is_ok()
    }

    /// A picture that was kept under this key.
    pub(in crate::referral) async fn kept(&self, key: &str) -> Option<Bytes> {
        self.0.shelf.get(key).await
    }

    /// Keeps a picture as long as there is room.
    pub(in crate::referral) async fn keep(&self, key: &str, picture: Bytes) {
        self.0.shelf.insert(key.to_owned(), picture).await;
    }

    /// The poster of an order as PNG.
    ///
    /// # Errors
    /// [`Code::Unavailable`] when there is no font, or WeChat gives no code.
    pub async fn make(&self, desk: &Desk, order: Order) -> Result<Bytes> {
        let font = self.0.font.clone().map_err(|why| Error::new(Code::Unavailable).detail(why))?;
        let key = order.key().to_owned();
        if let Some(known) = self.kept(&key).await {
            return Ok(known);
        }
        let poster = order.gather(desk).await?;
        let _turn = self.0.turns.acquire().await.map_err(Error::internal)?;
        // Whoever waited may find it made.
        if let Some(known) = self.kept(&key).await {
            return Ok(known);
        }
        let made = tokio::task::spawn_blocking(move || poster.render(&font)).await.map_err(Error::internal)?;
        let made = Bytes::from(made.map_err(Error::internal)?);
        self.keep(&key, made.clone()).await;
        Ok(made)
    }
}
