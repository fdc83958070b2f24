//! The load: connections that are kept open and send requests made beforehand. Everything runs on one thread, so that
//! the service and its database keep most of the machine.

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

use crate::brand::Brand;

/// How requests follow one another.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// Each connection sends as soon as it has its answer.
    FlatOut,
    /// Request number `n` is due `n` times this after the start, whatever became of the others. Its latency counts from
    /// then, so that a slow answer is not excused by the requests that it held up.
    Every(Duration),
}

/// What came of a load.
#[derive(Debug)]
pub struct Outcome {
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// One for each request, ascending.
    pub latencies: Vec<Duration>,
}

impl Outcome {
    /// Answers per second.
    pub fn per_second(&self) -> Result<f64> {
        Ok(f64::from(u32::try_from(self.latencies.len())?) / self.elapsed.as_secs_f64())
    }

    /// The latency that this share of a hundred requests did not exceed.
    pub fn percentile(&self, percent: usize) -> Result<Duration> {
        let place = (self.latencies.len() * percent).div_ceil(100).saturating_sub(1);
        self.latencies.get(place).copied().context("nothing was answered")
    }
}

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
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    Ok(Outcome { elapsed, latencies })
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
        let due = match work.pace {
            Pace::FlatOut => Instant::now(),
            Pace::Every(step) => work.start + step * u32::try_from(number)?,
        };
        if due >= work.until {
            break;
        }
        if let Pace::Every(_) = work.pace {
            tokio::time::sleep_until(due.into()).await;
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
