//! Containers of displayable values, formatted like `{:?}`, with each element in its own form.
//!
//! Hash maps and sets are sorted by the text of their elements, so that stored outputs do not change from run to run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use super::{CellDisplay, part};

fn listed<'a, X: CellDisplay + 'a>(parts: impl IntoIterator<Item = &'a X>) -> String {
    parts.into_iter().map(part).collect::<Vec<_>>().join(", ")
}

fn sorted(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join(", ")
}

fn pairs<'a, K: CellDisplay + 'a, V: CellDisplay + 'a>(map: impl Iterator<Item = (&'a K, &'a V)>) -> Vec<String> {
    map.map(|(key, value)| format!("{}: {}", part(key), part(value))).collect()
}

macro_rules! sequences {
    ($($type:ident)*) => {$(
        impl<X: CellDisplay> CellDisplay for $type<X> {
            fn cell_text(&self) -> Option<String> {
                Some(format!("[{}]", listed(self)))
            }
        }
    )*};
}

sequences!(Vec VecDeque LinkedList BinaryHeap);

impl<X: CellDisplay> CellDisplay for [X] {
    fn cell_text(&self) -> Option<String> {
        Some(format!("[{}]", listed(self)))
    }
}

impl<X: CellDisplay, const N: usize> CellDisplay for [X; N] {
    fn cell_text(&self) -> Option<String> {
        self.as_slice().cell_text()
    }
}

impl<X: CellDisplay> CellDisplay for BTreeSet<X> {
    fn cell_text(&self) -> Option<String> {
        Some(format!("{{{}}}", listed(self)))
    }
}

impl<X: CellDisplay, H> CellDisplay for HashSet<X, H> {
    fn cell_text(&self) -> Option<String> {
        Some(format!("{{{}}}", sorted(self.iter().map(part).collect())))
    }
}

impl<K: CellDisplay, V: CellDisplay> CellDisplay for BTreeMap<K, V> {
    fn cell_text(&self) -> Option<String> {
        Some(format!("{{{}}}", pairs(self.iter()).join(", ")))
    }
}

impl<K: CellDisplay, V: CellDisplay, H> CellDisplay for HashMap<K, V, H> {
    fn cell_text(&self) -> Option<String> {
        Some(format!("{{{}}}", sorted(pairs(self.iter()))))
    }
}

impl<X: CellDisplay> CellDisplay for Option<X> {
    fn cell_text(&self) -> Option<String> {
        Some(self.as_ref().map_or_else(|| "None".to_owned(), |x| format!("Some({})", part(x))))
    }
}

impl<X: CellDisplay, E: std::fmt::Debug> CellDisplay for Result<X, E> {
    fn cell_text(&self) -> Option<String> {
        Some(match self {
            Ok(x) => format!("Ok({})", part(x)),
            Err(error) => format!("Err({error:?})"),
        })
    }

    fn as_result(&self) -> Option<Result<&dyn CellDisplay, String>> {
        Some(self.as_ref().map(|x| x as &dyn CellDisplay).map_err(|error| format!("{error:?}")))
    }
}

macro_rules! pointers {
    ($($type:ty),*) => {$(
        impl<X: CellDisplay + ?Sized> CellDisplay for $type {
            fn cell_text(&self) -> Option<String> {
                (**self).cell_text()
            }

            fn cell_parts(&self) -> Vec<(&'static str, String)> {
                (**self).cell_parts()
            }

            fn cell_heading(&self) -> Option<String> {
                (**self).cell_heading()
            }

            fn live_parts(&self) -> Vec<(&'static str, String)> {
                (**self).live_parts()
            }

            fn progress(&self) -> Option<(usize, usize)> {
                (**self).progress()
            }

            fn evcxr_display(&self) {
                (**self).evcxr_display();
            }
        }
    )*};
}

pointers!(&X, &mut X, Box<X>, Rc<X>, Arc<X>);

impl<X: CellDisplay + ToOwned + ?Sized> CellDisplay for Cow<'_, X> {
    fn cell_text(&self) -> Option<String> {
        (**self).cell_text()
    }
}

impl CellDisplay for () {
    fn cell_text(&self) -> Option<String> {
        None
    }
}

impl<A: CellDisplay> CellDisplay for (A,) {
    fn cell_text(&self) -> Option<String> {
        Some(format!("({},)", part(&self.0)))
    }
}

macro_rules! tuples {
    ($(($($letter:ident $index:tt),*))*) => {$(
        impl<$($letter: CellDisplay),*> CellDisplay for ($($letter),*) {
            fn cell_text(&self) -> Option<String> {
                Some(format!("({})", [$(part(&self.$index)),*].join(", ")))
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
