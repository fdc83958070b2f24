//! The calls of one account; the typed ones stand in `account/`, one file a concept.

use std::sync::Arc;

use garde::Validate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Answer, Call, Failure, WeChat};
use crate::wechat::{account::Account, endpoints::Endpoint};

/// The calls that can be made for one account. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    pub(in crate::wechat) wechat: WeChat,
    pub(in crate::wechat) account: Arc<Account>,
}

/// An answer of which nothing matters but that it is none with an error.
#[derive(Deserialize)]
struct Done {}

impl Api {
    pub(super) fn new(wechat: WeChat, account: Arc<Account>) -> Self {
        Self { wechat, account }
    }

    /// The account that is called.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Makes any call; for APIs that have no typed call here.
    ///
    /// # Errors
    /// Every [`Failure`].
    pub async fn call(&self, call: &Call) -> Result<Answer, Failure> {
        self.wechat.call(&self.account, call).await
    }

    /// Makes a call and reads its JSON answer.
    pub(in crate::wechat) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, Failure> {
        self.call(&call).await?.read(call.endpoint.effect)
    }

    /// Checks a JSON body against WeChat's limits, posts it and reads the answer.
    pub(in crate::wechat) async fn post<T: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        body: &(impl Serialize + Validate<Context = ()>),
    ) -> Result<T, Failure> {
        body.validate()?;
        self.ask(Call::to(endpoint).json(body)?).await
    }

    /// Posts a JSON body in the same way; the answer says nothing more than that it worked.
    pub(in crate::wechat) async fn tell(
        &self,
        endpoint: Endpoint,
        body: &(impl Serialize + Validate<Context = ()>),
    ) -> Result<(), Failure> {
        self.post::<Done>(endpoint, body).await.map(|Done {}| ())
    }

    /// Makes a call whose answer says nothing more than that it worked.
    pub(in crate::wechat) async fn done(&self, call: Call) -> Result<(), Failure> {
        self.ask::<Done>(call).await.map(|Done {}| ())
    }
}
