//! After the storm: everything that WeChat still has to say is said, the nodes stop, and one node brings what is open to
//! its end, in a time that is let pass.

use std::net::SocketAddr;

use chrono::TimeDelta;
use entity::{
    jobs::job,
    reach::delivery,
    rewards::{grant, payout, stop},
    types::MemberId,
    wechat::push,
};
use futures_util::future::join_all;
use huilian::{
    app::Server,
    infra::db::Tx,
    points::check::CheckAll,
    referral::proof::ProveAll,
    rewards::{
        check::CheckBooks,
        payout::{By, close},
    },
    sandbox::{Outcome, RandomFaults},
};
use sea_orm::EntityTrait;

use super::{
    brand::{Brand, Node},
    crowd::{Phone, Someone},
};
use crate::{rewards::till::taken, support::Process};

/// Rounds after which everything is at its end.
const ROUNDS: usize = 60;
/// Of the pushes that arrived every so-many-th comes again, late.
const LATE: usize = 5;

/// WeChat delivers again what it had given up, and some of the rest once more.
pub async fn repeat(brand: &Brand) {
    let sandbox = brand.sandbox();
    sandbox.settled().await;
    for (number, pushed) in sandbox.pushes(None, usize::MAX).into_iter().enumerate() {
        if pushed.outcome == Outcome::Failed || number % LATE == 0 {
            sandbox.again(pushed.id).await.expect("a repetition");
        }
    }
}

/// Stops the nodes; each ends well.
pub async fn stop(nodes: Vec<Node>) {
    for node in &nodes {
        node.process.terminate();
    }
    // Its wires stand until it has ended.
    let (wires, processes): (Vec<_>, Vec<_>) = nodes.into_iter().map(|node| (node.wires, node.process)).unzip();
    for (status, said) in join_all(processes.into_iter().map(Process::ended)).await {
        // Whatever is no line of the log says how it broke.
        let broken: Vec<_> = said.iter().filter(|line| line.is_string()).collect();
        assert!(status.success() && broken.is_empty(), "{status} {broken:#?}");
    }
    drop(wires);
}

/// The office answers from now on.
pub fn serve(brand: &Brand) -> Server {
    let server = brand.office.serve(SocketAddr::from(([127, 0, 0, 1], 0)), 1).expect("a free port");
    brand.balancer.turn_to(&[server.address]);
    brand.sandbox().set_callback_base(&brand.address());
    server
}

/// Everything that is open comes to its end. Gives what does not.
pub async fn finish(brand: &Brand, phone: &Phone<'_>, people: &[Someone]) -> Vec<String> {
    let (sandbox, worker) = (brand.sandbox(), brand.office.worker().expect("a worker"));
    let mut left = Vec::new();
    for round in 0..ROUNDS {
        worker.run_due().await.expect("a database that answers");
        sandbox.settled().await;
        staff_look(brand).await;
        for someone in people {
            phone.claim(someone).await;
            taken(sandbox, &someone.person);
        }
        worker.run_due().await.expect("a database that answers");
        sandbox.settled().await;
        worker.run_due().await.expect("a database that answers");
        left = open(brand).await;
        if left.is_empty() {
            break;
        }
        brand.clock.advance(TimeDelta::minutes(if round < 8 { 5 } else { 120 }));
    }
    sandbox.set_random_faults(RandomFaults { per_mille: 0, seed: 0 }).expect("no faults");
    let proofs = async |tx: &Tx| {
        tx.enqueue(CheckAll {})?;
        tx.enqueue(CheckBooks {})?;
        tx.enqueue(ProveAll {})
    };
    brand.office.db.tx(proofs).await.expect("the proofs of the night");
    worker.run_due().await.expect("a database that answers");
    left
}

/// Staff look at what stopped and at what WeChat Pay has never heard of.
async fn staff_look(brand: &Brand) {
    stop::Entity::delete_many().exec(brand.office.db.read()).await.expect("no brakes");
    let staff = brand.office.random.id(brand.clock.now());
    for row in brand.rows::<payout::Entity>().await {
        if row.review.as_deref() == Some("never_landed") {
            let by = By::Staff(staff, "账单中没有这一笔");
            // It may have been heard of since.
            let _ = brand.office.db.tx(async |tx: &Tx| close(tx, row.id, by).await).await;
        }
    }
}

/// What is not at its end.
async fn open(brand: &Brand) -> Vec<String> {
    use payout::State::{Paid, Rejected, Returned};
    let soon = brand.clock.now() + TimeDelta::hours(1);
    let mut left = Vec::new();
    // What waits for the morning or for its line in the schedule may wait.
    let jobs = brand.rows::<job::Entity>().await.into_iter();
    let jobs = jobs.filter(|job| job.due_at <= soon || job.state == job::State::Dead);
    left.extend(jobs.map(|job| format!("job {} ({:?}): {:?}", job.kind, job.state, job.error)));
    let payouts = brand.rows::<payout::Entity>().await.into_iter();
    left.extend(payouts.filter(|row| !matches!(row.state, Paid | Returned | Rejected)).map(|row| format!("{row:?}")));
    let grants = brand.rows::<grant::Entity>().await.into_iter();
    let grants = grants.filter(|row| matches!(row.state, grant::State::Claimable | grant::State::Paying));
    left.extend(grants.map(|row| format!("grant {} of {}", row.id, row.member_id)));
    let deliveries = brand.rows::<delivery::Entity>().await.into_iter();
    let deliveries = deliveries.filter(|row| matches!(row.state, delivery::State::Queued | delivery::State::Sending));
    left.extend(deliveries.map(|row| format!("delivery {}", row.id)));
    let pushes = brand.rows::<push::Entity>().await.into_iter().filter(|row| !row.handled);
    left.extend(pushes.map(|row| format!("push {}", row.key)));
    left
}

/// Who everybody is to the service.
pub async fn members(phone: &Phone<'_>, people: &[Someone]) -> Vec<MemberId> {
    let mut members = Vec::new();
    for someone in people {
        members.push(phone.member(someone).await.parse().expect("an id"));
    }
    members
}
