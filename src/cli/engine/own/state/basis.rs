//! What the layout of a value can depend on: the items that its type's names reach, and the crates.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::super::compile::types::TypeText;
use super::{Key, State, StoredItem};
use crate::cli::syntax::split::items::Space;
use crate::cli::syntax::split::words;

/// Types that a glob import of another crate is not expected to mean.
const STD_TYPES: &str = "Arc AtomicBool AtomicI16 AtomicI32 AtomicI64 AtomicI8 AtomicIsize AtomicPtr AtomicU16 \
    AtomicU32 AtomicU64 AtomicU8 AtomicUsize BTreeMap BTreeSet BinaryHeap Box Cell Condvar Duration HashMap HashSet \
    Instant LazyCell LazyLock Mutex None OnceCell OnceLock Option Ordering Path PathBuf Rc RefCell Result RwLock Some \
    String Vec VecDeque";

/// What most modules and most statics mention.
const COMMON: &str = "bool cell char const crate dyn f32 f64 fn i128 i16 i32 i64 i8 impl isize let move mut new pub \
    ref self static std str super sync u128 u16 u32 u64 u8 unsafe use usize";

/// Hashes of everything that the layout of a value can depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    items: BTreeSet<u64>,
    crates: u64,
}

impl Basis {
    /// Are the crates others, whatever became of the items?
    pub fn has_other_crates(&self, other: &Basis) -> bool {
        self.crates != other.crates
    }
}

impl State {
    /// The basis of a new value of this type.
    pub fn basis(&self, type_text: &TypeText, crates: &BTreeMap<String, String>) -> Basis {
        self.basis_with(type_text, crates, None)
    }

    /// The basis of a value made earlier: an `impl` added since then does not affect its layout.
    pub fn basis_of_value(&self, type_text: &TypeText, crates: &BTreeMap<String, String>, before: &Basis) -> Basis {
        self.basis_with(type_text, crates, Some(before))
    }

    fn basis_with(&self, type_text: &TypeText, crates: &BTreeMap<String, String>, before: Option<&Basis>) -> Basis {
        let (names, types_crates) = type_text.names();
        let mut reached: BTreeSet<String> = names;
        let mut seen = vec![false; self.items.len()];
        let mut any_item = false;
        loop {
            let mut grew = false;
            for (index, item) in self.items.iter().enumerate() {
                if seen[index] || !(item.is_reached(&reached, any_item) || self.may_make(item, &reached)) {
                    continue;
                }
                if before.is_some_and(|before| item.came_after(before, &reached)) {
                    continue;
                }
                seen[index] = true;
                grew = true;
                any_item |= item.layout.is_none();
                reached.extend(item.layout.as_ref().map_or(&item.words, |layout| &layout.words).iter().cloned());
            }
            if !grew {
                break;
            }
        }
        // By content and not by order: rearranging items changes nothing.
        let of_items = self.items.iter().zip(seen).filter(|(_, seen)| *seen);
        let items = of_items.map(|(item, _)| item.layout_hash()).collect();
        let mut hasher = DefaultHasher::new();
        for (name, fingerprint) in crates {
            if any_item || types_crates.contains(name) {
                (name, fingerprint).hash(&mut hasher);
            }
        }
        Basis { items, crates: hasher.finish() }
    }

    /// The basis of a static whose definition has this hash and these words, and whether something of a crate may be in
    /// it. With `before`, an `impl` added since then does not count.
    pub fn basis_of_static(
        &self,
        words: &BTreeSet<String>,
        hash: u64,
        crates: &BTreeMap<String, String>,
        before: Option<&Basis>,
    ) -> (Basis, bool) {
        let mut reached = words.clone();
        let mut seen = vec![false; self.items.len()];
        loop {
            let mut grew = false;
            for (index, item) in self.items.iter().enumerate() {
                let is_used =
                    item.is_used(&reached) || self.may_make(item, &reached) || self.may_import(item, &reached);
                if seen[index] || !is_used {
                    continue;
                }
                if before.is_some_and(|before| item.cannot_be_part(before, &reached)) {
                    continue;
                }
                seen[index] = true;
                grew = true;
                reached.extend(item.used(&reached).0);
            }
            if !grew {
                break;
            }
        }
        let of_items = self.items.iter().zip(seen).filter(|(_, seen)| *seen);
        let items = of_items.map(|(item, _)| item.used(&reached).1).chain([hash]).collect();
        let globs = self.items.iter().filter(|item| item.key == Key::Glob && self.has_unknown(&reached));
        let globs: BTreeSet<&String> = globs.flat_map(|glob| &glob.words).collect();
        let mut hasher = DefaultHasher::new();
        let mut has_crates = reached.contains("dyn");
        for (name, fingerprint) in crates {
            if reached.contains(name) || globs.contains(name) {
                (name, fingerprint).hash(&mut hasher);
                has_crates = true;
            }
        }
        (Basis { items, crates: hasher.finish() }, has_crates)
    }

    /// Is this the glob import of a module of the session that may give one of these names?
    fn may_import(&self, glob: &StoredItem, names: &BTreeSet<String>) -> bool {
        let is_known = |name: &str| COMMON.split_whitespace().chain(STD_TYPES.split_whitespace()).any(|it| it == name);
        let imports = |item: &&Arc<StoredItem>| item.names.iter().any(|(_, name)| glob.words.contains(name));
        let gives = |item: &Arc<StoredItem>| item.words.iter().any(|word| names.contains(word) && !is_known(word));
        glob.key == Key::Glob && self.items.iter().filter(imports).any(gives)
    }

    /// Is one of these the name of a type that neither the standard library nor an item of the session gives?
    fn has_unknown(&self, names: &BTreeSet<String>) -> bool {
        let is_type = |name: &&String| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
        let is_std = |name: &str| STD_TYPES.split_whitespace().any(|known| known == name);
        let is_own = |name: &String| self.items.iter().any(|item| item.names.iter().any(|(_, own)| own == name));
        names.iter().filter(is_type).any(|name| !is_std(name) && !is_own(name))
    }

    /// Is this the call of a macro whose text contains one of these names?
    fn may_make(&self, call: &StoredItem, names: &BTreeSet<String>) -> bool {
        let is_called = |item: &&Arc<StoredItem>| {
            item.names.iter().any(|(space, name)| *space == Space::Macro && call.words.contains(name))
        };
        matches!(call.key, Key::Text(_))
            && self.items.iter().filter(is_called).any(|makes| !makes.words.is_disjoint(names))
    }
}

impl StoredItem {
    /// A hash of what in this item affects a value's layout.
    fn layout_hash(&self) -> u64 {
        let Some(layout) = &self.layout else { return self.hash };
        let Key::TraitImpl(key) = &self.key else { return layout.hash };
        // Many of them contain the same `type Output = P;`.
        let mut hasher = DefaultHasher::new();
        (key, layout.hash).hash(&mut hasher);
        hasher.finish()
    }

    /// Can the type or the initial value of a static that reaches these names depend on this item?
    fn is_used(&self, names: &BTreeSet<String>) -> bool {
        let is_of_type =
            || self.layout.as_ref().is_some_and(|layout| layout.head.iter().any(|name| names.contains(name)));
        match &self.key {
            Key::Member { .. } | Key::TraitImpl(_) => {
                is_of_type() && (self.layout.as_ref().is_some_and(|layout| layout.hash != 0) || self.is_called(names))
            }
            Key::Glob => false,
            Key::Names => self.names.iter().any(|(_, name)| names.contains(name)),
            Key::Text(_) => {
                self.names.iter().any(|(_, name)| names.contains(name))
                    || self.names.is_empty() && self.words.iter().any(|word| names.contains(word))
            }
        }
    }

    /// Of an `impl`: may code with these names call something in it?
    fn is_called(&self, names: &BTreeSet<String>) -> bool {
        match &self.key {
            Key::Member { name, .. } => names.contains(name),
            Key::TraitImpl(_) => {
                let mut words =
                    self.text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|it| !it.is_empty());
                std::iter::from_fn(|| words.by_ref().find(|word| *word == "fn").and_then(|_| words.next()))
                    .any(|function| names.contains(function))
            }
            _ => true,
        }
    }

    /// What such a static depends on in this item: its words, and a hash.
    fn used(&self, names: &BTreeSet<String>) -> (BTreeSet<String>, u64) {
        match &self.layout {
            Some(_) if self.is_called(names) => words::names_and_hash(&self.text).unwrap_or_default(),
            Some(layout) => (layout.words.clone(), self.layout_hash()),
            // One name of a `use` does not depend on the others.
            None if self.is_import() => words::names_and_hash(&self.text).unwrap_or_default(),
            None => (self.words.clone(), self.hash),
        }
    }

    /// It did not exist when the static was made, and takes none of the names that it uses: an `impl`, or the call of a
    /// macro.
    fn cannot_be_part(&self, before: &Basis, names: &BTreeSet<String>) -> bool {
        let whole = || words::names_and_hash(&self.text).unwrap_or_default().1;
        !self.names.iter().any(|(_, name)| names.contains(name))
            && ![self.layout_hash(), whole()].iter().any(|hash| before.items.contains(hash))
    }

    /// Is this an `impl` that did not exist when the value was made? Its type was complete then, so nothing is looked
    /// up in this `impl`: an associated type or constant cannot be looked up before its `impl` exists. Only an inherent
    /// constant could take precedence over one of a trait, if the definition of the type mentions its name.
    fn came_after(&self, before: &Basis, reached: &BTreeSet<String>) -> bool {
        let may_come = match &self.key {
            Key::TraitImpl(_) => true,
            Key::Member { name, .. } => !reached.contains(name),
            _ => false,
        };
        may_come && self.layout.is_some() && !before.items.contains(&self.layout_hash())
    }

    /// Can the layout of a type that reaches these names depend on this item?
    fn is_reached(&self, names: &BTreeSet<String>, any_item: bool) -> bool {
        if let Some(layout) = &self.layout {
            return layout.hash != 0 && layout.head.iter().any(|name| names.contains(name));
        }
        self.names.iter().any(|(_, name)| names.contains(name))
            || any_item
                && self.names.is_empty()
                && matches!(self.key, Key::Text(_))
                && self.words.iter().any(|word| names.contains(word))
    }
}
