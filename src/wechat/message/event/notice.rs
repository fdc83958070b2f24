//! Families of events that differ by name only: kept, and shown to staff where staff must act.

use entity::types::OpenId;

use crate::wechat::message::tree::{Fields, Unreadable};

macro_rules! notices {
    ($($(#[$doc:meta])* $family:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $family {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $family {
            /// Every notice of the family.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name of the event, in lower case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(super) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            pub(super) fn kind(self) -> &'static str {
                match self { $(Self::$variant => concat!("event:", $name)),* }
            }
        }
    )*};
}

notices! {
    /// What happened to a WeChat card (protocol section 2.2).
    CardNotice {
        /// 领取卡券
        Get = "user_get_card",
        /// 转赠卡券
        Gifting = "user_gifting_card",
        /// 删除卡券
        Delete = "user_del_card",
        /// 核销卡券
        Consume = "user_consume_card",
        /// 买单
        Pay = "user_pay_from_pay_cell",
        /// 进入会员卡
        View = "user_view_card",
        /// 从卡券进入公众号会话
        EnterSession = "user_enter_session_from_card",
        /// 会员卡内容更新
        MemberCardUpdate = "update_member_card",
        /// 库存报警
        LowStock = "card_sku_remind",
        /// 券点流水
        PointsOrder = "card_pay_order",
        /// 会员卡激活信息
        MemberInfo = "submit_membercard_user_info",
        /// 卡券审核通过
        Passed = "card_pass_check",
        /// 卡券审核不通过
        NotPassed = "card_not_pass_check",
    }

    /// What happened to an official account itself (protocol section 2.2).
    AccountNotice {
        /// 资质认证成功
        QualificationSuccess = "qualification_verify_success",
        /// 资质认证失败
        QualificationFail = "qualification_verify_fail",
        /// 名称认证成功
        NamingSuccess = "naming_verify_success",
        /// 名称认证失败
        NamingFail = "naming_verify_fail",
        /// 年审通知
        AnnualRenew = "annual_renew",
        /// 认证过期失效
        VerifyExpired = "verify_expired",
    }

    /// What happened to a mini program itself (protocol section 2.3).
    MiniNotice {
        /// 代码审核通过
        AuditSuccess = "weapp_audit_success",
        /// 代码审核不通过
        AuditFail = "weapp_audit_fail",
        /// 代码审核延后
        AuditDelay = "weapp_audit_delay",
        /// 名称审核结果
        NicknameAudit = "wxa_nickname_audit",
        /// 违规记录
        IllegalRecord = "wxa_illegal_record",
        /// 申诉记录
        AppealRecord = "wxa_appeal_record",
        /// 隐私接口申请结果
        PrivacyApply = "wxa_privacy_apply",
        /// 类目审核结果
        CategoryAudit = "wxa_category_audit",
    }
}

/// Somebody scanned the QR code of a shopping guide (导购).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideScan {
    /// The guide's WeChat account.
    pub guide_account: Option<String>,
    /// The guide as a follower.
    pub guide: Option<OpenId>,
    /// Who scanned.
    pub follower: Option<OpenId>,
    /// What came of it, as a number that WeChat does not explain.
    pub action: Option<i64>,
    /// What the QR code was made with.
    pub info: Option<String>,
}

impl GuideScan {
    pub(super) fn read(fields: &Fields) -> Result<Self, Unreadable> {
        let scan = fields.fields("GuideScanEvent")?.unwrap_or(fields);
        Ok(Self {
            guide_account: scan.some_text(&["qrcode_guide_account"])?,
            guide: scan.some_value(&["qrcode_guide_openid"])?,
            follower: scan.some_value(&["openid"])?,
            action: scan.some_value(&["action"])?,
            info: scan.some_text(&["qrcode_info"])?,
        })
    }
}
