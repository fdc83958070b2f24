//! The merchant `main` as the sandbox knows it, and requests to people of the brand.

use chrono::TimeDelta;
use huilian::{
    sandbox::{KeyMode, MerchantOptions},
    wechat::pay::{
        Answer, Merchant,
        red_packet::{NewRedPacket, RedPacket},
        transfer::{NewTransfer, Report, Transfer},
    },
};

use crate::support::{Follower, Settings, TestApp, story_with};

/// Runs a test against a product whose merchants the sandbox plays.
pub async fn pay_story(test: impl AsyncFnOnce(&TestApp)) {
    pay_story_with(KeyMode::PublicKey, |_| {}, test).await;
}

/// The same, in another mode, with settings of its own.
pub async fn pay_story_with(mode: KeyMode, set: impl FnOnce(&mut Settings), test: impl AsyncFnOnce(&TestApp)) {
    let merchants = |settings: &mut Settings| {
        let mut main = MerchantOptions::new("main", "1900000001", "惠联样板店");
        main.mode = mode;
        settings.sandbox.merchants = vec![main, MerchantOptions::new("other", "1900009999", "别家")];
        set(settings);
    };
    story_with(merchants, test).await;
}

impl TestApp {
    pub fn main(&self) -> Merchant {
        self.merchant("main")
    }

    /// A transfer of this amount to somebody who follows the brand.
    pub fn transfer_to(&self, person: &Follower<'_>, number: &str, amount: u32) -> Transfer {
        let report =
            |kind: &str, content: &str| Report { info_type: kind.to_owned(), info_content: content.to_owned() };
        let new = NewTransfer {
            number: number.parse().expect("a number"),
            appid: self.account("brand").appid.clone(),
            open_id: person.open_id("brand"),
            amount: amount.into(),
            scene: "1000".to_owned(),
            remark: "邀请奖励".to_owned(),
            reports: vec![report("活动名称", "新会员有礼"), report("奖励说明", "邀请好友奖励")],
            user_name: None,
            notify_url: Some(format!("{}/wechat/pay/main/notify", self.base_url)),
            perception: None,
            style: None,
        };
        new.try_into().expect("a transfer")
    }

    /// A red packet of this amount to somebody who follows the brand.
    pub fn packet_to(&self, person: &Follower<'_>, number: &str, amount: u32) -> RedPacket {
        let new = NewRedPacket {
            number: number.parse().expect("a number"),
            appid: self.account("brand").appid.clone(),
            open_id: person.open_id("brand"),
            amount: amount.into(),
            send_name: "惠联样板店".to_owned(),
            wishing: "感谢参加活动".to_owned(),
            act_name: "拉新有礼".to_owned(),
            remark: "邀请奖励".to_owned(),
            scene: None,
            risk_info: None,
        };
        new.try_into().expect("a red packet")
    }

    /// Another second, as WeChat Pay wants between two tries of one number.
    pub fn tick(&self) {
        self.advance(TimeDelta::seconds(2));
    }
}

/// What was done, or a failed test.
#[track_caller]
pub fn done<T: std::fmt::Debug>(answer: Answer<T>) -> T {
    match answer {
        Answer::Done(value) => value,
        other => panic!("{other:?}"),
    }
}

/// Why it is unknown, or a failed test.
#[track_caller]
pub fn unknown<T: std::fmt::Debug>(answer: Answer<T>) -> huilian::wechat::pay::Why {
    match answer {
        Answer::Unknown(unknown) => unknown.why,
        other => panic!("{other:?}"),
    }
}

/// How it was refused, or a failed test.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(answer: Answer<T>) -> huilian::wechat::pay::Kind {
    match answer {
        Answer::Refused(refusal) => refusal.kind,
        other => panic!("{other:?}"),
    }
}
