//! The proxy waits longer than the service, takes bodies that are a little larger, and keeps quiet about people.

use std::time::Duration;

use huilian::infra::config::Config;
use serde_json::Value;

use super::{text, values, yaml};

/// One block of nginx: its heading, its directives, and what stands inside.
#[derive(Debug, Default)]
struct Block {
    heading: String,
    directives: Vec<(String, String)>,
    blocks: Vec<Block>,
}

impl Block {
    /// The only value of a directive, here or in what stands around it.
    fn says<'a>(&'a self, around: &'a Block, name: &str) -> &'a str {
        let of =
            |block: &'a Block| block.directives.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
        of(self).or_else(|| of(around)).unwrap_or_else(|| panic!("{}: no {name}", self.heading))
    }
}

/// Reads nginx's language as far as it is used here.
fn blocks(words: &mut impl Iterator<Item = String>) -> Block {
    let (mut block, mut said) = (Block::default(), Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            ";" => {
                let value = said.split_off(1).join(" ");
                block.directives.push((said.remove(0), value));
            }
            "{" => {
                let heading = std::mem::take(&mut said).join(" ");
                block.blocks.push(Block { heading, ..blocks(words) });
            }
            "}" => break,
            _ => said.push(word),
        }
    }
    assert!(said.is_empty(), "a directive without an end: {said:?}");
    block
}

/// The words of a file: texts in quotes are one, comments are none.
fn nginx(name: &str) -> Block {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for line in text(name).lines() {
        for letter in line.chars() {
            match (quote, letter) {
                (Some(open), _) if letter == open => quote = None,
                (Some(_), _) => word.push(letter),
                (None, '#') => break,
                (None, '\'' | '"') => quote = Some(letter),
                (None, ';' | '{' | '}') if !word.ends_with('$') => {
                    words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                    words.push(letter.to_string());
                }
                (None, _) if letter.is_whitespace() => {
                    words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)))
                }
                (None, _) => word.push(letter),
            }
        }
        words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
    }
    blocks(&mut words.into_iter())
}

fn https(file: &Block) -> &Block {
    let open = |block: &&Block| block.directives.contains(&("listen".to_owned(), "443 ssl".to_owned()));
    file.blocks.iter().find(open).expect("a server on 443")
}

fn location<'a>(server: &'a Block, path: &str) -> &'a Block {
    let heading = format!("location {path}");
    server.blocks.iter().find(|block| block.heading == heading).unwrap_or_else(|| panic!("no {heading}"))
}

fn seconds(value: &str) -> Duration {
    Duration::from_secs(value.strip_suffix('s').expect("seconds").parse().expect("a number"))
}

fn bytes(value: &str) -> u64 {
    value.strip_suffix('m').expect("MiB").parse::<u64>().expect("a number") << 20
}

#[test]
fn the_proxy_waits_longer_and_takes_more_than_the_service() {
    let config = Config::load(None, []).expect("the defaults");
    let file = nginx("deploy/nginx.conf");
    let server = https(&file);
    let all = location(server, "/");
    assert!(seconds(all.says(server, "proxy_read_timeout")) > config.http.timeout);
    assert!(bytes(all.says(server, "client_max_body_size")) > u64::try_from(config.http.body_limit).expect("a size"));

    let imports = location(server, "= /api/admin/v1/imports");
    assert!(seconds(imports.says(server, "proxy_read_timeout")) > config.http.upload_timeout);
    assert!(bytes(imports.says(server, "client_max_body_size")) > config.imports.file_limit);
    assert_eq!(imports.says(server, "proxy_request_buffering"), "off");

    let events = location(server, "= /api/admin/v1/events");
    assert!(seconds(events.says(server, "proxy_read_timeout")) > 2 * config.http.heartbeat);
    assert_eq!(events.says(server, "proxy_buffering"), "off");

    let described: Value = serde_json::from_str(&text("tests/it/http/openapi.json")).expect("JSON");
    for block in &server.blocks {
        if let Some(path) = block.heading.strip_prefix("location = /api") {
            assert!(described["paths"][format!("/api{path}")].is_object(), "{}", block.heading);
        }
    }
}

#[test]
fn the_ingress_has_the_numbers_of_the_proxy() {
    let file = nginx("deploy/nginx.conf");
    let server = https(&file);
    let said = |path: &str, what: &str| {
        let ingresses = yaml("deploy/kubernetes/service.yaml").into_iter().filter(|one| one["kind"] == "Ingress");
        let takes = |one: &Value| values(one, "path").iter().any(|other| *other == path);
        let one = ingresses.into_iter().find(takes).unwrap_or_else(|| panic!("no ingress for {path}"));
        let key = format!("nginx.ingress.kubernetes.io/{what}");
        one["metadata"]["annotations"][key].as_str().unwrap_or_else(|| panic!("{path}: no {what}")).to_owned()
    };
    for (path, inside) in [("/api/", "/"), ("/api/admin/v1/imports", "= /api/admin/v1/imports")] {
        let block = location(server, inside);
        assert_eq!(said(path, "proxy-body-size"), block.says(server, "client_max_body_size"));
        assert_eq!(format!("{}s", said(path, "proxy-read-timeout")), block.says(server, "proxy_read_timeout"));
    }
    assert_eq!(said("/api/admin/v1/events", "proxy-request-buffering"), "off");
}

#[test]
fn callers_are_told_apart_behind_it_and_figures_stay_inside() {
    let file = nginx("deploy/nginx.conf");
    let server = https(&file);
    let forwarded = ("proxy_set_header".to_owned(), "X-Forwarded-For $remote_addr".to_owned());
    assert!(server.directives.contains(&forwarded), "what callers send is replaced");
    assert!(text("deploy/huilian.toml").lines().any(|line| line == "proxies = 1"));
    assert_eq!(location(server, "= /metrics").says(server, "deny"), "all");
    assert_eq!(server.says(server, "ssl_protocols"), "TLSv1.2 TLSv1.3");
    let kept =
        server.directives.iter().any(|(name, value)| name == "add_header" && value.starts_with("Strict-Transport-"));
    assert!(kept, "browsers stay with https");
    for (place, ports) in
        [("deploy/upstream.conf", ["8080", "8081"]), ("deploy/compose/upstream.conf", ["8080", "8080"])]
    {
        let file = nginx(place);
        let upstream = file.blocks.iter().find(|block| block.heading == "upstream huilian").expect("an upstream");
        let servers: Vec<&str> = upstream
            .directives
            .iter()
            .filter(|(name, _)| name == "server")
            .filter_map(|(_, value)| value.split(' ').next()?.rsplit(':').next())
            .collect();
        assert_eq!(servers, ports, "{place}");
        assert_eq!(location(server, "/").says(server, "proxy_pass"), "http://huilian");
    }
}

#[test]
fn the_proxy_logs_no_queries() {
    let file = nginx("deploy/nginx.conf");
    let format = &file.directives.iter().find(|(name, _)| name == "log_format").expect("a format").1;
    for telling in
        ["$request ", "$request_uri", "$args", "$query_string", "$http_authorization", "$http_cookie", "$http_referer"]
    {
        assert!(!format!("{format} ").contains(telling), "{telling}: OpenIDs and codes stand there");
    }
    for server in &file.blocks {
        let log = server.says(server, "access_log");
        assert!(log == "off" || log.ends_with(" huilian"), "{log}");
    }
    // On lower levels nginx writes the whole line of a request that failed.
    assert!(https(&file).says(&file, "error_log").ends_with(" crit"));
}
