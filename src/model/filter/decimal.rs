//! Exact decimal numbers, as far as comparing them needs.
//!
//! Values of `Decimal` properties are canonical strings at their declared scale
//! (`"10.50"`); a filter may say `10.5`. Compared digit by digit: a float would
//! call two different amounts equal.

use std::cmp::Ordering;
use std::fmt;

/// No number that a filter may name is longer than this, written out.
const MAX_DIGITS: usize = 1_000;

/// A decimal number in its shortest form: no leading, no trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `-12.50` or `1.25e3`; `None` when it is no number or unreasonably long.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(fraction) {
            return None;
        }
        let shift = exponent.unsigned_abs() as usize;
        if whole.len() + fraction.len() + shift > MAX_DIGITS {
            return None;
        }
        let (whole, fraction) = match exponent {
            0 => (whole.to_owned(), fraction.to_owned()),
            1.. => {
                let padded = format!("{fraction:0<shift$}");
                let (moved, rest) = padded.split_at(shift);
                (format!("{whole}{moved}"), rest.to_owned())
            }
            _ => {
                let padded = format!("{whole:0>width$}", width = whole.len().max(shift));
                let (rest, moved) = padded.split_at(padded.len() - shift);
                (rest.to_owned(), format!("{moved}{fraction}"))
            }
        };
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !is_zero,
            whole,
            fraction,
        })
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        f.write_str(if self.whole.is_empty() { "0" } else { &self.whole })?;
        if !self.fraction.is_empty() {
            write!(f, ".{}", self.fraction)?;
        }
        Ok(())
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_compared_as_numbers_whatever_their_spelling() {
        let ascending = [
            "-10.5", "-9.99", "-0.001", "0", "0.1", "0.11", "2", "10", "1e3", "1000.01",
        ];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                let order = Decimal::parse(left).cmp(&Decimal::parse(right));
                assert_eq!(order, i.cmp(&j), "{left} against {right}");
            }
        }
        for (left, right) in [
            ("1.50", "1.5"),
            ("-0", "0.000"),
            ("15e-1", "1.5"),
            ("1.25e1", "12.5"),
            ("5e-3", "0.005"),
        ] {
            assert_eq!(Decimal::parse(left), Decimal::parse(right), "{left} is {right}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", ".5", "5.", "1,5", "NaN", "Infinity", "1e131071", "--1", "1.5.2", " 1", "+1", "1e",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text:?}");
        }
    }
}
