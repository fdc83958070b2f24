//! How it was decided, in words that never change their meaning.

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// How a visit was decided. A code never changes its meaning.
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
    /// Waits for them to stay long enough.
    Waiting = "waiting", "好友刚打开，浏览时间还不够", "Your friend has just opened it and has not stayed long enough yet";
    /// It counts.
    Counts = "counts", "有效访问", "The visit counts";
    /// It counts, and the day has brought as much as it may.
    Capped = "day_reached", "有效访问，当日奖励已达上限", "The visit counts, but the day has brought as much as it may";
    /// It counts, and what it earns was refused.
    NotGiven = "reward_refused", "有效访问，奖励未能发放", "The visit counts, but the reward could not be given";
    /// It counts, and what it earns waits because the campaign is held.
    Held = "campaign_paused", "活动暂停，恢复后发放奖励", "The campaign is paused; rewards follow when it goes on";
    /// They did not stay long enough within a day.
    TooShort = "too_short", "浏览时间不足", "The visit was too short";
    /// They opened what they shared themselves.
    Own = "self", "自己打开自己的分享不计", "Opening one's own share does not count";
    /// It was opened on a device of whoever shared.
    OwnDevice = "own_device", "在分享人的设备上打开不计", "It was opened on a device of whoever shared it";
    /// The campaign had not begun.
    NotStarted = "not_started", "活动尚未开始", "The campaign had not begun";
    /// It was paused.
    WasPaused = "paused", "活动暂停期间的访问不计", "The campaign was paused";
    /// It was over.
    Over = "ended", "活动已结束", "The campaign was over";
    /// The rules did not name the page.
    NotNamed = "page_not_named", "该页面不在活动范围内", "The page was not part of the campaign";
    /// Nothing is left of who shared.
    SharerGone = "sharer_gone", "分享人账号已注销", "The account of whoever shared is closed";
    /// Nothing is left of who visited.
    VisitorGone = "visitor_gone", "访问者账号已注销", "Your friend's account is closed";
    /// They turned out to be somebody who has visited already.
    Merged = "merged", "访问者与另一账号为同一人", "Your friend is the same person as another one";
    /// What they opened turned out to be somebody else's doing.
    NoVisit = "no_visit", "没有有效的访问记录", "There is no visit of theirs";
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
