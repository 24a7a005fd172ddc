//! Moments in words, in the scene's own time zone.

use chrono::{DateTime, Datelike as _, FixedOffset, Utc};

/// A moment as someone at the scene would read it off a clock: `22:15` today, `1 Jun, 22:15` on another
/// day, `1 Jun 2012, 22:15` in another year.
pub fn clock(at: DateTime<Utc>, zone: FixedOffset, now: DateTime<Utc>) -> String {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let shape = match (at.date_naive() == now.date_naive(), at.year() == now.year()) {
        (true, _) => "%H:%M",
        (false, true) => "%-d %b, %H:%M",
        (false, false) => "%-d %b %Y, %H:%M",
    };
    at.format(shape).to_string()
}

/// A moment to the second, with its day and zone, for a record: `1 Jun 2012, 22:15:00 −07:00`.
pub fn exact(at: DateTime<Utc>, zone: FixedOffset) -> String {
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M:%S %:z").to_string().replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_told_in_the_scenes_own_zone() {
        let zone = FixedOffset::west_opt(7 * 3600).unwrap();
        let now = at("2012-06-02T05:40:00Z");
        assert_eq!(clock(at("2012-06-02T05:15:00Z"), zone, now), "22:15");
        assert_eq!(clock(at("2012-06-01T05:15:00Z"), zone, now), "31 May, 22:15");
        assert_eq!(clock(at("2011-06-02T05:15:00Z"), zone, now), "1 Jun 2011, 22:15");
        assert_eq!(exact(at("2012-06-02T05:15:00Z"), zone), "1 Jun 2012, 22:15:00 \u{2212}07:00");
    }
}
