// Files, paths, standard input.
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
let folder = std::env::temp_dir().join("completion-notes");
fs::create_dir_all(&folder)?;
let notes = folder.join("notes.txt");
fs::write(&notes, "first line\nsecond line\nthird\n")?;
%%
let content = fs::read_to_string(&notes)?;
println!("{} bytes, {} lines", content.len(), content.lines().count());
let reader = BufReader::new(File::open(&notes)?);
for line in reader.lines() {
    let line = line?;
    if line.contains("second") {
        println!("found: {line}");
    }
}
%%
let mut out = File::create(folder.join("table.csv"))?;
writeln!(out, "x,y")?;
for step in 0..5 {
    writeln!(out, "{step},{}", step * step)?;
}
out.flush()?;
%%
fn longest_line(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let mut longest = String::new();
    for line in BufReader::new(file).lines() {
        let line = line?;
        if line.len() > longest.len() {
            longest = line;
        }
    }
    Ok(longest)
}
println!("{}", longest_line(&notes)?);
%%
let mut names: Vec<String> = Vec::new();
for entry in fs::read_dir(&folder)? {
    let entry = entry?;
    let path: PathBuf = entry.path();
    if path.extension().is_some_and(|extension| extension == "txt") {
        names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
}
names.sort();
names
%%
match File::open("no such file") {
    Ok(_) => println!("opened"),
    Err(error) if error.kind() == io::ErrorKind::NotFound => println!("missing"),
    Err(error) => eprintln!("{error}"),
}
let size = fs::metadata(&notes)?.len();
let exists = notes.exists() && notes.is_file();
fs::remove_dir_all(&folder)?;
(size, exists)
%%
let mut buffer = [0u8; 4];
let mut cursor = io::Cursor::new(vec![1u8, 2, 3, 4, 5]);
cursor.read_exact(&mut buffer)?;
let rest = cursor.get_ref().len() - cursor.position() as usize;
let arguments: Vec<String> = std::env::args().collect();
let home = std::env::var("HOME").unwrap_or_else(|_| String::from("/"));
