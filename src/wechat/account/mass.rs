//! Mass messages (protocol section 7.4): to all, to a tag, or to a list. A person gets at most four a month; the
//! result is told later by MASSSENDJOBFINISH.

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::tolerant::number;
use crate::wechat::{
    client::{Api, Failure},
    endpoints,
};

/// What a mass message says, in WeChat's own shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
#[garde(allow_unvalidated)]
pub enum MassMessage {
    /// 图文
    MpNews {
        /// The article.
        mpnews: MediaRef,
        /// 1 sends it even when it is judged a reprint.
        #[serde(default)]
        send_ignore_reprint: u8,
    },
    /// 文本
    Text {
        /// The text.
        #[garde(dive)]
        text: Text,
    },
    /// 语音
    Voice {
        /// The voice.
        voice: MediaRef,
    },
    /// 图片
    Images {
        /// The images.
        #[garde(dive)]
        images: Images,
    },
    /// 视频
    MpVideo {
        /// The video.
        mpvideo: MediaRef,
    },
    /// 卡券
    WxCard {
        /// The card.
        wxcard: Card,
    },
}

/// Something in the material library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// What uploading gave.
    pub media_id: String,
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Text {
    /// Its content.
    #[garde(length(bytes, min = 1))]
    pub content: String,
}

/// Images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Images {
    /// What uploading gave.
    #[garde(length(min = 1))]
    pub media_ids: Vec<String>,
    /// A word to go with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub recommend: Option<String>,
}

/// A WeChat card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The kind of card.
    pub card_id: String,
}

/// Who gets a mass message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every follower; enters the history, once a day.
    All,
    /// The followers with this tag.
    Tag(u32),
}

/// Who gets a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Previewer {
    /// A follower.
    #[serde(rename = "touser")]
    OpenId(OpenId),
    /// A follower by WeChat name.
    #[serde(rename = "towxname")]
    WeChatName(String),
}

/// An accepted mass message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassSent {
    /// WeChat's id, by which the result is told; missing in some answers to a repeat.
    pub msg_id: Option<u64>,
    /// The id of its articles in WeChat's statistics.
    pub msg_data_id: Option<u64>,
    /// It was sent before under the same `clientmsgid` (45065).
    pub repeated: bool,
}

/// How far a mass message is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MassStatus {
    /// Sent.
    SendSuccess,
    /// Under way.
    Sending,
    /// Failed.
    SendFail,
    /// Taken back.
    Delete,
    /// Something that WeChat added later.
    #[serde(untagged)]
    Other(String),
}

#[derive(Serialize)]
struct Filter {
    is_to_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_id: Option<u32>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct ToAudience<'a> {
    filter: Filter,
    #[serde(flatten)]
    #[garde(dive)]
    message: &'a MassMessage,
    #[garde(custom(client_msg_id))]
    clientmsgid: &'a str,
}

#[derive(Serialize, Validate)]
struct ToList<'a> {
    #[garde(length(min = 2, max = 10_000))]
    touser: &'a [OpenId],
    #[serde(flatten)]
    #[garde(dive)]
    message: &'a MassMessage,
    #[garde(custom(client_msg_id))]
    clientmsgid: &'a str,
}

#[derive(Serialize, Validate)]
struct Preview<'a> {
    #[serde(flatten)]
    #[garde(skip)]
    to: &'a Previewer,
    #[serde(flatten)]
    #[garde(dive)]
    message: &'a MassMessage,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Delete {
    msg_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    article_idx: Option<u32>,
}

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Get {
    msg_id: String,
}

#[derive(Serialize, Validate)]
struct SetSpeed {
    #[garde(range(max = 4))]
    speed: u8,
}

#[derive(Serialize, Validate)]
struct Nothing {}

#[derive(Deserialize)]
struct Accepted {
    #[serde(default, deserialize_with = "number")]
    errcode: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    msg_id: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    msg_data_id: Option<u64>,
}

#[derive(Deserialize)]
struct Status {
    msg_status: MassStatus,
}

#[derive(Deserialize)]
struct Speed {
    speed: u8,
}

impl Api {
    /// Sends to all or to a tag. `client_msg_id` (1 to 64 bytes of ASCII) is our own id of the message: when the outcome
    /// is unknown, the same call after a minute sends nothing twice and gives the message that was accepted.
    ///
    /// # Errors
    /// 45028 the quota is used up, 45066 the same id again within a minute, 48003 the agreement is not accepted.
    pub async fn send_mass(
        &self,
        to: Audience,
        message: &MassMessage,
        client_msg_id: &str,
    ) -> Result<MassSent, Failure> {
        let filter = match to {
            Audience::All => Filter { is_to_all: true, tag_id: None },
            Audience::Tag(tag) => Filter { is_to_all: false, tag_id: Some(tag) },
        };
        let body = ToAudience { filter, message, clientmsgid: client_msg_id };
        self.post(endpoints::MASS_SEND_ALL, &body).await.map(accepted)
    }

    /// Sends to 2 to 10,000 people.
    ///
    /// # Errors
    /// As [`send_mass`](Self::send_mass), and 40003.
    pub async fn send_mass_to(
        &self,
        openids: &[OpenId],
        message: &MassMessage,
        client_msg_id: &str,
    ) -> Result<MassSent, Failure> {
        let body = ToList { touser: openids, message, clientmsgid: client_msg_id };
        self.post(endpoints::MASS_SEND, &body).await.map(accepted)
    }

    /// Shows a mass message to one person beforehand; 100 a day.
    ///
    /// # Errors
    /// 40003, 40132, 43004.
    pub async fn preview_mass(&self, to: &Previewer, message: &MassMessage) -> Result<(), Failure> {
        self.tell(endpoints::MASS_PREVIEW, &Preview { to, message }).await
    }

    /// Takes back articles or a video; `article` is counted from 1, nothing takes back all.
    ///
    /// # Errors
    /// A refusal for other types and unknown ids.
    pub async fn delete_mass(&self, msg_id: u64, article: Option<u32>) -> Result<(), Failure> {
        self.tell(endpoints::MASS_DELETE, &Delete { msg_id, article_idx: article }).await
    }

    /// How far a mass message is.
    ///
    /// # Errors
    /// A refusal for unknown ids.
    pub async fn mass_status(&self, msg_id: u64) -> Result<MassStatus, Failure> {
        let status: Status = self.post(endpoints::MASS_STATUS, &Get { msg_id: msg_id.to_string() }).await?;
        Ok(status.msg_status)
    }

    /// The sending speed: 0 to 4 mean 800,000, 600,000, 450,000, 300,000 and 100,000 people a minute.
    ///
    /// # Errors
    /// Every [`Failure`] of a read.
    pub async fn mass_speed(&self) -> Result<u8, Failure> {
        let speed: Speed = self.post(endpoints::MASS_SPEED_GET, &Nothing {}).await?;
        Ok(speed.speed)
    }

    /// Sets the sending speed, 0 to 4.
    ///
    /// # Errors
    /// Not sent for more than 4; 45083, 45084.
    pub async fn set_mass_speed(&self, speed: u8) -> Result<(), Failure> {
        self.tell(endpoints::MASS_SPEED_SET, &SetSpeed { speed }).await
    }
}

fn accepted(Accepted { errcode, msg_id, msg_data_id }: Accepted) -> MassSent {
    MassSent { msg_id, msg_data_id, repeated: errcode == Some(45065) }
}

fn client_msg_id(id: &str, (): &()) -> garde::Result {
    if (1..=64).contains(&id.len()) && id.is_ascii() {
        Ok(())
    } else {
        Err(garde::Error::new("1 至 64 个 ASCII 字符 / 1 to 64 characters of ASCII"))
    }
}
