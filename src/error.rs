//! The application error and the closed list of public codes.
//!
//! A code is part of the contract with every caller: it is never renamed and never reused. What went wrong inside is
//! kept as the source, logged once at the edge, and never sent to a caller.

use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use actix_web::http::StatusCode;

/// The result of anything that a caller may have to be told about.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $title:literal, $zh:literal;)*) => {
        /// Every public error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, for the API description and for the test that none is unused.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as callers see it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The HTTP status that goes with the code.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }

            /// One short English sentence, the same for every occurrence of the code.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            /// The same sentence in Chinese.
            pub fn title_zh(self) -> &'static str {
                match self { $(Self::$name => $zh),* }
            }
        }
    };
}

codes! {
    /// Something failed that the caller cannot mend; the log has the cause under the request id.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side", "服务器出了点问题";
    /// The database or another needed part does not answer; the same request may succeed later.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The service is not available right now", "服务暂时不可用";
    /// The request took longer than it may.
    Timeout = "timeout", GATEWAY_TIMEOUT, "The request took too long", "请求处理超时";
    /// The body, the query or a header cannot be read as what the call expects.
    BadRequest = "bad_request", BAD_REQUEST, "The request cannot be read", "请求格式不正确";
    /// The request can be read, but a value breaks a rule; `errors` names each field.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "Some values are not valid", "部分内容不符合要求";
    /// The body is larger than the call accepts.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The request is too large", "请求内容过大";
    /// The file is no table that can be imported; `detail` says why and what to do.
    FileUnreadable = "file_unreadable", UNPROCESSABLE_ENTITY, "The file cannot be read as a table", "无法将文件读取为表格";
    /// No or no valid credential came with the request.
    Unauthorized = "unauthorized", UNAUTHORIZED, "Please sign in", "请先登录";
    /// The password is right, and the code of the authenticator is needed with it.
    SecondFactor = "second_factor_needed", UNAUTHORIZED, "Please enter the code that your authenticator shows", "请输入身份验证器显示的动态码";
    /// The caller is known, but may not do this.
    Forbidden = "forbidden", FORBIDDEN, "You may not do this", "没有权限执行此操作";
    /// There is no such thing, or it belongs to somebody else.
    NotFound = "not_found", NOT_FOUND, "Not found", "没有找到";
    /// The thing has changed meanwhile, or is not in a state that allows this.
    Conflict = "conflict", CONFLICT, "This is not possible in the present state", "当前状态下无法执行";
    /// A merge cannot be undone before a later one of the same member; `detail` names it.
    MergedFurther = "merged_further", CONFLICT, "A later merge must be undone first", "须先撤销之后的合并";
    /// The merge was undone before.
    AlreadyUndone = "already_undone", CONFLICT, "The merge has been undone already", "该合并已撤销";
    /// Somebody has decided before.
    AlreadyDecided = "already_decided", CONFLICT, "This has been decided already", "已有人处理";
    /// A member cannot be merged with, or split into, itself.
    SameMember = "same_member", CONFLICT, "Both are the same member", "两者是同一会员";
    /// The idempotency key was used before with another body.
    KeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "The idempotency key belongs to another request", "幂等键已用于其他请求";
    /// The call creates or moves value and must carry an idempotency key.
    KeyMissing = "idempotency_key_missing", BAD_REQUEST, "The header Idempotency-Key is missing", "缺少 Idempotency-Key 请求头";
    /// Too many requests from this caller; `Retry-After` says when to come back.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests", "请求过于频繁，请稍后再试";
    /// The code of WeChat's login was used, has expired or belongs to another app: log in again.
    LoginCode = "login_code_invalid", UNAUTHORIZED, "The login has expired, please try again", "登录凭证已失效，请重新登录";
    /// WeChat blocks this person as a high risk (40226); no account is made.
    LoginBlocked = "login_blocked", FORBIDDEN, "WeChat does not allow this account to log in at the moment", "微信提示该账号存在风险，暂时无法登录";
    /// The code of the phone button was used, has expired or belongs to somebody else: tap the button again.
    PhoneCode = "phone_code_invalid", UNPROCESSABLE_ENTITY, "The phone number could not be read, please tap the button again", "手机号授权已失效，请重新点击按钮授权";
    /// Encrypted data of a mini program cannot be opened: log in again, then ask the person again.
    OpenData = "open_data_unreadable", UNPROCESSABLE_ENTITY, "The data from WeChat cannot be read, please log in again", "微信数据无法解密，请重新登录后再试";
    /// WeChat's rules do not allow a message to this person now (window closed or allowance used up).
    WindowClosed = "window_closed", CONFLICT, "WeChat does not allow a message to this person now", "当前不在可发送消息的时间窗口内";
    /// The member has fewer points than are to be taken.
    NotEnoughPoints = "not_enough_points", CONFLICT, "There are not enough points", "积分不足";
    /// The points of this member do not add up: nothing is taken from them until they were checked and do.
    PointsStopped = "points_stopped", CONFLICT, "These points are being checked and cannot be used now", "积分正在核对，暂时无法使用";
}

/// What a field of a request breaks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Path of the field in the body, such as `reply.text`.
    pub field: String,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

/// An error with a public code, a sentence for the caller, and a cause for the log.
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this code.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner { code, detail: None, fields: Vec::new(), retry_after: None, source: None }))
    }

    /// A cause that callers must not see: logged, answered as [`Code::Internal`].
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Code::Internal).because(source)
    }

    /// One field that breaks a rule.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Code::Invalid).field(field, message)
    }

    /// Adds a sentence for the caller. It must not hold personal data or inner causes.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a field that breaks a rule.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// Adds when it makes sense to come again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds the cause, for the log only.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The public code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// When it makes sense to come again: as the error says, else soon for what passes by itself.
    pub fn wait(&self) -> Option<Duration> {
        const SOON: Duration = Duration::from_secs(30);
        let passing = matches!(self.0.code, Code::Unavailable | Code::RateLimited);
        self.0.retry_after.or(passing.then_some(SOON))
    }

    /// The sentence for the caller, if there is more to say than the code's title.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The fields that break rules.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        for field in &self.0.fields {
            write!(f, "; {}: {}", field.field, field.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "; caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<entity::types::Invalid> for Error {
    fn from(error: entity::types::Invalid) -> Self {
        Self::new(Code::BadRequest).detail(error.to_string())
    }
}
