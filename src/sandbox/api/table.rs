//! Which calls this WeChat answers: method, path, who may call, and what it does.

use actix_web::http::Method;

use super::{Call, Outcome};
use crate::{
    sandbox::{
        blacklist, content, custom, mass, media, menu, mini_code, network, oauth, phones, qrcode, quota, risk,
        sessions, shorten, staff, subscribe, subscribe_library, tags, template, tickets, tokens, typing, users,
        world::World,
    },
    wechat::account::Kind,
};

/// One API.
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    pub(super) method: Method,
    pub(super) who: Who,
    pub(super) body: Body,
    pub(super) act: fn(&mut World, &Call) -> Outcome,
}

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody, without a token.
    Anybody,
    /// Any account.
    Any,
    /// An official account; mini programs get 48001.
    Official,
    /// A mini program; official accounts get 48001.
    Mini,
}

/// What the body of a POST is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// A JSON object.
    Json,
    /// A JSON object, or nothing at all.
    Optional,
    /// A multipart form with the file `media`.
    Upload,
}

impl Who {
    pub(super) fn includes(self, kind: Kind) -> bool {
        match self {
            Self::Anybody | Self::Any => true,
            Self::Official => kind == Kind::Official,
            Self::Mini => kind == Kind::Mini,
        }
    }
}

type Act = fn(&mut World, &Call) -> Outcome;

const fn get(path: &'static str, who: Who, act: Act) -> Endpoint {
    Endpoint { path, method: Method::GET, who, body: Body::Optional, act }
}

const fn post(path: &'static str, who: Who, act: Act) -> Endpoint {
    Endpoint { path, method: Method::POST, who, body: Body::Json, act }
}

const fn bare(path: &'static str, who: Who, act: Act) -> Endpoint {
    Endpoint { path, method: Method::POST, who, body: Body::Optional, act }
}

const fn upload(path: &'static str, who: Who, act: Act) -> Endpoint {
    Endpoint { path, method: Method::POST, who, body: Body::Upload, act }
}

/// The API of this path.
pub(super) fn find(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// Whether there is an API of this path; the quota tools ask.
pub(in crate::sandbox) fn knows(path: &str) -> bool {
    find(path).is_some()
}

use Who::{Any, Anybody, Mini, Official};

/// Every call, in the order of the protocol notes.
static ENDPOINTS: &[Endpoint] = &[
    get("/cgi-bin/token", Anybody, tokens::classic),
    post("/cgi-bin/stable_token", Anybody, tokens::stable),
    get("/cgi-bin/ticket/getticket", Any, tickets::get),
    post("/cgi-bin/clear_quota", Any, quota::clear_all),
    post("/cgi-bin/clear_quota/v2", Anybody, quota::clear_all_by_secret),
    post("/cgi-bin/openapi/quota/get", Any, quota::show),
    post("/cgi-bin/openapi/quota/clear", Any, quota::clear_one),
    post("/cgi-bin/openapi/rid/get", Any, quota::rid),
    get("/cgi-bin/getcallbackip", Any, network::callback_ip),
    get("/cgi-bin/get_api_domain_ip", Any, network::api_ip),
    post("/cgi-bin/callback/check", Any, network::check),
    get("/cgi-bin/user/info", Official, users::info),
    post("/cgi-bin/user/info/batchget", Official, users::batch),
    get("/cgi-bin/user/get", Official, users::list),
    post("/cgi-bin/user/info/updateremark", Official, users::remark),
    post("/cgi-bin/tags/create", Official, tags::create),
    get("/cgi-bin/tags/get", Official, tags::list),
    post("/cgi-bin/tags/update", Official, tags::rename),
    post("/cgi-bin/tags/delete", Official, tags::delete),
    post("/cgi-bin/user/tag/get", Official, tags::members),
    post("/cgi-bin/tags/members/batchtagging", Official, tags::tag),
    post("/cgi-bin/tags/members/batchuntagging", Official, tags::untag),
    post("/cgi-bin/tags/getidlist", Official, tags::of_person),
    post("/cgi-bin/tags/members/getblacklist", Official, blacklist::list),
    post("/cgi-bin/tags/members/batchblacklist", Official, blacklist::add),
    post("/cgi-bin/tags/members/batchunblacklist", Official, blacklist::remove),
    post("/cgi-bin/menu/create", Official, menu::create),
    get("/cgi-bin/menu/get", Official, menu::get),
    get("/cgi-bin/menu/delete", Official, menu::delete),
    get("/cgi-bin/get_current_selfmenu_info", Official, menu::current),
    post("/cgi-bin/menu/addconditional", Official, menu::add_conditional),
    post("/cgi-bin/menu/delconditional", Official, menu::delete_conditional),
    post("/cgi-bin/menu/trymatch", Official, menu::try_match),
    post("/cgi-bin/qrcode/create", Official, qrcode::create),
    get("/cgi-bin/showqrcode", Anybody, qrcode::show),
    post("/cgi-bin/shorten/gen", Official, shorten::generate),
    post("/cgi-bin/shorten/fetch", Official, shorten::fetch),
    upload("/cgi-bin/media/upload", Any, media::upload),
    get("/cgi-bin/media/get", Any, media::get),
    upload("/cgi-bin/media/uploadimg", Official, media::upload_image),
    post("/cgi-bin/message/custom/send", Any, custom::send),
    post("/cgi-bin/message/custom/typing", Any, typing::set),
    get("/cgi-bin/customservice/getkflist", Official, staff::list),
    get("/cgi-bin/customservice/getonlinekflist", Official, staff::online),
    post("/cgi-bin/template/api_set_industry", Official, template::set_industry),
    get("/cgi-bin/template/get_industry", Official, template::get_industry),
    post("/cgi-bin/template/api_add_template", Official, template::add),
    get("/cgi-bin/template/get_all_private_template", Official, template::list),
    post("/cgi-bin/template/del_private_template", Official, template::delete),
    post("/cgi-bin/message/template/send", Official, template::send),
    get("/sns/oauth2/access_token", Anybody, oauth::exchange),
    get("/sns/oauth2/refresh_token", Anybody, oauth::refresh),
    get("/sns/userinfo", Anybody, oauth::profile),
    get("/sns/auth", Anybody, oauth::check),
    get("/sns/jscode2session", Anybody, sessions::login),
    get("/wxa/checksession", Mini, sessions::check),
    get("/wxa/resetusersessionkey", Mini, sessions::renew),
    post("/wxa/business/getuserphonenumber", Mini, phones::number),
    post("/wxa/getuserriskrank", Mini, risk::rank),
    post("/wxa/msg_sec_check", Mini, content::text),
    post("/wxa/media_check_async", Mini, content::media),
    post("/wxa/getwxacodeunlimit", Mini, mini_code::draw),
    get("/wxaapi/newtmpl/getcategory", Any, subscribe_library::categories),
    get("/wxaapi/newtmpl/getpubtemplatetitles", Any, subscribe_library::titles),
    get("/wxaapi/newtmpl/getpubtemplatekeywords", Any, subscribe_library::keywords),
    get("/wxaapi/newtmpl/gettemplate", Any, subscribe_library::list),
    post("/wxaapi/newtmpl/addtemplate", Any, subscribe_library::add),
    post("/wxaapi/newtmpl/deltemplate", Any, subscribe_library::delete),
    post("/cgi-bin/message/subscribe/bizsend", Official, subscribe::send),
    post("/cgi-bin/message/subscribe/send", Mini, subscribe::send),
    post("/cgi-bin/message/mass/sendall", Official, mass::send_all),
    post("/cgi-bin/message/mass/send", Official, mass::send_list),
    post("/cgi-bin/message/mass/preview", Official, mass::preview),
    post("/cgi-bin/message/mass/delete", Official, mass::delete),
    post("/cgi-bin/message/mass/get", Official, mass::get),
    bare("/cgi-bin/message/mass/speed/get", Official, mass::speed),
    post("/cgi-bin/message/mass/speed/set", Official, mass::set_speed),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_stands_once() {
        let mut paths: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), ENDPOINTS.len());
    }
}
