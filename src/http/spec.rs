//! The API description: OpenAPI 3.1 collected from the handlers at `/openapi.json`, browsable at `/docs` without any
//! outside host.

use actix_web::{App, HttpResponse, get, web::Data};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Info, InfoBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use super::{joined, problem::Problem, refusals};
use crate::error::{FieldError, Result};

/// The frame that the handlers' descriptions are put into.
#[derive(OpenApi)]
#[openapi(modifiers(&Frame), components(schemas(Problem<'_>, FieldError)))]
pub struct Description;

struct Frame;

impl Modify for Frame {
    fn modify(&self, api: &mut openapi::OpenApi) {
        api.info = info();
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        api.components.get_or_insert_default().add_security_scheme("bearer", bearer);
    }
}

fn info() -> Info {
    InfoBuilder::new()
        .title("Huilian 惠联")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "WeChat SCRM. Errors are problem JSON (RFC 9457) with a stable `code`. Times are RFC 3339; amounts of money \
             are integers of fen in fields that end in `_fen`. POST calls that create or move value carry `Idempotency-Key`.",
        ))
        .build()
}

/// The description as JSON.
#[get("/openapi.json")]
pub async fn openapi_json(api: Data<openapi::OpenApi>) -> HttpResponse {
    HttpResponse::Ok().json(&**api)
}

/// Completes what handlers and types say of themselves by what follows from all of them.
pub fn complete(api: &mut openapi::OpenApi) {
    refusals::complete(api);
    joined::open(api);
}

/// The whole description of these routes, as JSON text.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn describe(routes: fn(&mut ServiceConfig<'_>)) -> Result<String> {
    let (_, mut api) = App::new().into_utoipa_app().openapi(Description::openapi()).configure(routes).split_for_parts();
    complete(&mut api);
    Ok(serde_json::to_string_pretty(&api)?)
}
