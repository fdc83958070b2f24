//! What v3 says when it refuses: status, code, text, sometimes where (pay notes section 3.7).

use serde_json::{Value, json};

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: String,
    message: String,
    detail: Option<Value>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned(), detail: None }
    }

    /// 400 PARAM_ERROR
    pub(super) fn param(message: &str) -> Self {
        Self::new(400, "PARAM_ERROR", message)
    }

    /// 400 PARAM_ERROR of one field of the body.
    pub(super) fn field(field: &str, value: &Value, issue: &str) -> Self {
        let detail = json!({ "location": "body", "field": field, "value": value, "issue": issue });
        Self {
            detail: Some(detail), ..Self::param(&format!("输入源“/body{field}”映射到字段校验失败: {issue}"))
        }
    }

    /// 400 INVALID_REQUEST
    pub(super) fn invalid(message: &str) -> Self {
        Self::new(400, "INVALID_REQUEST", message)
    }

    /// 429
    pub(super) fn often() -> Self {
        Self::new(429, "FREQUENCY_LIMITED", "请求频率过高，请降低频率后重试")
    }

    /// 401 SIGN_ERROR
    pub(super) fn sign(message: &str, detail: Option<Value>) -> Self {
        Self { detail, ..Self::new(401, "SIGN_ERROR", message) }
    }

    /// The number at the end of `Request-ID`.
    pub(super) fn result(&self) -> u32 {
        match self.code.as_str() {
            "SIGN_ERROR" => 268_443_699,
            _ => 268_435_456 + u32::from(self.status),
        }
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let (Some(detail), Some(fields)) = (&self.detail, body.as_object_mut()) {
            fields.insert("detail".to_owned(), detail.clone());
        }
        body
    }
}
