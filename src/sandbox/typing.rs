//! "对方正在输入": the typing state (protocol section 7.1).

use chrono::TimeDelta;

use super::{
    api::{Call, Outcome, done},
    errcode::Refusal,
    events::Told,
    world::World,
};

const AFTER_ACT: TimeDelta = TimeDelta::seconds(30);
const LASTS: TimeDelta = TimeDelta::seconds(15);

/// `POST /cgi-bin/message/custom/typing`
pub(super) fn set(world: &mut World, call: &Call) -> Outcome {
    let person = world.known(&call.account, call.text("/touser", 41009)?)?;
    let on = match call.text("/command", 45072)? {
        "Typing" => true,
        "CancelTyping" => false,
        _ => return Err(Refusal::of(45072)),
    };
    let now = world.now();
    let contact = world.caller(&call.account)?.contact(&person);
    if contact.last_act.is_none_or(|act| now - act > AFTER_ACT) {
        return Err(Refusal::of(45080));
    }
    if on && contact.is_typing(now) {
        return Err(Refusal::of(45081));
    }
    contact.typing_until = on.then(|| now + LASTS);
    world.tell(Told::Typing { person, account: call.account.clone(), on });
    done()
}
