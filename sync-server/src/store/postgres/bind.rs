//! Named parameters and the four types of [`Value`], as PostgreSQL has them.

use super::{Params, StoreError, Value};
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use std::error::Error;

type Fault = Box<dyn Error + Sync + Send>;

/// A statement whose `:name`s are numbered by first appearance.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) sql: String,
    names: Vec<String>,
}

impl Named {
    /// Numbers the parameters of a statement. Quoted text and `::casts` stay as they are.
    pub(super) fn of(sql: &str) -> Self {
        let mut named = Self { sql: String::with_capacity(sql.len()), names: Vec::new() };
        let mut rest = sql;
        while let Some(at) = rest.find([':', '\'']) {
            let (before, found) = rest.split_at(at);
            named.sql.push_str(before);
            rest = named.take(found);
        }
        named.sql.push_str(rest);
        named
    }

    /// Takes what begins with a colon or a quote, and returns what comes after it.
    fn take<'a>(&mut self, found: &'a str) -> &'a str {
        let tail = found.get(1..).unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = match found.strip_prefix("::") {
            Some(_) => 2,
            None if found.starts_with('\'') => tail.find('\'').map_or(found.len(), |at| at + 2),
            None => 1 + tail.find(|c| !is_name(c)).unwrap_or(tail.len()),
        };
        let (token, rest) = found.split_at(end);
        if end == 1 || token.starts_with('\'') || token == "::" {
            self.sql.push_str(token);
            return rest;
        }
        let known = self.names.iter().position(|name| name == token);
        let at = known.unwrap_or_else(|| {
            self.names.push(token.to_owned());
            self.names.len() - 1
        });
        self.sql.push_str(&format!("${}", at + 1));
        rest
    }

    /// The values in the order of the numbers.
    pub(super) fn places<'a>(&self, params: Params<'a>) -> Result<Vec<&'a Value>, StoreError> {
        if let Some((strange, _)) = params.iter().find(|(name, _)| !self.names.iter().any(|known| known == name)) {
            return Err(StoreError::Engine(format!("no parameter {strange}")));
        }
        let value = |name: &String| {
            let found = params.iter().find(|(given, _)| given == name).map(|(_, value)| value);
            found.ok_or_else(|| StoreError::Engine(format!("no value for {name}")))
        };
        self.names.iter().map(value).collect()
    }
}

/// The type under which a value goes: PostgreSQL would take `:mask = 0` for a smaller number. What is null
/// takes the type of its place.
pub(super) const fn type_of(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

impl ToSql for Value {
    fn to_sql(&self, place: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Fault> {
        match (self, place) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(place, out),
            (Self::Int(n), &Type::INT8) => n.to_sql(place, out),
            // The one character that text cannot hold here; what was typed is whole in the sealed entry.
            (Self::Text(text), _) if text.contains('\0') => text.replace('\0', "\u{fffd}").to_sql(place, out),
            (Self::Text(text), _) if <&str as ToSql>::accepts(place) => text.to_sql(place, out),
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(place, out),
            _ => Err(format!("a value does not fit its place, which is {place}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        match *column {
            Type::INT8 => i64::from_sql(column, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(column, raw).map(|n| Self::Int(n.into())),
            // A comparison is 1 or 0 on the other engine.
            Type::BOOL => bool::from_sql(column, raw).map(Self::from),
            Type::NUMERIC => whole(raw).map(Self::Int),
            Type::BYTEA => Ok(Self::Blob(raw.to_vec())),
            _ => String::from_sql(column, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(column: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BOOL, Type::NUMERIC, Type::BYTEA].contains(column)
            || <String as FromSql<'_>>::accepts(column)
    }
}

/// The sum of whole numbers, which PostgreSQL gives as a decimal: digits of base 10,000, the highest first.
fn whole(raw: &[u8]) -> Result<i64, Fault> {
    let mut words = raw.chunks_exact(2).map(|two| two.iter().fold(0_u16, |n, byte| n << 8 | u16::from(*byte)));
    let mut word = || words.next().ok_or("a decimal that is cut off");
    let (digits, weight, sign, _) = (word()?, word()?.cast_signed(), word()?, word()?);
    let mut n = 0_i64;
    for place in 0..=weight {
        let digit = if place < i16::try_from(digits)? { word()? } else { 0 };
        n = n.checked_mul(10_000).and_then(|n| n.checked_add(digit.into())).ok_or("a sum over 2^63")?;
    }
    match sign {
        0 if word().is_err() => Ok(n),
        0x4000 if word().is_err() => Ok(-n),
        _ => Err("a number that is not whole".into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn parameters_are_numbered_by_first_appearance_and_quotes_and_casts_stay() {
        for (sql, numbered, names) in [
            ("SELECT 1", "SELECT 1", vec![]),
            ("a = :b AND c = :a AND :b < 0", "a = $1 AND c = $2 AND $1 < 0", vec![":b", ":a"]),
            ("':x' || :x", "':x' || $1", vec![":x"]),
            ("'it''s :y' = :z_1", "'it''s :y' = $1", vec![":z_1"]),
            ("n::bigint = :n", "n::bigint = $1", vec![":n"]),
            ("'open", "'open", vec![]),
            (": ", ": ", vec![]),
        ] {
            let named = Named::of(sql);
            assert_eq!(
                (named.sql.as_str(), named.names.iter().map(String::as_str).collect::<Vec<_>>()),
                (numbered, names)
            );
        }
    }

    #[test]
    fn a_value_too_many_or_too_few_is_named() {
        let named = Named::of("SELECT :a, :b");
        let one = Value::Int(1);
        let fault = |params: Params<'_>| named.places(params).unwrap_err().to_string();
        assert_eq!(fault(&[(":a", one.clone())]), "database: no value for :b");
        assert_eq!(fault(&[(":a", one.clone()), (":b", one.clone()), (":c", one)]), "database: no parameter :c");
    }

    #[test]
    fn a_sum_reads_as_a_whole_number() {
        let raw = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
        for (words, n) in [
            (&[0_u16, 0, 0, 0][..], 0),
            (&[1, 0, 0, 0, 7], 7),
            (&[1, 1, 0, 0, 3], 30_000),
            (&[2, 1, 0, 0, 3, 9], 30_009),
            (&[1, 0, 0x4000, 0, 12], -12),
        ] {
            assert_eq!(whole(&raw(words)).unwrap(), n);
        }
        assert!(whole(&raw(&[2, 0, 0, 1, 7, 5000])).is_err(), "7.5");
        assert!(whole(&raw(&[1, 0, 0])).is_err(), "cut off");
    }
}
