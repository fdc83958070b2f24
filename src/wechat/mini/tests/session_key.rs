use super::KEY;
use crate::wechat::{
    golden::{text, vectors},
    mini::SessionKey,
};

fn key(text: &str) -> SessionKey {
    text.parse().unwrap()
}

#[test]
fn every_published_session_signature_comes_out() {
    let published = vectors("vectors", "mini_session_hmac_sha256");
    assert_eq!(published.len(), 2);
    for vector in published {
        let signature = key(text(&vector, "session_key")).sign(text(&vector, "message").as_bytes());
        assert_eq!(signature, text(&vector, "signature"), "{}", vector["id"]);
    }
}

#[test]
fn every_published_raw_data_is_vouched_for_byte_by_byte() {
    let published = vectors("vectors", "mini_rawdata_signature");
    assert_eq!(published.len(), 1);
    for vector in published {
        let (session, raw, signature) =
            (key(text(&vector, "session_key")), text(&vector, "raw_data"), text(&vector, "signature"));
        assert!(session.vouches_for(raw, signature));
        assert!(session.vouches_for(raw, &signature.to_uppercase()));
        assert!(!session.vouches_for(&raw.replace("Band", "band"), signature));
        assert!(!session.vouches_for(&format!("{raw} "), signature));
        assert!(!session.vouches_for(raw, &signature.replace('7', "8")));
        assert!(!session.vouches_for(raw, ""));
        assert!(!key(KEY).vouches_for(raw, signature), "another session");
    }
}

#[test]
fn a_session_key_is_sixteen_bytes_of_base64_and_never_prints() {
    for bad in
        ["", "tiihtNczf5v6AKRyjwEU", "tiihtNczf5v6AKRyjwEUhQ", "tiihtNczf5v6AKRyjwEUhQ== ", "not base64 at all!!!!!="]
    {
        let error = bad.parse::<SessionKey>().unwrap_err();
        assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad), "{bad}");
    }
    assert_eq!(format!("{:?}", key(KEY)), "SessionKey(…)");
    assert_eq!(key(KEY).expose(), KEY);
    let error = serde_json::from_str::<SessionKey>("\"c2hvcnQ=\"").unwrap_err();
    assert!(!error.to_string().contains("c2hvcnQ"), "{error}");
}
