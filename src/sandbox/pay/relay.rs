//! The TLS listener: takes the connection, asks for a client certificate, and relays what is inside to the one server,
//! which is told by the connection's port whose certificate it was (pay notes sections 2.0 and 10).

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncWriteExt, copy, split},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
        client::danger::HandshakeSignatureValid,
        crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime},
        server::danger::{ClientCertVerified, ClientCertVerifier},
    },
};

use super::{authority::Server, call::Peer};

/// Whose connections are relayed, by the port at which the one server sees them.
#[derive(Clone, Default)]
pub(in crate::sandbox) struct Peers(Arc<Mutex<HashMap<u16, Peer>>>);

impl Peers {
    fn lock(&self) -> MutexGuard<'_, HashMap<u16, Peer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is behind this port.
    pub(super) fn of(&self, port: u16) -> Peer {
        self.lock().get(&port).cloned().unwrap_or(Peer::Plain)
    }
}

/// An entry that goes when the connection goes.
struct Entry(Peers, u16);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}

/// Takes TLS connections for as long as the future lives.
pub(in crate::sandbox) async fn listen(
    listener: TcpListener,
    server: Server,
    inner: SocketAddr,
    peers: Peers,
) -> io::Result<()> {
    let acceptor = acceptor(server).map_err(io::Error::other)?;
    let mut connections = JoinSet::new();
    loop {
        let (outer, _) = listener.accept().await?;
        connections.spawn(relay(acceptor.clone(), outer, inner, peers.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn relay(acceptor: TlsAcceptor, outer: TcpStream, inner: SocketAddr, peers: Peers) -> io::Result<()> {
    outer.set_nodelay(true)?;
    let outer = acceptor.accept(outer).await?;
    let shown = outer.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let peer = shown.map_or(Peer::Nobody, |certificate| Peer::Certificate(certificate.to_vec()));
    let inner = TcpStream::connect(inner).await?;
    inner.set_nodelay(true)?;
    let entry = Entry(peers, inner.local_addr()?.port());
    entry.0.lock().insert(entry.1, peer);
    let (mut from_outer, mut to_outer) = split(outer);
    let (mut from_inner, mut to_inner) = split(inner);
    // The end of either side ends both, so that a cut connection is seen as one.
    tokio::select! {
        sent = copy(&mut from_outer, &mut to_inner) => sent?,
        answered = copy(&mut from_inner, &mut to_outer) => answered?,
    };
    to_outer.shutdown().await
}

fn acceptor(server: Server) -> Result<TlsAcceptor, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(Arc::new(Anybody(provider)))
        .with_single_cert(
            vec![CertificateDer::from(server.certificate)],
            PrivatePkcs8KeyDer::from(server.key).into(),
        )?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Lets in whoever holds the key of the certificate it shows, or shows none: what that means is WeChat Pay's answer,
/// not a failed handshake.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ClientCertVerifier for Anybody {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
