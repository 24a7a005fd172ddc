use super::*;

fn person(name: &str, born: &str) -> Traits {
    Traits::new(name, born.parse().ok(), "")
}

/// Points and reasons of two, which must be the same from both sides.
fn alike(one: (&str, &str), other: (&str, &str)) -> Vec<Reason> {
    let (one, other) = (person(one.0, one.1), person(other.0, other.1));
    let found = likeness(&one, &other);
    assert_eq!(found, likeness(&other, &one), "from both sides");
    found.map(|likeness| likeness.reasons).unwrap_or_default()
}

#[test]
fn people_who_may_be_one_are_offered_with_the_reason() {
    use Reason::*;
    let born = "1984-03-09";
    for (one, other, reasons) in [
        (("Jane Doe", born), ("jane  DOE", born), vec![SameName, SameBirthDate]),
        (("Jane Doe", ""), ("Jane Doe", ""), vec![SameName]),
        (("Jane Doe", born), ("Doe, Jane", born), vec![SameName, OtherOrder, SameBirthDate]),
        (("Catherine Smith", born), ("Kathryn Smyth", born), vec![SoundsAlike, SameBirthDate]),
        (("Jon Schmidt", born), ("John Smith", born), vec![SoundsAlike, SameBirthDate]),
        (("José Nuñez", born), ("Jose Nunez", born), vec![SameName, SameBirthDate]),
        (("Siobhán O’Brien", born), ("Siobhan OBrien", born), vec![SameName, SameBirthDate]),
        (("J. Doe", born), ("Jane Doe", born), vec![Initials, SameBirthDate]),
        (("Rico", ""), ("Rico", ""), vec![SameName]),
        (("Rico", born), ("Rico Alvarez", born), vec![OneName, SameBirthDate]),
        (("Robert Ray aka Rico", ""), ("Rico", ""), vec![SameName]),
        (("Maria Lopez", born), ("Maria del Carmen Lopez", born), vec![PartOfName, SameBirthDate]),
        (("Jane Doe", "1984-03-09"), ("Jane Doe", "1984-09-03"), vec![SameName, DayAndMonth]),
        (("Jane Doe", "1984-03-09"), ("Jane Doe", "1984-03-08"), vec![SameName, OneDigit]),
        (("Jane Doe", "1987-03-09"), ("Jane Doe", "1978-03-09"), vec![SameName, OneDigit]),
        (("Jane Doe", "1984-03-09"), ("Jane Doe", "1991-11-30"), vec![SameName, OtherBirthDate]),
        (("أحمد علي", born), ("احمد عَلي", born), vec![SameName, SameBirthDate]),
        (("علي أحمد", ""), ("أحمد علي", ""), vec![SameName, OtherOrder]),
        (("\u{202b}דָּוִד כהן\u{202c}", ""), ("דוד כהן", ""), vec![SameName]),
        (("Дмитрий Иванов", born), ("Дмитри Иванов", born), vec![SpelledAlike, SameBirthDate]),
        (("王小明", born), ("王小明", born), vec![SameName, SameBirthDate]),
        (("🦊", ""), ("🦊", ""), vec![SameName]),
        (("🦊 Jane Doe", ""), ("Jane 🦊 Doe", ""), vec![SameName]),
    ] {
        assert_eq!(alike(one, other), reasons, "{one:?} and {other:?}");
    }
}

#[test]
fn people_who_share_little_are_not_offered() {
    let born = "1984-03-09";
    for (one, other) in [
        (("Jane Doe", born), ("Mary Major", born)),
        (("Jane Doe", ""), ("Janet Dough", "")),
        (("Jane Doe", ""), ("Jane Major", "")),
        (("Rico", ""), ("Rico Alvarez", "")),
        (("J", born), ("Jane Doe", born)),
        (("J", born), ("K", born)),
        (("🦊", ""), ("🐺", "")),
        (("", born), ("", born)),
        (("\u{200f} ...", born), ("-", born)),
        (("王小明", born), ("李小明", born)),
        (("Catherine Smith", "1984-03-09"), ("Kathryn Smyth", "1990-11-30")),
    ] {
        assert_eq!(alike(one, other), [], "{one:?} and {other:?}");
    }
}

#[test]
fn a_telephone_number_is_found_in_words_and_counts_alone() {
    let with = |name: &str, reach: &str| Traits::new(name, None, reach);
    let (rico, jane) =
        (with("Rico", "call +1 (206) 555-0121 after 6"), with("Jane", "her sister: 206.555.0121, or the mission"));
    assert_eq!(likeness(&rico, &jane).unwrap().reasons, [Reason::SamePhone]);
    for other in ["555-0199", "bench at 3rd and Pine, 12 to 4", "206 555 0122", ""] {
        assert!(likeness(&rico, &with("Jane", other)).is_none(), "{other}");
    }
}
