//! The image and the compose stack name files, services and ports that exist. No container engine has run them here.

use serde_json::{Value, json};

use super::{grace, path, text, values, yaml};

fn compose() -> Value {
    yaml("deploy/compose/compose.yaml").remove(0)
}

#[test]
fn the_image_is_built_from_files_that_exist() {
    let image = text("deploy/Containerfile");
    let copied = image.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|rest| !rest.starts_with("--from"));
    let mut count = 0;
    for line in copied {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.pop();
        for word in words {
            assert!(path(word).exists(), "COPY {word}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count} files");
    // The compiler that the image takes is one that the program is written for.
    let least = text("Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ").map(str::to_owned));
    let least = least.expect("a version").replace('"', "");
    assert!(image.contains(&format!("/rust:{least}-bookworm AS service")), "{least}");
    let profile = text("Cargo.toml").contains("[profile.dist]") && image.contains("--profile dist");
    assert!(profile && image.contains("target/dist/huilian"));
    let ignored = text(".dockerignore");
    for secret in ["**/.env", ".git", "target", "h5/node_modules"] {
        assert!(ignored.lines().any(|line| line == secret), "{secret} would be sent to the builder");
    }
}

#[test]
fn the_stack_mounts_files_that_exist_or_are_asked_for() {
    // What everybody brings themselves; compose.yaml says so at its top.
    let own = ["./tls", "./wechat-config"];
    let compose = compose();
    let services = compose["services"].as_object().expect("services");
    let mut mounted = 0;
    for (name, service) in services {
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let from = volume.as_str().expect("a volume").split(':').next().expect("a place");
            if from.starts_with('.') && !own.contains(&from) {
                assert!(path("deploy/compose").join(from).exists(), "{name}: {from}");
                mounted += 1;
            }
            let named = from.starts_with('.') || compose["volumes"][from].is_object();
            assert!(named, "{name}: {from} is no volume");
        }
        for network in service["networks"].as_array().into_iter().flatten() {
            assert!(compose["networks"][network.as_str().expect("a network")].is_object(), "{name}: {network}");
        }
        for other in values(service, "depends_on") {
            let others: Vec<&str> = match other {
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                _ => other.as_object().expect("services").keys().map(String::as_str).collect(),
            };
            assert!(others.iter().all(|other| services.contains_key(*other)), "{name}: {others:?}");
        }
    }
    assert!(mounted >= 6, "{mounted} files");
    assert_eq!(compose["networks"]["back"]["internal"], json!(true), "PostgreSQL and Redis are not outside");
    for kept in ["postgres", "redis"] {
        assert_eq!(services[kept]["networks"], json!(["back"]), "{kept}");
    }
}

#[test]
fn two_nodes_stand_behind_the_proxy_and_are_asked_for_figures() {
    let compose = compose();
    let port = compose["services"]["one"]["environment"]["HUILIAN_HTTP__PORT"].as_str().expect("a port");
    let expected = ["one", "two"].map(|name| format!("{name}:{port}"));
    let upstream = text("deploy/compose/upstream.conf");
    let servers: Vec<&str> =
        upstream.lines().filter_map(|line| line.trim().strip_prefix("server ")?.split_whitespace().next()).collect();
    assert_eq!(servers, expected);
    let targets = yaml("deploy/prometheus/prometheus.yaml").remove(0)["scrape_configs"][0]["static_configs"][0].clone();
    assert_eq!(targets["targets"], json!(expected));
    for name in ["one", "two"] {
        let node = &compose["services"][name];
        assert_eq!(node["command"], json!(["all"]));
        let stops = node["stop_grace_period"].as_str().and_then(|time| time.strip_suffix('s')).expect("seconds");
        assert!(stops.parse::<u64>().expect("a number") >= grace() + 5);
    }
    let connections = text("deploy/compose/postgresql.conf");
    let most = connections.lines().find_map(|line| line.strip_prefix("max_connections = ")).expect("a number");
    let each = compose["services"]["one"]["environment"]["HUILIAN_DATABASE__CONNECTIONS"].as_str().expect("a number");
    assert!(2 * each.parse::<u32>().expect("a number") + 10 <= most.parse::<u32>().expect("a number"));
}

#[test]
fn versions_are_named_and_nothing_secret_is() {
    let images = [text("deploy/Containerfile"), text("deploy/kubernetes/Containerfile")].concat();
    let from = images.lines().filter_map(|line| line.strip_prefix("FROM ")?.split_whitespace().next());
    let compose = compose();
    let used = values(&compose, "image").into_iter().filter_map(Value::as_str);
    for image in from.chain(used) {
        let version = image.rsplit_once(':').map_or("", |(_, version)| version);
        assert!(version.starts_with(|first: char| first.is_ascii_digit() || first == 'v'), "{image}: which one?");
    }
    for line in text("deploy/compose/env.example").lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once('=').expect("NAME=value");
        let open = ["HUILIAN_HTTP__PUBLIC_URL", "HUILIAN_SECRETS__CURRENT"].contains(&name);
        assert!(open || value.is_empty() || value.contains(":PASSWORD@"), "{name}");
    }
    let secret = yaml("deploy/kubernetes/secret.example.yaml").remove(0);
    let held = secret["stringData"].as_object().expect("names");
    assert!(held.len() > 10 && held.values().all(|value| value == ""), "{held:?}");
}
