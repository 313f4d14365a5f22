//! The path of an item, read from its mangled name.
//!
//! The form is that of `-Csymbol-mangling-version=v0` (the Rust book of rustc, "v0 Symbol Format"). What differs from
//! cell to cell is left out: the number of the crate, and those of `impl` blocks.

/// Where in its crate an item is.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub krate: String,
    /// The same for the same item in all cells.
    pub text: String,
    /// The names in it that are of this crate, in order.
    pub names: Vec<String>,
    /// It leads through modules and functions only, not through an `impl`.
    pub is_plain: bool,
}

/// How deep paths and types may be in each other.
const DEEPEST: usize = 64;

impl Path {
    pub fn of_symbol(name: &str) -> Option<Path> {
        let mut reader = Reader { text: name.strip_prefix("_R")?.as_bytes(), at: 0, depth: 0 };
        reader.path()
    }

    fn outside(text: String) -> Path {
        Path { krate: String::new(), text, names: Vec::new(), is_plain: false }
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        self.at += 1;
        self.text.get(self.at - 1).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// `_` is 0, `0_` is 1.
    fn number(&mut self) -> Option<usize> {
        let mut number: Option<usize> = None;
        loop {
            let digit = match self.next()? {
                b'_' => return Some(number.map_or(0, |number| number.saturating_add(1))),
                byte @ b'0'..=b'9' => byte - b'0',
                byte @ b'a'..=b'z' => byte - b'a' + 10,
                byte @ b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            number = Some(number.unwrap_or(0).checked_mul(62)?.checked_add(usize::from(digit))?);
        }
    }

    /// Tells items of the same name apart.
    fn disambiguator(&mut self) -> Option<usize> {
        if self.eat(b's') { Some(self.number()? + 1) } else { Some(0) }
    }

    fn identifier(&mut self) -> Option<String> {
        let is_punycode = self.eat(b'u');
        let mut length = 0usize;
        let is_empty = self.eat(b'0');
        while !is_empty && let Some(digit @ b'0'..=b'9') = self.text.get(self.at) {
            length = length.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
            self.at += 1;
        }
        self.eat(b'_');
        let name = self.text.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        let name = std::str::from_utf8(name).ok()?;
        Some(if is_punycode { format!("u:{name}") } else { name.to_owned() })
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let found = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        found
    }

    /// What was written before, at that place.
    fn back<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let place = self.number()?;
        let after = std::mem::replace(&mut self.at, place);
        let found = if place < after { self.nested(read) } else { None };
        self.at = after;
        found
    }

    fn path(&mut self) -> Option<Path> {
        self.nested(Self::path_here)
    }

    fn path_here(&mut self) -> Option<Path> {
        match self.next()? {
            b'C' => {
                self.disambiguator()?;
                let krate = self.identifier().filter(|name| !name.is_empty())?;
                Some(Path { text: krate.clone(), krate, names: Vec::new(), is_plain: true })
            }
            b'N' => {
                let space = self.next()?;
                let mut path = self.path()?;
                let (number, name) = (self.disambiguator()?, self.identifier()?);
                path.text.push_str(&format!("::{name}"));
                if !space.is_ascii_lowercase() || number > 0 {
                    path.text.push_str(&format!("#{}{number}", char::from(space)));
                }
                if !name.is_empty() && path.krate == super::CRATE {
                    path.names.push(name);
                }
                Some(path)
            }
            b'M' => {
                let (krate, of) = (self.krate_of_impl()?, self.type_text()?);
                Some(Path { krate, text: format!("<{}>", of.text), names: of.names, is_plain: false })
            }
            b'X' => {
                let (krate, of, of_trait) = (self.krate_of_impl()?, self.type_text()?, self.path()?);
                let names = [of.names, of_trait.names].concat();
                Some(Path { krate, text: format!("<{} as {}>", of.text, of_trait.text), names, is_plain: false })
            }
            b'Y' => {
                let (of, of_trait) = (self.type_text()?, self.path()?);
                let names = [of.names, of_trait.names].concat();
                let text = format!("<{} as {}>", of.text, of_trait.text);
                Some(Path { krate: of_trait.krate, text, names, is_plain: false })
            }
            b'I' => {
                let mut path = self.path()?;
                let arguments = self.list(Self::argument)?;
                add(&mut path, &arguments, ["<", ">"]);
                Some(path)
            }
            b'B' => self.back(Self::path_here),
            _ => None,
        }
    }

    fn krate_of_impl(&mut self) -> Option<String> {
        self.disambiguator()?;
        Some(self.path()?.krate)
    }

    /// Up to `E`.
    fn list(&mut self, mut read: impl FnMut(&mut Self) -> Option<Path>) -> Option<Vec<Path>> {
        let mut list = Vec::new();
        while !self.eat(b'E') {
            list.push(read(self)?);
        }
        Some(list)
    }

    fn argument(&mut self) -> Option<Path> {
        match self.text.get(self.at)? {
            b'L' => {
                self.at += 1;
                self.number()?;
                Some(Path::outside("'".to_owned()))
            }
            b'K' => {
                self.at += 1;
                self.constant()
            }
            _ => self.type_text(),
        }
    }

    /// A type: its text, and the names of this crate in it.
    fn type_text(&mut self) -> Option<Path> {
        self.nested(Self::type_here)
    }

    fn type_here(&mut self) -> Option<Path> {
        let here = self.at;
        let tag = self.next()?;
        match tag {
            b'a'..=b'z' => Some(Path::outside(char::from(tag).to_string())),
            b'A' => {
                let (of, length) = (self.type_text()?, self.constant()?);
                Some(around("[", of, &format!("; {}]", length.text)))
            }
            b'S' => Some(around("[", self.type_text()?, "]")),
            b'T' => {
                let parts = self.list(Self::type_text)?;
                let mut tuple = Path::outside(String::new());
                add(&mut tuple, &parts, ["(", ")"]);
                Some(tuple)
            }
            b'R' | b'Q' => {
                if self.eat(b'L') {
                    self.number()?;
                }
                Some(around(if tag == b'R' { "&" } else { "&mut " }, self.type_text()?, ""))
            }
            b'P' => Some(around("*const ", self.type_text()?, "")),
            b'O' => Some(around("*mut ", self.type_text()?, "")),
            b'B' => self.back(Self::type_here),
            b'C' | b'N' | b'M' | b'X' | b'Y' | b'I' => {
                self.at = here;
                self.path()
            }
            b'F' => {
                let parts = self.signature()?;
                let mut pointer = Path::outside("fn".to_owned());
                add(&mut pointer, &parts, ["(", ")"]);
                Some(pointer)
            }
            b'D' => {
                let parts = self.bounds()?;
                let mut object = Path::outside("dyn".to_owned());
                add(&mut object, &parts, ["(", ")"]);
                Some(object)
            }
            _ => None,
        }
    }

    /// The lifetimes of a `for<..>`.
    fn binder(&mut self) -> Option<()> {
        if self.eat(b'G') {
            self.number()?;
        }
        Some(())
    }

    /// Of a pointer to a function: its arguments, and its result.
    fn signature(&mut self) -> Option<Vec<Path>> {
        self.binder()?;
        let mut parts = Vec::new();
        if self.eat(b'U') {
            parts.push(Path::outside("unsafe".to_owned()));
        }
        if self.eat(b'K') {
            let abi = if self.eat(b'C') { "C".to_owned() } else { self.identifier()? };
            parts.push(Path::outside(abi));
        }
        parts.extend(self.list(Self::type_text)?);
        parts.push(self.type_text()?);
        Some(parts)
    }

    /// Of a trait object: its traits, each followed by its associated types.
    fn bounds(&mut self) -> Option<Vec<Path>> {
        self.binder()?;
        let mut parts = Vec::new();
        while !self.eat(b'E') {
            parts.push(self.path()?);
            while self.eat(b'p') {
                let name = self.identifier()?;
                parts.push(around(&format!("{name} = "), self.type_text()?, ""));
            }
        }
        if !self.eat(b'L') {
            return None;
        }
        self.number()?;
        Some(parts)
    }

    fn constant(&mut self) -> Option<Path> {
        if self.eat(b'B') {
            return self.back(Self::constant);
        }
        let start = self.at;
        while self.next()? != b'_' {}
        Some(Path::outside(String::from_utf8_lossy(&self.text[start..self.at]).into_owned()))
    }
}

fn around(before: &str, mut of: Path, after: &str) -> Path {
    of.text = format!("{before}{}{after}", of.text);
    of
}

fn add(path: &mut Path, parts: &[Path], [before, after]: [&str; 2]) {
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    path.text.push_str(&format!("{before}{}{after}", texts.join(", ")));
    path.names.extend(parts.iter().flat_map(|part| part.names.iter().cloned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that rustc 1.95.0 gave.
    #[test]
    fn a_path_is_read_from_a_mangled_name() {
        for (symbol, text, names) in [
            ("_RNvCs1sZmXJpGpzY_4cell7COUNTER", "cell::COUNTER", "COUNTER"),
            ("_RNvNvCs1sZmXJpGpzY_4cell7next_id2ID", "cell::next_id::ID", "next_id ID"),
            ("_RNvNvCs1sZmXJpGpzY_4cell7next_ids_2ID", "cell::next_id::ID#v1", "next_id ID"),
            ("_RNvNvMCs1sZmXJpGpzY_4cellNtB4_1A4next2ID", "<cell::A>::next::ID", "A next ID"),
            (
                "_RNvNvXs_Cs1sZmXJpGpzY_4cellINtNtCslNYArtu3iFV_5alloc3vec3VecINtNtBu_5boxed3BoxNtB6_1AEENtB6_2Tr\
                 4next2ID",
                "<alloc::vec::Vec<alloc::boxed::Box<cell::A>> as cell::Tr>::next::ID",
                "A Tr next ID",
            ),
            ("_RNvNCNKNvCs1sZmXJpGpzY_4cell1T0s_03VAL", "cell::T::#K0::#C1::VAL", "T VAL"),
        ] {
            let path = Path::of_symbol(symbol).unwrap();
            assert_eq!((path.text.as_str(), path.names.join(" ").as_str()), (text, names));
            assert_eq!((path.krate.as_str(), path.is_plain), ("cell", !text.starts_with('<')));
        }
    }

    #[test]
    fn what_is_no_path_is_not_read() {
        for symbol in ["fp_cell_1", "_ZN4cell7COUNTER17h0123456789abcdefE", "_RNvC", "_RB_", "_RNvB_1a", "_R"] {
            assert_eq!(Path::of_symbol(symbol), None, "{symbol}");
        }
    }
}
