// A small shop: more structs, sorting, grouping, Option chains.
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
#[derive(Debug, Clone, PartialEq)]
struct Item {
    name: String,
    price: f64,
    quantity: u32,
    tags: Vec<String>,
    supplier: Option<Supplier>,
}
#[derive(Debug, Clone, PartialEq)]
struct Supplier {
    company: String,
    country: Country,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Country {
    Korea,
    Germany,
    Brazil,
}
impl Item {
    fn total(&self) -> f64 {
        self.price * f64::from(self.quantity)
    }
    fn tagged(mut self, tag: &str) -> Item {
        self.tags.push(tag.to_string());
        self
    }
    fn cheap(name: &str) -> Item {
        Item { name: name.to_string(), price: 1.0, quantity: 10, tags: Vec::new(), supplier: None }
    }
}
%%
let supplier = Supplier { company: "Hanbit".to_string(), country: Country::Korea };
let lamp = Item { name: "lamp".into(), price: 25.5, quantity: 3, tags: vec![], supplier: Some(supplier) };
let cup = Item::cheap("cup").tagged("kitchen").tagged("white");
println!("{} {}", lamp.total(), cup.tags.join(" "));
let mut stock = vec![lamp.clone(), cup, Item::cheap("spoon")];
%%
stock.sort_by(|left, right| right.price.partial_cmp(&left.price).unwrap_or(Ordering::Equal));
let value: f64 = stock.iter().map(Item::total).sum();
let origin = stock[0].supplier.as_ref().map(|supplier| supplier.country);
println!("{value} {origin:?} {}", stock[0].name);
%%
let mut shelves: BTreeMap<Country, Vec<String>> = BTreeMap::new();
shelves.entry(Country::Germany).or_default().push("clock".to_string());
shelves.entry(Country::Brazil).or_default().extend(["coffee".to_string(), "nuts".to_string()]);
for (country, goods) in &shelves {
    println!("{country:?}: {}", goods.len());
}
let countries: BTreeSet<Country> = shelves.keys().copied().collect();
countries.first().copied()
%%
#[derive(Debug, PartialEq, Eq)]
struct Task {
    urgency: u8,
    title: String,
}
impl Ord for Task {
    fn cmp(&self, other: &Self) -> Ordering {
        self.urgency.cmp(&other.urgency).then_with(|| self.title.cmp(&other.title))
    }
}
impl PartialOrd for Task {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
let mut agenda = BinaryHeap::new();
agenda.push(Task { urgency: 2, title: "count".to_string() });
agenda.push(Task { urgency: 9, title: "pay".to_string() });
if let Some(task) = agenda.pop() {
    println!("{} {}", task.title, task.urgency);
}
agenda.peek().map(|task| task.urgency)
%%
fn discount(item: &Item, percent: f64) -> Option<f64> {
    if !(0.0..=100.0).contains(&percent) {
        return None;
    }
    let reduced = item.price * (1.0 - percent / 100.0);
    Some((reduced * 100.0).round() / 100.0)
}
let reduced = discount(&lamp, 12.5).ok_or("no discount")?;
let company = lamp.supplier.as_ref().map(|supplier| supplier.company.as_str()).unwrap_or("unknown");
println!("{reduced} {}", company.to_uppercase());
