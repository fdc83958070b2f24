use super::*;

const NOW: &str = "2026-11-21T02:00:00Z";

fn read(cells: &[(&str, Field)]) -> Result<Record, Vec<Problem>> {
    let mapping = Mapping { columns: cells.iter().map(|(_, field)| field.clone()).collect() };
    let row = Row { number: 2, cells: cells.iter().map(|(cell, _)| (*cell).to_owned()).collect() };
    let (attributes, limits) = (BTreeMap::new(), Limits::of_rows(10));
    Record::read(&row, &Reading { mapping, attributes, limits, now: NOW.parse().unwrap() })
}

fn of_one(cell: &str, field: Field) -> Result<Record, Flaw> {
    let card = Field::Card { issuer: "pos".to_owned() };
    read(&[("1001", card), (cell, field)]).map_err(|problems| {
        assert_eq!((problems.len(), problems[0].column), (1, Some(1)));
        problems[0].flaw
    })
}

#[test]
fn a_row_tells_of_one_person() {
    let card = Field::Card { issuer: "pos".to_owned() };
    let record = read(&[
        ("vip-001", card),
        ("138 0013 8000", Field::Phone),
        ("张三", Field::Name),
        ("女", Field::Sex),
        ("1990/2/3", Field::Birthday),
        ("1,250.00", Field::Points),
        ("", Field::Tier),
        ("不要", Field::Ignore),
    ])
    .unwrap();
    assert_eq!(record.cards, [("pos".to_owned(), "VIP-001".to_owned())], "letter case makes no other card");
    assert_eq!(record.phone.as_ref().map(Phone::as_str), Some("+8613800138000"));
    assert_eq!((record.sex, record.points, record.tier.is_none()), (Some(Sex::Female), Some(1250), true));
    assert_eq!(record.birthday, NaiveDate::from_ymd_opt(1990, 2, 3));
    assert!(record.is_demographic() && record.is_behavioural());
}

#[test]
fn days_are_read_however_they_are_written() {
    for text in
        ["1990-02-03", "1990/2/3", "1990.2.3", "19900203", "1990年2月3日", "1990-02-03 00:00:00", "1990-02-03T08:00"]
    {
        assert_eq!(of_one(text, Field::Birthday).unwrap().birthday, NaiveDate::from_ymd_opt(1990, 2, 3), "{text}");
    }
    for text in ["1990-02-30", "2030-01-01", "1880-01-01", "yesterday", "90/2/3", "33000"] {
        assert_eq!(of_one(text, Field::Birthday), Err(Flaw::Birthday), "{text}");
    }
    let joined = of_one("2020-05-01 09:30:00", Field::JoinedAt).unwrap().joined_at;
    assert_eq!(joined, Some("2020-05-01T01:30:00Z".parse().unwrap()), "shops keep the time of Shanghai");
    assert_eq!(of_one("2026-11-22", Field::JoinedAt), Err(Flaw::JoinedAt), "tomorrow");
}

#[test]
fn numbers_that_a_spreadsheet_has_cut_are_refused() {
    for text in ["6.22848E+18", "1.38E+10", "6.22848480012345678E18"] {
        assert_eq!(of_one(text, Field::External { system: "erp".to_owned() }), Err(Flaw::CutNumber), "{text}");
    }
    for text in ["1E5", "E100", "100E", "12e"] {
        let read = of_one(text, Field::External { system: "erp".to_owned() });
        assert!(matches!(read, Ok(_) | Err(Flaw::Number)), "{text}: {read:?}");
    }
    assert_eq!(of_one("13800138000.0", Field::Phone).unwrap().phone.unwrap().as_str(), "+8613800138000");
}

#[test]
fn what_cannot_be_used_is_named_by_its_column() {
    for (text, field, flaw) in [
        ("1380013800", Field::Phone, Flaw::Phone),
        ("x", Field::Sex, Flaw::Sex),
        ("-5", Field::Points, Flaw::Points),
        ("1.5", Field::Points, Flaw::Points),
        ("two", Field::Points, Flaw::Points),
        ("张\u{fffd}", Field::Name, Flaw::UnreadableText),
        ("a b", Field::External { system: "erp".to_owned() }, Flaw::Number),
    ] {
        assert_eq!(of_one(text, field), Err(flaw), "{text}");
    }
    assert_eq!(of_one(&"长".repeat(501), Field::Name), Err(Flaw::TooLong));
    let nobody = read(&[("张三", Field::Name), ("", Field::Phone)]).unwrap_err();
    assert_eq!(nobody, [Problem { column: None, flaw: Flaw::NobodyNamed }]);
    let two = read(&[("x", Field::Phone), ("y", Field::Sex)]).unwrap_err();
    assert_eq!(two.len(), 2, "every problem of a row is told at once");
}

#[test]
fn no_value_can_become_a_formula() {
    assert_eq!(of_one("=cmd|' /C calc'!A0", Field::Name).unwrap().name.as_deref(), Some("cmd|' /C calc'!A0"));
    assert_eq!(of_one("=-@+", Field::Name).unwrap().name, None);
    assert_eq!(of_one("=HYPERLINK(1)", Field::External { system: "erp".to_owned() }), Err(Flaw::Number));
}
