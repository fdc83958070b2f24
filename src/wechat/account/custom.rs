//! Customer-service messages and the "typing" sign (protocol section 7.1). WeChat decides whether the person may be
//! written to; our own windows only predict it.

use entity::types::OpenId;
use garde::Validate;
use serde::Serialize;

use crate::wechat::{
    client::{Api, Call, Failure},
    endpoints,
    message::custom,
};

#[derive(Serialize, Validate)]
#[garde(allow_unvalidated)]
struct Typing<'a> {
    touser: &'a OpenId,
    command: &'static str,
}

impl Api {
    /// Sends a message. There is no message id, and no de-duplication: an unknown outcome stays unknown.
    ///
    /// # Errors
    /// Not sent when the message breaks a limit or is of the other kind of account; 45015 the window is closed, 45047
    /// it is used up, 48002 the person switched messages off, 43004 does not follow, 40007 media expired, 45002.
    pub async fn send_custom(&self, message: &custom::Send) -> Result<(), Failure> {
        message.validate_with(&self.account.kind)?;
        self.done(Call::to(endpoints::CUSTOM_SEND).json(message)?).await
    }

    /// Shows "typing" to a person for a quarter of a minute, or stops showing it. Whether it can be shown is of no
    /// consequence, so 45072, 45080 and 45081 count as success.
    ///
    /// # Errors
    /// 40003, 48001.
    pub async fn show_typing(&self, to: &OpenId, typing: bool) -> Result<(), Failure> {
        let command = if typing { "Typing" } else { "CancelTyping" };
        self.tell(endpoints::CUSTOM_TYPING, &Typing { touser: to, command }).await
    }
}
