//! Whether a picture or recording may be shown to others: `media_check_async` (protocol section 8.9). The verdict comes
//! as the event [`WxaMediaCheck`](crate::wechat::message::Event::WxaMediaCheck) within half an hour, and may come
//! before our own commit of the trace id.

use entity::types::OpenId;
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::text_check::Place;
use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A recording.
    Audio,
    /// A picture.
    Image,
}

/// A file to be judged.
#[derive(Clone, Debug, Validate)]
pub struct MediaQuestion<'a> {
    /// Who made it; must have used the mini program within two hours.
    #[garde(skip)]
    pub openid: &'a OpenId,
    /// Where it is to be shown.
    #[garde(skip)]
    pub place: Place,
    /// What it is.
    #[garde(skip)]
    pub medium: Medium,
    /// Where WeChat can load it.
    #[garde(url)]
    pub url: &'a str,
}

#[derive(Serialize)]
struct Request<'a> {
    version: u8,
    openid: &'a OpenId,
    scene: u8,
    media_url: &'a str,
    media_type: u8,
}

#[derive(Deserialize)]
struct Response {
    trace_id: String,
}

impl Api {
    /// Asks WeChat to judge a file, and gives the trace id that the verdict will carry.
    ///
    /// # Errors
    /// 61010 when the person was not here lately. After [`Failure::Unknown`] a verdict may come that nobody waits for.
    pub async fn check_media(&self, question: &MediaQuestion<'_>) -> Result<String, Failure> {
        question.validate()?;
        let request = Request {
            version: 2,
            openid: question.openid,
            scene: question.place.number(),
            media_url: question.url,
            media_type: match question.medium {
                Medium::Audio => 1,
                Medium::Image => 2,
            },
        };
        let call = Call::to(endpoints::MEDIA_CHECK).json(&request)?;
        let response: Response = self.ask(call).await?;
        Ok(response.trace_id)
    }
}
