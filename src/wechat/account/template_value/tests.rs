use serde_json::json;

use super::{Rule, TemplateData, fit};

fn sent(keyword: &str, value: &str) -> Option<String> {
    fit(keyword, value).ok()
}

#[test]
fn the_keyword_names_its_rule() {
    for (keyword, rule) in [
        ("thing1", Some(Rule::Thing)),
        ("thing12", Some(Rule::Thing)),
        ("short_thing3", Some(Rule::ShortThing)),
        ("character_string4", Some(Rule::CharacterString)),
        ("phone_number5", Some(Rule::PhoneNumber)),
        ("enum_string6", Some(Rule::Listed)),
        ("const7", Some(Rule::Listed)),
        ("something8", None),
        ("", None),
    ] {
        assert_eq!(Rule::of(keyword), rule, "{keyword}");
    }
}

#[test]
fn free_text_is_shortened_by_character() {
    let twenty = "一二三四五六七八九十一二三四五六七八九十";
    assert_eq!(sent("thing1", twenty).as_deref(), Some(twenty));
    assert_eq!(sent("thing1", &format!("{twenty}一")), Some("一二三四五六七八九十一二三四五六七八九…".to_owned()));
    assert_eq!(sent("thing1", &"😀".repeat(30)).map(|text| text.chars().count()), Some(20));
    assert_eq!(sent("short_thing1", "一二三四五六").as_deref(), Some("一二三四…"));
    assert_eq!(sent("phrase1", "一二三四五六").as_deref(), Some("一二三四五"));
    assert_eq!(sent("name1", "阿卜杜热合曼买买提艾力江").as_deref(), Some("阿卜杜热合曼买买提艾"));
    assert_eq!(sent("name1", "Maximilian Featherstonehaugh").map(|name| name.len()), Some(20));
    assert_eq!(sent("letter1", &"a".repeat(40)).map(|text| text.len()), Some(32));
}

#[test]
fn control_characters_become_blanks_and_nothing_is_refused() {
    assert_eq!(sent("thing1", " 第一行\n第二行\t\u{7f} ").as_deref(), Some("第一行 第二行"));
    for blank in ["", " ", "\n\r"] {
        for keyword in ["thing1", "number2", "enum_string3", "unheard4"] {
            assert_eq!(sent(keyword, blank), None, "{keyword}");
        }
    }
}

#[test]
fn typed_values_are_checked() {
    let good = [
        ("number1", "0"),
        ("number1", "-12.50"),
        ("number1", &"9".repeat(32)),
        ("letter1", "VIP"),
        ("symbol1", "—※★"),
        ("character_string1", "NO.2026-11/21_#1"),
        ("character_string1", &"x".repeat(32)),
        ("time1", "15:01"),
        ("time1", "2019年10月1日 15:01"),
        ("time1", "2026-11-21 15:01:59"),
        ("time1", "09:00~18:00"),
        ("time1", "2019年10月1日 15:01 ~ 2019年10月2日 15:01"),
        ("date1", "2019年10月1日"),
        ("date1", "2019年10月1日 15:01"),
        ("date1", "2019年10月1日~2019年11月1日"),
        ("amount1", "￥100.00"),
        ("amount1", "¥1234567890"),
        ("amount1", "99元"),
        ("amount1", "$9.9"),
        ("phone_number1", "+86-0766-66888866"),
        ("car_number1", "粤A8Z888挂"),
        ("name1", "王小明"),
        ("name1", "O'Brien"),
        ("phrase1", "配送中"),
        ("enum_string1", "随便什么 1"),
        ("brand_new1", "anything 好"),
    ];
    for (keyword, value) in good {
        assert_eq!(sent(keyword, value).as_deref(), Some(value), "{keyword} {value}");
    }
    let bad = [
        ("number1", "1e5"),
        ("number1", "12."),
        ("number1", ".5"),
        ("number1", "1,000"),
        ("number1", "十"),
        ("number1", &"9".repeat(33)),
        ("letter1", "VIP1"),
        ("letter1", "会员"),
        ("symbol1", "a!"),
        ("symbol1", "好"),
        ("character_string1", "订单1"),
        ("character_string1", "a b"),
        ("character_string1", &"x".repeat(33)),
        ("time1", "25:00"),
        ("time1", "3 pm"),
        ("time1", "2019年10月1日"),
        ("time1", "09:00~"),
        ("date1", "2019年2月30日"),
        ("date1", "15:01"),
        ("amount1", "￥￥1"),
        ("amount1", "12345678901"),
        ("amount1", "免费"),
        ("phone_number1", "138 0013 8000 0000"),
        ("phone_number1", "电话"),
        ("car_number1", "粤A8Z888挂挂"),
        ("car_number1", "粤A-123"),
        ("name1", "小明2号"),
        ("phrase1", "on the way"),
    ];
    for (keyword, value) in bad {
        assert_eq!(sent(keyword, value), None, "{keyword} {value}");
    }
}

#[test]
fn all_broken_values_are_told_at_once_without_repeating_them() {
    let broken = TemplateData::fit([("thing1", "好"), ("phone_number2", "张三"), ("amount3", "李四")]).unwrap_err();
    assert_eq!(broken.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["phone_number2", "amount3"]);
    assert!(broken.iter().all(|error| !error.message.contains("张三") && !error.message.contains("李四")));
}

#[test]
fn data_is_written_in_wechats_shape() {
    let data = TemplateData::fit([("thing1", "积分到账"), ("number2", "88")]).unwrap();
    assert_eq!(
        serde_json::to_value(&data).unwrap(),
        json!({"thing1": {"value": "积分到账"}, "number2": {"value": "88"}})
    );
}
