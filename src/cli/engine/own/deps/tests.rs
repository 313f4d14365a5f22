//! Small packages in temporary folders; cargo is the real one, and needs no network for them.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use super::super::cache;
use super::super::compile::toolchain::Toolchain;
use super::super::stop::Stop;
use super::cargo::CargoOutput;
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
        let name = name.rsplit('/').next().unwrap();
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

impl Place {
    /// Copies a package and its neighbours, as a course is copied into a user's home.
    fn copy(&self, from: &str, to: &str) {
        cache::copy(&self.folder.path().join(from), &self.folder.path().join(to)).unwrap();
    }

    fn value(&mut self, folder: &str) -> (bool, String) {
        let libraries = self.build(&format!("part = {{ path = \"{folder}/part\" }}")).unwrap();
        let part = libraries.externs.iter().find(|(name, _)| name == "part").unwrap();
        (self.was_compiled("part"), part.1.display().to_string())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_copy_of_a_package_takes_one_build_until_one_of_them_changes() {
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut place = Place::new();
    place.package("a/inner", "", "pub const N: u32 = 1;");
    place.package("a/part", "inner = { path = \"../inner\" }", "pub mod more; pub use inner::N;");
    place.write("a/part/src/more.rs", "pub const M: u32 = 1;");
    place.copy("a", "b");
    place.copy("a", "deep/er/c");
    let (compiled, first) = place.value("a");
    assert!(compiled);
    for copy in ["b", "deep/er/c", "a"] {
        assert_eq!(place.value(copy), (false, first.clone()), "{copy}");
    }
    let libraries = place.build("part = { path = \"b/part\" }").unwrap();
    let [a, b] = ["a/part", "b/part"].map(|it| place.folder.path().join(it).canonicalize().unwrap());
    assert_eq!(libraries.moved, [(a, b.clone())]);
    assert!(libraries.sources.contains(&b.join("src/more.rs")), "{:?}", libraries.sources);
    // A file of the copy, then one of the package beside it; the others keep their build.
    for (file, text) in
        [("b/part/src/more.rs", "pub const M: u32 = 2;"), ("b/inner/src/lib.rs", "pub const N: u32 = 2;")]
    {
        place.write(file, text);
        let (compiled, other) = place.value("b");
        assert!(compiled && other != first, "{file}");
        assert_eq!(place.value("a"), (false, first.clone()));
        assert_eq!(place.value("b"), (false, other));
        assert_eq!(place.value("deep/er/c"), (false, first.clone()));
    }
    // Places that change: each has the build of what is in it now.
    let (_, of_b) = place.value("b");
    let [a, b, c] = ["a", "b", "c"].map(|name| place.folder.path().join(name));
    fs::rename(&a, &c).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::rename(&c, &b).unwrap();
    assert_eq!(place.value("a"), (false, of_b));
    assert_eq!(place.value("b"), (false, first.clone()));
    // A manifest above a copy, of which it could inherit, and a build script that is new.
    place.write("deep/er/c/Cargo.toml", "[workspace]\nmembers = []\n");
    assert!(place.value("deep/er/c").0);
    place.write("b/part/build.rs", "fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); }");
    assert!(place.value("b").0);
}

#[test]
fn what_looks_at_its_place_is_built_at_each() {
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut place = Place::new();
    let root = place.folder.path().canonicalize().unwrap();
    let absolute = format!("pub const N: &str = include_str!(\"{}/a/part/data.txt\");", root.display());
    let by_macro = "pub const N: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data.txt\"));";
    let script = "pub const N: &str = env!(\"PLACE\");";
    let scripts = [
        // It declares nothing; it prints its place; it writes it.
        "fn main() { println!(\"cargo::rustc-env=PLACE=x\"); }",
        "fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); \
         println!(\"cargo::rustc-env=PLACE={}\", env!(\"CARGO_MANIFEST_DIR\")); }",
        "fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); println!(\"cargo::rustc-env=PLACE=x\"); \
         let here = std::env::current_dir().unwrap(); let out = std::env::var(\"OUT_DIR\").unwrap(); \
         std::fs::write(format!(\"{out}/x\"), here.display().to_string()).unwrap(); }",
    ];
    let none = String::new();
    let cases = [
        (absolute.as_str(), &*none),
        (by_macro, &none),
        (script, scripts[0]),
        (script, scripts[1]),
        (script, scripts[2]),
    ];
    for (at, (source, script)) in cases.into_iter().enumerate() {
        for folder in ["a", "b"] {
            let _ = fs::remove_dir_all(place.folder.path().join(folder));
        }
        place.package("a/part", "", source);
        place.write("a/part/data.txt", "data");
        if !script.is_empty() {
            place.write("a/part/build.rs", script);
        }
        place.copy("a", "b");
        let (compiled, first) = place.value("a");
        let (again, second) = place.value("b");
        assert!(compiled && again && first != second, "{source} {script}");
        // Both copies name the file of the first, by its path: either build serves both, until that file changes.
        let first = if at == 0 { second.clone() } else { first };
        assert_eq!([place.value("a"), place.value("b")], [(false, first), (false, second)], "{source} {script}");
        if at == 0 {
            place.write("b/part/data.txt", "other");
            assert!(!place.value("b").0);
            place.write("a/part/data.txt", "other");
            assert!(place.value("b").0);
        }
    }
}

#[test]
fn a_build_script_that_declares_its_inputs_and_leaves_its_place_out_runs_once() {
    let _alone = CACHE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut place = Place::new();
    place.package("a/plain", "", "pub const N: &str = env!(\"PLACE\");");
    let script = "fn main() { println!(\"cargo::rerun-if-changed=data\"); println!(\"cargo::rustc-env=PLACE=x\"); }";
    place.write("a/plain/build.rs", script);
    place.write("a/plain/data/one.txt", "1");
    place.copy("a/plain", "b/plain");
    let build = |place: &mut Place, folder: &str| {
        place.build(&format!("plain = {{ path = \"{folder}/plain\" }}")).unwrap();
        place.was_compiled("plain")
    };
    assert_eq!([build(&mut place, "a"), build(&mut place, "b")], [true, false]);
    place.write("b/plain/data/two.txt", "2");
    assert_eq!([build(&mut place, "a"), build(&mut place, "b")], [false, true]);
}

#[test]
fn a_missing_network_names_the_host() {
    let line = "  [6] Could not resolve hostname (Could not resolve host: index.crates.io)";
    let output = CargoOutput { succeeded: false, stdout: Vec::new(), stderr: vec![line.to_owned()] };
    let said = super::cargo::explain(&output, Path::new("/cache"));
    assert!(said.starts_with("cannot reach index.crates.io: there is no network"), "{said}");
}
