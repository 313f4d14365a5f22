// Ownership, smart pointers, lifetimes.
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
#[derive(Debug)]
struct Book {
    title: String,
    pages: u32,
    borrowed: Cell<bool>,
}
impl Book {
    fn new(title: &str, pages: u32) -> Rc<Book> {
        Rc::new(Book { title: title.to_string(), pages, borrowed: Cell::new(false) })
    }
    fn lend(&self) -> bool {
        !self.borrowed.replace(true)
    }
}
%%
let novel = Book::new("Dune", 612);
let same = Rc::clone(&novel);
println!("{} {}", Rc::strong_count(&novel), same.title);
assert!(novel.lend());
assert!(!same.lend());
%%
#[derive(Debug, Default)]
struct Shelf {
    books: RefCell<Vec<Rc<Book>>>,
    label: String,
}
impl Shelf {
    fn add(&self, book: Rc<Book>) {
        self.books.borrow_mut().push(book);
    }
    fn total_pages(&self) -> u32 {
        self.books.borrow().iter().map(|book| book.pages).sum()
    }
    fn thickest(&self) -> Option<Rc<Book>> {
        self.books.borrow().iter().max_by_key(|book| book.pages).cloned()
    }
}
%%
let shelf = Shelf { label: "science fiction".into(), ..Shelf::default() };
shelf.add(novel.clone());
shelf.add(Book::new("Solaris", 204));
println!("{}: {} pages", shelf.label, shelf.total_pages());
let thickest = shelf.thickest().map(|book| book.title.clone()).unwrap_or_default();
thickest
%%
struct TreeNode {
    value: i32,
    parent: RefCell<Weak<TreeNode>>,
    children: RefCell<Vec<Rc<TreeNode>>>,
}
let leaf = Rc::new(TreeNode { value: 3, parent: RefCell::new(Weak::new()), children: RefCell::new(vec![]) });
let branch = Rc::new(TreeNode { value: 5, parent: RefCell::default(), children: RefCell::new(vec![Rc::clone(&leaf)]) });
*leaf.parent.borrow_mut() = Rc::downgrade(&branch);
leaf.parent.borrow().upgrade().map(|parent| parent.value)
%%
struct Excerpt<'text> {
    part: &'text str,
}
impl<'text> Excerpt<'text> {
    fn words(&self) -> usize {
        self.part.split_whitespace().count()
    }
}
fn longer<'a>(left: &'a str, right: &'a str) -> &'a str {
    if left.len() >= right.len() { left } else { right }
}
let excerpt = Excerpt { part: "call me Ishmael" };
println!("{} {}", excerpt.words(), longer("short", excerpt.part));
%%
let boxed: Box<i32> = Box::new(7);
let mut maybe = Some(String::from("taken"));
let taken = maybe.take();
let swapped = std::mem::replace(&mut maybe, Some("new".to_string()));
println!("{} {:?} {:?} {}", *boxed, taken, swapped, maybe.is_some());
