//! Whose personal data an event is about (protocol sections 2.2 and 2.3).

use entity::types::{OpenId, UnionId};

use crate::wechat::message::tree::{Fields, Unreadable};

/// A person's authorisation of one app. Senders disagree about the case of the field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Whose data; the sender of the event when it does not say.
    pub open_id: OpenId,
    /// The same person over all accounts.
    pub union_id: Option<UnionId>,
    /// The app whose authorisation changed.
    pub app_id: Option<String>,
    /// The plug-in of a mini program, when it is about one.
    pub plugin_id: Option<String>,
    /// The person as that plug-in knows them.
    pub open_pid: Option<String>,
}

impl Authorization {
    pub(super) fn read(fields: &Fields, from: &OpenId) -> Result<Self, Unreadable> {
        Ok(Self {
            open_id: fields.some_value(&["OpenID", "openid", "OpenId"])?.unwrap_or_else(|| from.clone()),
            union_id: fields.some_value(&["UnionID", "unionid", "UnionId"])?,
            app_id: fields.some_text(&["AppID", "appid", "AppId"])?,
            plugin_id: fields.some_text(&["PluginID", "pluginid"])?,
            open_pid: fields.some_text(&["OpenPID", "openpid"])?,
        })
    }
}
