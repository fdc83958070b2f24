//! How sending and publishing ended (protocol sections 2.2 and 7.4).

use crate::wechat::message::tree::{Fields, Unreadable};

/// How a template message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateOutcome {
    /// It arrived.
    Success,
    /// The follower blocks messages of the account.
    UserBlock,
    /// WeChat failed.
    SystemFailed,
    /// A status that is not known; the raw body has it.
    Other,
}

impl From<&str> for TemplateOutcome {
    /// Compares without regard to case and spaces, as WeChat is not consistent.
    fn from(status: &str) -> Self {
        let status: String = status.chars().filter(|c| !c.is_whitespace()).collect();
        match status.to_ascii_lowercase().as_str() {
            "success" => Self::Success,
            "failed:userblock" => Self::UserBlock,
            "failed:systemfailed" => Self::SystemFailed,
            _ => Self::Other,
        }
    }
}

/// How a mass message ended, and for how many people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassJob {
    /// The id that the send call gave.
    pub msg_id: u64,
    /// How it ended.
    pub outcome: MassOutcome,
    /// People it was meant for.
    pub total: Option<u64>,
    /// People left after filtering: about the sum of sent and failed.
    pub filtered: Option<u64>,
    /// People it reached.
    pub sent: Option<u64>,
    /// People it did not reach.
    pub failed: Option<u64>,
    /// What the check for originality found, article by article.
    pub copyright: Option<CopyrightCheck>,
    /// The articles of the message.
    pub articles: Vec<ArticleUrl>,
}

/// The status of a mass message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MassOutcome {
    /// `send success`
    Success,
    /// `send fail`
    Failed,
    /// `err(30003)`: refused for the reason with this number.
    Refused(u32),
    /// A status that is not known; the raw body has it.
    Other,
}

impl From<&str> for MassOutcome {
    fn from(status: &str) -> Self {
        let status = status.trim().to_ascii_lowercase();
        let reason = status.strip_prefix("err(").and_then(|rest| rest.strip_suffix(')'));
        match (status.as_str(), reason.map(str::parse)) {
            ("send success" | "sendsuccess", _) => Self::Success,
            ("send fail" | "sendfail", _) => Self::Failed,
            (_, Some(Ok(reason))) => Self::Refused(reason),
            _ => Self::Other,
        }
    }
}

/// The result of the check for originality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyrightCheck {
    /// The overall state: 1 not reprinted, 2 reprinted and may be sent, 3 reprinted and may not.
    pub state: Option<i64>,
    /// The numbers, from 1, of the articles that were checked.
    pub articles: Vec<u32>,
}

/// One article of a message or publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleUrl {
    /// From 1.
    pub index: u32,
    /// Where it can be read.
    pub url: String,
}

impl MassJob {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let copyright = fields.fields("CopyrightCheckResult")?.map(CopyrightCheck::read).transpose()?;
        let articles = match fields.fields("ArticleUrlResult")? {
            Some(result) => read_articles(&result.list("ResultList"), "ArticleIdx", "ArticleUrl")?,
            None => Vec::new(),
        };
        Ok(Self {
            msg_id: fields.value(&["MsgID", "MsgId"])?,
            outcome: MassOutcome::from(fields.text("Status")?.as_str()),
            total: fields.some_value(&["TotalCount"])?,
            filtered: fields.some_value(&["FilterCount"])?,
            sent: fields.some_value(&["SentCount"])?,
            failed: fields.some_value(&["ErrorCount"])?,
            copyright,
            articles,
        })
    }
}

impl CopyrightCheck {
    fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let articles = fields.list("ResultList");
        Ok(Self {
            state: fields.some_value(&["CheckState"])?,
            articles: articles.into_iter().map(|article| article.value(&["ArticleIdx"])).collect::<Result<_, _>>()?,
        })
    }
}

/// How a publication ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The id that the publish call gave.
    pub publish_id: String,
    /// How it ended.
    pub status: PublishStatus,
    /// The published message.
    pub article_id: Option<String>,
    /// Its articles.
    pub articles: Vec<ArticleUrl>,
    /// The numbers, from 1, of the articles that failed.
    pub failed: Vec<u32>,
}

/// `publish_status`; the numbers are not certain (protocol section 12, item 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishStatus {
    /// 0
    Published,
    /// 1
    Publishing,
    /// 2: the check for originality failed.
    NotOriginal,
    /// 3
    Failed,
    /// 4: the platform's review refused it.
    Refused,
    /// 5: deleted by the brand after publication.
    Deleted,
    /// 6: banned by the platform after publication.
    Banned,
    /// Any other number.
    Unknown(i64),
}

impl From<i64> for PublishStatus {
    fn from(status: i64) -> Self {
        match status {
            0 => Self::Published,
            1 => Self::Publishing,
            2 => Self::NotOriginal,
            3 => Self::Failed,
            4 => Self::Refused,
            5 => Self::Deleted,
            6 => Self::Banned,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl Publication {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let info = fields.fields("PublishEventInfo")?.ok_or(Unreadable::Malformed)?;
        let number = |text: &str| text.trim().parse().ok().ok_or(Unreadable::Malformed);
        let failed = info.all("fail_idx").map(|node| node.text().ok_or(Unreadable::Malformed));
        Ok(Self {
            publish_id: info.text("publish_id")?,
            status: PublishStatus::from(info.value::<i64>(&["publish_status"])?),
            article_id: info.some_text(&["article_id"])?,
            articles: read_articles(&info.list("article_detail"), "idx", "article_url")?,
            failed: failed.map(|text| number(&text?)).collect::<Result<_, _>>()?,
        })
    }
}

fn read_articles(list: &[&Fields], index: &str, url: &str) -> Result<Vec<ArticleUrl>, Unreadable> {
    let read = |article: &&Fields| Ok(ArticleUrl { index: article.value(&[index])?, url: article.text(url)? });
    list.iter().map(read).collect()
}
