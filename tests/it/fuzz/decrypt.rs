//! The envelope of a push: whatever frame stands behind a good signature, only a whole one for this account is opened.

use huilian::wechat::{callback::push_format, message::Push};

use super::{
    deliver::{key, taken_or_refused},
    frame::{frame, sealed},
    mutate::Seeds,
    run::fuzz,
};
use crate::support::story_with;

/// Bytes before the message: sixteen at random, and its length.
const HEAD: usize = 20;

fn words() -> Vec<Vec<u8>> {
    let lengths =
        [0_u32, 1, 16, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff].map(|length| length.to_be_bytes().to_vec());
    let pads = [0_u8, 1, 16, 31, 32, 33, 64, 255].map(|pad| vec![pad; 32]);
    lengths.into_iter().chain(pads).chain([vec![0; 16], vec![0; 4096]]).collect()
}

#[actix_web::test]
async fn no_envelope_is_opened_that_is_not_whole() {
    story_with(
        |settings| settings.leave_jobs = true,
        async |app| {
            let account = app.account("brand");
            let text = |content: &str| {
                format!(
                    "<xml><ToUserName>{}</ToUserName><FromUserName>oTestPerson0000000000000001</FromUserName>\
                     <CreateTime>1</CreateTime><MsgType>text</MsgType><Content>{content}</Content><MsgId>1</MsgId></xml>",
                    account.original_id
                )
            };
            let frames = ["", "会员", "padding up to the edge"].map(|content| frame(text(content).as_bytes(), &account.appid));
            let seeds = Seeds::new(frames.into_iter().chain([frame(b"", &account.appid), frame(b"\xff", &account.appid)]), words());
            let check = async |input: &[u8]| {
                let ciphertext = sealed(&account, input);
                let opened = key(&account).decrypt(&ciphertext, &account.appid);
                if let Ok(message) = &opened {
                    let end = HEAD + message.len();
                    let tail = input.get(end..).and_then(|rest| rest.strip_prefix(account.appid.as_bytes()));
                    let pad = tail.unwrap_or_default();
                    let whole = input.get(HEAD..end) == Some(message.as_bytes())
                        && (1..=32).contains(&pad.len())
                        && pad.iter().all(|byte| usize::from(*byte) == pad.len());
                    if !whole {
                        return Err(format!("opened as {message:?}"));
                    }
                }
                let ours = opened.ok().and_then(|text| Push::read(text, push_format(&account)).ok());
                let ours = ours.is_some_and(|push| push.to == account.original_id);
                taken_or_refused(app, &account, &ciphertext, ours).await
            };
            fuzz("decrypt", seeds, 300, check).await;
            app.run_jobs().await;
        },
    )
    .await;
}
