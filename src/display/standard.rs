//! Types of the standard library, and a few of ndarray's, that are displayed as their `{:?}`.
//!
//! It cannot cover every type with a `{:?}`: a blanket impl would overlap with those for arrays and containers.

use std::fmt::Debug;

use super::CellDisplay;

macro_rules! debugged {
    ($($type:ty;)*) => {$(
        impl CellDisplay for $type {
            fn cell_text(&self) -> Option<String> {
                Some(format!("{self:?}"))
            }
        }
    )*};
}

/// The same for types that hold an `X`.
macro_rules! debugged_around {
    ($($type:ty;)*) => {$(
        impl<X: Debug> CellDisplay for $type {
            fn cell_text(&self) -> Option<String> {
                Some(format!("{self:?}"))
            }
        }
    )*};
}

debugged! {
    bool;
    char;
    str;
    String;
    i128;
    u128;
    std::any::TypeId;
    std::cmp::Ordering;
    std::ffi::OsStr;
    std::ffi::OsString;
    std::ffi::CString;
    std::fmt::Arguments<'_>;
    std::fmt::Error;
    std::io::Error;
    std::io::ErrorKind;
    std::net::IpAddr;
    std::net::SocketAddr;
    std::num::FpCategory;
    std::num::ParseFloatError;
    std::num::ParseIntError;
    std::num::TryFromIntError;
    std::ops::RangeFull;
    std::path::Path;
    std::path::PathBuf;
    std::process::ExitStatus;
    std::process::Output;
    std::str::ParseBoolError;
    std::str::Utf8Error;
    std::string::FromUtf8Error;
    std::thread::ThreadId;
    std::time::Duration;
    std::time::Instant;
    std::time::SystemTime;
    dyn std::error::Error;
    dyn std::error::Error + Send;
    dyn std::error::Error + Send + Sync;
    dyn Debug;
    ndarray::Axis;
    ndarray::Slice;
    ndarray::SliceInfoElem;
    ndarray::ShapeError;
}

debugged_around! {
    ndarray::Dim<X>;
    std::cell::RefCell<X>;
    std::cmp::Reverse<X>;
    std::num::Wrapping<X>;
    std::num::Saturating<X>;
    std::ops::Bound<X>;
    std::ops::ControlFlow<X>;
    std::ops::Range<X>;
    std::ops::RangeFrom<X>;
    std::ops::RangeInclusive<X>;
    std::ops::RangeTo<X>;
    std::ops::RangeToInclusive<X>;
    std::sync::Mutex<X>;
    std::sync::OnceLock<X>;
    std::sync::RwLock<X>;
    std::task::Poll<X>;
}
