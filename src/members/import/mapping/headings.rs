//! What headings mean, in the words of tills, spreadsheets and loyalty programmes.

use super::Field;

/// The words for one meaning.
type Words = (&'static [&'static str], fn(&str) -> Field);

/// Words that stand alone, without blanks, brackets and marks.
const MEANINGS: &[Words] = &[
    (
        &[
            "手机",
            "手机号",
            "手机号码",
            "会员手机",
            "会员手机号",
            "移动电话",
            "联系电话",
            "联系手机",
            "电话",
            "电话号码",
            "联系方式",
            "phone",
            "mobile",
            "mobilephone",
            "phonenumber",
            "mobilenumber",
            "cellphone",
            "telephone",
            "tel",
        ],
        |_| Field::Phone,
    ),
    (
        &[
            "卡号",
            "会员卡",
            "会员卡号",
            "会员号",
            "实体卡号",
            "卡片号",
            "储值卡号",
            "card",
            "cardno",
            "cardnumber",
            "membercard",
            "membershipnumber",
            "memberno",
            "membernumber",
        ],
        |origin| Field::Card { issuer: origin.to_owned() },
    ),
    (
        &[
            "客户编号",
            "客户号",
            "客户id",
            "顾客编号",
            "会员编号",
            "会员id",
            "会员编码",
            "外部编号",
            "crmid",
            "customerid",
            "customerno",
            "customernumber",
            "memberid",
            "externalid",
            "userid",
            "用户id",
            "用户编号",
        ],
        |origin| Field::External { system: origin.to_owned() },
    ),
    (
        &[
            "姓名",
            "会员姓名",
            "客户姓名",
            "顾客姓名",
            "名字",
            "会员名称",
            "客户名称",
            "称呼",
            "name",
            "fullname",
            "membername",
            "customername",
        ],
        |_| Field::Name,
    ),
    (&["性别", "会员性别", "sex", "gender"], |_| Field::Sex),
    (
        &["生日", "会员生日", "出生日期", "出生年月", "出生年月日", "birthday", "birthdate", "dateofbirth", "dob"],
        |_| Field::Birthday,
    ),
    (&["地区", "所在地区", "城市", "所在城市", "省市", "region", "city", "area"], |_| Field::Region),
    (
        &[
            "入会时间",
            "入会日期",
            "注册时间",
            "注册日期",
            "开卡时间",
            "开卡日期",
            "办卡日期",
            "办卡时间",
            "加入日期",
            "joinedat",
            "joindate",
            "registeredat",
            "registrationdate",
            "createdat",
            "membersince",
        ],
        |_| Field::JoinedAt,
    ),
    (
        &[
            "门店",
            "所属门店",
            "开卡门店",
            "注册门店",
            "归属门店",
            "店铺",
            "门店名称",
            "store",
            "shop",
            "branch",
            "storename",
        ],
        |_| Field::Store,
    ),
    (
        &[
            "等级",
            "会员等级",
            "会员级别",
            "级别",
            "卡等级",
            "卡类型",
            "会员类型",
            "tier",
            "level",
            "memberlevel",
            "grade",
        ],
        |_| Field::Tier,
    ),
    (
        &[
            "积分",
            "可用积分",
            "剩余积分",
            "积分余额",
            "当前积分",
            "会员积分",
            "points",
            "point",
            "pointsbalance",
            "balancepoints",
        ],
        |_| Field::Points,
    ),
];

/// A heading without what is only decoration: case, blanks, marks, and what stands in brackets.
pub(super) fn plain(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in heading.chars() {
        match letter {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 && letter.is_alphanumeric() => kept.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    kept
}

/// What a heading means, if it is known.
pub(super) fn meaning(heading: &str, origin: &str) -> Option<Field> {
    let plain = plain(heading);
    let known = MEANINGS.iter().find(|(words, _)| words.contains(&plain.as_str()));
    known.map(|(_, field)| field(origin))
}
