//! Small packages in temporary folders; cargo is the real one, and needs no network for them.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use super::super::cache;
use super::super::compile::toolchain::Toolchain;
use super::super::stop::Stop;
use super::*;

fn read(text: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    match Dependency::parse(text, folder) {
        Ok(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "),
        Err(error) => format!("error: {error:#}"),
    }
}

#[test]
fn dep_lines_are_read() {
    let here = env!("CARGO_MANIFEST_DIR");
    let cases = [
        ("regex", "regex = \"*\""),
        ("regex = \"1\"", "regex = \"1\""),
        ("a = { version = \"1\", features = [\"x\"] }", "a = { features = [\"x\"], version = \"1\" }"),
        ("a = \"1\"\nb", "a = \"1\" | b = \"*\""),
        ("a = \"1\", b = { git = \"https://example.org/b\" }", "a = \"1\" | b = { git = \"https://example.org/b\" }"),
        (".", &format!("forward-pass = {{ path = \"{here}\" }}")),
        (
            "fp = { path = \"src/..\", package = \"forward-pass\", default-features = false }",
            &format!("fp = {{ default-features = false, package = \"forward-pass\", path = \"{here}\" }}"),
        ),
        ("", "error: `:dep` needs the name of a crate\nhelp: :dep ndarray = \"0.17\""),
        ("a = 1", "error: `a` needs a version, not `1`\nhelp: :dep a = \"1\""),
        (
            "a = { path = \"nowhere\" }",
            &format!(
                "error: there is no package at `nowhere` for `a`\n\
                 help: the path starts from `{here}`, and needs a Cargo.toml"
            ),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text), expected, "{text}");
    }
    assert!(read("what is this = = \"1\"").starts_with("error: cannot read `:dep what is this"));
}

/// One test at a time: they share the variable that names the cache.
static CACHE: Mutex<()> = Mutex::new(());

struct Place {
    folder: tempfile::TempDir,
    toolchain: Toolchain,
    stop: Stop,
    progress: Vec<String>,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        // SAFETY: under the lock, and nothing else reads this variable in these tests.
        unsafe { std::env::set_var(cache::ENV, folder.path().join("cache")) };
        Place { folder, toolchain: Toolchain::find().unwrap(), stop: Stop::new().unwrap(), progress: Vec::new() }
    }

    fn package(&self, name: &str, dependencies: &str, source: &str) {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
        );
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.join("src/lib.rs"), source).unwrap();
    }

    fn build(&mut self, text: &str) -> Result<Libraries, String> {
        let dependencies = Dependency::parse(text, self.folder.path()).unwrap();
        self.progress.clear();
        let progress = &mut self.progress;
        build(&self.toolchain, &dependencies, None, &self.stop, &mut |text| progress.push(text))
            .map_err(|error| format!("{error:#}"))
    }

    fn was_compiled(&self, name: &str) -> bool {
        self.progress.iter().any(|line| line.starts_with(&format!("compiling {name} ")))
    }
}

#[test]
fn a_build_is_used_again_until_a_source_changes() {
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut place = Place::new();
    place.package("inner", "", "pub const N: u32 = 1;");
    place.package("outer-crate", "inner = { path = \"../inner\" }", "pub use inner::N;");
    let line = "renamed = { path = \"outer-crate\", package = \"outer-crate\" }\nlibm = \"0.2\"";
    let first = place.build(line).unwrap();
    assert!(place.was_compiled("inner") && place.was_compiled("outer-crate") && place.was_compiled("libm"));
    let names: Vec<_> = first.externs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["libm", "renamed"]);
    assert!(first.externs.iter().all(|(_, file)| file.extension().unwrap() == "rlib" && file.is_file()));
    assert_eq!(first.search_paths.len(), 1);

    let again = place.build(line).unwrap();
    assert_eq!(place.progress, Vec::<String>::new());
    assert_eq!(again.fingerprints, first.fingerprints);

    // Of the same length and age: cargo alone would not notice. The first build is in use, and stays.
    let source = place.folder.path().join("inner/src/lib.rs");
    let age = fs::metadata(&source).unwrap().modified().unwrap();
    fs::write(&source, "pub const N: u32 = 2;").unwrap();
    fs::File::options().write(true).open(&source).unwrap().set_modified(age).unwrap();
    let changed = place.build(line).unwrap();
    assert!(place.was_compiled("inner") && !place.was_compiled("libm"), "{:?}", place.progress);
    assert_ne!(changed.fingerprints["inner"], first.fingerprints["inner"]);
    assert_eq!(changed.fingerprints["libm"], first.fingerprints["libm"]);
    assert_ne!(changed.externs[0].1, first.externs[0].1);

    // One more crate: compiled ones are not compiled again.
    place.package("more", "", "");
    let more = place.build(&format!("{line}\nmore = {{ path = \"more\" }}")).unwrap();
    assert!(!place.was_compiled("libm") && !place.was_compiled("inner"), "{:?}", place.progress);
    assert_eq!(more.fingerprints["libm"], first.fingerprints["libm"]);
    assert_eq!(more.fingerprints["inner"], changed.fingerprints["inner"]);

    // And one more after such a change of a source: it is compiled, although cargo alone would not notice.
    fs::write(&source, "pub const N: u32 = 3;").unwrap();
    fs::File::options().write(true).open(&source).unwrap().set_modified(age).unwrap();
    place.package("most", "", "");
    let most = place.build(&format!("{line}\nmost = {{ path = \"most\" }}")).unwrap();
    assert!(place.was_compiled("inner") && !place.was_compiled("libm"), "{:?}", place.progress);
    assert_ne!(most.fingerprints["inner"], more.fingerprints["inner"]);

    // Changed back: the first build counts again.
    fs::write(&source, "pub const N: u32 = 1;").unwrap();
    assert_eq!(place.build(line).unwrap().externs, first.externs);
    assert_eq!(place.progress, Vec::<String>::new());
}

#[test]
fn a_failed_build_is_explained_with_the_next_step() {
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut place = Place::new();
    place.package("broken", "", "pub fn f() -> u32 { \"one\" }");
    let error = place.build("broken = { path = \"broken\" }").unwrap_err();
    assert!(error.starts_with("cannot build the dependencies\nerror[E0308]: mismatched types"), "{error}");
    place.package("program", "", "");
    fs::rename(place.folder.path().join("program/src/lib.rs"), place.folder.path().join("program/src/main.rs"))
        .unwrap();
    let error = place.build("program = { path = \"program\" }").unwrap_err();
    assert_eq!(error, "`program` has no library that a cell could use\nhelp: it may be a program only");
    place.package("fine", "", "");
    place.stop.set();
    assert_eq!(place.build("fine = { path = \"fine\" }").unwrap_err(), "interrupted");
    place.stop.clear();
    assert_eq!(place.build("fine = { path = \"fine\" }").unwrap().externs.len(), 1);
}

#[test]
fn the_cache_is_private_and_a_read_only_one_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let place = Place::new();
    let folder = cache::folder().unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    cache::folder().unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    // A file in the way stands in for an unwritable folder: root may write anywhere.
    fs::write(place.folder.path().join("file"), "").unwrap();
    // SAFETY: under the lock, as above.
    unsafe { std::env::set_var(cache::ENV, place.folder.path().join("file/cache")) };
    let error = format!("{:#}", cache::folder().unwrap_err());
    assert!(error.starts_with("cannot use the cache folder `"), "{error}");
}
