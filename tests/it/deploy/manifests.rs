//! The manifests of Kubernetes agree with the program and with each other. No cluster has seen them here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{files, grace, manifest, text, values, yaml};
use crate::support::story;

const FOLDER: &str = "deploy/kubernetes";

#[test]
fn every_manifest_is_one_of_its_kind_and_is_applied() {
    let mut seen = BTreeSet::new();
    let files = files(FOLDER, ".yaml");
    for file in &files {
        for document in yaml(file) {
            assert!(document["apiVersion"].is_string() && document["kind"].is_string(), "{file}: {document}");
            let name = document["metadata"]["name"].clone();
            assert!(document["kind"] == "Kustomization" || name.is_string(), "{file}: {document}");
            assert!(seen.insert(format!("{} {name}", document["kind"])), "{file}: twice: {name}");
        }
    }
    let applied = yaml("deploy/kubernetes/kustomization.yaml").remove(0)["resources"].clone();
    let mut applied: Vec<String> = serde_json::from_value(applied).expect("names");
    applied.extend(["kustomization.yaml".to_owned(), "secret.example.yaml".to_owned()]);
    applied.sort();
    let there: Vec<String> = files.iter().map(|file| file.replace("deploy/kubernetes/", "")).collect();
    assert_eq!(applied, there);
}

#[actix_web::test]
async fn probes_and_scrapes_ask_routes_that_answer() {
    let node = manifest("Deployment", "huilian");
    let mut paths: Vec<Value> = values(&node, "httpGet").into_iter().map(|probe| probe["path"].clone()).collect();
    assert_eq!(paths.len(), 3, "start, ready, alive");
    paths.push(values(&node, "prometheus.io/path")[0].clone());
    paths.extend(values(&yaml("deploy/prometheus/prometheus.yaml")[0], "metrics_path").into_iter().cloned());
    story(async |app| {
        for path in &paths {
            let answer = app.get(path.as_str().expect("a path")).await;
            assert!(answer.status.is_success(), "{path}: {}", answer.status);
        }
    })
    .await;
    let pod = &node["spec"]["template"]["spec"]["containers"][0];
    // Without its database a node is alive and not ready.
    assert_eq!(pod["livenessProbe"]["httpGet"]["path"], "/healthz");
    assert_eq!(pod["readinessProbe"]["httpGet"]["path"], "/readyz");
    // `/readyz` gives the database two seconds.
    assert!(pod["readinessProbe"]["timeoutSeconds"].as_u64() > Some(2));
}

#[test]
fn ports_agree() {
    let node = manifest("Deployment", "huilian");
    let pod = &node["spec"]["template"]["spec"]["containers"][0];
    let port = pod["ports"][0]["containerPort"].as_u64().expect("a port");
    assert_eq!(manifest("ConfigMap", "huilian")["data"]["HUILIAN_HTTP__PORT"], json!(port.to_string()));
    let annotation = &node["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"];
    assert_eq!(annotation, &json!(port.to_string()));
    for probe in values(&node, "httpGet") {
        assert_eq!(probe["port"], pod["ports"][0]["name"]);
    }
    let service = manifest("Service", "huilian");
    assert_eq!(service["spec"]["ports"][0]["targetPort"], pod["ports"][0]["name"]);
    assert_eq!(service["spec"]["selector"], node["spec"]["template"]["metadata"]["labels"]);
    let policy = manifest("NetworkPolicy", "huilian");
    assert_eq!(policy["spec"]["ingress"][0]["ports"][0]["port"], json!(port));
    for file in files(FOLDER, ".yaml") {
        for ingress in yaml(&file).iter().filter(|one| one["kind"] == "Ingress") {
            for backend in values(ingress, "backend") {
                assert_eq!(backend["service"]["name"], "huilian", "{file}");
                assert_eq!(backend["service"]["port"]["name"], service["spec"]["ports"][0]["name"], "{file}");
            }
        }
    }
}

#[test]
fn there_are_always_two_and_they_end_well() {
    let node = manifest("Deployment", "huilian");
    let spec = &node["spec"];
    assert!(spec["replicas"].as_u64() >= Some(2));
    assert_eq!(spec["strategy"]["rollingUpdate"], json!({ "maxSurge": 1, "maxUnavailable": 0 }));
    let budget = manifest("PodDisruptionBudget", "huilian");
    assert!(budget["spec"]["minAvailable"].as_u64() >= Some(1));
    for selector in [&budget["spec"]["selector"], &spec["selector"]] {
        assert_eq!(selector["matchLabels"], spec["template"]["metadata"]["labels"]);
    }
    let pod = &spec["template"]["spec"];
    let pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().expect("a pause");
    assert!(pod["terminationGracePeriodSeconds"].as_u64() >= Some(pause + grace() + 5));
    let scaler = manifest("HorizontalPodAutoscaler", "huilian");
    assert_eq!(scaler["spec"]["minReplicas"], spec["replicas"]);
    let connections = manifest("ConfigMap", "huilian")["data"]["HUILIAN_DATABASE__CONNECTIONS"].clone();
    let connections: u64 = connections.as_str().expect("a number").parse().expect("a number");
    let most = (scaler["spec"]["maxReplicas"].as_u64().expect("a number") + 1) * connections;
    assert!(most <= 97, "with one more during an upgrade PostgreSQL has too few connections: {most}");
}

#[test]
fn containers_have_no_rights() {
    let node = manifest("Deployment", "huilian");
    let pod = &node["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], json!(false));
    assert_eq!(pod["securityContext"]["runAsNonRoot"], json!(true));
    assert!(pod["securityContext"]["runAsUser"].as_u64() > Some(0));
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    let rights = json!({
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] }
    });
    let containers = pod["containers"].as_array().expect("containers");
    assert!(containers.iter().all(|container| container["securityContext"] == rights), "{containers:?}");
    let namespace = manifest("Namespace", "huilian");
    assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted");
    let image = text("deploy/Containerfile");
    let user = image.lines().rev().find_map(|line| line.strip_prefix("USER ")).expect("a user");
    assert_eq!(user, format!("{0}:{0}", pod["securityContext"]["runAsUser"]));
    let compose = yaml("deploy/compose/compose.yaml").remove(0);
    for (name, service) in compose["services"].as_object().expect("services") {
        // PostgreSQL's image changes its user at the start and writes where it likes.
        if name != "postgres" {
            assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
            assert_eq!((&service["cap_drop"], &service["read_only"]), (&json!(["ALL"]), &json!(true)), "{name}");
        }
    }
    for name in ["one", "two"] {
        assert_eq!(compose["services"][name]["user"], user, "{name}");
    }
}

#[test]
fn what_is_outside_reaches_no_figures() {
    let mut paths = Vec::new();
    for document in yaml("deploy/kubernetes/service.yaml").iter().filter(|one| one["kind"] == "Ingress") {
        let rules = values(document, "paths").into_iter().filter_map(Value::as_array).flatten();
        paths.extend(rules.map(|rule| rule["path"].as_str().expect("a path").to_owned()));
    }
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        // A prefix is one of whole parts of a path.
        let (whole, part) = (path.trim_end_matches('/'), format!("{}/", path.trim_end_matches('/')));
        let inside = ["/metrics", "/readyz", "/healthz"];
        assert!(!inside.iter().any(|inside| *inside == whole || inside.starts_with(&part)), "{path}");
    }
    // With this ingress-nginx would take all paths of the host for patterns, and /m for the beginning of /metrics.
    assert!(!text("deploy/kubernetes/service.yaml").contains("use-regex"));
}
