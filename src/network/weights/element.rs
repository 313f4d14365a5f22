//! Floats as bytes: f16, bf16, f32 and f64, in either byte order.
//!
//! Integers and Python objects are rejected elsewhere.

/// A float type that a file can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    F16,
    #[allow(dead_code, reason = "only `.safetensors` has it, which is a feature")]
    Bf16,
    F32,
    F64,
}

impl Kind {
    /// The size of a value in bytes.
    pub(super) fn size(self) -> usize {
        match self {
            Kind::F16 | Kind::Bf16 => 2,
            Kind::F32 => 4,
            Kind::F64 => 8,
        }
    }

    /// The values of a block of bytes; its length must be a multiple of the size.
    pub(super) fn values(self, bytes: &[u8], big_endian: bool) -> Vec<f64> {
        bytes.chunks_exact(self.size()).map(|bytes| self.value(bytes, big_endian)).collect()
    }

    fn value(self, bytes: &[u8], big_endian: bool) -> f64 {
        let mut bits: u64 = 0;
        for index in 0..bytes.len() {
            let place = if big_endian { index } else { bytes.len() - 1 - index };
            bits = bits << 8 | u64::from(bytes[place]);
        }
        match self {
            Kind::F16 => half(bits as u16),
            Kind::Bf16 => f64::from(f32::from_bits((bits as u32) << 16)),
            Kind::F32 => f64::from(f32::from_bits(bits as u32)),
            Kind::F64 => f64::from_bits(bits),
        }
    }
}

/// IEEE 754 half precision: 1 sign, 5 exponent, 10 fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match (exponent, bits & 1023) {
        (0, _) => fraction * libm::exp2(-24.0),
        (31, 0) => f64::INFINITY,
        (31, _) => f64::NAN,
        _ => (1024.0 + fraction) * libm::exp2(f64::from(exponent - 25)),
    };
    sign * size
}

/// How the numbers of a network are written.
pub trait Element: Copy {
    #[doc(hidden)]
    const NPY: &'static str;
    #[doc(hidden)]
    fn put(self, bytes: &mut Vec<u8>);
}

impl Element for f32 {
    const NPY: &'static str = "<f4";

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

impl Element for f64 {
    const NPY: &'static str = "<f8";

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_read_as_numpy_reads_them() {
        // numpy.array([..], "<f2").view("<u2")
        let cases = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x2e66, 0.0999755859375),
            (0x0001, 5.960464477539063e-08),
            (0x7bff, 65504.0),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value);
        }
        assert_eq!((half(0x7c00), half(0x7e00).is_nan()), (f64::INFINITY, true));
    }

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(Kind::F32.values(&1.5_f32.to_be_bytes(), true), [1.5]);
        assert_eq!(Kind::F64.values(&1.5_f64.to_le_bytes(), false), [1.5]);
        assert_eq!(Kind::Bf16.values(&[0xc0, 0x3f], false), [1.5]);
    }
}
