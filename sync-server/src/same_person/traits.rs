//! What of a person is compared: the parts of a name, the birth date, telephone numbers.

use chrono::NaiveDate;
use handoff::domain::private::Private;

/// Of a name, so many parts are compared.
pub(super) const MOST_PARTS: usize = 5;
/// Digits in a row that are a telephone number, at least.
const PHONE: usize = 7;

/// What of a person is compared. Private, and wiped when dropped.
#[derive(Debug, Clone)]
pub struct Traits {
    /// Each name that was given, in parts as they compare: "Bob Ray aka Rico" are two.
    pub(super) names: Vec<Vec<Private<String>>>,
    /// The birth date.
    pub(super) born: Option<NaiveDate>,
    /// Telephone numbers, digits only.
    pub(super) phones: Vec<Private<String>>,
}

impl Traits {
    /// Of what an officer wrote down.
    pub fn new(name: &str, born: Option<NaiveDate>, reach: &str) -> Self {
        let names = given(name).into_iter().map(|name| parts(&name)).filter(|parts| !parts.is_empty()).collect();
        Self { names, born, phones: phones(reach) }
    }
}

/// The names in what was given as one.
fn given(text: &str) -> Vec<String> {
    let mut text = text.to_lowercase();
    for mark in [" a.k.a. ", " aka ", " alias ", " or ", "/", ";", "(", ")", "\"", "\u{201c}", "\u{201d}"] {
        text = text.replace(mark, "\n");
    }
    text.lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The parts of a name, in small letters without their accents; of a name without any letter, the name itself.
fn parts(name: &str) -> Vec<Private<String>> {
    let folded: String = name.chars().flat_map(char::to_lowercase).filter_map(fold).collect();
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let parts: Vec<_> = parts.take(MOST_PARTS).map(|part| Private::new(part.to_owned())).collect();
    match (parts.is_empty(), folded.trim()) {
        (true, "") => Vec::new(),
        (true, bare) => vec![Private::new(bare.to_owned())],
        (false, _) => parts,
    }
}

/// A letter without what scribes and keyboards add: accents of the Latin script, vowel points of Hebrew and Arabic,
/// forms of alef, marks of direction, apostrophes. Other letters stay.
const fn fold(c: char) -> Option<char> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'æ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ł' | 'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'œ' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ß' => 's',
        'ţ' | 'ť' | 'ț' | 'þ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' => return None,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{640}' | '\u{670}' => return None,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fe0f}' => return None,
        other => other,
    })
}

/// Telephone numbers in what was written about how to find someone.
fn phones(reach: &str) -> Vec<Private<String>> {
    let is_between = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/' | '\u{a0}');
    let mut found = Vec::new();
    for piece in reach.split(|c: char| !c.is_ascii_digit() && !is_between(c)) {
        let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
        if (PHONE..=15).contains(&digits.len()) {
            found.push(Private::new(digits));
        }
    }
    found
}
