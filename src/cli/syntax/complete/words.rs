//! Keywords, attributes, names that are always in scope.

/// Keywords that may begin or continue code.
pub const KEYWORDS: &str = "as async await break const continue crate dyn else enum extern false fn for if impl in let \
                            loop match mod move mut pub ref return self Self static struct super trait true type \
                            unsafe use where while";

/// Names of std that need no import.
pub const PRELUDE: &str = "Box Clone Copy Default DoubleEndedIterator Drop Eq Err Extend Fn FnMut FnOnce From \
                           FromIterator Into IntoIterator Iterator None Ok Option Ord PartialEq PartialOrd Result Send \
                           Sized Some String Sync ToOwned ToString TryFrom TryInto Vec bool char drop f32 f64 i128 i16 \
                           i32 i64 i8 isize str u128 u16 u32 u64 u8 usize";

pub const ATTRIBUTES: &str = "allow cfg cfg_attr cold default deny deprecated derive doc expect forbid ignore inline \
                              macro_export must_use no_mangle non_exhaustive path repr should_panic test track_caller \
                              warn";

/// What `derive` takes without a crate.
pub const DERIVES: &str = "Clone Copy Debug Default Eq Hash Ord PartialEq PartialOrd";

/// Names that `fn main` and a cell have for formatted output: their first text is no file name.
pub const FORMATTED: &str = "assert assert_eq assert_ne bail debug error eprint eprintln expect format info panic \
    print println todo trace unimplemented unreachable warn write writeln";

/// What a keyword means, and where the reference explains it.
pub fn keyword(name: &str) -> Option<&'static str> {
    const MEANINGS: &[(&str, &str)] = &[
        ("as", "converts between primitive types, or renames an import."),
        ("async", "makes a function or block give a future instead of blocking."),
        ("await", "waits for a future to be ready."),
        ("break", "leaves a loop or a labelled block, with a value if it has one."),
        ("const", "defines a value known at compile time, or a function that may run then."),
        ("continue", "goes on with the next turn of a loop."),
        ("crate", "is the root of the current crate."),
        ("dyn", "is before a trait: the type is found at run time."),
        ("else", "is what runs if the condition of `if` or the pattern of `let` fails."),
        ("enum", "defines a type that is one of several variants."),
        ("extern", "links to code outside Rust."),
        ("fn", "defines a function, or is the type of a pointer to one."),
        ("for", "runs a block for each item of an iterator; in `impl Trait for Type`, the type."),
        ("if", "runs a block if a condition holds."),
        ("impl", "gives a type its methods, or implements a trait for it; as a type, any that has the trait."),
        ("in", "is before the iterator of a `for` loop."),
        ("let", "binds a value to a variable or a pattern."),
        ("loop", "repeats a block until `break`."),
        ("match", "compares a value with patterns and runs the first arm that fits."),
        ("mod", "defines a module."),
        ("move", "lets a closure own what it uses."),
        ("mut", "allows a variable, reference or pointer to be changed."),
        ("pub", "makes an item visible outside its module."),
        ("ref", "binds by reference in a pattern."),
        ("return", "leaves a function with a value."),
        ("self", "is the receiver of a method, or the current module."),
        ("Self", "is the type that an `impl` or trait is for."),
        ("static", "defines a value that lives as long as the program, at one address."),
        ("struct", "defines a type made of fields."),
        ("super", "is the parent of the current module."),
        ("trait", "defines what types can have in common."),
        ("type", "defines another name for a type."),
        ("unsafe", "is around code that the compiler cannot check for memory safety."),
        ("use", "brings names into scope."),
        ("where", "lists bounds of generic parameters."),
        ("while", "repeats a block as long as a condition holds."),
    ];
    MEANINGS.iter().find(|(own, _)| *own == name).map(|(_, meaning)| *meaning)
}
