//! What libraries say of values that break a rule: garde of lengths and ranges, serde of forms, and our own types through it.

use super::Sentence;

pub(super) const ALL: &[Sentence] = &[
    // garde
    ("length is lower than {}", "长度不能小于 {}"),
    ("length is greater than {}", "长度不能超过 {}"),
    ("lower than {}", "不能小于 {}"),
    ("greater than {}", "不能大于 {}"),
    ("does not match pattern /{}/", "格式不正确"),
    ("value does not begin with \"{}\"", "须以“{}”开头"),
    ("not a valid url: {}", "不是正确的网址"),
    // serde
    ("missing field `{}`", "缺少“{}”"),
    ("unknown field `{}`, {}", "没有“{}”这一项"),
    ("unknown variant `{}`, {}", "不能是“{}”"),
    ("duplicate field `{}`", "“{}”重复"),
    ("invalid type: {}", "类型不正确"),
    ("invalid value: {}", "内容不正确"),
    ("invalid length {}, {}", "数量不正确：{}"),
    ("data did not match any variant of untagged enum {}", "格式不正确"),
    ("number out of range", "数字超出范围"),
    ("premature end of input", "时间格式不正确"),
    ("input contains invalid characters", "时间格式不正确"),
    ("input is out of range", "时间超出范围"),
    ("trailing input", "时间格式不正确"),
    // entity::types
    ("{}: expected {}", "{}格式不正确"),
    ("phone number: {}", "手机号格式不正确"),
    ("{}: is more than can be counted", "{}超出范围"),
];
