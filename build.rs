//! What the compiler cannot know by itself: whether this build is optimised, and which files the command line embeds.
//!
//! For the library alone it generates nothing.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // Unoptimised, the tiles of the matrix product are slower than the plain product.
    println!("cargo::rustc-check-cfg=cfg(unoptimised)");
    println!("cargo::rustc-check-cfg=cfg(page_letters)");
    if env::var("OPT_LEVEL").as_deref() == Ok("0") {
        println!("cargo::rustc-cfg=unoptimised");
    }
    if env::var_os("CARGO_FEATURE_CLI").is_some() {
        let out = env::var("OUT_DIR").expect("cargo sets it");
        fs::write(format!("{out}/notebooks.rs"), notebooks(Path::new("."))?)?;
        fs::write(format!("{out}/exercises.rs"), exercises(Path::new("."))?)?;
        fs::write(format!("{out}/sources.rs"), sources(Path::new("."))?)?;
    }
    Ok(())
}

/// The editions of the chapter: language, and name and text of each notebook, in the order of the names.
pub fn notebooks(root: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed=notebooks");
    let mut editions = String::new();
    for language in names(&root.join("notebooks"))?.iter().filter(|name| !name.contains('.')) {
        let files = names(&root.join("notebooks").join(language))?;
        let files = files.iter().filter(|name| name.ends_with(".ipynb") && !name.starts_with('.'));
        let files: String = files.map(|name| embedded(name, &format!("notebooks/{language}/{name}"))).collect();
        if !files.is_empty() {
            editions += &format!("({language:?}, &[\n{files}]),\n");
        }
    }
    Ok(format!("&[\n{editions}]\n"))
}

/// The exercises of the chapter: name and text of each file, in the order of the names.
fn exercises(root: &Path) -> io::Result<String> {
    let files = names(&root.join("notebooks/exercises"))?;
    let files = files.iter().filter(|name| name.ends_with(".md") && !name.starts_with('.'));
    Ok(format!(
        "&[\n{}]\n",
        files.map(|name| embedded(name, &format!("notebooks/exercises/{name}"))).collect::<String>()
    ))
}

/// The files of the library: path and text, in the order in which `lib.rs` declares the modules.
fn sources(root: &Path) -> io::Result<String> {
    let lib = fs::read_to_string(root.join("src/lib.rs"))?;
    let module = |line: &str| Some(line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
    let mut files = vec!["src/lib.rs".to_owned()];
    for module in lib.lines().filter_map(module) {
        files.push(format!("src/{module}.rs"));
        if root.join("src").join(&module).is_dir() {
            println!("cargo::rerun-if-changed=src/{module}");
            rust_below(root, &format!("src/{module}"), &mut files)?;
        }
    }
    println!("cargo::rerun-if-changed=src/lib.rs");
    Ok(format!("&[\n{}]\n", files.iter().map(|file| embedded(file, file)).collect::<String>()))
}

fn rust_below(root: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    for name in names(&root.join(folder))? {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            rust_below(root, &path, files)?;
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn embedded(name: &str, path: &str) -> String {
    format!("({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),\n", format!("/{path}"))
}
