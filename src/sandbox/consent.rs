//! The authorize page as a phone shows it: silent for the one scope, a question for the other, WeChat's numbers when the
//! address is wrong. Who holds the phone stands in a cookie, which `/sandbox/v1/people/{person}/open` sets.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::header::LOCATION,
    web,
    web::{Data, Form, ServiceConfig},
};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::{
    Sandbox,
    authorize::{Consent, PageError, Request, Scope},
    trouble::Trouble,
    world::World,
};

const HOLDER: &str = "sandbox_person";

/// Registers the page.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/connect/oauth2/authorize", web::get().to(ask))
        .route("/connect/oauth2/authorize", web::post().to(decide));
}

/// From now on this person holds the browser's phone. On another person's phone nobody is signed in by the cookies of the
/// one before; browsers keep cookies by host, not by port, so those of the service on this machine are seen here.
///
/// # Errors
/// When a cookie cannot be written.
pub(super) fn hand_over(request: &HttpRequest, response: &mut HttpResponse, person: &str) -> Result<(), Trouble> {
    let same = request.cookie(HOLDER).is_some_and(|before| before.value() == person);
    let carried = request.cookies().map(|carried| carried.clone()).unwrap_or_default();
    for former in carried.iter().filter(|cookie| !same && cookie.name() != HOLDER) {
        let gone = Cookie::build(former.name().to_owned(), "").path("/").finish();
        response.add_removal_cookie(&gone).map_err(|error| Trouble::invalid(error.to_string()))?;
    }
    let holder = Cookie::build(HOLDER, person.to_owned()).path("/").http_only(true).same_site(SameSite::Lax).finish();
    response.add_cookie(&holder).map_err(|error| Trouble::invalid(error.to_string()))
}

/// Sends the browser on.
pub(super) fn onward(to: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, to)).insert_header(("Cache-Control", "no-store")).finish()
}

async fn ask(sandbox: Data<Sandbox>, request: HttpRequest) -> Result<HttpResponse, Trouble> {
    let query = request.query_string();
    let holder = request.cookie(HOLDER).map(|cookie| cookie.value().to_owned());
    sandbox.with(|world| {
        let asked = match world.authorize_request(query) {
            Ok(asked) => asked,
            Err(error) => return Ok(page(&refusal(error))),
        };
        let Some(person) = holder.filter(|person| world.people.contains_key(person)) else {
            return Ok(page(&chooser(world, query)));
        };
        if asked.scope == Scope::Base || asked.forced_snapshot {
            return Ok(onward(&world.authorize(&person, &asked, Consent::Allow)?.redirect));
        }
        Ok(page(&question(world, &person, &asked)?))
    })
}

#[derive(Deserialize)]
struct Decision {
    person: String,
    consent: Consent,
}

async fn decide(
    sandbox: Data<Sandbox>,
    request: HttpRequest,
    decision: Form<Decision>,
) -> Result<HttpResponse, Trouble> {
    let Decision { person, consent } = decision.into_inner();
    sandbox.with(|world| match world.authorize_request(request.query_string()) {
        Ok(asked) => Ok(onward(&world.authorize(&person, &asked, consent)?.redirect)),
        Err(error) => Ok(page(&refusal(error))),
    })
}

fn refusal(error: PageError) -> String {
    let number = error.number.map(|number| format!("<p class=\"small\">错误码 Error code: {number}</p>"));
    format!("<h1>{}</h1>{}", escaped(error.words), number.unwrap_or_default())
}

fn question(world: &World, person: &str, asked: &Request) -> Result<String, Trouble> {
    let (name, account) = (escaped(&world.person(person)?.name), escaped(&world.account(&asked.account)?.name));
    let person = escaped(person);
    Ok(format!(
        "<p class=\"small\">{account}</p>\
         <h1>申请获取你的昵称、头像<small lang=\"en\">asks for your nickname and picture</small></h1>\
         <p class=\"who\">{name}</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"person\" value=\"{person}\">\
         <button class=\"main\" name=\"consent\" value=\"allow\">允许 <span lang=\"en\">Allow</span></button>\
         <button name=\"consent\" value=\"refuse\">拒绝 <span lang=\"en\">Refuse</span></button>\
         <button class=\"plain\" name=\"consent\" value=\"snapshot\">以快照页打开 <span lang=\"en\">Open as a \
         snapshot</span></button></form>"
    ))
}

/// Whose phone it is, when nobody has said so.
fn chooser(world: &World, query: &str) -> String {
    let back: String = byte_serialize(format!("/connect/oauth2/authorize?{query}").as_bytes()).collect();
    let people: String = world
        .people()
        .iter()
        .map(|person| {
            let (id, name) = (escaped(&person.id), escaped(&person.name));
            format!("<li><a href=\"/sandbox/v1/people/{id}/open?url={back}\">{name}</a></li>")
        })
        .collect();
    format!("<h1>这是谁的手机？<small lang=\"en\">Whose phone is this?</small></h1><ul>{people}</ul>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

const STYLE: &str = "\
    :root{color-scheme:light dark;background:Canvas;color:CanvasText;font:16px/1.5 system-ui,sans-serif}\
    body{max-width:390px;margin:0 auto;padding:64px 24px 32px}\
    .bar{position:fixed;inset:0 0 auto;margin:0;padding:4px;text-align:center;font-size:12px;background:#7a4b00;color:#fff}\
    h1{font-size:20px;line-height:1.4}small{display:block;font-size:14px;font-weight:400;opacity:.75}\
    .small{font-size:14px;opacity:.75}.who{padding:16px;border:1px solid #8886;border-radius:8px}\
    form{display:grid;gap:12px;margin-top:48px}\
    button,li a{min-height:48px;font:inherit;border:1px solid #8886;border-radius:8px;background:none;color:inherit}\
    button{cursor:pointer}.main{background:#06803f;border-color:#06803f;color:#fff}.plain{border-color:transparent}\
    ul{list-style:none;padding:0;display:grid;gap:8px}li a{display:block;padding:11px 16px;box-sizing:border-box}\
    :focus-visible{outline:3px solid #3b82f6;outline-offset:2px}";

fn page(body: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header(("Cache-Control", "no-store")).body(
        format!(
            "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>微信授权（模拟器）</title>\
             <style>{STYLE}</style></head><body><p class=\"bar\">模拟器 · 不连接真实微信 <span lang=\"en\">Simulator, not \
             WeChat</span></p><main>{body}</main></body></html>"
        ),
    )
}
