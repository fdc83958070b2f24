//! The HTTP server: API calls, the control API and the page on one port.

use std::{
    any::Any,
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener},
    ops::Deref,
    os::fd::AsFd,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_multipart::Multipart;
use actix_web::{
    App, HttpMessage, HttpRequest, HttpResponse, HttpServer,
    dev::{Extensions, ServerHandle},
    http::{
        StatusCode,
        header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue},
    },
    rt::net::TcpStream,
    web::{self, Data},
};
use futures_util::TryStreamExt;
use tokio::{sync::watch, task::AbortHandle};

use super::{
    Sandbox, Shared,
    api::{self, Answer, Ending, Request, Upload},
    consent, control,
    options::Options,
    page, pay,
    world::World,
};

/// More than the largest file that WeChat takes.
const LONGEST_BODY: usize = 12 * 1024 * 1024;

/// A sandbox that listens. Dropping it stops the server; [`stop`](Self::stop) also waits for that.
#[derive(Debug)]
pub struct Running {
    sandbox: Sandbox,
    server: ServerHandle,
    /// The TLS listener, and who looks at the clock.
    beside: Vec<AbortHandle>,
}

impl Running {
    /// The handle to the same functions that the page uses.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Stops listening and closes all connections.
    pub async fn stop(self) {
        self.server.stop(false).await;
    }
}

impl Deref for Running {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.beside {
            task.abort();
        }
        // The order to stop is given at once; the future only waits for it.
        drop(self.server.stop(false));
    }
}

/// Listens, and serves in the background.
pub(super) fn start(options: Options) -> std::io::Result<Running> {
    let listener = TcpListener::bind(options.listen)?;
    let address = listener.local_addr()?;
    let host = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    let base_url = format!("http://{}", SocketAddr::new(host, address.port()));
    let client = reqwest::Client::builder()
        .timeout(options.push_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // A kept connection that the service has just closed would look like an attempt that it never saw.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(std::io::Error::other)?;
    let sandbox = Sandbox(Arc::new(Shared {
        world: Mutex::new(World::new(&options, base_url.clone())?),
        clock: options.clock.clone(),
        base_url,
        client,
        attempts: options.attempts,
        runtime: tokio::runtime::Handle::current(),
        running: watch::Sender::new(0),
        peers: pay::Peers::default(),
    }));
    let beside = beside(&options, &sandbox, SocketAddr::new(host, address.port()))?;
    let shared = sandbox.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(shared.clone()))
            .configure(control::routes)
            .configure(consent::routes)
            .default_service(web::to(front))
    })
    .on_connect(remember_socket)
    .workers(2)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Running { sandbox, server: handle, beside })
}

/// What runs beside the server when there are merchants: the TLS listener, and somebody who looks at the clock while it
/// runs.
fn beside(options: &Options, sandbox: &Sandbox, inner: SocketAddr) -> std::io::Result<Vec<AbortHandle>> {
    let Some(server) = sandbox.with(|world| world.pay.server())? else { return Ok(Vec::new()) };
    let listener = TcpListener::bind(options.secure_listen)?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    sandbox.with(|world| world.pay.set_secure_url(format!("https://{}", SocketAddr::new(inner.ip(), port))));
    let relay = pay::listen(listener, server, inner, sandbox.0.peers.clone());
    let time = pay::keep_time(Arc::downgrade(&sandbox.0));
    Ok(vec![tokio::spawn(relay).abort_handle(), tokio::spawn(time).abort_handle()])
}

/// A second handle to the connection, so that a fault can cut it.
struct Socket(std::net::TcpStream);

fn remember_socket(connection: &dyn Any, extensions: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>()
        && let Ok(second) = stream.as_fd().try_clone_to_owned()
    {
        extensions.insert(Socket(second.into()));
    }
}

/// Everything that is not the control API: API calls by their path, otherwise the page.
async fn front(
    sandbox: Data<Sandbox>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    const PREFIXES: &[&str] =
        &["/cgi-bin/", "/wxa/", "/wxaapi/", "/customservice/", "/sns/", "/card/", "/shakearound/", "/datacube/"];
    if pay::is_pay(request.path()) {
        let (body, _) = read(&request, payload).await?;
        return Ok(pay::front(&sandbox, &request, body).await);
    }
    if !PREFIXES.iter().any(|prefix| request.path().starts_with(prefix)) {
        return Ok(page::serve(request.path()));
    }
    let (body, upload) = read(&request, payload).await?;
    let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string());
    let call = Request {
        method: request.method().clone(),
        path: request.path().to_owned(),
        query: query.map(web::Query::into_inner).unwrap_or_default(),
        body,
        upload,
        ip: request.peer_addr().map_or_else(|| "127.0.0.1".to_owned(), |peer| peer.ip().to_string()),
    };
    let (ending, due) = sandbox.with(|world| (api::answer(world, &call), std::mem::take(&mut world.due)));
    sandbox.deliver_later(due);
    Ok(match ending {
        Ending::Cut => cut(&request),
        Ending::Answer { status, answer, delay } => {
            if delay > Duration::ZERO {
                tokio::time::sleep(delay).await;
            }
            respond(status, answer)
        }
    })
}

/// Cuts the connection of a request; nobody reads the answer.
pub(super) fn cut(request: &HttpRequest) -> HttpResponse {
    if let Some(Socket(stream)) = request.conn_data::<Socket>() {
        // A connection that is gone already is as good.
        let _ = stream.shutdown(Shutdown::Both);
    }
    HttpResponse::new(StatusCode::BAD_GATEWAY)
}

/// The body, or the file `media` of a form.
async fn read(request: &HttpRequest, payload: web::Payload) -> Result<(Vec<u8>, Option<Upload>), actix_web::Error> {
    if !request.content_type().starts_with("multipart/form-data") {
        let bytes = payload
            .to_bytes_limited(LONGEST_BODY)
            .await
            .map_err(|error| actix_web::error::ErrorPayloadTooLarge(error.to_string()))??;
        return Ok((bytes.to_vec(), None));
    }
    let mut form = Multipart::new(request.headers(), payload.into_inner());
    let mut upload = None;
    while let Some(mut part) = form.try_next().await? {
        let mut bytes = Vec::new();
        while let Some(chunk) = part.try_next().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST_BODY {
                return Err(actix_web::error::ErrorPayloadTooLarge("the file is too large"));
            }
        }
        if part.name() == Some("media") {
            let name = part.content_disposition().and_then(|disposition| disposition.get_filename());
            upload = Some(Upload { name: name.unwrap_or_default().to_owned(), bytes });
        }
    }
    Ok((Vec::new(), upload))
}

fn respond(status: u16, answer: Answer) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    match answer {
        // WeChat says `text/plain` for many of its JSON answers; readers must go by the content.
        Answer::Json(value) => response.content_type("text/plain; charset=utf-8").body(value.to_string()),
        Answer::File { content_type, name, bytes } => {
            response.content_type(content_type);
            if let Some(name) = name {
                response.insert_header(attachment(name));
            }
            response.body(bytes)
        }
        Answer::NotFound => response.finish(),
    }
}

/// "Save as", with a name that may be Chinese.
fn attachment(name: String) -> ContentDisposition {
    let name = if name.is_ascii() {
        DispositionParam::Filename(name)
    } else {
        let charset = Charset::Ext("UTF-8".to_owned());
        DispositionParam::FilenameExt(ExtendedValue { charset, language_tag: None, value: name.into_bytes() })
    };
    ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![name] }
}
