//! The folders of path dependencies, and files as seen from them: a copy of a package elsewhere has the same ones.
//!
//! It reads no file.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::Dependency;

/// The direct path dependencies: the name and the folder of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots(BTreeMap<String, PathBuf>);

impl Roots {
    pub fn of<'a>(dependencies: impl IntoIterator<Item = &'a Dependency>) -> Roots {
        let path = |one: &Dependency| Some(PathBuf::from(one.spec().get("path")?.as_str()?));
        Roots(dependencies.into_iter().filter_map(|one| Some((one.name().to_owned(), path(one)?))).collect())
    }

    /// A file or a folder as seen from the nearest root: `part/src/lib.rs`, `part/../other/src/lib.rs`. Without roots,
    /// and for a file on no common way with any, it stays as it is.
    pub fn relative(&self, path: &Path) -> PathBuf {
        let common = |root: &Path| root.components().zip(path.components()).take_while(|(a, b)| a == b).count();
        let Some((name, root)) = self.0.iter().max_by_key(|(_, root)| common(root)) else { return path.to_owned() };
        let shared = common(root);
        if shared == 0 {
            return path.to_owned();
        }
        let up = root.components().skip(shared).map(|_| Component::ParentDir);
        let relative: PathBuf = up.chain(path.components().skip(shared)).collect();
        Path::new(name).join(relative)
    }

    /// Where it is, as seen from these roots.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        let mut parts = path.components();
        let Some(Component::Normal(name)) = parts.next() else { return path.to_owned() };
        match self.0.get(&*name.to_string_lossy()) {
            Some(root) => plain(&root.join(parts.as_path())),
            None => path.to_owned(),
        }
    }

    /// By name, the folders of these roots and those of others.
    pub fn beside<'a>(&'a self, others: &'a Roots) -> impl Iterator<Item = (&'a Path, &'a Path)> {
        self.0.iter().filter_map(|(name, root)| Some((root.as_path(), others.0.get(name)?.as_path())))
    }

    /// Are these places among the others?
    pub fn is_within(&self, others: &Roots) -> bool {
        self.0.iter().all(|(name, root)| others.0.get(name) == Some(root))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.0.iter().map(|(name, root)| (name.as_str(), root.as_path()))
    }
}

impl FromIterator<(String, PathBuf)> for Roots {
    fn from_iter<I: IntoIterator<Item = (String, PathBuf)>>(all: I) -> Roots {
        Roots(all.into_iter().collect())
    }
}

/// Without `..`, by the text alone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_where_its_root_is() {
        let roots = |folder: &str| -> Roots {
            [("part", "part"), ("more", "deep/more")]
                .map(|(name, path)| (name.to_owned(), Path::new(folder).join(path)))
                .into_iter()
                .collect()
        };
        let (here, there) = (roots("/home/a/course"), roots("/srv/b"));
        for (file, relative, moved) in [
            ("/home/a/course/part/src/lib.rs", "part/src/lib.rs", "/srv/b/part/src/lib.rs"),
            ("/home/a/course/part", "part/", "/srv/b/part"),
            ("/home/a/course/deep/more/x.rs", "more/x.rs", "/srv/b/deep/more/x.rs"),
            ("/home/a/course/deep/other/x.rs", "more/../other/x.rs", "/srv/b/deep/other/x.rs"),
            ("/home/a/Cargo.toml", "part/../../Cargo.toml", "/srv/Cargo.toml"),
        ] {
            let found = here.relative(Path::new(file));
            assert_eq!(found, Path::new(relative));
            assert_eq!(here.resolve(&found), Path::new(file));
            assert_eq!(there.resolve(&found), Path::new(moved));
        }
        assert_eq!(here.resolve(Path::new("/etc/hosts")), Path::new("/etc/hosts"));
        assert_eq!(Roots::default().relative(Path::new("/a/b")), Path::new("/a/b"));
    }
}
