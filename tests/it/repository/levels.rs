//! Which module may use which. Upwards there are no calls, only events (`src/reactions.rs`).

use super::{none, paths::mentions, tree};

/// From the top. A module may use what stands on a lower line, never its neighbours.
const LINES: &[&[&str]] = &[
    &["main"],
    &["lib"],
    &["cli"],
    &["sample"],
    &["app"],
    &["routes", "inbound", "reactions", "schedule", "belongings"],
    &["analytics"],
    &["exports"],
    &["journeys", "recommend", "broadcast"],
    &["referral", "share", "chat"],
    &["rewards"],
    &["reach"],
    &["points", "coupons", "tags", "tracking", "orders", "wallet"],
    &["members"],
    &["identity", "admin", "open"],
    &["stores"],
    // Stands beside the product: plays WeChat with the protocol's own code. See USERS_OF_SANDBOX.
    &["sandbox"],
    &["wechat", "jobs", "http"],
    &["infra"],
    &["error"],
];

const USERS_OF_SANDBOX: [&str; 3] = ["app", "cli", "sample"];

/// Their HTTP files may use one another: each names its callers with the argument types of the others.
const CALLERS: [&str; 3] = ["identity", "admin", "open"];

/// Uses that break a line, each with its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("http", "jobs", "the health pages show how many jobs wait; old idempotency keys are forgotten by a job"),
    (
        "wechat",
        "jobs",
        "a push that cannot be handled when it comes is handled by a job, and old ones are forgotten by one",
    ),
];

fn line_of(module: &str) -> Option<usize> {
    LINES.iter().position(|line| line.contains(&module))
}

/// Whether code in a file of module `from` may mention `to`.
fn may(from: &str, to: &str, in_http: bool) -> bool {
    let known = to != "sandbox" || USERS_OF_SANDBOX.contains(&from);
    let lower = line_of(from) < line_of(to);
    let callers = in_http && CALLERS.contains(&from) && CALLERS.contains(&to);
    from == to || known && lower || callers
}

fn excepted(from: &str, to: &str) -> bool {
    EXCEPTIONS.iter().any(|(module, used, _)| (*module, *used) == (from, to))
}

/// The other top-level modules that a file mentions, with lines: by `crate::`, from `main` by the crate's name, or by a
/// chain of `super::` long enough to reach the root.
fn uses(file: &tree::File) -> Vec<(usize, String)> {
    let depth = file.path.strip_suffix("/mod.rs").unwrap_or(&file.path).matches('/').count();
    let target = |mention: &super::paths::Mention| {
        let supers = mention.segments.iter().take_while(|segment| *segment == "super").count();
        match mention.at(0) {
            "crate" | "huilian" => Some(mention.at(1).to_owned()),
            "super" if supers >= depth => Some(mention.at(supers).to_owned()),
            _ => None,
        }
    };
    let found = mentions(&file.text).into_iter();
    let found = found.filter_map(|mention| Some((mention.line, target(&mention)?)));
    found.filter(|(_, to)| line_of(to).is_some() && to != file.module()).collect()
}

#[test]
fn modules_use_only_lower_modules() {
    let mut broken = Vec::new();
    // Unit tests may play a call against the sandbox.
    let product = |file: &tree::File| file.path.ends_with(".rs") && !file.path.contains("/tests/");
    for file in tree::files("src").into_iter().filter(product) {
        let from = file.module();
        for (line, to) in uses(&file) {
            if !may(from, &to, file.is_http()) && !excepted(from, &to) {
                broken.push(format!("{}:{line}: {from} uses {to}", file.path));
            }
        }
    }
    let way_out = "a call upwards becomes an event that src/reactions.rs answers; a call sideways becomes one made from \
                   above, or the shared piece moves down. The lines stand in tests/it/repository/levels.rs";
    none("A module uses only modules on lower lines", way_out, broken);
}

#[test]
fn every_module_has_a_line() {
    let modules = tree::files("src").into_iter().filter(|file| file.path.ends_with(".rs"));
    let mut broken: Vec<String> =
        modules.map(|file| file.module().to_owned()).filter(|module| line_of(module).is_none()).collect();
    broken.dedup();
    none("Every module at the root of src stands on a line", "put it on one in tests/it/repository/levels.rs", broken);
}

#[test]
fn every_exception_is_needed() {
    let files = tree::files("src").into_iter().filter(|file| file.path.ends_with(".rs"));
    let used: Vec<(String, String)> =
        files.flat_map(|file| uses(&file).into_iter().map(move |(_, to)| (file.module().to_owned(), to))).collect();
    let idle = EXCEPTIONS.iter().filter(|(from, to, _)| !used.iter().any(|(a, b)| a == from && b == to));
    let broken = idle.map(|(from, to, reason)| format!("{from} uses {to}: {reason}")).collect();
    none("Every exception to the lines is still needed", "delete it from tests/it/repository/levels.rs", broken);
}

#[test]
fn the_tables_stand_together() {
    let exists = |module: &str| tree::root().join(format!("src/{module}.rs")).exists();
    let tables = ["routes", "inbound", "reactions", "schedule", "belongings"];
    // Until there is an application that joins them there is nothing to list.
    let missing = tables.into_iter().filter(|table| exists("app") && !exists(table));
    let broken = missing.map(|table| format!("src/{table}.rs is missing")).collect();
    none("Five tables at the root of src list everything the system does", "write the table", broken);
}

#[test]
fn lines_are_read_from_the_top() {
    assert!(may("points", "members", false) && may("members", "error", false) && may("main", "cli", false));
    assert!(!may("members", "points", false), "upwards");
    assert!(!may("points", "coupons", false), "sideways");
    assert!(may("identity", "admin", true) && !may("identity", "admin", false), "callers, only in HTTP files");
    assert!(may("app", "sandbox", false) && !may("routes", "sandbox", false), "the sandbox has few users");
    let file = |path: &str, text: &str| tree::File { path: path.to_owned(), text: text.to_owned() };
    let found = uses(&file("src/points/rules.rs", "use super::super::coupons::Coupon; use super::members::x;"));
    assert_eq!(found, [(1, "coupons".to_owned())]);
    assert_eq!(uses(&file("src/points/mod.rs", "use super::tags;")), [(1, "tags".to_owned())]);
}
