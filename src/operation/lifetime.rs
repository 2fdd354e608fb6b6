//! How long a credential lasts, as people write it: `90d`, `12h`, a date, `never`.

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use serde_json::Map;
use time::Date;
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::Rfc3339;

const UNITS: &[(&str, f64)] = &[("d", 86_400.0), ("h", 3_600.0), ("m", 60.0)];

/// A hundred years, in days: what is longer is a slip of the hand, or `never`.
const LONGEST_DAYS: f64 = 36_525.0;

/// The seconds a credential lasts from `now` on; none: for ever.
pub fn seconds(text: &str, now: OffsetDateTime) -> Result<Option<f64>> {
    let text = text.trim();
    if text == "never" {
        return Ok(None);
    }
    let seconds = span(text).or_else(|| until(text, now)).ok_or_else(|| {
        refusal(
            "format",
            "write 90d, 12h, 30m, a date, a time with its zone, or never",
        )
    })?;
    if seconds <= 0.0 {
        return Err(refusal("min", "that time has passed"));
    }
    if seconds > LONGEST_DAYS * 86_400.0 {
        return Err(refusal(
            "max",
            "that is more than a hundred years away; write never",
        ));
    }
    Ok(Some(seconds))
}

fn span(text: &str) -> Option<f64> {
    UNITS.iter().find_map(|(unit, factor)| {
        let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
        Some(f64::from(count) * factor)
    })
}

fn until(text: &str, now: OffsetDateTime) -> Option<f64> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
        let date = Date::parse(text, &Iso8601::DATE).ok()?;
        Some(date.midnight().assume_utc())
    })?;
    Some((at - now).as_seconds_f64())
}

fn refusal(code: &str, message: &str) -> Error {
    Error::new(Code::Invalid, format!("expires: {message}")).with_fields(vec![FieldError {
        field: "expires".to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        facts: Map::new(),
    }])
}

#[cfg(test)]
mod tests {
    use super::seconds;
    use crate::error::Code;
    use time::macros::datetime;

    #[test]
    fn spans_dates_times_and_never_are_understood_and_the_past_is_refused() {
        let now = datetime!(2026-01-01 00:00 UTC);
        for (text, expected) in [
            ("90d", Some(7_776_000.0)),
            ("12h", Some(43_200.0)),
            ("30m", Some(1_800.0)),
            ("2026-01-02", Some(86_400.0)),
            ("2026-01-01T02:00:00+01:00", Some(3_600.0)),
            ("never", None),
        ] {
            assert_eq!(seconds(text, now).unwrap(), expected, "{text}");
        }
        for text in [
            "",
            "soon",
            "-1d",
            "0d",
            "1.5d",
            "2025-12-31",
            "9999999d",
            "2026-13-01",
        ] {
            let refusal = seconds(text, now).unwrap_err();
            assert_eq!(refusal.code, Code::Invalid, "{text}");
            assert_eq!(refusal.fields[0].field, "expires");
        }
    }
}
