//! Every API of WeChat that we call, in one table: method, path, credential, and what a repeat would do.
//!
//! The paths are the names under which calls are counted, held back and measured.

/// The HTTP method of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Arguments in the query.
    Get,
    /// Arguments in a JSON body, or a file.
    Post,
}

/// Whose credential a call carries; WeChat gives the same code for each, but with another consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// The account's AppSecret, in the body.
    Secret,
    /// The account token, in the query.
    Token,
    /// A person's code or web token. Limits count per person, so one person's limit holds nobody else back.
    Person,
}

/// What it means to make a call twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Safe,
    /// It changes something, and doing it again leaves the same state (or something harmless, such as a second
    /// temporary media).
    Idempotent,
    /// It uses up a code that is good for one call. When WeChat was busy it is made again, for the worst that follows is
    /// the refusal of a used code; after silence it is not, for then the code is used as a rule.
    Code,
    /// Each call has its own effect, such as a message: never repeated by the client.
    Send,
}

/// One API of WeChat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// GET or POST.
    pub method: Method,
    /// The path below the API's address.
    pub path: &'static str,
    /// Whose credential it carries.
    pub auth: Auth,
    /// What a repeat would do.
    pub effect: Effect,
}

macro_rules! endpoints {
    ($($(#[$doc:meta])* $name:ident = $method:ident $path:literal $auth:ident $effect:ident;)*) => {
        $($(#[$doc])* pub const $name: Endpoint = Endpoint {
            method: Method::$method, path: $path, auth: Auth::$auth, effect: Effect::$effect,
        };)*

        /// All of them, in the order of the table.
        pub const ALL: &[Endpoint] = &[$($name),*];
    };
}

endpoints! {
    /// The account token (protocol section 3.2). In normal mode the same answer comes until the token nears its end.
    STABLE_TOKEN = Post "/cgi-bin/stable_token" Secret Safe;
    /// The ticket that signs JS-SDK configurations (3.4).
    TICKET = Get "/cgi-bin/ticket/getticket" Token Safe;

    /// Who came back from the authorize page (4.3). The code works once, so a repeat would hide what became of it.
    OAUTH_EXCHANGE = Get "/sns/oauth2/access_token" Person Code;
    /// Nickname and picture of somebody who agreed (4.4).
    OAUTH_PROFILE = Get "/sns/userinfo" Person Safe;

    /// Who logged in to a mini program (8.1). The code works once, as above.
    MINI_LOGIN = Get "/sns/jscode2session" Person Code;
    /// Whether a session key is the present one (8.2).
    SESSION_CHECK = Get "/wxa/checksession" Token Safe;
    /// Replaces a session key (8.2): a repeat would be signed with the dead one.
    SESSION_RENEW = Get "/wxa/resetusersessionkey" Token Send;
    /// The phone number behind a code that works once (8.5).
    PHONE_NUMBER = Post "/wxa/business/getuserphonenumber" Token Code;
    /// What WeChat thinks of a person (8.8).
    RISK_RANK = Post "/wxa/getuserriskrank" Token Safe;
    /// What WeChat thinks of a text (8.9).
    TEXT_CHECK = Post "/wxa/msg_sec_check" Token Safe;
    /// Has a file judged (8.9). A repeat only makes a second verdict.
    MEDIA_CHECK = Post "/wxa/media_check_async" Token Idempotent;
    /// Draws the code of a page (8.6).
    MINI_CODE = Post "/wxa/getwxacodeunlimit" Token Safe;

    /// One follower (5.1).
    USER_INFO = Get "/cgi-bin/user/info" Token Safe;
    /// Up to 100 followers (5.1).
    USER_BATCH = Post "/cgi-bin/user/info/batchget" Token Safe;
    /// A page of OpenIDs (5.1).
    USER_LIST = Get "/cgi-bin/user/get" Token Safe;
    /// Sets the remark of a follower (5.1).
    USER_REMARK = Post "/cgi-bin/user/info/updateremark" Token Idempotent;

    /// Makes a tag (5.2). A repeat is refused with 45157.
    TAG_CREATE = Post "/cgi-bin/tags/create" Token Send;
    /// All tags (5.2).
    TAG_LIST = Get "/cgi-bin/tags/get" Token Safe;
    /// Renames a tag (5.2).
    TAG_UPDATE = Post "/cgi-bin/tags/update" Token Idempotent;
    /// Deletes a tag (5.2).
    TAG_DELETE = Post "/cgi-bin/tags/delete" Token Idempotent;
    /// A page of followers with a tag (5.2).
    TAG_FOLLOWERS = Post "/cgi-bin/user/tag/get" Token Safe;
    /// Puts a tag on followers (5.2).
    TAG_PUT = Post "/cgi-bin/tags/members/batchtagging" Token Idempotent;
    /// Takes a tag off followers (5.2).
    TAG_TAKE = Post "/cgi-bin/tags/members/batchuntagging" Token Idempotent;
    /// The tags of one follower (5.2).
    TAG_OF_FOLLOWER = Post "/cgi-bin/tags/getidlist" Token Safe;

    /// A page of the blacklist (5.3).
    BLACKLIST_LIST = Post "/cgi-bin/tags/members/getblacklist" Token Safe;
    /// Puts followers on the blacklist (5.3).
    BLACKLIST_PUT = Post "/cgi-bin/tags/members/batchblacklist" Token Idempotent;
    /// Takes followers off the blacklist (5.3).
    BLACKLIST_TAKE = Post "/cgi-bin/tags/members/batchunblacklist" Token Idempotent;

    /// Replaces the default menu (6.1).
    MENU_CREATE = Post "/cgi-bin/menu/create" Token Idempotent;
    /// The menus made through the API (6.1).
    MENU_GET = Get "/cgi-bin/menu/get" Token Safe;
    /// Deletes the default and all conditional menus (6.1).
    MENU_DELETE = Get "/cgi-bin/menu/delete" Token Idempotent;
    /// The menu in force, also when it was made in the console (6.1).
    MENU_CURRENT = Get "/cgi-bin/get_current_selfmenu_info" Token Safe;
    /// Adds a conditional menu (6.1).
    MENU_ADD_CONDITIONAL = Post "/cgi-bin/menu/addconditional" Token Send;
    /// Deletes a conditional menu (6.1).
    MENU_DELETE_CONDITIONAL = Post "/cgi-bin/menu/delconditional" Token Idempotent;
    /// The menu that one person sees (6.1).
    MENU_TRY = Post "/cgi-bin/menu/trymatch" Token Safe;

    /// Makes a QR code with a scene (6.2). Permanent codes count against 100,000 an account.
    QRCODE_CREATE = Post "/cgi-bin/qrcode/create" Token Send;
    /// Makes a short key for long data (6.3).
    SHORT_KEY_MAKE = Post "/cgi-bin/shorten/gen" Token Send;
    /// The data behind a short key (6.3).
    SHORT_KEY_FETCH = Post "/cgi-bin/shorten/fetch" Token Safe;

    /// Uploads temporary media (2.1).
    MEDIA_UPLOAD = Post "/cgi-bin/media/upload" Token Idempotent;
    /// Downloads temporary media (2.1).
    MEDIA_GET = Get "/cgi-bin/media/get" Token Safe;
    /// Uploads an image for use inside articles (2.1).
    MEDIA_UPLOAD_IMAGE = Post "/cgi-bin/media/uploadimg" Token Idempotent;

    /// Sends a customer-service message (7.1). There is no message id and no de-duplication.
    CUSTOM_SEND = Post "/cgi-bin/message/custom/send" Token Send;
    /// Shows or hides "typing" (7.1).
    CUSTOM_TYPING = Post "/cgi-bin/message/custom/typing" Token Idempotent;

    /// Sends a template message (7.2); we always give a `client_msg_id`, so a repeat within ten minutes is dropped.
    TEMPLATE_SEND = Post "/cgi-bin/message/template/send" Token Idempotent;
    /// Sets the industries of the account (7.2).
    TEMPLATE_SET_INDUSTRY = Post "/cgi-bin/template/api_set_industry" Token Idempotent;
    /// The industries of the account (7.2).
    TEMPLATE_GET_INDUSTRY = Get "/cgi-bin/template/get_industry" Token Safe;
    /// Adds a template from the library (7.2).
    TEMPLATE_ADD = Post "/cgi-bin/template/api_add_template" Token Send;
    /// The templates of the account (7.2).
    TEMPLATE_LIST = Get "/cgi-bin/template/get_all_private_template" Token Safe;
    /// Deletes a template (7.2).
    TEMPLATE_DELETE = Post "/cgi-bin/template/del_private_template" Token Idempotent;

    /// Sends a subscription message of an official account (7.3).
    SUBSCRIBE_SEND_OFFICIAL = Post "/cgi-bin/message/subscribe/bizsend" Token Send;
    /// Sends a subscription message of a mini program (7.5).
    SUBSCRIBE_SEND_MINI = Post "/cgi-bin/message/subscribe/send" Token Send;
    /// The service categories of the account (7.3).
    SUBSCRIBE_CATEGORIES = Get "/wxaapi/newtmpl/getcategory" Token Safe;
    /// Titles in the library (7.3).
    SUBSCRIBE_TITLES = Get "/wxaapi/newtmpl/getpubtemplatetitles" Token Safe;
    /// Keywords of a title in the library (7.3).
    SUBSCRIBE_KEYWORDS = Get "/wxaapi/newtmpl/getpubtemplatekeywords" Token Safe;
    /// Adds a template from the library (7.3).
    SUBSCRIBE_ADD = Post "/wxaapi/newtmpl/addtemplate" Token Send;
    /// The subscription templates of the account (7.3).
    SUBSCRIBE_LIST = Get "/wxaapi/newtmpl/gettemplate" Token Safe;
    /// Deletes a template (7.3).
    SUBSCRIBE_DELETE = Post "/wxaapi/newtmpl/deltemplate" Token Idempotent;

    /// Sends to all or to a tag (7.4). We always give a `clientmsgid`, so a repeat is answered with 45065; but within a
    /// minute it is refused with 45066, so repeating is left to the caller.
    MASS_SEND_ALL = Post "/cgi-bin/message/mass/sendall" Token Send;
    /// Sends to a list of OpenIDs (7.4), with a `clientmsgid` as above.
    MASS_SEND = Post "/cgi-bin/message/mass/send" Token Send;
    /// Sends a preview to one person (7.4).
    MASS_PREVIEW = Post "/cgi-bin/message/mass/preview" Token Send;
    /// Takes back what was sent (7.4).
    MASS_DELETE = Post "/cgi-bin/message/mass/delete" Token Idempotent;
    /// How far a mass message is (7.4).
    MASS_STATUS = Post "/cgi-bin/message/mass/get" Token Safe;
    /// The sending speed (7.4).
    MASS_SPEED_GET = Post "/cgi-bin/message/mass/speed/get" Token Safe;
    /// Sets the sending speed (7.4).
    MASS_SPEED_SET = Post "/cgi-bin/message/mass/speed/set" Token Idempotent;

    /// Resets the counters of all APIs (3.6); each effective reset uses one of ten a month.
    QUOTA_CLEAR_ALL = Post "/cgi-bin/clear_quota" Token Send;
    /// The same without a token (3.6).
    QUOTA_CLEAR_ALL_BY_SECRET = Post "/cgi-bin/clear_quota/v2" Secret Send;
    /// Resets the counter of one API (3.6); fifty a month.
    QUOTA_CLEAR = Post "/cgi-bin/openapi/quota/clear" Token Send;
    /// The limits of one API (3.6).
    QUOTA_GET = Post "/cgi-bin/openapi/quota/get" Token Safe;
    /// What a request id stands for (3.6).
    RID_GET = Post "/cgi-bin/openapi/rid/get" Token Safe;

    /// The addresses that pushes come from (1.7).
    CALLBACK_ADDRESSES = Get "/cgi-bin/getcallbackip" Token Safe;
    /// The addresses of the API (1.7).
    API_ADDRESSES = Get "/cgi-bin/get_api_domain_ip" Token Safe;
    /// Tests the way from WeChat to our callback (1.7).
    CALLBACK_CHECK = Post "/cgi-bin/callback/check" Token Safe;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn every_path_stands_once_and_holds_nothing_but_a_path() {
        let paths: BTreeSet<&str> = ALL.iter().map(|endpoint| endpoint.path).collect();
        assert_eq!(paths.len(), ALL.len());
        for path in paths {
            assert!(path.starts_with('/') && !path.contains(['?', '{', ' ']), "{path}");
        }
    }
}
