//! A TCP proxy that can be stopped, broken and turned elsewhere: what stands between the product and its database, its
//! Redis, or WeChat.

use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    sync::{Arc, Mutex},
};

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
    Open,
    /// Connections are taken, nothing passes, nothing is lost.
    Held,
    /// Every connection ends, and every new one ends at once.
    Broken,
}

/// A proxy on a free port. It ends, with all its connections, when it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    way: watch::Sender<Way>,
    targets: Arc<Mutex<VecDeque<SocketAddr>>>,
}

impl Proxy {
    /// A proxy that holds every connection until it is turned to somebody.
    pub fn held() -> Self {
        Self::start(Way::Held, VecDeque::new())
    }

    /// A proxy before the server of an address such as `postgres://user@host:port/name`; gives the address that leads
    /// through it.
    pub fn before(address: &str) -> (Self, String) {
        let mut url = Url::parse(address).expect("an address");
        let place = (url.host_str().expect("a host"), url.port().expect("a port"));
        let target = place.to_socket_addrs().expect("a host that is known").next().expect("an address");
        let proxy = Self::start(Way::Open, VecDeque::from([target]));
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(proxy.address.port())).expect("a port");
        (proxy, url.to_string())
    }

    fn start(way: Way, targets: VecDeque<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let listener = rt::net::TcpListener::from_std(listener).expect("a listener");
        let (way, changes) = watch::channel(way);
        let this = Self { address, way, targets: Arc::new(Mutex::new(targets)) };
        let targets = Arc::clone(&this.targets);
        rt::spawn(async move {
            let mut ended = changes.clone();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        drop(rt::spawn(carry(client, Arc::clone(&targets), changes.clone())));
                    }
                    Err(_) = ended.wait_for(|_| false) => return,
                }
            }
        });
        this
    }

    /// Lets everything pass, also what was held: connections take turns between the targets.
    pub fn turn_to(&self, targets: &[SocketAddr]) {
        *self.targets.lock().expect("targets") = targets.iter().copied().collect();
        self.mend();
    }

    /// Lets everything pass again.
    pub fn mend(&self) {
        self.way.send_replace(Way::Open);
    }

    /// Lets nothing pass.
    pub fn hold(&self) {
        self.way.send_replace(Way::Held);
    }

    /// Ends all connections, and every new one.
    pub fn break_off(&self) {
        self.way.send_replace(Way::Broken);
    }
}

/// Waits while the way is held; says whether it is open then.
async fn opened(way: &mut watch::Receiver<Way>) -> bool {
    way.wait_for(|way| *way != Way::Held).await.is_ok_and(|way| *way == Way::Open)
}

async fn carry(client: TcpStream, targets: Arc<Mutex<VecDeque<SocketAddr>>>, mut way: watch::Receiver<Way>) {
    if !opened(&mut way).await {
        return;
    }
    let target = {
        let mut targets = targets.lock().expect("targets");
        targets.rotate_left(1);
        *targets.back().expect("a target")
    };
    let Ok(server) = TcpStream::connect(target).await else { return };
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
        if !opened(&mut way).await || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
