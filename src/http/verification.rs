//! Domain verification files (`MP_verify_….txt` and the like) at `/`, as WeChat's console asks for them.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{self, Data, Path},
};

use crate::error::{Code, Error, Result};

/// The files by name.
#[derive(Clone, Debug, Default)]
pub struct Files(pub BTreeMap<String, String>);

/// One segment at the root, with an ending: everything else is somebody else's.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/{name:[A-Za-z0-9_-]+\\.(txt|html)}", web::get().to(file));
}

async fn file(name: Path<String>, files: Data<Files>) -> Result<HttpResponse> {
    let text = files.0.get(name.as_str()).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text.clone()))
}
