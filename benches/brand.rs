//! The sample brand's official account, and what its followers write to it, sealed as WeChat seals it.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, anyhow};
use huilian::{
    infra::{clock::Clock, random::Random},
    wechat::{
        account::{Account, Accounts},
        callback::{Query, Stamp, seal_push},
        folder::{Folder, Secrets},
        message::Fields,
    },
};

/// The folder that the service under measurement reads, too.
pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/wechat-config");
/// How many people write; each writes again and again, so most meet an open thread, as in life.
const FOLLOWERS: u64 = 10_000;
/// Matches a rule of the sample brand, so that every message is answered.
const QUESTION: &str = "你好，我想问一下会员积分怎么兑换？";

/// The brand's accounts, with the secrets that its folder names made up.
pub fn accounts() -> Result<Accounts> {
    Ok(Folder::load(Path::new(FOLDER), Secrets::Development)?.accounts)
}

/// The official account, ready to be written to.
pub struct Brand {
    /// The account that is written to: secure mode, XML.
    pub account: Arc<Account>,
    /// The machine's clock.
    pub clock: Clock,
    random: Random,
}

impl Brand {
    /// Reads the sample brand.
    pub fn load() -> Result<Self> {
        let account = Arc::clone(accounts()?.get(&"brand".parse()?).context("there is no account \"brand\"")?);
        Ok(Self { account, clock: Clock::system(), random: Random::system() })
    }

    /// Message number `number`, sealed now: the query and the body of the request.
    pub fn message(&self, number: u64) -> Result<(Query, String)> {
        let now = self.clock.now();
        let fields = Fields::new()
            .with("ToUserName", self.account.original_id.as_str())
            .with("FromUserName", format!("oMeasured{:019}", number % FOLLOWERS))
            .with("CreateTime", now.timestamp())
            .with("MsgType", "text")
            .with("Content", QUESTION)
            .with("MsgId", i64::try_from(number)?);
        seal_push(&self.account, &fields, &Stamp::new(now, &self.random)).map_err(|refusal| anyhow!(refusal))
    }
}
