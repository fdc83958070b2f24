//! The load of the callback: connections that are kept open and send pushes made beforehand, with nothing between them and
//! the socket.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use huilian::wechat::callback::open_reply;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    brand::Brand,
    latency::Latencies,
    load::{Outcome, Pace},
};

/// Requests to the callback, each with a message of its own.
pub fn requests(brand: &Brand, numbers: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>> {
    let target = format!("http://huilian/wechat/{}/callback", brand.account.key);
    let client = reqwest::Client::new();
    numbers
        .map(|number| {
            let (query, body) = brand.message(number)?;
            let url = client.post(&target).query(&query).build()?.url().clone();
            let (path, query, length) = (url.path(), url.query().unwrap_or_default(), body.len());
            let head = "Host: huilian\r\nContent-Type: text/xml";
            Ok(format!("POST {path}?{query} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes())
        })
        .collect()
}

struct Work {
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    next: AtomicUsize,
    pace: Pace,
    start: Instant,
    until: Instant,
}

/// Sends the requests over `connections` for at most `duration`. Every answer must be 200 with an encrypted reply, and
/// the last one of each connection is opened.
pub async fn run(
    brand: &Brand,
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    pace: Pace,
    duration: Duration,
) -> Result<Outcome> {
    let start = Instant::now();
    let work = Arc::new(Work { address, requests, next: AtomicUsize::new(0), pace, start, until: start + duration });
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(send(Arc::clone(&work)));
    }
    let mut latencies = Vec::with_capacity(work.requests.len());
    while let Some(sender) = senders.join_next().await {
        let (answered, last) = sender??;
        latencies.extend(answered);
        if let Some(last) = last {
            let reply = open_reply(&brand.account, &last).map_err(|refusal| anyhow!(refusal))?;
            ensure!(reply.contains("会员权益"), "the reply says something else");
        }
    }
    Ok(Outcome { elapsed: start.elapsed(), latencies: Latencies::of(latencies)? })
}

/// One connection's share. Gives its latencies and the body of its last answer.
async fn send(work: Arc<Work>) -> Result<(Vec<Duration>, Option<String>)> {
    let mut stream = TcpStream::connect(work.address).await?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(8 * 1024);
    let (mut latencies, mut last) = (Vec::new(), None);
    loop {
        let number = work.next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = work.requests.get(number) else { break };
        let due = work.pace.due(work.start, number).await?;
        if due >= work.until {
            break;
        }
        stream.write_all(request).await?;
        answer.clear();
        let body = loop {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the service hung up");
            if let Some(body) = whole(&answer)? {
                break body;
            }
        };
        latencies.push(due.elapsed());
        last = Some(body);
    }
    let body = |range: std::ops::Range<usize>| answer.get(range).and_then(|body| std::str::from_utf8(body).ok());
    Ok((latencies, last.and_then(body).map(str::to_owned)))
}

/// Where the body is, once all of it is here.
fn whole(answer: &[u8]) -> Result<Option<std::ops::Range<usize>>> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(head) = answer.windows(END.len()).position(|bytes| bytes == END) else { return Ok(None) };
    let (head, body) = answer.split_at_checked(head + END.len()).context("a head")?;
    let text = std::str::from_utf8(head)?;
    ensure!(text.starts_with("HTTP/1.1 200 "), "not answered with 200 but: {text}");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let length: usize = length.context("an answer without a length")?;
    if body.len() < length {
        return Ok(None);
    }
    ensure!(body.starts_with(b"<xml><Encrypt>"), "an answer without an encrypted reply");
    Ok(Some(head.len()..head.len() + length))
}
