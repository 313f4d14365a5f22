//! Live cells on both engines: cases with their outcome, the zoo of failures, and what a session leaves on the disk.

mod cases;
mod disk;
mod zoo;
