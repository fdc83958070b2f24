//! The units of systemd run commands that exist, with rights that are few.

use std::process::Command;

use super::{files, grace, path, text};

/// The values of a key in a unit.
fn of(unit: &str, key: &str) -> Vec<String> {
    let text = text(unit);
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.filter(|(name, _)| *name == key).map(|(_, value)| value.to_owned()).collect()
}

#[test]
fn units_run_what_there_is() {
    let unit = "deploy/systemd/huilian@.service";
    let command = of(unit, "ExecStart").remove(0);
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[0], "/usr/local/bin/huilian");
    // The program itself takes these words: it gets as far as the file, which is not here.
    let run = Command::new(env!("CARGO_BIN_EXE_huilian")).env_clear().args(&words[1..]).output().expect("a run");
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains(&format!("{}: cannot be read", words[2])), "{said}");
    assert!(of(unit, "Environment").contains(&"HUILIAN_HTTP__PORT=%i".to_owned()));
    let seconds: u64 = of(unit, "TimeoutStopSec")[0].parse().expect("seconds");
    assert!(seconds >= grace() + 5);

    let backup = of("deploy/systemd/huilian-backup.service", "ExecStart").remove(0);
    let script = backup.strip_prefix("/usr/local/lib/huilian/").expect("a script of ours");
    assert!(path("deploy").join(script).exists(), "{script}");
    for unit in files("deploy/systemd", "") {
        let variables = of(&unit, "Environment");
        for name in variables.iter().filter_map(|one| one.split('=').next()).filter(|name| name.contains("BACKUP")) {
            assert!(text("deploy/backup/take").contains(name), "{unit}: nobody reads {name}");
        }
    }
    assert_eq!(of("deploy/systemd/huilian-backup.timer", "OnCalendar").len(), 1);
}

#[test]
fn the_archive_of_postgresql_calls_what_there_is() {
    let settings = text("deploy/backup/postgresql.conf");
    let command = settings.lines().find_map(|line| line.strip_prefix("archive_command = ")).expect("a command");
    let script = command.split(' ').find(|word| word.contains("/backup/")).expect("a script");
    let script = script.strip_prefix("/usr/local/lib/huilian/").expect("a script of ours");
    assert!(path("deploy").join(script).exists(), "{script}");
    assert!(command.contains("\"%p\" \"%f\""), "{command}");
}

#[test]
fn units_have_no_rights() {
    let unit = "deploy/systemd/huilian@.service";
    for (key, value) in [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("SystemCallFilter", "@system-service"),
        ("MemoryDenyWriteExecute", "yes"),
    ] {
        assert_eq!(of(unit, key), [value], "{key}");
    }
    let backup = "deploy/systemd/huilian-backup.service";
    assert_eq!((of(backup, "User"), of(backup, "NoNewPrivileges")), (vec!["postgres".into()], vec!["yes".into()]));
}
