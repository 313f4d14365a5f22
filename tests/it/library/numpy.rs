//! NumPy is the judge: what the library prints and computes, against what NumPy printed and computed.

mod accuracy;
mod behaviour;
mod cases;
mod chapter;
mod printing;
mod properties;
mod stored;
