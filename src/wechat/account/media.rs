//! Temporary media, which live for three days, and images for articles (protocol section 2.1). Size limits change over
//! time, so WeChat judges them (45001).

use serde::Deserialize;

use super::tolerant;
use crate::{
    infra::clock::Time,
    wechat::{
        client::{Answer, Api, Call, Failure, File, Upload},
        endpoints,
    },
};

/// What kind of media a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// JPG, PNG, GIF or BMP.
    Image,
    /// AMR or MP3, up to a minute.
    Voice,
    /// MP4.
    Video,
    /// JPG, the still picture of a video or a piece of music.
    Thumb,
}

/// Uploaded media.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Media {
    /// Names it in messages for three days.
    #[serde(alias = "thumb_media_id")]
    pub media_id: String,
    /// When it was uploaded.
    #[serde(default, deserialize_with = "tolerant::seconds")]
    pub created_at: Option<Time>,
}

/// Downloaded media.
#[derive(Clone, PartialEq, Eq)]
pub enum Download {
    /// The file.
    File(File),
    /// Where a video can be loaded from.
    Video {
        /// The address.
        url: String,
    },
}

#[derive(Deserialize)]
struct Video {
    video_url: String,
}

#[derive(Deserialize)]
struct Image {
    url: String,
}

impl Api {
    /// Uploads temporary media.
    ///
    /// # Errors
    /// 45001 too large, 40004 and 40005 of another format.
    pub async fn upload_media(&self, kind: MediaKind, upload: Upload) -> Result<Media, Failure> {
        let kind = match kind {
            MediaKind::Image => "image",
            MediaKind::Voice => "voice",
            MediaKind::Video => "video",
            MediaKind::Thumb => "thumb",
        };
        self.ask(Call::to(endpoints::MEDIA_UPLOAD).query("type", kind).file(upload)).await
    }

    /// Downloads temporary media, ours or what a person sent.
    ///
    /// # Errors
    /// 40007 the media is unknown or has expired.
    pub async fn media(&self, media_id: &str) -> Result<Download, Failure> {
        let call = Call::to(endpoints::MEDIA_GET).query("media_id", media_id).wanting_file();
        match self.call(&call).await? {
            Answer::File(file) => Ok(Download::File(file)),
            json @ Answer::Json(_) => {
                let video: Video = json.read(call.effect())?;
                Ok(Download::Video { url: video.video_url })
            }
        }
    }

    /// Uploads an image for use inside articles and gives its address.
    ///
    /// # Errors
    /// 45001 larger than 1 MB, 40005 neither JPG nor PNG.
    pub async fn upload_article_image(&self, upload: Upload) -> Result<String, Failure> {
        let image: Image = self.ask(Call::to(endpoints::MEDIA_UPLOAD_IMAGE).file(upload)).await?;
        Ok(image.url)
    }
}
