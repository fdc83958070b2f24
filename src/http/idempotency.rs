//! Calls that create or move value carry an `Idempotency-Key`: the first one runs, every repetition gets its answer.
//!
//! Key, effect and answer commit together. A repetition that comes while the first one runs waits for it.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use entity::http::idempotency_key::{ActiveModel, Column, Entity};
use futures_util::future::{Ready, ready};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, TryInsertResult, sea_query::Expr};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    error::{Code, Error, Result},
    infra::db::{Db, Tx},
    jobs::{Failure, Job},
};

/// The header `Idempotency-Key` of a request, 8 to 128 visible characters, with the route it came to.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: String,
    route: String,
}

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request.headers().get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
        ready(match key {
            None => Err(Error::new(Code::KeyMissing)),
            Some(key) if (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Ok(Self { key: key.to_owned(), route: format!("{} {}", request.method(), request.path()) })
            }
            Some(_) => Err(Error::new(Code::BadRequest).detail("Idempotency-Key must be 8 to 128 visible characters")),
        })
    }
}

/// How long a key is kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Forgets keys that nobody repeats any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetKeys {}

impl Job for ForgetKeys {
    const KIND: &'static str = "http.forget_keys";
    type Context = Db;

    async fn run(self, db: Db) -> Result<(), Failure> {
        db.tx(async |tx: &Tx| {
            Entity::delete_many().filter(Column::CreatedAt.lt(tx.now() - KEPT)).exec(tx.db()).await?;
            Ok(())
        })
        .await?;
        Ok(())
    }
}

/// Forgets what these actors were answered, who want to be forgotten; gives how often that was.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &Tx, actors: impl IntoIterator<Item = String>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::Actor.is_in(actors)).exec(tx.db()).await?.rows_affected)
}

impl IdempotencyKey {
    /// Runs `effect` if `actor` has not sent this key before, else returns the answer of that time.
    ///
    /// # Errors
    /// [`Code::KeyReused`] when the key came with another route or body; otherwise what `effect` returns.
    pub async fn once<B: Serialize, T: Serialize + DeserializeOwned>(
        &self,
        tx: &Tx,
        actor: &str,
        body: &B,
        effect: impl AsyncFnOnce() -> Result<T>,
    ) -> Result<T> {
        let fingerprint = self.fingerprint(body)?;
        let row = ActiveModel {
            actor: Set(actor.to_owned()),
            key: Set(self.key.clone()),
            fingerprint: Set(fingerprint.clone()),
            answer: Set(None),
            created_at: Set(tx.now()),
        };
        let first = Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.db()).await?;
        if matches!(first, TryInsertResult::Inserted(1)) {
            let answer = effect().await?;
            Entity::update_many()
                .col_expr(Column::Answer, Expr::value(serde_json::to_value(&answer)?))
                .filter(Column::Actor.eq(actor))
                .filter(Column::Key.eq(&self.key))
                .exec(tx.db())
                .await?;
            return Ok(answer);
        }
        let kept = Entity::find_by_id((actor.to_owned(), self.key.clone())).one(tx.db()).await?;
        match kept {
            Some(kept) if kept.fingerprint != fingerprint => Err(Error::new(Code::KeyReused)),
            Some(kept) => match kept.answer {
                Some(answer) => Ok(serde_json::from_value(answer)?),
                None => Err(Error::new(Code::Conflict).detail("the first request with this key is still running")),
            },
            None => Err(Error::new(Code::Conflict)),
        }
    }

    fn fingerprint<B: Serialize>(&self, body: &B) -> Result<String> {
        let mut digest = Sha256::new();
        digest.update(self.route.as_bytes());
        digest.update([0]);
        digest.update(serde_json::to_vec(body)?);
        Ok(BASE64URL_NOPAD.encode(&digest.finalize()))
    }
}
