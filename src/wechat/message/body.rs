//! What a push says: a message of a person, or an event (protocol section 2.1).

use entity::types::OpenId;

use super::{
    Coordinates, Event,
    event::foreign_name,
    tree::{Fields, Unreadable},
};

/// The content of a push.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// 文本
    Text {
        /// Emoji come as Unicode or as codes such as `[微笑]` and `/::)`.
        content: String,
        /// The id of the item, when somebody tapped a menu message that we sent.
        menu_id: Option<String>,
        /// Where it was written, when that was below an article.
        article: Option<InArticle>,
        /// The business of the mini program's customer service.
        business_id: Option<String>,
    },
    /// 图片
    Image {
        /// Where WeChat shows it.
        pic_url: Option<String>,
        /// Valid for three days.
        media_id: String,
        /// Where it was sent, when that was below an article.
        article: Option<InArticle>,
    },
    /// 语音
    Voice {
        /// Valid for three days.
        media_id: String,
        /// `amr` or `speex`.
        format: Option<String>,
        /// What was said, only where speech recognition is on.
        recognition: Option<String>,
        /// The same recording with 16 kHz, where WeChat gives one.
        media_id_16k: Option<String>,
    },
    /// 视频
    Video {
        /// Valid for three days.
        media_id: String,
        /// The still picture.
        thumb_media_id: Option<String>,
    },
    /// 小视频
    ShortVideo {
        /// Valid for three days.
        media_id: String,
        /// The still picture.
        thumb_media_id: Option<String>,
    },
    /// 地理位置
    Location {
        /// Where.
        at: Coordinates,
        /// The zoom of the map.
        scale: Option<f64>,
        /// The address as text.
        label: Option<String>,
    },
    /// 链接
    Link {
        /// May be empty.
        title: String,
        /// May be empty.
        description: String,
        /// Where it leads.
        url: String,
    },
    /// 小程序卡片, mini programs only.
    MiniProgramPage {
        /// What the card says.
        title: String,
        /// The mini program it leads to.
        app_id: Option<String>,
        /// The page in it.
        page_path: String,
        /// Where WeChat shows the picture.
        thumb_url: Option<String>,
        /// The picture.
        thumb_media_id: Option<String>,
    },
    /// 事件
    Event(Event),
    /// A type that did not exist when this was written: kept raw and acknowledged (protocol section 1.7, item 7).
    Unknown {
        /// Its name, lower case, at most 64 characters of `[a-z0-9_-]`.
        msg_type: String,
    },
}

/// The article below which a message was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InArticle {
    /// The mass message that carried the article.
    pub msg_data_id: String,
    /// Which article of it, from 1.
    pub index: Option<u32>,
}

impl Body {
    pub(super) fn read(fields: &Fields, from: &OpenId) -> Result<Self, Unreadable> {
        let optional = |name| fields.some_text(&[name]);
        let msg_type = fields.text("MsgType")?.trim().to_ascii_lowercase();
        Ok(match msg_type.as_str() {
            "text" => Self::Text {
                content: fields.text("Content")?,
                menu_id: optional("bizmsgmenuid")?,
                article: InArticle::read(fields)?,
                business_id: optional("BusinessId")?,
            },
            "image" => Self::Image {
                pic_url: optional("PicUrl")?,
                media_id: fields.text("MediaId")?,
                article: InArticle::read(fields)?,
            },
            "voice" => Self::Voice {
                media_id: fields.text("MediaId")?,
                format: optional("Format")?,
                recognition: optional("Recognition")?,
                media_id_16k: optional("MediaId16K")?,
            },
            "video" => Self::Video { media_id: fields.text("MediaId")?, thumb_media_id: optional("ThumbMediaId")? },
            "shortvideo" => {
                Self::ShortVideo { media_id: fields.text("MediaId")?, thumb_media_id: optional("ThumbMediaId")? }
            }
            "location" => Self::Location {
                at: Coordinates::read(fields, "Location_X", "Location_Y")?,
                scale: fields.some_value(&["Scale"])?,
                label: optional("Label")?,
            },
            "link" => Self::Link {
                title: fields.text("Title")?,
                description: optional("Description")?.unwrap_or_default(),
                url: fields.text("Url")?,
            },
            "miniprogrampage" => Self::MiniProgramPage {
                title: fields.text("Title")?,
                app_id: optional("AppId")?,
                page_path: fields.text("PagePath")?,
                thumb_url: optional("ThumbUrl")?,
                thumb_media_id: optional("ThumbMediaId")?,
            },
            "event" => Self::Event(Event::read(fields, from)?),
            unknown => Self::Unknown { msg_type: foreign_name(unknown) },
        })
    }

    /// See [`Push::kind`](super::Push::kind).
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::ShortVideo { .. } => "shortvideo",
            Self::Location { .. } => "location",
            Self::Link { .. } => "link",
            Self::MiniProgramPage { .. } => "miniprogrampage",
            Self::Event(event) => event.kind(),
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl InArticle {
    fn read(fields: &Fields) -> Result<Option<Self>, Unreadable> {
        let msg_data_id = fields.some_text(&["MsgDataId"])?;
        let index = fields.some_value(&["Idx"])?;
        Ok(msg_data_id.map(|msg_data_id| Self { msg_data_id, index }))
    }
}
