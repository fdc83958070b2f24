//! Customer-service messages: what we say within WeChat's windows, on our own initiative (protocol section 7.1).

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::wechat::account::Kind;

use super::{
    Article, Reply,
    limits::{
        ADDRESS, DESCRIPTION, ID, TEXT, TITLE, agent, mini_only, official_only, page_owner, printable, web_address,
    },
};

/// The body of one send call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Send {
    /// Who gets it.
    #[garde(skip)]
    pub touser: OpenId,
    /// What it says.
    #[serde(flatten)]
    #[garde(dive)]
    pub message: CustomMessage,
    /// The agent in whose name it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(dive)]
    pub customservice: Option<Agent>,
    /// The business of a mini program's customer service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(custom(mini_only_some))]
    pub businessid: Option<i64>,
}

impl Send {
    /// A message to somebody, in the name of the account itself.
    pub fn to(touser: OpenId, message: CustomMessage) -> Self {
        Self { touser, message, customservice: None, businessid: None }
    }
}

/// A customer-service agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Agent {
    /// `name@account`
    #[garde(length(bytes, max = ID), custom(printable), custom(agent))]
    pub kf_account: String,
}

/// What a customer-service message says, in exactly the shape of WeChat's request. Validate it with the kind of the
/// account that sends it: `message.validate_with(&account.kind)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
#[garde(context(Kind))]
pub enum CustomMessage {
    /// 文本
    Text {
        /// See [`Text`].
        #[garde(dive)]
        text: Text,
    },
    /// 图片
    Image {
        /// See [`Media`].
        #[garde(dive)]
        image: Media,
    },
    /// 语音
    Voice {
        /// See [`Media`].
        #[garde(dive, custom(official_only))]
        voice: Media,
    },
    /// 视频
    Video {
        /// See [`Video`].
        #[garde(dive, custom(official_only))]
        video: Video,
    },
    /// 音乐
    Music {
        /// See [`Music`].
        #[garde(dive, custom(official_only))]
        music: Music,
    },
    /// 图文 that leads to any address.
    News {
        /// See [`News`].
        #[garde(dive, custom(official_only))]
        news: News,
    },
    /// 图文 from the material library.
    MpNews {
        /// See [`Media`].
        #[garde(dive, custom(official_only))]
        mpnews: Media,
    },
    /// 图文 that was published.
    MpNewsArticle {
        /// See [`Published`].
        #[garde(dive, custom(official_only))]
        mpnewsarticle: Published,
    },
    /// 菜单消息
    MsgMenu {
        /// See [`Menu`].
        #[garde(dive, custom(official_only))]
        msgmenu: Menu,
    },
    /// 卡券
    WxCard {
        /// See [`Card`].
        #[garde(dive, custom(official_only))]
        wxcard: Card,
    },
    /// 小程序卡片
    MiniProgramPage {
        /// See [`Page`].
        #[garde(dive)]
        miniprogrampage: Page,
    },
    /// 图文链接, mini programs only.
    Link {
        /// See [`Link`].
        #[garde(dive, custom(mini_only))]
        link: Link,
    },
}

/// A text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Text {
    /// At most 2048 bytes; `<a href>` and mini-program links are shown.
    #[garde(length(bytes, min = 1, max = TEXT), custom(printable))]
    pub content: String,
}

/// Something uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Media {
    /// What the upload gave.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub media_id: String,
}

/// A video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Video {
    /// The uploaded video.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub media_id: String,
    /// The uploaded still picture.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub thumb_media_id: String,
    /// Shown below the video.
    #[serde(default)]
    #[garde(length(chars, max = TITLE), custom(printable))]
    pub title: String,
    /// Shown below the title.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION), custom(printable))]
    pub description: String,
}

/// A piece of music.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Music {
    /// The name of the piece.
    #[serde(default)]
    #[garde(length(chars, max = TITLE), custom(printable))]
    pub title: String,
    /// Who plays it.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION), custom(printable))]
    pub description: String,
    /// Where it plays.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub musicurl: String,
    /// Where it plays over Wi-Fi.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub hqmusicurl: String,
    /// The uploaded still picture.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub thumb_media_id: String,
}

/// An article that leads to any address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct News {
    /// Exactly one; more is error 45008.
    #[garde(length(equal = 1), dive)]
    pub articles: Vec<NewsArticle>,
}

/// The article of [`News`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct NewsArticle {
    /// The headline.
    #[garde(length(chars, min = 1, max = TITLE), custom(printable))]
    pub title: String,
    /// The text below it.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION), custom(printable))]
    pub description: String,
    /// Where it leads.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub url: String,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(bytes, max = ADDRESS), inner(custom(web_address)))]
    pub picurl: Option<String>,
}

/// A published article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Published {
    /// What publishing gave.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub article_id: String,
}

/// A question with answers to tap. A tap comes back as a text with the `bizmsgmenuid` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Menu {
    /// Shown above the answers.
    #[garde(length(bytes, min = 1, max = TEXT), custom(printable))]
    pub head_content: String,
    /// The answers.
    #[garde(length(min = 1, max = 10), dive)]
    pub list: Vec<MenuItem>,
    /// Shown below the answers.
    #[serde(default)]
    #[garde(length(bytes, max = TEXT), custom(printable))]
    pub tail_content: String,
}

/// One answer of a [`Menu`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct MenuItem {
    /// Comes back as `bizmsgmenuid`.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub id: String,
    /// What it says.
    #[garde(length(chars, min = 1, max = TITLE), custom(printable))]
    pub content: String,
}

/// A WeChat card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Card {
    /// The kind of card.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub card_id: String,
}

/// A page of a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Page {
    /// What the card says.
    #[garde(length(chars, min = 1, max = TITLE), custom(printable))]
    pub title: String,
    /// Which mini program; official accounts must say it, a mini program must not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(bytes, min = 1, max = ID), ascii, custom(page_owner))]
    pub appid: Option<String>,
    /// The page, with its query.
    #[garde(length(bytes, min = 1, max = ADDRESS), custom(printable))]
    pub pagepath: String,
    /// The uploaded picture of the card.
    #[garde(length(bytes, min = 1, max = ID), ascii)]
    pub thumb_media_id: String,
}

/// A link with a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[garde(context(Kind))]
pub struct Link {
    /// The headline.
    #[garde(length(chars, min = 1, max = TITLE), custom(printable))]
    pub title: String,
    /// The text below it.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION), custom(printable))]
    pub description: String,
    /// Where it leads.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub url: String,
    /// The picture.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub thumb_url: String,
}

impl CustomMessage {
    /// A text message.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { text: Text { content: content.into() } }
    }

    /// The `msgtype`.
    pub fn msg_type(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
            Self::MpNews { .. } => "mpnews",
            Self::MpNewsArticle { .. } => "mpnewsarticle",
            Self::MsgMenu { .. } => "msgmenu",
            Self::WxCard { .. } => "wxcard",
            Self::MiniProgramPage { .. } => "miniprogrampage",
            Self::Link { .. } => "link",
        }
    }

    /// The same words as a customer-service message, for when the five seconds of a passive reply are over.
    ///
    /// Nothing for what this call cannot say: handing over to agents, a video without a still picture, and music
    /// without an address. Of several articles the first one is kept.
    pub fn from_reply(reply: &Reply) -> Option<Self> {
        Some(match reply.clone() {
            Reply::Text { content } => Self::text(content),
            Reply::Image { media_id } => Self::Image { image: Media { media_id } },
            Reply::Voice { media_id } => Self::Voice { voice: Media { media_id } },
            Reply::Video { media_id, thumb_media_id, title, description } => Self::Video {
                video: Video {
                    media_id,
                    thumb_media_id: thumb_media_id?,
                    title: title.unwrap_or_default(),
                    description: description.unwrap_or_default(),
                },
            },
            Reply::Music { title, description, url, hq_url, thumb_media_id } => {
                let musicurl = url.or_else(|| hq_url.clone())?;
                Self::Music {
                    music: Music {
                        title: title.unwrap_or_default(),
                        description: description.unwrap_or_default(),
                        hqmusicurl: hq_url.unwrap_or_else(|| musicurl.clone()),
                        musicurl,
                        thumb_media_id,
                    },
                }
            }
            Reply::News { articles } => {
                let Article { title, description, pic_url, url } = articles.into_iter().next()?;
                let article = NewsArticle { title, description, url, picurl: pic_url };
                Self::News { news: News { articles: vec![article] } }
            }
            Reply::TransferCustomerService { .. } => return None,
        })
    }
}

fn mini_only_some(business: &Option<i64>, kind: &Kind) -> garde::Result {
    if business.is_some() { mini_only(business, kind) } else { Ok(()) }
}
