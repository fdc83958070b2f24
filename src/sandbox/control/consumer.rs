//! What people do with pages and mini programs: authorise, log in, give a phone number; and who they are.

use actix_web::{
    HttpRequest, HttpResponse, web,
    web::{Data, Json, Path, Query, ServiceConfig},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::{
    Sandbox,
    authorize::{Authorized, Consent},
    consent,
    open_data::OpenData,
    people::{PersonPatch, PersonView},
    phones::PhoneTap,
    service::{Answered, Asked},
    trouble::Trouble,
    world::World,
};

impl Sandbox {
    /// Changes who a person is: phone numbers, what WeChat thinks of them.
    pub fn change_person(&self, person: &str, patch: PersonPatch) -> Result<PersonView, Trouble> {
        self.with(|world| {
            world.change_person(person, patch)?;
            Ok(world.person_view(world.person(person)?))
        })
    }

    /// The person opens an authorize address of the service and answers what is asked; gives where the browser goes.
    pub fn authorize(&self, person: &str, address: &str, consent: Consent) -> Result<Authorized, Trouble> {
        self.with(|world| world.open_authorize(person, address, consent))
    }

    /// `wx.login`: a new session begins; gives the code for `jscode2session`.
    pub fn login(&self, person: &str, account: &str) -> Result<String, Trouble> {
        self.with(|world| world.login(person, account))
    }

    /// The person taps the phone button and agrees: gives the number bound to WeChat, or another one.
    pub fn tap_phone(&self, person: &str, account: &str, number: Option<&str>) -> Result<PhoneTap, Trouble> {
        self.with(|world| world.tap_phone(person, account, number))
    }

    /// `wx.getUserInfo`, as it is today or (`legacy`) with name and ids as it was.
    pub fn user_data(&self, person: &str, account: &str, legacy: bool) -> Result<OpenData, Trouble> {
        self.with(|world| world.user_data(person, account, legacy))
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/people/{person}", web::patch().to(change))
        .route("/people/{person}/authorize", web::post().to(authorize))
        .route("/people/{person}/open", web::get().to(open))
        .route("/people/{person}/login", web::post().to(login))
        .route("/people/{person}/phone", web::post().to(phone))
        .route("/people/{person}/userinfo", web::post().to(user_data))
        .route("/requests", web::post().to(request));
}

type Answer<T> = Result<Json<T>, Trouble>;
type Control = Data<Sandbox>;

async fn change(sandbox: Control, person: Path<String>, patch: Json<PersonPatch>) -> Answer<PersonView> {
    sandbox.change_person(&person, patch.into_inner()).map(Json)
}

#[derive(Deserialize)]
struct Authorize {
    url: String,
    #[serde(default)]
    consent: Consent,
}

async fn authorize(sandbox: Control, person: Path<String>, authorize: Json<Authorize>) -> Answer<Authorized> {
    sandbox.authorize(&person, &authorize.url, authorize.consent).map(Json)
}

#[derive(Deserialize)]
struct Address {
    url: String,
}

/// Hands the browser's phone to this person and opens an address with it.
async fn open(
    sandbox: Control,
    request: HttpRequest,
    person: Path<String>,
    address: Query<Address>,
) -> Result<HttpResponse, Trouble> {
    sandbox.with(|world: &mut World| world.person(&person).map(|_| ()))?;
    let url = &address.url;
    let here = url.starts_with('/') && !url.starts_with("//");
    if !here && !url.parse::<url::Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(Trouble::invalid("url is not a web address"));
    }
    let mut response = consent::onward(url);
    consent::hand_over(&request, &mut response, &person)?;
    Ok(response)
}

#[derive(Deserialize)]
struct At {
    account: String,
}

async fn login(sandbox: Control, person: Path<String>, at: Json<At>) -> Answer<Value> {
    Ok(Json(json!({ "code": sandbox.login(&person, &at.account)? })))
}

#[derive(Deserialize)]
struct PhoneAt {
    account: String,
    #[serde(default)]
    number: Option<String>,
}

async fn phone(sandbox: Control, person: Path<String>, at: Json<PhoneAt>) -> Answer<PhoneTap> {
    sandbox.tap_phone(&person, &at.account, at.number.as_deref()).map(Json)
}

/// `wx.request` of a mini program.
async fn request(sandbox: Control, asked: Json<Asked>) -> Answer<Answered> {
    sandbox.ask_service(&asked).await.map(Json)
}

#[derive(Deserialize)]
struct DataAt {
    account: String,
    #[serde(default)]
    legacy: bool,
}

async fn user_data(sandbox: Control, person: Path<String>, at: Json<DataAt>) -> Answer<OpenData> {
    sandbox.user_data(&person, &at.account, at.legacy).map(Json)
}
