//! The cache store in Redis, one server or a cluster.
//!
//! Each value is kept as `expiry:value`, so that our clock decides about expiry; Redis's own expiry only cleans up.
//! Every request touches one key, so a cluster never has to cross slots.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use redis::{
    Client, Cmd, Pipeline, RedisError, RedisFuture, Script, Value,
    aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig, PubSub},
    cluster::{ClusterClient, ClusterConfig},
    cluster_async::ClusterConnection,
};

use super::{Answer, Failure, Request, Store, expiry, millis, window_index};
use crate::infra::config::Problem;

/// A cache that is slower than this is treated as absent.
const DEADLINE: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub(super) struct Redis {
    prefix: String,
    connection: Connection,
    nodes: Vec<Client>,
    set_if_absent: Script,
    compare_and_delete: Script,
    count: Script,
}

#[derive(Clone)]
enum Connection {
    Single(ConnectionManager),
    Cluster(ClusterConnection),
}

impl Redis {
    /// Connects in the background; fails only when the address cannot be read.
    pub(super) fn new(url: &str, prefix: &str) -> Result<Self, Problem> {
        let problem = |error: RedisError| Problem::new("cache.url", format!("cannot be read: {}", error.kind_text()));
        let cluster = url.strip_prefix("redis-cluster://");
        let addresses: Vec<String> = match cluster {
            None => vec![url.to_owned()],
            Some(hosts) => hosts.split(',').map(|host| format!("redis://{host}")).collect(),
        };
        let nodes: Vec<Client> = addresses
            .iter()
            .map(|address| Client::open(address.as_str()))
            .collect::<Result<_, _>>()
            .map_err(problem)?;
        let connection = match (cluster, nodes.first()) {
            (None, Some(node)) => {
                let config = ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(DEADLINE))
                    .set_response_timeout(Some(DEADLINE))
                    .set_number_of_retries(1);
                Connection::Single(ConnectionManager::new_lazy_with_config(node.clone(), config).map_err(problem)?)
            }
            _ => {
                let client = ClusterClient::builder(addresses).retries(3).build().map_err(problem)?;
                Connection::Cluster(client.get_pending_async_connection_with_config(ClusterConfig::new()))
            }
        };
        Ok(Self {
            prefix: prefix.to_owned(),
            connection,
            nodes,
            set_if_absent: Script::new(
                "local kept = redis.call('GET', KEYS[1])
                 if kept and tonumber(string.match(kept, '^(%d+):')) > tonumber(ARGV[2]) then return 0 end
                 redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
                 return 1",
            ),
            compare_and_delete: Script::new(
                "local kept = redis.call('GET', KEYS[1])
                 if not kept then return 0 end
                 local expires, value = string.match(kept, '^(%d+):(.*)$')
                 if tonumber(expires) > tonumber(ARGV[2]) and value == ARGV[1] then
                   return redis.call('DEL', KEYS[1])
                 end
                 return 0",
            ),
            count: Script::new(
                "local n = redis.call('INCRBY', KEYS[1], ARGV[1])
                 if n == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
                 return n",
            ),
        })
    }

    /// A connection that hears what is published, from the first node that answers.
    pub(super) async fn listen(&self, topics: &[&str]) -> Result<PubSub, Failure> {
        let mut last = Failure("no node is configured".to_owned());
        for node in &self.nodes {
            let attempt = async {
                let mut pubsub = node.get_async_pubsub().await?;
                for topic in topics {
                    pubsub.subscribe(self.key(topic)).await?;
                }
                Ok::<_, RedisError>(pubsub)
            };
            match tokio::time::timeout(DEADLINE, attempt).await {
                Ok(Ok(pubsub)) => return Ok(pubsub),
                Ok(Err(error)) => last = error.into(),
                Err(elapsed) => last = Failure(elapsed.to_string()),
            }
        }
        Err(last)
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn run(&self, request: Request<'_>, now: i64) -> Result<Answer, RedisError> {
        let mut connection = self.connection.clone();
        Ok(match request {
            Request::Get { key } => {
                let kept: Option<String> = redis::cmd("GET").arg(self.key(key)).query_async(&mut connection).await?;
                Answer::Value(kept.and_then(|kept| live(&kept, now).map(str::to_owned)))
            }
            Request::Set { key, value, ttl } => {
                let (kept, px) = envelope(value, now, ttl);
                let key = self.key(key);
                let () = redis::cmd("SET").arg(key).arg(kept).arg("PX").arg(px).query_async(&mut connection).await?;
                Answer::Done(true)
            }
            Request::SetIfAbsent { key, value, ttl } => {
                let (kept, px) = envelope(value, now, ttl);
                let mut call = self.set_if_absent.key(self.key(key));
                Answer::Done(call.arg(kept).arg(now).arg(px).invoke_async(&mut connection).await?)
            }
            Request::CompareAndDelete { key, value } => {
                let mut call = self.compare_and_delete.key(self.key(key));
                Answer::Done(call.arg(value).arg(now).invoke_async(&mut connection).await?)
            }
            Request::Count { key, by, window } => {
                let key = self.key(&format!("{key}:{}", window_index(now, window)));
                let mut call = self.count.key(key);
                Answer::Count(call.arg(by).arg(millis(window)).invoke_async(&mut connection).await?)
            }
            Request::Publish { topic, words } => {
                let () = redis::cmd("PUBLISH").arg(self.key(topic)).arg(words).query_async(&mut connection).await?;
                Answer::Done(true)
            }
        })
    }
}

impl Store for Redis {
    fn ask<'a>(&'a self, request: Request<'a>, now: i64) -> BoxFuture<'a, Result<Answer, Failure>> {
        async move {
            match tokio::time::timeout(DEADLINE, self.run(request, now)).await {
                Ok(answer) => Ok(answer?),
                Err(elapsed) => Err(Failure(elapsed.to_string())),
            }
        }
        .boxed()
    }
}

fn envelope(value: &str, now: i64, ttl: Duration) -> (String, u64) {
    (format!("{}:{value}", expiry(now, ttl)), millis(ttl).max(1))
}

fn live(kept: &str, now: i64) -> Option<&str> {
    let (expires, value) = kept.split_once(':')?;
    (expires.parse::<i64>().ok()? > now).then_some(value)
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self(error.to_string())
    }
}

trait KindText {
    fn kind_text(&self) -> String;
}

impl KindText for RedisError {
    /// The kind of the error without the address, which may hold a password.
    fn kind_text(&self) -> String {
        format!("{:?}", self.kind())
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
