//! Passive replies: what goes back in the same HTTP response (protocol section 2.5).

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{infra::clock::Time, wechat::account::Format};

use super::{
    Body, Push,
    limits::{ADDRESS, DESCRIPTION, ID, TEXT, TITLE, agent, printable, web_address},
    tree::{Fields, Node, Unreadable},
};

/// A reply as rules store it. Official accounts can give any of them; a mini program can only hand over to its
/// customer service, and where bodies are JSON the only answer is `success`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// 文本
    Text {
        /// At most 2048 bytes. Line breaks and `<a href>` links are shown.
        #[garde(length(bytes, min = 1, max = TEXT), custom(printable))]
        content: String,
    },
    /// 图片
    Image {
        /// An uploaded picture.
        #[garde(length(bytes, min = 1, max = ID), ascii)]
        media_id: String,
    },
    /// 语音
    Voice {
        /// An uploaded recording.
        #[garde(length(bytes, min = 1, max = ID), ascii)]
        media_id: String,
    },
    /// 视频
    Video {
        /// An uploaded video.
        #[garde(length(bytes, min = 1, max = ID), ascii)]
        media_id: String,
        /// An uploaded still picture; used only when the reply goes out as a customer-service message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(bytes, min = 1, max = ID), ascii)]
        thumb_media_id: Option<String>,
        /// Shown below the video.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(chars, max = TITLE), inner(custom(printable)))]
        title: Option<String>,
        /// Shown below the title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(chars, max = DESCRIPTION), inner(custom(printable)))]
        description: Option<String>,
    },
    /// 音乐
    Music {
        /// The name of the piece.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(chars, max = TITLE), inner(custom(printable)))]
        title: Option<String>,
        /// Who plays it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(chars, max = DESCRIPTION), inner(custom(printable)))]
        description: Option<String>,
        /// Where it plays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(bytes, max = ADDRESS), inner(custom(web_address)))]
        url: Option<String>,
        /// Where it plays over Wi-Fi.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(bytes, max = ADDRESS), inner(custom(web_address)))]
        hq_url: Option<String>,
        /// An uploaded still picture.
        #[garde(length(bytes, min = 1, max = ID), ascii)]
        thumb_media_id: String,
    },
    /// 图文
    News {
        /// One to eight articles. An answer to a message shows the first one only.
        #[garde(length(min = 1, max = 8), dive)]
        articles: Vec<Article>,
    },
    /// 转接客服: hands the chat over to human agents.
    TransferCustomerService {
        /// The agent, `name@account`; anybody who is there when missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[garde(length(bytes, max = ID), inner(custom(printable), custom(agent)))]
        account: Option<String>,
    },
}

/// An article of a news reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[schema(as = ReplyArticle)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// The headline.
    #[garde(length(chars, min = 1, max = TITLE), custom(printable))]
    pub title: String,
    /// The text below it.
    #[serde(default)]
    #[garde(length(chars, max = DESCRIPTION), custom(printable))]
    pub description: String,
    /// A picture, best 900 by 383 pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(bytes, max = ADDRESS), inner(custom(web_address)))]
    pub pic_url: Option<String>,
    /// Where it leads.
    #[garde(length(bytes, max = ADDRESS), custom(web_address))]
    pub url: String,
}

impl Reply {
    /// The `MsgType` of the reply.
    pub fn msg_type(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
            Self::TransferCustomerService { .. } => "transfer_customer_service",
        }
    }

    /// The body of the reply that answers `push`, as XML. Articles above the number that this kind of push allows are
    /// left out.
    pub fn answer(&self, push: &Push, now: Time) -> String {
        Fields::new()
            .with("ToUserName", push.from.as_str())
            .with("FromUserName", push.to.as_str())
            .with("CreateTime", now.timestamp())
            .with("MsgType", self.msg_type())
            .with_all(self.content(articles_allowed(&push.body)))
            .write(Format::Xml)
    }

    fn content(&self, most_articles: usize) -> Fields {
        let fields = Fields::new();
        match self {
            Self::Text { content } => fields.with("Content", content.as_str()),
            Self::Image { media_id } => fields.with("Image", Fields::new().with("MediaId", media_id.as_str())),
            Self::Voice { media_id } => fields.with("Voice", Fields::new().with("MediaId", media_id.as_str())),
            Self::Video { media_id, title, description, thumb_media_id: _ } => fields.with(
                "Video",
                Fields::new()
                    .with("MediaId", media_id.as_str())
                    .with_some("Title", title.as_deref())
                    .with_some("Description", description.as_deref()),
            ),
            Self::Music { title, description, url, hq_url, thumb_media_id } => fields.with(
                "Music",
                Fields::new()
                    .with_some("Title", title.as_deref())
                    .with_some("Description", description.as_deref())
                    .with_some("MusicUrl", url.as_deref())
                    .with_some("HQMusicUrl", hq_url.as_deref())
                    .with("ThumbMediaId", thumb_media_id.as_str()),
            ),
            Self::News { articles } => {
                let items: Vec<Node> =
                    articles.iter().take(most_articles).map(|article| article.item().into()).collect();
                fields
                    .with("ArticleCount", i64::try_from(items.len()).unwrap_or(i64::MAX))
                    .with("Articles", items.into_iter().fold(Fields::new(), |list, item| list.with("item", item)))
            }
            Self::TransferCustomerService { account } => fields
                .with_some("TransInfo", account.as_deref().map(|account| Fields::new().with("KfAccount", account))),
        }
    }

    /// Reads a reply body: the inverse of [`answer`](Self::answer), for whoever plays WeChat.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let fields = Fields::read(body, Format::Xml)?;
        let nested = |name| fields.fields(name)?.ok_or(Unreadable::Malformed);
        Ok(match fields.text("MsgType")?.as_str() {
            "text" => Self::Text { content: fields.text("Content")? },
            "image" => Self::Image { media_id: nested("Image")?.text("MediaId")? },
            "voice" => Self::Voice { media_id: nested("Voice")?.text("MediaId")? },
            "video" => {
                let video = nested("Video")?;
                Self::Video {
                    media_id: video.text("MediaId")?,
                    thumb_media_id: None,
                    title: video.some_text(&["Title"])?,
                    description: video.some_text(&["Description"])?,
                }
            }
            "music" => {
                let music = nested("Music")?;
                Self::Music {
                    title: music.some_text(&["Title"])?,
                    description: music.some_text(&["Description"])?,
                    url: music.some_text(&["MusicUrl"])?,
                    hq_url: music.some_text(&["HQMusicUrl"])?,
                    thumb_media_id: music.text("ThumbMediaId")?,
                }
            }
            "news" => {
                let articles = fields.list("Articles").into_iter().map(Article::read).collect::<Result<Vec<_>, _>>()?;
                if articles.is_empty() || articles.len() != fields.value::<usize>(&["ArticleCount"])? {
                    return Err(Unreadable::Malformed);
                }
                Self::News { articles }
            }
            "transfer_customer_service" => {
                let account = fields.fields("TransInfo")?.map(|info| info.text("KfAccount")).transpose()?;
                Self::TransferCustomerService { account }
            }
            _ => return Err(Unreadable::Malformed),
        })
    }
}

impl Article {
    fn item(&self) -> Fields {
        Fields::new()
            .with("Title", self.title.as_str())
            .with("Description", self.description.as_str())
            .with("PicUrl", self.pic_url.as_deref().unwrap_or_default())
            .with("Url", self.url.as_str())
    }

    fn read(fields: &Fields) -> Result<Self, Unreadable> {
        Ok(Self {
            title: fields.text("Title")?,
            description: fields.some_text(&["Description"])?.unwrap_or_default(),
            pic_url: fields.some_text(&["PicUrl"])?,
            url: fields.text("Url")?,
        })
    }
}

/// One article when somebody said something, up to eight when something happened.
fn articles_allowed(body: &Body) -> usize {
    match body {
        Body::Event(_) => 8,
        Body::Text { .. }
        | Body::Image { .. }
        | Body::Voice { .. }
        | Body::Video { .. }
        | Body::ShortVideo { .. }
        | Body::Location { .. }
        | Body::Link { .. }
        | Body::MiniProgramPage { .. }
        | Body::Unknown { .. } => 1,
    }
}
