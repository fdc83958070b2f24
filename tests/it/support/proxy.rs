//! A TCP proxy that can be stopped, broken and turned elsewhere: what stands between the product and its database, its
//! Redis, or WeChat.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use actix_web::rt::{self, net::TcpStream};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
};
use url::Url;

/// What becomes of connections and of every byte on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Everything passes.
    Open(SocketAddr),
    /// Connections are taken, nothing passes, nothing is lost.
    Held,
    /// Every connection ends, and every new one ends at once.
    Broken,
}

/// A proxy on a free port. It ends, with all its connections, when it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    way: watch::Sender<Way>,
}

impl Proxy {
    /// A proxy that holds every connection until it is opened.
    pub fn held() -> Self {
        Self::start(Way::Held)
    }

    /// A proxy before the server of an address such as `postgres://user@host:port/name`; gives the address that leads
    /// through it.
    pub fn before(address: &str) -> (Self, String) {
        let mut url = Url::parse(address).expect("an address");
        let place = (url.host_str().expect("a host"), url.port().expect("a port"));
        let target = place.to_socket_addrs().expect("a host that is known").next().expect("an address");
        let proxy = Self::start(Way::Open(target));
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(proxy.address.port())).expect("a port");
        (proxy, url.to_string())
    }

    fn start(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let listener = rt::net::TcpListener::from_std(listener).expect("a listener");
        let (way, changes) = watch::channel(way);
        rt::spawn(async move {
            let mut ended = changes.clone();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => drop(rt::spawn(carry(client, changes.clone()))),
                    Err(_) = ended.wait_for(|_| false) => return,
                }
            }
        });
        Self { address, way }
    }

    /// Lets everything pass to `target`, also what was held.
    pub fn open(&self, target: SocketAddr) {
        self.way.send_replace(Way::Open(target));
    }

    /// Lets nothing pass; gives where it went before.
    pub fn hold(&self) -> SocketAddr {
        self.stop(Way::Held)
    }

    /// Ends all connections, and every new one; gives where they went before.
    pub fn break_off(&self) -> SocketAddr {
        self.stop(Way::Broken)
    }

    fn stop(&self, way: Way) -> SocketAddr {
        match self.way.send_replace(way) {
            Way::Open(target) => target,
            Way::Held | Way::Broken => panic!("the proxy was not open"),
        }
    }
}

/// Where bytes go now, as soon as they may. `None` when the connection has to end.
async fn target(way: &mut watch::Receiver<Way>) -> Option<SocketAddr> {
    match *way.wait_for(|way| *way != Way::Held).await.ok()? {
        Way::Open(target) => Some(target),
        Way::Held | Way::Broken => None,
    }
}

async fn carry(client: TcpStream, mut way: watch::Receiver<Way>) {
    let Some(first) = target(&mut way).await else { return };
    let Ok(server) = TcpStream::connect(first).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (there, back) = (way.clone(), way.clone());
    tokio::select! {
        () = pump(from_client, to_server, there) => {}
        () = pump(from_server, to_client, back) => {}
        // Also when the proxy itself is gone.
        _ = way.wait_for(|way| *way == Way::Broken) => {}
    }
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut way: watch::Receiver<Way>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if target(&mut way).await.is_none() || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
