//! Built web pages, embedded in the binary: the staff console at `/console/`.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{self, Path},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "h5/dist/console"]
#[allow_missing = true]
struct Console;

/// What the console may load, and from where: its own files only, no script or style inside the page, never in a frame.
const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                              connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What stands in the console's place until it was built.
const CONSOLE_MISSING: &str = "惠联工作台尚未构建：请在 h5 目录构建后重新编译。\n\
                               The console is not built yet: build it in h5, then build the program again.\n";

/// Pages that staff open. Files of the console stand beside its entry, so its address ends with a slash.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::redirect("/console", "/console/"))
        .route("/console/{path:.*}", web::get().to(async |path: Path<String>| console(&path)));
}

fn console(path: &str) -> HttpResponse {
    let mut answer = serve::<Console>(path, CONSOLE_MISSING);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONSOLE_POLICY));
    answer
}

/// A file of built pages; unknown paths give their entry, so that pages can have addresses of their own, and `missing`
/// as plain text when there is none.
pub fn serve<Pages: RustEmbed>(path: &str, missing: &'static str) -> HttpResponse {
    let wanted = path.trim_start_matches('/');
    let wanted = if wanted.is_empty() { "index.html" } else { wanted };
    let (name, file) = match Pages::get(wanted) {
        Some(file) => (wanted, Some(file)),
        // A missing script must not be answered with HTML.
        None if wanted.contains('.') && wanted != "index.html" => return HttpResponse::NotFound().finish(),
        None => ("index.html", Pages::get("index.html")),
    };
    match file {
        Some(file) => {
            // Built files carry a hash in their name, the entry does not.
            let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            HttpResponse::Ok()
                .content_type(file.metadata.mimetype())
                .insert_header(("Cache-Control", cache))
                .body(file.data.into_owned())
        }
        None => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(missing),
    }
}
