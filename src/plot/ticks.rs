//! The positions and labels of ticks, by matplotlib's rules.
//!
//! Steps are 1, 2, 2.5, 5 or 10 times a power of ten, at most nine per axis (its `MaxNLocator`); all labels of an
//! axis have the same number of decimals, and share an offset or a power of ten when they would be long (its
//! `ScalarFormatter`). Labels are placed on the page elsewhere.

/// The ticks of one axis, within its limits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ticks {
    /// Each tick and its label.
    pub major: Vec<(f64, String)>,
    /// Minor ticks without labels; only logarithmic axes have them.
    pub minor: Vec<f64>,
    /// The offset or factor that all labels share: `1e6`, `+1e5`.
    pub offset: String,
}

/// A true minus sign, as wide as a plus.
const MINUS: &str = "−";

/// Ticks of a linear axis with room for `most` steps.
pub(super) fn linear(low: f64, high: f64, most: usize) -> Ticks {
    let places = places(low, high, most.clamp(1, 9));
    let format = Format::new(&places, low, high);
    let seen = places.into_iter().filter(|&place| is_within(place, low, high));
    Ticks { major: seen.map(|place| (place, format.label(place))).collect(), minor: Vec::new(), offset: format.text() }
}

/// The same for a colour bar, where ticks beyond its ends do not affect the format of the labels.
pub(super) fn within(low: f64, high: f64, most: usize) -> Ticks {
    let places: Vec<f64> =
        places(low, high, most.clamp(1, 9)).into_iter().filter(|&it| is_within(it, low, high)).collect();
    let format = Format::new(&places, low, high);
    Ticks { major: places.iter().map(|&it| (it, format.label(it))).collect(), minor: Vec::new(), offset: format.text() }
}

fn is_within(place: f64, low: f64, high: f64) -> bool {
    let slack = (high - low) * 1e-10;
    (low - slack..=high + slack).contains(&place)
}

/// Ticks of a logarithmic axis: the powers of ten, and small ones at 2 to 9 times them.
pub(super) fn logarithmic(low: f64, high: f64, most: usize) -> Ticks {
    // The range of exponents of an f64.
    let [low_power, high_power] = [low, high].map(|end| libm::log10(end).clamp(-324.0, 309.0));
    let (first, last) = (low_power.floor() as i32, high_power.ceil() as i32);
    let decades = (high_power.floor() - low_power.ceil()).max(0.0) as usize;
    let stride = (decades / most.clamp(2, 9) + 1) as i32;
    let inside = |value: &f64| (low * (1.0 - 1e-10)..=high * (1.0 + 1e-10)).contains(value);
    let label = |power: i32| format!("10{}", raised(power));
    let decades = (first..=last).filter(|power| power.rem_euclid(stride) == 0);
    let mut major: Vec<_> =
        decades.map(|power| (power_of_ten(power), label(power))).filter(|(v, _)| inside(v)).collect();
    let between =
        |steps: &'static [i32]| (first..=last).flat_map(move |power| steps.iter().map(move |&step| (step, power)));
    let mut minor: Vec<f64> = Vec::new();
    if stride == 1 {
        let small = between(&[2, 3, 4, 5, 6, 7, 8, 9]);
        minor = small.map(|(step, power)| f64::from(step) * power_of_ten(power)).filter(inside).collect();
    }
    if major.len() < 2 {
        let named: &[i32] = if major.is_empty() { &[2, 3, 4, 5, 6, 7, 8, 9] } else { &[2, 3, 4, 6] };
        let extra = (first..=last).flat_map(|power| named.iter().map(move |&step| (step, power)));
        let extra =
            extra.map(|(step, power)| (f64::from(step) * power_of_ten(power), format!("{step}×10{}", raised(power))));
        major.extend(extra.filter(|(value, _)| inside(value)));
    }
    if major.is_empty() {
        return linear(low, high, most);
    }
    Ticks { major, minor, offset: String::new() }
}

/// A power as superscript digits.
pub(super) fn raised(power: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |letter: char| letter.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    power.to_string().chars().map(digit).collect()
}

/// 10^power, rounded as a literal in source code.
fn power_of_ten(power: i32) -> f64 {
    format!("1e{power}").parse().unwrap_or(f64::INFINITY)
}

fn order(value: f64) -> i32 {
    libm::log10(value.abs()).floor() as i32
}

/// Multiples of the largest pleasant step that gives at least two, one beyond each end.
fn places(low: f64, high: f64, most: usize) -> Vec<f64> {
    const STEPS: [f64; 10] = [0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0];
    let (length, middle) = (high - low, (low + high) / 2.0);
    if !(length > 0.0 && length.is_finite()) {
        return vec![low];
    }
    let far = (middle / length).abs() >= 100.0;
    let shift = if far { power_of_ten(order(middle)).copysign(middle) } else { 0.0 };
    let scale = power_of_ten(order(length / most as f64));
    let (low, high) = (low - shift, high - shift);
    let enough = STEPS.iter().position(|step| step * scale >= (high - low) / most as f64).unwrap_or(STEPS.len() - 1);
    let mut places = Vec::new();
    for step in STEPS[..=enough].iter().rev().map(|step| step * scale) {
        let start = (low / step).floor() * step;
        let (first, last) = (edge((low - start) / step, f64::floor), edge((high - start) / step, f64::ceil));
        if !(step > 0.0 && last - first < 1000.0) {
            continue;
        }
        places = (first as i64..=last as i64).map(|index| index as f64 * step + start + shift).collect();
        if places.iter().filter(|&&place| low + shift <= place && place <= high + shift).count() >= 2 {
            break;
        }
    }
    places
}

/// Rounds outwards, unless the value is an integer up to rounding errors.
fn edge(value: f64, outwards: fn(f64) -> f64) -> f64 {
    let nearest = value.round();
    if (value - nearest).abs() < 1e-10 { nearest } else { outwards(value) }
}

/// The format of the labels of one axis.
struct Format {
    offset: f64,
    power: i32,
    decimals: usize,
}

impl Format {
    fn new(places: &[f64], low: f64, high: f64) -> Format {
        let seen: Vec<f64> = places.iter().copied().filter(|place| (low..=high).contains(place)).collect();
        let offset = common_offset(&seen);
        let largest = places.iter().fold(0.0_f64, |most, place| most.max(place.abs()));
        let power = match offset {
            0.0 if largest == 0.0 => 0,
            0.0 => order(largest),
            _ => order(high - low),
        };
        let power = if power <= -5 || power >= 6 { power } else { 0 };
        let short: Vec<f64> = places.iter().map(|place| scaled(place - offset, power)).collect();
        Format { offset, power, decimals: decimals(&short) }
    }

    fn label(&self, place: f64) -> String {
        let decimals = self.decimals;
        let text = format!("{:.decimals$}", scaled(place - self.offset, self.power));
        let zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let text = if zero { text.trim_start_matches('-') } else { &text };
        text.replacen('-', MINUS, 1)
    }

    fn text(&self) -> String {
        let power = if self.power == 0 { String::new() } else { format!("1e{}", self.power) };
        let offset = match self.offset {
            0.0 => String::new(),
            offset => format!("{}{}", if offset > 0.0 { "+" } else { "-" }, short(offset.abs())),
        };
        format!("{power}{offset}").replace('-', MINUS)
    }
}

/// value / 10^power, without rounding where a product is exact.
fn scaled(value: f64, power: i32) -> f64 {
    if power >= 0 { value / power_of_ten(power) } else { value * power_of_ten(-power) }
}

/// A large round number: `100000` as `1e5`, `12340` as it is.
fn short(value: f64) -> String {
    let text = format!("{value:e}");
    if !(1e-4..1e5).contains(&value) { text } else { format!("{value}") }
}

/// The leading digits that all ticks share, if that saves at least four.
fn common_offset(seen: &[f64]) -> f64 {
    let (low, high) = seen.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    if seen.is_empty() || low == high || (low <= 0.0 && high >= 0.0) {
        return 0.0;
    }
    let (small, large) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
    let whole = |value: f64, power: i32| (value / power_of_ten(power)).floor();
    let start = libm::log10(large).ceil() as i32;
    let first = |differ: &dyn Fn(i32) -> bool| (start - 400..=start).rev().find(|&power| differ(power));
    let Some(mut power) = first(&|power| whole(small, power) != whole(large, power)).map(|power| power + 1) else {
        return 0.0;
    };
    if (large - small) / power_of_ten(power) <= 1e-2 {
        power = first(&|p| whole(large, p) - whole(small, p) > 1.0).map_or(power, |p| p + 1);
    }
    let digits = whole(large, power);
    if digits >= 1000.0 { (digits * power_of_ten(power)).copysign(low) } else { 0.0 }
}

/// The fewest decimals that distinguish the labels to a thousandth of their range.
fn decimals(values: &[f64]) -> usize {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let range = [high - low, high.abs().max(low.abs()), 1.0].into_iter().find(|&r| r > 0.0).unwrap_or(1.0);
    let power = order(range);
    let most = (3 - power).clamp(0, 15) as usize;
    let near = 1e-3 * power_of_ten(power);
    let rounded = |value: f64, decimals: usize| {
        let scale = power_of_ten(decimals as i32);
        (value * scale).round() / scale
    };
    let exact = |decimals: usize| values.iter().all(|&value| (value - rounded(value, decimals)).abs() < near);
    (0..=most).find(|&decimals| exact(decimals)).unwrap_or(most)
}

/// Ticks at given positions.
pub(super) fn at(places: &[f64], low: f64, high: f64) -> Ticks {
    let places: Vec<f64> = places.iter().copied().filter(|place| place.is_finite()).collect();
    let format = Format::new(&places, low, high);
    let seen = places.iter().copied().filter(|place| (low..=high).contains(place));
    Ticks { major: seen.map(|place| (place, format.label(place))).collect(), minor: Vec::new(), offset: format.text() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// matplotlib 3.11 on the same image: 1e-4 lies beyond the bar, and must not make its labels 0.00002, 0.00004, ...
    #[test]
    fn the_labels_of_a_colour_bar_are_those_that_are_seen() {
        let ticks = within(0.0, 9.99e-5, 9);
        let labels: Vec<&str> = ticks.major.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!((labels, ticks.offset.as_str()), (vec!["0", "2", "4", "6", "8"], "1e−5"));
        assert_eq!(linear(0.0, 9.99e-5, 9).offset, "");
    }
}
