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
    /// Whether something waits.
    waits: watch::Sender<bool>,
    targets: Arc<Mutex<VecDeque<SocketAddr>>>,
}

/// What a connection sees of it.
#[derive(Clone)]
struct View {
    way: watch::Receiver<Way>,
    waits: watch::Sender<bool>,
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
        let ((way, changes), waits) = (watch::channel(way), watch::Sender::new(false));
        let view = View { way: changes, waits: waits.clone() };
        let this = Self { address, way, waits, targets: Arc::new(Mutex::new(targets)) };
        let targets = Arc::clone(&this.targets);
        rt::spawn(async move {
            let mut ended = view.way.clone();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        drop(rt::spawn(carry(client, Arc::clone(&targets), view.clone())));
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
        self.waits.send_replace(false);
        self.way.send_replace(Way::Held);
    }

    /// Until something is held.
    pub async fn holds_something(&self) {
        let _ = self.waits.subscribe().wait_for(|waits| *waits).await;
    }

    /// Ends all connections, and every new one.
    pub fn break_off(&self) {
        self.way.send_replace(Way::Broken);
    }
}

impl View {
    /// Waits while the way is held; says whether it is open then.
    async fn opened(&mut self) -> bool {
        if *self.way.borrow() == Way::Held {
            self.waits.send_replace(true);
        }
        self.way.wait_for(|way| *way != Way::Held).await.is_ok_and(|way| *way == Way::Open)
    }
}

async fn carry(client: TcpStream, targets: Arc<Mutex<VecDeque<SocketAddr>>>, mut view: View) {
    if !view.opened().await {
        return;
    }
    let target = {
        let mut targets = targets.lock().expect("targets");
        targets.rotate_left(1);
        *targets.back().expect("a target")
    };
    let Ok(server) = TcpStream::connect(target).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (there, back) = (view.clone(), view.clone());
    tokio::select! {
        () = pump(from_client, to_server, there) => {}
        () = pump(from_server, to_client, back) => {}
        // Also when the proxy itself is gone.
        _ = view.way.wait_for(|way| *way == Way::Broken) => {}
    }
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut view: View) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if !view.opened().await || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
