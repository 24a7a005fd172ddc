//! Reads what was typed with wet gloves: numbers with a comma, dates as digits only.

use chrono::NaiveDate;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing was entered.
    Missing,
    /// Not a number that makes sense here.
    NotANumber,
    /// Not a date.
    NotADate,
    /// A date after the encounter.
    InFuture,
    /// Longer than a record takes.
    TooLong,
    /// Consent was refused, so there is no accepted offer.
    Refused,
}

/// Grams: at most 10,000, with a point or a comma.
///
/// # Errors
/// [`Why::NotANumber`] for anything else, a negative number included.
pub fn read_grams(text: &str) -> Result<f64, Why> {
    match text.trim().replace(',', ".").parse::<f64>() {
        Ok(grams) if grams.is_finite() && (0.0..=10_000.0).contains(&grams) => Ok(grams),
        Ok(_) | Err(_) => Err(Why::NotANumber),
    }
}

/// Age in whole years, 0 to 120.
///
/// # Errors
/// [`Why::NotANumber`] for anything else.
pub fn read_age(text: &str) -> Result<u16, Why> {
    read_months(text).and_then(|years| if years <= 120 { Ok(years) } else { Err(Why::NotANumber) })
}

/// A small whole number, such as months in the area: 0 to 1,500.
///
/// # Errors
/// [`Why::NotANumber`] for anything else.
pub fn read_months(text: &str) -> Result<u16, Why> {
    match text.trim().parse::<u16>() {
        Ok(number) if number <= 1_500 => Ok(number),
        Ok(_) | Err(_) => Err(Why::NotANumber),
    }
}

/// A date: `2009-03-01`, `3/1/2009`, or eight digits, either `03012009` or `20090301`. The two orders of
/// eight digits cannot be confused: no month is 19 or 20.
///
/// # Errors
/// [`Why::NotADate`] for anything else; a year before 1900 is taken for a slip of the finger.
pub fn read_date(text: &str) -> Result<NaiveDate, Why> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let date = match parts.as_slice() {
        [digits] if digits.len() == 8 && digits.is_ascii() => eight_digits(digits),
        [year, month, day] if year.len() == 4 => ymd(year, month, day),
        [month, day, year] if year.len() == 4 => ymd(year, month, day),
        _ => None,
    };
    date.filter(|date| *date >= NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default()).ok_or(Why::NotADate)
}

fn eight_digits(digits: &str) -> Option<NaiveDate> {
    let (head, tail) = digits.split_at_checked(4)?;
    if digits.starts_with("19") || digits.starts_with("20") {
        let (month, day) = tail.split_at_checked(2)?;
        return ymd(head, month, day);
    }
    let (month, day) = head.split_at_checked(2)?;
    ymd(tail, month, day)
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_form_that_officers_write() {
        let date = NaiveDate::from_ymd_opt(2009, 3, 1);
        for text in ["2009-03-01", "3/1/2009", "03/01/2009", "03012009", "20090301", " 2009-3-1 "] {
            assert_eq!(read_date(text).ok(), date, "{text}");
        }
        for text in ["", "2009", "13/40/2009", "0301209", "3/1/09", "1809-03-01", "abcdefgh", "éééé"] {
            assert_eq!(read_date(text), Err(Why::NotADate), "{text}");
        }
    }

    #[test]
    fn numbers_out_of_reason_are_refused() {
        assert_eq!(read_grams("1,2"), Ok(1.2));
        for text in ["-1", "NaN", "inf", "1e9", "", "two"] {
            assert_eq!(read_grams(text), Err(Why::NotANumber), "{text}");
        }
        assert_eq!(read_age("34"), Ok(34));
        assert_eq!(read_age("121"), Err(Why::NotANumber));
        assert_eq!(read_months("-3"), Err(Why::NotANumber));
    }
}
