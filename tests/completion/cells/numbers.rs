// Numbers: integers, floats, bits, conversions.
let small: u8 = 200;
let wide = u32::from(small) + 100;
let wrapped = small.wrapping_add(100);
let (narrowed, overflowed) = small.overflowing_add(100);
println!("{wide} {wrapped} {narrowed} {overflowed}");
%%
let angle = std::f64::consts::FRAC_PI_3;
println!("{:.3} {:.3} {:.3}", angle.sin(), angle.cos(), angle.tan());
let hypotenuse = 3.0_f64.hypot(4.0);
let rounded = 2.7182818_f64.floor();
println!("{hypotenuse} {rounded} {}", (-2.5_f64).abs());
%%
fn gcd(left: u64, right: u64) -> u64 {
    if right == 0 { left } else { gcd(right, left % right) }
}
fn is_prime(candidate: u32) -> bool {
    candidate >= 2 && (2..=candidate.isqrt()).all(|divisor| candidate % divisor != 0)
}
let primes: Vec<u32> = (1..50).filter(|&number| is_prime(number)).collect();
println!("{} {primes:?}", gcd(84, 36));
%%
let parsed: Result<i32, _> = "42".parse::<i32>();
let doubled = parsed.map(|number| number * 2).unwrap_or(0);
let narrow = u8::try_from(300_i32).unwrap_or(u8::MAX);
let hex = format!("{:#x} {:08b}", 255, 37);
println!("{doubled} {narrow} {hex} {}", 40u32.count_ones());
%%
let readings = [21.5, 19.0, 23.25, 20.0];
let mean = readings.iter().sum::<f64>() / readings.len() as f64;
let variance = readings.iter().map(|reading| (reading - mean).powi(2)).sum::<f64>() / readings.len() as f64;
let deviation = variance.sqrt();
let hottest = readings.iter().copied().fold(f64::MIN, f64::max);
println!("{mean:.2} {deviation:.3} {hottest}");
%%
let character = 'é';
println!("{} {} {}", character.len_utf8(), character.is_alphabetic(), 'ß'.is_lowercase());
let digit = '7'.to_digit(10).unwrap_or_default();
let letter = char::from_u32(0x41).unwrap_or_default();
let tuple = (1, "two", 3.0);
let (one, two, three) = tuple;
println!("{digit} {letter} {one} {two} {three} {}", i64::pow(2, 10));
let big = u128::MAX.leading_zeros() + u64::BITS;
let random = i32::abs(-5).clamp(0, 3);
