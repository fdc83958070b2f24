//! How it was decided, in words that never change their meaning.

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// How an invitation was decided. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Why {
            $($(#[$doc])* $name,)*
        }

        impl Why {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What it says, in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh),* }
            }

            /// What it says, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en),* }
            }
        }
    };
}

whys! {
    /// Waits for them to register.
    Waiting = "waiting", "等待好友注册", "Waiting for your friend to register";
    /// Waits for what the rules ask for.
    Incomplete = "incomplete", "等待好友完成活动要求", "Your friend has not done everything yet";
    /// Waits for it to hold long enough.
    Maturing = "maturing", "已达标，观察期内", "Everything is done; it has to hold for a while";
    /// It counts.
    Counts = "counts", "邀请成功", "The invitation counts";
    /// It counts, and what it earns was refused.
    NotGiven = "reward_refused", "邀请成功，奖励未能发放", "The invitation counts, but the reward could not be given";
    /// It counts, and what it earns waits because the program is paused.
    Paused = "program_paused", "活动暂停，恢复后发放奖励", "The program is paused; rewards follow when it goes on";
    /// A rule of the guard holds it.
    Guard = "guard", "邀请待核实，可申诉", "The invitation is being looked into; you may appeal";
    /// Staff said that it is not real.
    Rejected = "rejected", "经核实不符合活动规则", "It was looked into and does not meet the rules";
    /// They were known before.
    NotNew = "not_new", "好友不是新用户", "Your friend was known before";
    /// They invited themselves.
    SelfInvited = "self", "不能邀请自己", "Nobody can invite themselves";
    /// They invited, directly or through others, who invited them.
    Loop = "loop", "不能互相邀请", "Who was invited by somebody cannot invite them";
    /// The touch was too long before they registered, or after it.
    TooLate = "too_late", "超出邀请有效期", "The invitation was not used in time";
    /// The inviter does not count.
    Banned = "banned", "邀请人已被取消资格", "The inviter is excluded";
    /// Nothing is left of the inviter.
    InviterGone = "inviter_gone", "邀请人账号已注销", "The inviter's account is closed";
    /// Nothing is left of the invited person.
    InviteeGone = "invitee_gone", "好友账号已注销", "Your friend's account is closed";
    /// What they touched turned out to be somebody else's doing.
    NoTouch = "no_touch", "没有有效的邀请记录", "There is no invitation of theirs";
    /// They turned out to be somebody who has an invitation already.
    Merged = "merged", "好友与另一账号为同一人", "Your friend is the same person as another one";
    /// The program had not begun.
    NotStarted = "not_started", "活动尚未开始", "The program had not begun";
    /// It was paused.
    WasPaused = "paused", "活动暂停期间的邀请不计", "The program was paused";
    /// It was over.
    Over = "ended", "活动已结束", "The program was over";
    /// They left soon.
    LeftEarly = "left_early", "好友过早取消关注", "Your friend left too soon";
    /// What they bought went back.
    Refunded = "refunded", "好友的订单已退款", "What your friend bought was returned";
}

impl Why {
    /// The one with this code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|why| why.as_str() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_reads_back() {
        let codes: std::collections::BTreeSet<_> = Why::ALL.iter().map(|why| why.as_str()).collect();
        assert_eq!(codes.len(), Why::ALL.len());
        let read = |why: &&Why| Why::of(why.as_str()) == Some(**why) && !why.zh().is_empty() && !why.en().is_empty();
        assert!(Why::ALL.iter().all(|why| read(&why)));
    }
}
