//! Which faults strike when: drawn from the seed, as a share of what the crowd does.

use huilian::{
    infra::random::Random,
    sandbox::{CALLBACK, FaultKind, MerchantPatch, NewFault, Order, PAY_NOTIFY},
};

use super::{
    brand::{Brand, Node},
    weather::Weather,
};
use crate::{
    faults::{cache::emptied, database::lock_by},
    support::{Column, column, open},
};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// `kill -9` of a node, and its start.
    Kill,
    /// The connections of a node to the database break.
    DatabaseCut,
    /// They hang.
    DatabaseHeld,
    /// Nobody can write what people say, for a while.
    DatabaseSlow,
    CacheCut,
    CacheHeld,
    /// Redis forgets everything of the brand.
    CacheEmptied,
    /// The connections of a node to WeChat break.
    WeChatCut,
    WeChatHeld,
    /// Nobody reaches WeChat Pay.
    TillCut,
    TillHeld,
    /// A foreign service has taken the tokens of an account away.
    ForeignToken,
    /// WeChat Pay signs with a new certificate.
    NewCertificate,
    /// Pushes and notifications come twice.
    Twice,
    /// Pushes and notifications are kept back, and come in another order.
    Reordered,
    /// Answers to pushes are lost on their way.
    AnswersLost,
}

/// Those that strike everywhere.
const EVERYWHERE: [Fault; 11] = [
    Fault::Kill,
    Fault::Twice,
    Fault::Reordered,
    Fault::ForeignToken,
    Fault::WeChatCut,
    Fault::DatabaseSlow,
    Fault::TillCut,
    Fault::AnswersLost,
    Fault::NewCertificate,
    Fault::WeChatHeld,
    Fault::TillHeld,
];
/// Those that need a server of their own.
const SERVERS: [Fault; 5] =
    [Fault::DatabaseCut, Fault::CacheEmptied, Fault::DatabaseHeld, Fault::CacheCut, Fault::CacheHeld];

/// A fault, when it begins and when it ends: so many acts of the crowd.
#[derive(Clone, Copy, Debug)]
pub struct Strike {
    pub fault: Fault,
    from: usize,
    until: usize,
}

/// Draws so many faults over so many acts: each kind before any comes again, in another order each time.
pub fn draw(count: usize, acts: usize, random: &Random) -> Vec<Strike> {
    let servers: &[Fault] = if column() == Column::Production { &SERVERS } else { &[] };
    let (mut left, mut plan): (Vec<&Fault>, Vec<Strike>) = (Vec::new(), Vec::new());
    let gap = (acts / (count + 1)).max(2);
    for number in 0..count {
        if left.is_empty() {
            left.extend(EVERYWHERE.iter().chain(servers));
        }
        let fault = *left.swap_remove(random.below(left.len()));
        let from = gap * number + 1 + random.below(gap / 2);
        plan.push(Strike { fault, from, until: from + 1 + random.below(gap) });
    }
    plan
}

/// Lets one fault after the other strike.
pub async fn strike(brand: &Brand, nodes: &mut [Node], weather: &Weather, plan: &[Strike], random: &Random) {
    for strike in plan {
        weather.until(strike.from).await;
        weather.break_out();
        struck(brand, nodes, weather, *strike, random).await;
        weather.settle();
    }
}

async fn struck(brand: &Brand, nodes: &mut [Node], weather: &Weather, strike: Strike, random: &Random) {
    let victim = random.below(nodes.len());
    let hold = matches!(strike.fault, Fault::DatabaseHeld | Fault::CacheHeld | Fault::WeChatHeld | Fault::TillHeld);
    let wires = &nodes[victim].wires;
    let wires: Vec<_> = match strike.fault {
        Fault::Kill => return kill(brand, nodes, weather, strike, victim).await,
        Fault::DatabaseSlow => {
            let connection = open(&brand.database).await;
            let slow = lock_by(&connection, "push").await;
            weather.until(strike.until).await;
            return slow.rollback().await.expect("the end of the lock");
        }
        Fault::CacheEmptied => {
            emptied(&brand.cache.0, &brand.cache.1).await;
            return;
        }
        Fault::ForeignToken => {
            let account = ["brand", "shop"][random.below(2)];
            return brand.sandbox().invalidate_tokens(account).expect("an account");
        }
        Fault::NewCertificate => {
            let patch = MerchantPatch { rotate_certificate: true, ..MerchantPatch::default() };
            return drop(brand.sandbox().change_merchant("main", &patch).expect("a new certificate"));
        }
        Fault::Twice | Fault::Reordered | Fault::AnswersLost => return pushes(brand, weather, strike).await,
        Fault::DatabaseCut | Fault::DatabaseHeld => wires.database.iter().collect(),
        Fault::CacheCut | Fault::CacheHeld => wires.cache.iter().collect(),
        Fault::WeChatCut | Fault::WeChatHeld => vec![&wires.wechat],
        Fault::TillCut | Fault::TillHeld => brand.till.iter().collect(),
    };
    for wire in &wires {
        if hold {
            wire.hold();
        } else {
            wire.break_off();
        }
    }
    weather.until(strike.until).await;
    wires.iter().for_each(|wire| wire.mend());
}

/// Something of the machine goes at once. One node alone is waited for by the load balancer; of two the other goes on.
async fn kill(brand: &Brand, nodes: &mut [Node], weather: &Weather, strike: Strike, victim: usize) {
    if nodes.len() == 1 {
        brand.balancer.hold();
    }
    nodes[victim].process.kill();
    if nodes.len() > 1 {
        weather.until(strike.until).await;
    }
    brand.again(&mut nodes[victim]).await;
    let addresses: Vec<_> = nodes.iter().map(|node| node.process.address).collect();
    brand.balancer.turn_to(&addresses);
}

/// What WeChat says comes twice, late, or its answer is lost.
async fn pushes(brand: &Brand, weather: &Weather, strike: Strike) {
    let kind = match strike.fault {
        Fault::Twice => FaultKind::Duplicate,
        Fault::Reordered => FaultKind::Hold,
        _ => FaultKind::CutAfter,
    };
    let sandbox = brand.sandbox();
    let set = [CALLBACK, PAY_NOTIFY].map(|place| {
        let fault = NewFault { times: None, ..NewFault::once(place, kind.clone()) };
        sandbox.add_fault(fault).expect("a fault").id
    });
    weather.until(strike.until).await;
    for fault in set {
        sandbox.remove_fault(fault).expect("the fault");
    }
    sandbox.release(Order::Shuffled).await;
    sandbox.release_notifications(true).await;
}
