//! Compares JSON by value, with real numbers within a tolerance.
//!
//! Text that is not valid JSON counts as different.

use serde_json::{Number, Value};

use super::numbers::{Tolerance, near};

/// Whether two JSON texts have the same value; the order of keys and the notation of numbers do not matter.
pub fn same(stored: &str, fresh: &str, tolerance: &Tolerance) -> bool {
    let parsed = (serde_json::from_str::<Value>(stored), serde_json::from_str::<Value>(fresh));
    let (Ok(stored), Ok(fresh)) = parsed else { return false };
    values_same(&stored, &fresh, tolerance)
}

fn values_same(a: &Value, b: &Value, tolerance: &Tolerance) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let is_real = a.is_f64() || b.is_f64();
            a == b || is_real && near(&real(a), &real(b), tolerance)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| values_same(a, b, tolerance))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| values_same(a, b, tolerance)))
        }
        (a, b) => a == b,
    }
}

fn real(number: &Number) -> String {
    format!("{:e}", number.as_f64().unwrap_or(f64::NAN))
}
