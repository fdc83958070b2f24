//! `POST /v3/security/echo` (pay notes section 3.9): the test of keys. Little is documented about its answer.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, Done, Outcome, refusal::Refusal};
use crate::sandbox::world::World;

#[derive(Deserialize)]
struct Echo {
    echo_message: String,
    #[serde(default)]
    encrypted_echo_message: Option<String>,
    #[serde(default)]
    notify_url: Option<String>,
}

/// Says again what was said; what was sealed comes back sealed for the merchant.
pub(super) fn echo(world: &mut World, caller: &Caller, body: &Value) -> Outcome {
    let echo: Echo = serde_json::from_value(body.clone()).map_err(|error| Refusal::param(&error.to_string()))?;
    let mut answer = json!({ "echo_message": echo.echo_message });
    let merchant = world.pay.merchants.get(&caller.merchant).ok_or_else(|| Refusal::param("商户号不存在"))?;
    if let Some(sealed) = &echo.encrypted_echo_message {
        let key = caller.serial.as_deref().and_then(|serial| merchant.signing(serial)).map(|signing| signing.key);
        let open = key.and_then(|key| key.open(sealed));
        let open = open.ok_or_else(|| Refusal::param("请确认待处理的消息是否为加密后的密文"))?;
        if let (Some(fields), Some(sealed)) = (answer.as_object_mut(), merchant.own_key.seal(&open)) {
            fields.insert("encrypted_echo_message".to_owned(), json!(sealed));
        }
    }
    if let Some(url) = &echo.notify_url {
        let content = json!({ "mchid": merchant.mchid, "echo_message": echo.echo_message });
        world.notify(&caller.merchant, url, "SECURITY_ECHO.SUCCESS", "security_echo", "连通性测试", content);
    }
    Ok(Done::Json(answer))
}
