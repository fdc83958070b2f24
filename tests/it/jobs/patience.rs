//! Jobs that let others go first, and come to their turn.

use std::{cell::RefCell, rc::Rc, time::Duration};

use chrono::TimeDelta;
use huilian::{
    infra::db::Tx,
    jobs::{Failure, Job, Registry, Worker, schedule::Schedule},
};
use serde::{Deserialize, Serialize};

use crate::support::{TestApp, story};

type Heard = Rc<RefCell<Vec<String>>>;

/// Somebody who is in a hurry.
#[derive(Serialize, Deserialize)]
struct Urgent(String);

/// Somebody who has a minute.
#[derive(Serialize, Deserialize)]
struct Patient(String);

impl Job for Urgent {
    const KIND: &'static str = "test.urgent";
    type Context = Heard;

    async fn run(self, heard: Heard) -> Result<(), Failure> {
        heard.borrow_mut().push(self.0);
        Ok(())
    }
}

impl Job for Patient {
    const KIND: &'static str = "test.patient";
    const PATIENCE: Duration = Duration::from_secs(60);
    type Context = Heard;

    async fn run(self, heard: Heard) -> Result<(), Failure> {
        heard.borrow_mut().push(self.0);
        Ok(())
    }
}

fn worker(app: &TestApp, heard: &Heard) -> Worker {
    let registry = Registry::default().register::<Urgent>(Rc::clone(heard)).register::<Patient>(Rc::clone(heard));
    let node = &app.app;
    Worker::new(node.db.clone(), node.cache.clone(), registry, Schedule::default(), node.config.jobs.clone())
}

async fn come(app: &TestApp, patient: &[&str], urgent: &[&str]) {
    let write = async |tx: &Tx| {
        patient.iter().try_for_each(|name| tx.enqueue(Patient((*name).to_owned())))?;
        urgent.iter().try_for_each(|name| tx.enqueue(Urgent((*name).to_owned())))
    };
    app.app.db.tx(write).await.expect("jobs in the queue");
}

#[actix_web::test]
async fn who_is_patient_lets_others_go_first() {
    story(async |app| {
        let heard = Heard::default();
        come(app, &["late"], &[]).await;
        app.advance(TimeDelta::seconds(59));
        come(app, &[], &["first", "second"]).await;
        assert_eq!(worker(app, &heard).run_due().await.expect("runs"), 3);
        assert_eq!(*heard.borrow(), ["first", "second", "late"]);
    })
    .await;
}

#[actix_web::test]
async fn patience_ends() {
    story(async |app| {
        let heard = Heard::default();
        come(app, &["waited"], &[]).await;
        app.advance(TimeDelta::seconds(60));
        come(app, &["patient"], &["urgent"]).await;
        assert_eq!(worker(app, &heard).run_due().await.expect("runs"), 3);
        assert_eq!(*heard.borrow(), ["waited", "urgent", "patient"]);
    })
    .await;
}
