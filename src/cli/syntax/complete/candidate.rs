//! What is offered, in which order.

/// A name that fits at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is inserted; a macro has its `!`.
    pub name: String,
    pub sort: Sort,
    /// Its first sentence, type or signature.
    pub about: String,
    /// The lower, the earlier.
    pub rank: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Variable,
    Field,
    Method,
    Function,
    Constant,
    Type,
    Trait,
    Variant,
    Module,
    Macro,
    Keyword,
    Attribute,
    Lifetime,
    File,
    Command,
}

impl Candidate {
    pub fn new(name: &str, sort: Sort, docs: &str) -> Candidate {
        let about = docs.lines().next().unwrap_or_default().trim().to_owned();
        Candidate { name: name.to_owned(), sort, about, rank: 0 }
    }

    pub fn ranked(mut self, rank: u8) -> Candidate {
        self.rank = rank;
        self
    }
}

/// Methods and names that code uses most: of those that fit alike, they come first.
const COMMON: &str = "Arc AtomicBool AtomicUsize BTreeMap BufRead BufReader Debug Display Duration File HashMap \
    HashSet Instant Mutex Ordering PathBuf Rc Read RefCell Write abs all any append as_bytes \
    as_deref as_mut as_ref as_slice as_str and_then assert assert_eq borrow borrow_mut bytes \
    chain chars chunks clear clone cloned cmp collect concat contains contains_key copied count \
    create_dir_all dedup default display drain elapsed ends_with entry enumerate eprintln exists \
    exp expect extend extension file_name filter filter_map find first flat_map flatten floor \
    flush fold for_each format from from_str get get_mut insert into into_iter is_alphabetic \
    is_alphanumeric is_digit is_empty is_err is_file is_none is_ok is_some is_whitespace iter \
    iter_mut join keys kind last len lines ln lock map map_err matches max max_by min min_by new \
    next now ok ok_or ok_or_else open or_default or_insert parse partial_cmp peek pop pop_front \
    position pow powf powi print println product push push_back push_str read read_line \
    read_to_string remove repeat replace rev reverse round scope send sin skip sleep sort \
    sort_by sort_by_key sort_unstable spawn split split_whitespace sqrt starts_with step_by sum \
    swap take then to_lowercase to_owned to_string to_uppercase to_vec trim unwrap unwrap_or \
    unwrap_or_default unwrap_or_else values values_mut vec windows with_capacity write write_all \
    writeln zip";

/// The candidates that begin with what is typed, each once, in order.
pub fn chosen(typed: &str, candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut fitting: Vec<Candidate> = candidates.into_iter().filter(|one| one.name.starts_with(typed)).collect();
    let is_common = |name: &str| COMMON.split_whitespace().any(|one| one == name.trim_end_matches('!'));
    // The order within a rank is that of the names; those bound in the cell keep theirs.
    fitting.sort_by_cached_key(|one| (one.rank, !is_common(&one.name), one.name.starts_with('_'), one.name.clone()));
    let mut seen = std::collections::HashSet::new();
    fitting.retain(|one| seen.insert(one.name.clone()));
    fitting
}
