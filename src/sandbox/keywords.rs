//! What the typed keywords of templates may hold (protocol section 7.6), and how a template's text is filled.

use serde_json::Value;

use super::errcode::Refusal;

/// The keywords of a template text such as `"物品：{{thing1.DATA}}"`, in order.
pub(super) fn keywords(text: &str) -> Vec<&str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once(".DATA}}")).map(|(name, _)| name).collect()
}

/// The template text with its keywords replaced.
pub(super) fn filled(text: &str, data: &Value) -> String {
    let mut out = text.to_owned();
    for name in keywords(text) {
        out = out.replace(&format!("{{{{{name}.DATA}}}}"), value(data, name).unwrap_or_default());
    }
    out
}

fn value<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    data.get(name)?.get("value")?.as_str()
}

/// Checks the data of a message against its template: 47003 names the first field that is wrong.
pub(super) fn check(text: &str, data: Option<&Value>) -> Result<(), Refusal> {
    for name in keywords(text) {
        let wrong = |why: &str| Refusal::saying(47003, format!("argument invalid! data.{name}.value {why}"));
        let value = data.and_then(|data| value(data, name)).ok_or_else(|| wrong("is empty"))?;
        if value.is_empty() {
            return Err(wrong("is empty"));
        }
        if !fits(name.trim_end_matches(|c: char| c.is_ascii_digit()), value) {
            return Err(wrong("invalid"));
        }
    }
    Ok(())
}

fn fits(kind: &str, value: &str) -> bool {
    let length = value.chars().count();
    let all = |allowed: fn(char) -> bool| value.chars().all(allowed);
    if value.chars().any(char::is_control) {
        return false;
    }
    match kind {
        "thing" => length <= 20,
        "short_thing" => length <= 5,
        "number" => length <= 32 && is_decimal(value),
        "letter" => length <= 32 && all(|c| c.is_ascii_alphabetic()),
        "symbol" => length <= 5 && all(|c| !c.is_alphanumeric()),
        "character_string" => length <= 32 && all(|c| c.is_ascii_graphic() || c == ' '),
        "time" => has_time(value) && all(is_of_time),
        "date" => has_date(value) && all(is_of_time),
        "amount" => is_amount(value),
        "phone_number" => length <= 17 && all(|c| c.is_ascii_digit() || "+-() ".contains(c)),
        "car_number" => length <= 8,
        "name" if value.is_ascii() => length <= 20 && all(|c| !c.is_ascii_digit()),
        "name" => length <= 10 && all(|c| !c.is_numeric()),
        "phrase" => length <= 5 && all(is_chinese),
        _ => true,
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain(whole) && plain(part)
}

fn is_amount(value: &str) -> bool {
    let bare = value.trim_start_matches(['¥', '￥', '$', '€', '£', '+', '-']);
    let bare = bare.strip_suffix('元').unwrap_or(bare);
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    (1..=10).contains(&digits) && is_decimal(&bare.replace(',', ""))
}

fn is_of_time(c: char) -> bool {
    c.is_ascii_digit() || "年月日号时分秒上下午:：-/. ~".contains(c)
}

fn has_time(value: &str) -> bool {
    value.split(['~', ' ', '日', '号']).any(|part| {
        let mut numbers = part.split([':', '：']);
        let within = |number: Option<&str>, most: u32| {
            number.and_then(|number| number.trim().parse::<u32>().ok()).is_some_and(|number| number < most)
        };
        within(numbers.next(), 24) && within(numbers.next(), 60)
    })
}

fn has_date(value: &str) -> bool {
    let parts: Vec<u32> = value.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    matches!(parts.as_slice(), [year, month, day, ..]
        if (1900..=9999).contains(year) && (1..=12).contains(month) && (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_has_its_rule() {
        for (kind, good, bad) in [
            ("thing", "二十个字以内的任何文字 ok", "这一段文字超过了二十个字所以一定会被拒绝掉的啦"),
            ("short_thing", "已完成", "超过五个字啦"),
            ("number", "-12.5", "十二"),
            ("letter", "abcXYZ", "abc1"),
            ("symbol", "@#", "a"),
            ("character_string", "NO.2026-001", "订单1"),
            ("time", "2019年10月1日 15:01", "下午"),
            ("time", "15:01~16:30", "25:01"),
            ("date", "2019年10月1日", "10月1日"),
            ("date", "2026-11-21", "2026-13-21"),
            ("amount", "¥1234.50", "一百元"),
            ("amount", "99元", "¥12345678901"),
            ("phone_number", "+86-0766-66888866", "电话 1"),
            ("car_number", "粤A8Z888挂", "粤A8Z888挂车牌"),
            ("name", "张三", "张3"),
            ("name", "Mary Lee", "Mary Lee with a very long name"),
            ("phrase", "配送中", "OK"),
            ("thing", "一行", "两\n行"),
        ] {
            assert!(fits(kind, good), "{kind}: {good}");
            assert!(!fits(kind, bad), "{kind}: {bad}");
        }
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let text = "会员：{{name1.DATA}}\n积分：{{number2.DATA}}";
        assert_eq!(keywords(text), ["name1", "number2"]);
        let good = json!({ "name1": { "value": "林小满" }, "number2": { "value": "5" } });
        assert_eq!(check(text, Some(&good)), Ok(()));
        assert_eq!(filled(text, &good), "会员：林小满\n积分：5");
        let bad = json!({ "name1": { "value": "林小满" }, "number2": { "value": "五" } });
        assert_eq!(check(text, Some(&bad)).unwrap_err().text, "argument invalid! data.number2.value invalid");
        assert_eq!(check(text, None).unwrap_err().text, "argument invalid! data.name1.value is empty");
    }
}
