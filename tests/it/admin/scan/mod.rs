//! Signing in with WeChat: a browser asks, a phone that holds the linked WeChat agrees, and everything else is as it was.

mod link;
mod refused;
mod sign_in;

use entity::{
    admin::{staff::Role, staff_wechat},
    types::{OpenId, StaffId},
};
use huilian::{infra::db::Tx, sandbox::Consent};
use reqwest::{RequestBuilder, StatusCode, header::COOKIE};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::{
    identity::oauth::Browser,
    support::{Answered, Follower, PASSWORD, Settings, StaffActor, TestApp},
};

const MINE: &str = "/api/admin/v1/me/wechat";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";

/// Staff sign in with WeChat by the brand's official account.
pub fn on(settings: &mut Settings) {
    settings.config.admin.wechat_account = "brand".to_owned();
}

/// Leaves a link of somebody's WeChat to a colleague.
pub async fn leave_link(app: &TestApp, open_id: &OpenId) {
    let staff = app.staff(Role::Clerk).await;
    let staff_id: StaffId =
        staff.get("/api/admin/v1/me").await.body["id"].as_str().expect("an id").parse().expect("an id");
    let account = "brand".parse().expect("a key");
    let row = staff_wechat::Model { staff_id, account, open_id: open_id.clone(), linked_at: app.clock.now() };
    let link = async |tx: &Tx| {
        staff_wechat::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
        Ok(())
    };
    app.app.db.tx(link).await.expect("a link");
}

/// What asks: a page on which somebody signs in, or a colleague's own.
enum By<'a> {
    Browser(String),
    Colleague(&'a StaffActor<'a>),
}

/// A code on a screen.
struct Screen<'a> {
    app: &'a TestApp,
    by: By<'a>,
    key: String,
    number: String,
    link: String,
}

impl<'a> Screen<'a> {
    fn new(app: &'a TestApp, by: By<'a>, answer: &Answered) -> Self {
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let text = |name: &str| answer.body[name].as_str().expect("a text").to_owned();
        Self { app, by, key: text("key"), number: text("number"), link: text("link") }
    }

    /// Whoever wants to sign in.
    async fn of_stranger(app: &'a TestApp) -> Self {
        let request = app.http.post(format!("{}/api/admin/v1/scans", app.base_url)).header("user-agent", WINDOWS);
        let answer = Answered::read(request).await;
        let cookie = answer.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        Self::new(app, By::Browser(cookie), &answer)
    }

    /// A colleague who wants to link their WeChat.
    async fn of_colleague(app: &'a TestApp, staff: &'a StaffActor<'a>) -> Self {
        let answer = staff.post(MINE, &json!({ "password": PASSWORD })).await;
        Self::new(app, By::Colleague(staff), &answer)
    }

    fn cookie(&self) -> &str {
        match &self.by {
            By::Browser(cookie) => cookie,
            By::Colleague(_) => "",
        }
    }

    fn asks(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.by {
            By::Browser(cookie) => request.header(COOKIE, cookie),
            By::Colleague(staff) => request.bearer_auth(&staff.token),
        }
    }

    /// How far it is: `over` when it cannot be found.
    async fn state(&self) -> String {
        let path = match &self.by {
            By::Browser(_) => format!("/api/admin/v1/scans/{}", self.key),
            By::Colleague(_) => format!("{MINE}/{}", self.key),
        };
        let answer = Answered::read(self.asks(self.app.http.get(format!("{}{path}", self.app.base_url)))).await;
        match answer.status {
            StatusCode::OK => answer.body["state"].as_str().expect("a state").to_owned(),
            StatusCode::NOT_FOUND => "over".to_owned(),
            other => panic!("{other}"),
        }
    }

    /// Signs in as whom the phone has said.
    async fn sign_in(&self, code: Option<&str>) -> Answered {
        let url = format!("{}/api/admin/v1/scans/{}/session", self.app.base_url, self.key);
        Answered::read(self.asks(self.app.http.post(url)).json(&json!({ "code": code }))).await
    }

    /// Links the WeChat of the phone that has agreed.
    async fn confirm(&self) -> StatusCode {
        let url = format!("{}{MINE}/{}/confirm", self.app.base_url, self.key);
        Answered::read(self.asks(self.app.http.post(url))).await.status
    }

    /// Another number than the one that stands here.
    fn another_number(&self) -> &'static str {
        if self.number == "10" { "11" } else { "10" }
    }
}

/// A phone with somebody's WeChat, which has just said who they are.
struct Phone<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Phone<'a> {
    /// Opens the page of a code: it goes through WeChat.
    async fn of(person: &Follower<'a>, screen: &Screen<'_>) -> Self {
        let page = screen.link.split_once("/m/").expect("a member page").1;
        let start = format!("/api/h5/v1/oauth/brand/start?return=/m/{page}");
        let mut browser = Browser::new(person.app);
        let back = browser.visit_wechat(&start, person, Consent::Allow).await;
        assert_eq!(browser.open(&back).await.header("location"), format!("/m/{page}"));
        Self { app: person.app, token: browser.session().expect("a session").to_owned() }
    }

    fn url(&self, screen: &Screen<'_>) -> String {
        format!("{}/api/mini/v1/staff-scans/{}", self.app.base_url, screen.key)
    }

    /// What the page shows.
    async fn look(&self, screen: &Screen<'_>) -> Answered {
        Answered::read(self.app.http.get(self.url(screen)).bearer_auth(&self.token)).await
    }

    /// Says a number.
    async fn say(&self, screen: &Screen<'_>, number: &str) -> StatusCode {
        let request = self.app.http.post(format!("{}/confirm", self.url(screen))).bearer_auth(&self.token);
        Answered::read(request.json(&json!({ "number": number }))).await.status
    }

    /// Says the number that stands on the screen.
    async fn agree(&self, screen: &Screen<'_>) {
        assert_eq!(self.look(screen).await.status, StatusCode::OK);
        assert_eq!(self.say(screen, &screen.number).await, StatusCode::NO_CONTENT);
    }
}

/// Links somebody's WeChat to a colleague.
async fn linked(app: &TestApp, staff: &StaffActor<'_>, person: &Follower<'_>) {
    let screen = Screen::of_colleague(app, staff).await;
    Phone::of(person, &screen).await.agree(&screen).await;
    assert_eq!(screen.confirm().await, StatusCode::NO_CONTENT);
}

/// A code that the phone of somebody has agreed to.
async fn agreed<'a>(app: &'a TestApp, person: &Follower<'a>) -> Screen<'a> {
    let screen = Screen::of_stranger(app).await;
    Phone::of(person, &screen).await.agree(&screen).await;
    screen
}

async fn me(staff: &StaffActor<'_>) -> Value {
    staff.get("/api/admin/v1/me").await.body
}
