//! The refusals of WeChat's APIs: a code, its text, and the `rid` that every error text ends with (protocol sections 0
//! and 9).

use serde_json::{Map, Value, json};

/// An error answer of an API. The HTTP status stays 200.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) text: String,
    /// Fields beside `errcode` and `errmsg`, such as the `msg_id` of 45065.
    pub(super) also: Map<String, Value>,
}

impl Refusal {
    /// The refusal of this code with its usual text.
    pub(super) fn of(code: i64) -> Self {
        Self::saying(code, text(code))
    }

    /// The refusal of this code with a text of its own.
    pub(super) fn saying(code: i64, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), also: Map::new() }
    }

    /// Adds a field.
    pub(super) fn also(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.also.insert(name.to_owned(), value.into());
        self
    }

    /// The answer's body.
    pub(super) fn body(&self, rid: &str) -> Value {
        let mut body = self.also.clone();
        body.insert("errcode".to_owned(), json!(self.code));
        body.insert("errmsg".to_owned(), json!(format!("{} rid: {rid}", self.text)));
        Value::Object(body)
    }
}

/// What WeChat writes for a code. Callers must not compare it, and people read it in logs.
pub(super) fn text(code: i64) -> &'static str {
    TEXTS.iter().find(|(known, _)| *known == code).map_or("system error", |(_, text)| text)
}

const TEXTS: &[(i64, &str)] = &[
    (-1, "system error"),
    (
        40001,
        "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, \
         more details at https://mmbizurl.cn/s/JtxxFh33r",
    ),
    (40002, "invalid grant_type"),
    (40003, "invalid openid"),
    (40004, "invalid media type"),
    (40005, "invalid file type"),
    (40006, "invalid meida size"),
    (40007, "invalid media_id"),
    (40008, "invalid message type"),
    (40012, "invalid thumb size"),
    (40013, "invalid appid"),
    (40016, "invalid button size"),
    (40017, "invalid button type"),
    (40018, "invalid button name size"),
    (40019, "invalid button key size"),
    (40020, "invalid button url size"),
    (40022, "invalid sub_menu level"),
    (40023, "invalid sub button size"),
    (40024, "invalid sub button type"),
    (40025, "invalid sub button name size"),
    (40026, "invalid sub button key size"),
    (40027, "invalid sub button url size"),
    (40029, "invalid code"),
    (40030, "invalid refresh_token"),
    (40032, "invalid openid list size"),
    (40033, "invalid charset. please check your request, if include \\uxxxx will create fail!"),
    (40035, "invalid args size"),
    (40037, "invalid template_id"),
    (40052, "invalid action name"),
    (40053, "invalid action info, please check document"),
    (40054, "invalid sub button url domain"),
    (40055, "invalid button url domain"),
    (40059, "invalid msg id"),
    (40066, "invalid url"),
    (40097, "invalid args"),
    (40125, "invalid appsecret"),
    (40129, "invalid scene"),
    (40132, "invalid username"),
    (40163, "code been used"),
    (40164, "not in whitelist"),
    (40169, "invalid length for scene, or the data is not json string"),
    (40202, "invalid action"),
    (40203, "invalid check_operator"),
    (40226, "code blocked"),
    (40243, "AppSecret has been frozen"),
    (41001, "access_token missing"),
    (41002, "appid missing"),
    (41003, "refresh_token missing"),
    (41004, "appsecret missing"),
    (41005, "media data missing"),
    (41006, "media_id missing"),
    (41008, "missing code"),
    (41009, "missing openid"),
    (41030, "invalid page"),
    (42001, "access_token expired"),
    (42002, "refresh_token expired"),
    (42003, "code expired"),
    (43001, "require GET method"),
    (43002, "require POST method"),
    (43004, "require subscribe"),
    (43019, "require remove user from blacklist"),
    (43101, "user refuse to accept the msg"),
    (44001, "empty media data"),
    (44002, "empty post data"),
    (44003, "empty news data"),
    (44004, "empty content"),
    (45001, "media size out of limit"),
    (45002, "content size out of limit"),
    (45008, "article size out of limit"),
    (45009, "reach max api daily quota limit"),
    (45011, "api minute-quota reach limit, must slower, retry next minute"),
    (45015, "response out of time limit or subscription is canceled"),
    (45026, "template num exceeds limit"),
    (45028, "has no masssend quota"),
    (45029, "qrcode count out of limit"),
    (45047, "out of response count limit"),
    (45056, "too many tags"),
    (45057, "can't delete the tag that has too many fans"),
    (45058, "can't modify sys tag"),
    (45059, "can't set too many tags for a user"),
    (45065, "clientmsgid exist"),
    (45066, "same clientmsgid retry too fast"),
    (45067, "clientmsgid size out of limit"),
    (45072, "invalid typing command"),
    (45080, "need user interaction before typing"),
    (45081, "already in typing state"),
    (45083, "invalid speed"),
    (45084, "speed missing"),
    (45157, "invalid tag name: exists"),
    (45158, "invalid tag name: too long"),
    (45159, "invalid tag id"),
    (46003, "menu no exist"),
    (46004, "user no exist"),
    (47001, "data format error"),
    (47003, "argument invalid!"),
    (48001, "api unauthorized"),
    (48002, "user block api"),
    (48006, "forbid to clear quota because of reaching the limit"),
    (49003, "not match openid with appid"),
    (61010, "code is expired"),
    (61452, "invalid kf_account"),
    (65301, "no such conditional menu"),
    (65302, "no such user"),
    (65303, "no default menu"),
    (65304, "match rule empty"),
    (65316, "too many external domains in menu"),
    (76001, "rid not exist"),
    (76002, "invalid rid"),
    (76003, "rid does not belong to the account"),
    (76004, "rid expired"),
    (76021, "cgi_path not found, please check"),
    (87008, "invalid sig_method"),
    (87009, "invalid signature"),
    (200012, "template num exceeds limit"),
    (200014, "invalid tid"),
    (200016, "invalid start"),
    (200017, "invalid limit"),
    (200018, "ids missing"),
    (200020, "invalid kidList"),
    (200021, "invalid sceneDesc"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_text_ends_with_the_rid() {
        let body = Refusal::of(45065).also("msg_id", 7).body("1a2b3c4d-1a2b3c4d-1a2b3c4d");
        assert_eq!(body["errcode"], 45065);
        assert_eq!(body["msg_id"], 7);
        assert_eq!(body["errmsg"], "clientmsgid exist rid: 1a2b3c4d-1a2b3c4d-1a2b3c4d");
    }

    #[test]
    fn every_code_has_one_text() {
        let mut codes: Vec<i64> = TEXTS.iter().map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), TEXTS.len());
    }
}
