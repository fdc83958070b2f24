//! Requests to the callback as WeChat makes them, or as an attacker would.

use std::sync::Arc;

use huilian::wechat::{
    account::Account,
    callback::{Query, Stamp, seal_push},
    message::Fields,
};
use reqwest::StatusCode;

use super::TestApp;

/// A request that can be bent before it is sent.
pub struct Delivery<'a> {
    app: &'a TestApp,
    pub account: String,
    pub query: Query,
    pub body: Vec<u8>,
}

impl TestApp {
    pub fn account(&self, key: &str) -> Arc<Account> {
        let key = key.parse().expect("an account key");
        Arc::clone(self.app.folder.accounts.get(&key).expect("an account of the sample brand"))
    }

    /// A text message, sealed as this account wants it.
    pub fn text_from(&self, account: &str, open_id: &str, message_id: u64, content: &str) -> Delivery<'_> {
        let to = self.account(account).original_id.clone();
        let fields = Fields::new()
            .with("ToUserName", to.as_str())
            .with("FromUserName", open_id)
            .with("CreateTime", self.clock.now().timestamp())
            .with("MsgType", "text")
            .with("Content", content)
            .with("MsgId", i64::try_from(message_id).expect("an id"));
        self.sealed(&self.account(account), &fields)
    }

    pub fn sealed(&self, account: &Account, fields: &Fields) -> Delivery<'_> {
        let stamp = Stamp::new(self.clock.now(), &self.app.random);
        let (query, body) = seal_push(account, fields, &stamp).expect("a sealed push");
        Delivery { app: self, account: account.key.to_string(), query, body: body.into_bytes() }
    }
}

impl Delivery<'_> {
    /// Sends it; gives the status and the body of the answer.
    pub async fn send(&self) -> (StatusCode, String) {
        let url = format!("{}/wechat/{}/callback", self.app.base_url, self.account);
        let request = self.app.http.post(url).query(&self.query).body(self.body.clone());
        let response = request.send().await.expect("an answer");
        (response.status(), response.text().await.expect("a body"))
    }
}
