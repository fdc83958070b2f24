//! Built web pages, embedded in the binary: the staff console at `/console/`, the member pages at `/m/`.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_SECURITY_POLICY, HeaderValue},
    web::{self, Data, Path},
};
use rust_embed::RustEmbed;

use crate::infra::config::WeChat;

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

#[derive(RustEmbed)]
#[folder = "h5/dist/mine"]
#[allow_missing = true]
struct Mine;

/// What member pages may load, and from where: their own files, and inside WeChat its JS-SDK. Which frame may show them
/// follows behind.
const MINE_POLICY: &str = "default-src 'none'; script-src 'self' https://res.wx.qq.com; style-src 'self'; \
                           img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors";
/// What stands in their place until they were built.
const MINE_MISSING: &str = "会员页面尚未构建：请在 h5 目录构建后重新编译。\n\
                            The member pages are not built yet: build them in h5, then build the program again.\n";

/// Pages that people open. Files of the console stand beside its entry, so its address ends with a slash; member pages
/// have addresses of their own, such as `/m/i/{code}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::redirect("/console", "/console/"))
        .route("/console/{path:.*}", web::get().to(async |path: Path<String>| console(&path)))
        .service(web::redirect("/m", "/m/"))
        .route("/m/{path:.*}", web::get().to(async |path: Path<String>, wechat: Data<WeChat>| mine(&path, &wechat)));
}

fn console(path: &str) -> HttpResponse {
    let mut answer = serve::<Console>(path, CONSOLE_MISSING);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONSOLE_POLICY));
    answer
}

/// The sandbox's phone shows member pages in its frame; nobody else does.
fn mine(path: &str, wechat: &WeChat) -> HttpResponse {
    let frame = wechat.sandbox().unwrap_or_else(|| "'none'".to_owned());
    let mut answer = serve::<Mine>(path, MINE_MISSING);
    let policy = HeaderValue::try_from(format!("{MINE_POLICY} {frame}"));
    answer
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy.unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")));
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
