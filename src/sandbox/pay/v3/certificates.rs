//! `GET /v3/certificates` (pay notes section 3.4).

use serde_json::json;

use super::{Caller, Done, Outcome, refusal::Refusal};
use crate::sandbox::{
    pay::{notify::sealed, transfer::rfc3339},
    world::World,
};

/// The platform certificates, sealed with the APIv3 key; there are none in public-key mode.
pub(super) fn list(world: &World, caller: &Caller) -> Outcome {
    let none =
        || Refusal::new(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥");
    let merchant =
        world.pay.merchants.get(&caller.merchant).filter(|merchant| merchant.has_certificates()).ok_or_else(none)?;
    let mut data = Vec::new();
    for platform in &merchant.platforms {
        let certificate = &platform.certificate;
        let nonce = world.random.alphanumeric(12);
        let ciphertext = sealed(&merchant.v3_key, &nonce, "certificate", &certificate.pem).ok_or_else(none)?;
        data.push(json!({
            "serial_no": certificate.serial,
            "effective_time": rfc3339(certificate.from),
            "expire_time": rfc3339(certificate.until),
            "encrypt_certificate": {
                "algorithm": "AEAD_AES_256_GCM",
                "nonce": nonce,
                "associated_data": "certificate",
                "ciphertext": ciphertext,
            },
        }));
    }
    Ok(Done::Json(json!({ "data": data })))
}
