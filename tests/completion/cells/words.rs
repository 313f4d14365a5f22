// Counting words: strings, maps, sorting.
use std::collections::{BTreeMap, HashMap, HashSet};
let text = "the quick brown fox jumps over the lazy dog the end";
let mut counts: HashMap<&str, usize> = HashMap::new();
for word in text.split_whitespace() {
    *counts.entry(word).or_insert(0) += 1;
}
%%
let mut ranked: Vec<(&str, usize)> = counts.iter().map(|(word, count)| (*word, *count)).collect();
ranked.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
for (word, count) in ranked.iter().take(3) {
    println!("{word:>6} {count}");
}
%%
let sentence = String::from("  Rust keeps   its promises  ");
let trimmed = sentence.trim();
println!("{} {}", trimmed.len(), trimmed.to_lowercase());
let initials: String = trimmed.split(' ').filter_map(|part| part.chars().next()).collect();
assert!(trimmed.starts_with("Rust"));
%%
fn is_palindrome(candidate: &str) -> bool {
    let letters: Vec<char> = candidate.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    letters.iter().eq(letters.iter().rev())
}
println!("{} {}", is_palindrome("A man, a plan"), is_palindrome("never odd or even"));
%%
fn caesar(plain: &str, shift: u8) -> String {
    let mut secret = String::with_capacity(plain.len());
    for letter in plain.chars() {
        if letter.is_ascii_lowercase() {
            let moved = (letter as u8 - b'a' + shift) % 26 + b'a';
            secret.push(moved as char);
        } else {
            secret.push(letter);
        }
    }
    secret
}
let secret = caesar("attack at dawn", 3);
secret.replace(' ', "-")
%%
let unique: HashSet<char> = secret.chars().collect();
let mut by_length: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
for word in text.split(' ') {
    by_length.entry(word.len()).or_default().push(word);
}
if let Some((length, words)) = by_length.last_key_value() {
    println!("{length}: {}", words.join(", "));
}
unique.len()
%%
let csv = "name,age\nada,36\ngrace,45";
let mut rows = csv.lines();
let header: Vec<&str> = rows.next().unwrap_or("").split(',').collect();
let ages: Vec<u32> = rows.filter_map(|row| row.split_once(',')).filter_map(|(_, age)| age.parse().ok()).collect();
println!("{header:?} {}", ages.iter().sum::<u32>());
