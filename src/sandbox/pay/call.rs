//! What every call to WeChat Pay goes through: timers first, then faults, the act itself, faults again, the log.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use actix_web::http::Method;

use super::{merchant::Signing, v2, v3};
use crate::{
    infra::clock::Time,
    sandbox::{calls::Logged, events::Told, faults::FaultKind, world::World},
};

/// Who is at the other end of the connection.
#[derive(Clone, Debug)]
pub(in crate::sandbox) enum Peer {
    /// It did not come through TLS.
    Plain,
    /// It came through TLS and showed no certificate.
    Nobody,
    /// The certificate it showed (DER).
    Certificate(Vec<u8>),
}

/// A call as it came in, read to its end.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// Path and query as sent, which is what v3 signs.
    pub(super) target: String,
    pub(super) query: BTreeMap<String, String>,
    /// By lower-case name.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) peer: Peer,
    pub(super) ip: String,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// How an accepted request goes on.
#[derive(Clone, Debug, Default)]
pub(super) enum Course {
    /// At once.
    #[default]
    Usual,
    /// After so many seconds, and badly if there is a reason.
    Late {
        /// Seconds of the sandbox's clock.
        seconds: u32,
        /// Why it fails.
        reason: Option<String>,
    },
}

/// What a fault changes about the act itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Twist {
    pub(super) course: Course,
    /// For so many seconds queries do not find it.
    pub(super) hidden: Option<u32>,
}

/// What is sent back.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    /// v3 answers are signed with this.
    pub(super) signing: Option<Signing>,
    /// `Request-ID`, of v3 answers.
    pub(super) request_id: Option<String>,
    /// The time that the signature names.
    pub(super) at: Time,
    /// The signature is to be wrong.
    pub(super) forged: bool,
}

impl Reply {
    /// What a gateway in front of WeChat Pay answers.
    pub(super) fn html(status: u16, text: &str, at: Time) -> Self {
        let body = format!(
            "<html>\r\n<head><title>{status} {text}</title></head>\r\n<body>\r\n<center><h1>{status} {text}</h1></center>\r\n\
             <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::plain(status, "text/html", body.into_bytes(), at)
    }

    /// An answer that nobody signs.
    pub(super) fn plain(status: u16, content_type: &'static str, body: Vec<u8>, at: Time) -> Self {
        Self { status, content_type, body, signing: None, request_id: None, at, forged: false }
    }
}

/// What the server does about a call.
pub(super) enum Ending {
    /// Answer, after `delay`.
    Reply(Box<Reply>, Duration),
    /// Close the connection without a byte.
    Cut,
}

/// Answers a call.
pub(super) fn answer(world: &mut World, call: &Call) -> Ending {
    let started = Instant::now();
    world.pay_advance();
    let is_v2 = v2::is_mine(&call.path);
    let (endpoint, merchant) =
        if is_v2 { (v2::endpoint(call), v2::merchant(call)) } else { (v3::endpoint(call), v3::merchant(call)) };
    let merchant = merchant.and_then(|mchid| Some(world.pay.by_mchid(&mchid)?.key.clone()));
    let fault = endpoint.and_then(|endpoint| world.pay_fault(endpoint, merchant.as_deref()));
    let act = |world: &mut World, twist: &Twist| {
        if is_v2 { v2::answer(world, call, twist) } else { v3::answer(world, call, twist) }
    };
    let ending = match &fault {
        Some(FaultKind::ResetBefore) => Ending::Cut,
        Some(FaultKind::ResetAfter) => {
            act(world, &Twist::default());
            Ending::Cut
        }
        other => {
            let (reply, delay) = struck(world, call, other.as_ref(), merchant.as_deref(), is_v2, act);
            Ending::Reply(Box::new(reply), delay)
        }
    };
    log(world, call, &ending, merchant, fault.as_ref(), started.elapsed());
    ending
}

/// The reply, as the fault leaves it.
fn struck(
    world: &mut World,
    call: &Call,
    fault: Option<&FaultKind>,
    merchant: Option<&str>,
    is_v2: bool,
    act: impl Fn(&mut World, &Twist) -> Reply,
) -> (Reply, Duration) {
    let now = world.now();
    let usual = Twist::default();
    let mut delay = Duration::ZERO;
    let reply = match fault {
        Some(FaultKind::Http { status }) => Reply::html(*status, "", now),
        Some(FaultKind::HttpAfter { status }) => {
            act(world, &usual);
            Reply::html(*status, "", now)
        }
        Some(FaultKind::Hang { millis }) => {
            delay = Duration::from_millis(*millis);
            Reply::html(504, "Gateway Time-out", now)
        }
        Some(FaultKind::Slow { millis }) => {
            delay = Duration::from_millis(*millis);
            act(world, &usual)
        }
        Some(FaultKind::PayError { code, text, status, after }) => {
            if *after {
                act(world, &usual);
            }
            let text = text.as_deref().unwrap_or("系统繁忙，请稍后重试");
            if is_v2 { v2::error(world, call, code, text) } else { v3::error(world, call, *status, code, text) }
        }
        Some(FaultKind::Processing { seconds, reason }) => {
            let course = Course::Late { seconds: *seconds, reason: reason.clone() };
            act(world, &Twist { course, hidden: None })
        }
        Some(FaultKind::Hidden { seconds }) => act(world, &Twist { course: Course::Usual, hidden: Some(*seconds) }),
        Some(FaultKind::Truncated) => {
            let mut reply = act(world, &usual);
            reply.body.truncate(reply.body.len() / 2);
            reply
        }
        Some(FaultKind::ExtraFields) => {
            let mut reply = act(world, &usual);
            extend(&mut reply.body);
            reply
        }
        Some(FaultKind::WrongSignature) => Reply { forged: true, ..act(world, &usual) },
        Some(FaultKind::Unsigned) => Reply { signing: None, ..act(world, &usual) },
        Some(FaultKind::OtherKey) => {
            let mut reply = act(world, &usual);
            let merchant = merchant.and_then(|key| world.pay.merchants.get(key));
            if let (Some(merchant), Some(signing)) = (merchant, &mut reply.signing) {
                *signing = merchant.other_signing(&signing.serial);
            }
            reply
        }
        _ => act(world, &usual),
    };
    (reply, delay)
}

/// Adds a field that no documentation names.
fn extend(body: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(body);
    let longer = match (text.strip_suffix("</xml>"), text.strip_suffix('}')) {
        (Some(xml), _) => format!("{xml}<extra_info><![CDATA[新字段]]></extra_info></xml>"),
        (_, Some(json)) => format!("{json},\"extra_info\":\"新字段\"}}"),
        _ => return,
    };
    *body = longer.into_bytes();
}

fn log(
    world: &mut World,
    call: &Call,
    ending: &Ending,
    account: Option<String>,
    fault: Option<&FaultKind>,
    took: Duration,
) {
    let (id, at) = (world.id(), world.now());
    let (status, answer) = match ending {
        Ending::Cut => (None, String::new()),
        Ending::Reply(reply, _) if reply.content_type.starts_with("application/x-gzip") => {
            (Some(reply.status), format!("({} bytes)", reply.body.len()))
        }
        Ending::Reply(reply, _) => (Some(reply.status), String::from_utf8_lossy(&reply.body).into_owned()),
    };
    world.remember_call(Logged {
        id,
        at,
        method: call.method.to_string(),
        path: call.path.clone(),
        account,
        status,
        errcode: None,
        rid: None,
        fault: fault.map(FaultKind::name),
        request: format!("{}\n{}", call.target, String::from_utf8_lossy(&call.body)),
        answer,
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        ip: call.ip.clone(),
    });
    world.tell(Told::Call { id });
}
