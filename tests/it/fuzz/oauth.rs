//! The way to WeChat and back: nobody is led elsewhere, and no state but one's own leads to a session.

use entity::identity::session;
use reqwest::{
    StatusCode,
    header::{COOKIE, HeaderValue},
    redirect::Policy,
};
use sea_orm::{EntityTrait, PaginatorTrait};
use url::Url;

use super::{Verdict, mutate::Seeds, run::fuzz};
use crate::support::{Answered, TestApp, story_with};

const PLACES: [&str; 6] = ["/", "/m/", "/m/points?tab=1&x=%2F", "/m/#/tiers", "/m/?next=//x", "/m/i/0123456789"];
const ELSEWHERE: [&str; 20] = [
    "//",
    "//evil.example",
    "/\\evil.example",
    "\\",
    "https://evil.example",
    "https:",
    "javascript:alert(1)",
    "@evil.example",
    ":",
    "..",
    "/..//",
    "/.//",
    "/%2e%2e//",
    "%2f%2f",
    "%5c",
    "\t",
    "\n",
    "#",
    "?",
    "\u{ff0f}\u{ff0f}",
];

/// A browser that follows nothing by itself.
pub fn browser() -> reqwest::Client {
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).redirect(Policy::none());
    http.build().expect("a browser")
}

async fn begin(app: &TestApp, browser: &reqwest::Client, to: &[u8]) -> Answered {
    let place: String = url::form_urlencoded::byte_serialize(to).collect();
    let url = format!("{}/api/h5/v1/oauth/brand/start?return={place}", app.base_url);
    Answered::read(browser.get(url)).await
}

/// The cookie and the state of an attempt.
fn attempt(answer: &Answered) -> (String, String) {
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let way = Url::parse(answer.header("location")).expect("WeChat's page");
    let state = way.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    (cookie, state)
}

async fn back(app: &TestApp, browser: &reqwest::Client, cookie: HeaderValue, query: &[(&str, &str)]) -> Answered {
    let url = Url::parse_with_params(&format!("{}/api/h5/v1/oauth/brand/callback", app.base_url), query);
    Answered::read(browser.get(url.expect("an address")).header(COOKIE, cookie)).await
}

/// Where a browser goes that is led there from us.
fn led(app: &TestApp, to: &str) -> Result<(), String> {
    let ours = Url::parse(&app.app.config.http.public_url).expect("our address");
    let led = ours.join(to).map_err(|error| format!("led nowhere: {to:?}: {error}"))?;
    if led.origin() == ours.origin() { Ok(()) } else { Err(format!("led to {led} by {to:?}")) }
}

#[actix_web::test]
async fn nobody_is_led_elsewhere() {
    story_with(
        |settings| settings.config.http.rate_per_minute = 100_000,
        async |app| {
            let browser = browser();
            let check = async |input: &[u8]| -> Verdict {
                let answer = begin(app, &browser, input).await;
                match answer.status {
                    StatusCode::FOUND => {}
                    StatusCode::UNPROCESSABLE_ENTITY if answer.body["code"] == "invalid" => return Ok(()),
                    StatusCode::BAD_REQUEST if answer.body["code"] == "bad_request" => return Ok(()),
                    _ => return Err(format!("{} {}", answer.status, answer.body)),
                }
                let (cookie, state) = attempt(&answer);
                // They do not agree, and are led back.
                let cookie = HeaderValue::from_str(&cookie).expect("a cookie");
                let answer = back(app, &browser, cookie, &[("state", &state)]).await;
                match answer.status {
                    StatusCode::FOUND => led(app, answer.header("location")),
                    _ => Err(format!("on the way back: {} {}", answer.status, answer.body)),
                }
            };
            let seeds = Seeds::new(PLACES.into_iter().chain(ELSEWHERE), ELSEWHERE).of_a_line();
            fuzz("oauth-return", seeds, 300, check).await;
        },
    )
    .await;
}

#[actix_web::test]
async fn no_state_but_ones_own_leads_back() {
    story_with(
        |settings| settings.config.http.rate_per_minute = 100_000,
        async |app| {
            let browser = browser();
            let (cookie, state) = attempt(&begin(app, &browser, b"/m/").await);
            // A state and a cookie on two lines, as one input.
            let own = format!("{state}\n{cookie}");
            let check = async |input: &[u8]| -> Verdict {
                let text = String::from_utf8_lossy(input);
                let (bent_state, bent_cookie) = text.split_once('\n').unwrap_or((text.as_ref(), ""));
                let Ok(header) = HeaderValue::from_bytes(bent_cookie.as_bytes()) else { return Ok(()) };
                let answer = back(app, &browser, header, &[("state", bent_state)]).await;
                let own = bent_state == state && bent_cookie.contains(&cookie);
                match answer.status {
                    StatusCode::FOUND if own => {}
                    StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
                        if !own && answer.body["code"].is_string() => {}
                    StatusCode::BAD_REQUEST if answer.body["code"] == "bad_request" && bent_cookie != cookie => {}
                    _ => return Err(format!("{} {} {:?}", answer.status, answer.body, answer.headers)),
                }
                let sessions = session::Entity::find().count(app.app.db.read()).await.expect("a count");
                if sessions == 0 { Ok(()) } else { Err("somebody is signed in".to_owned()) }
            };
            let seeds = Seeds::new([own.as_bytes()], ["=", ";", "; ", "huilian_oauth_", "\n", "%3d", "."]).of_a_line();
            fuzz("oauth-state", seeds, 200, check).await;
        },
    )
    .await;
}
