// Generic types, trait bounds, operators.
use std::collections::VecDeque;
use std::fmt::{Debug, Display};
use std::ops::{Add, Index, Mul};
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Vector2<T> {
    first: T,
    second: T,
}
impl<T: Add<Output = T>> Add for Vector2<T> {
    type Output = Vector2<T>;
    fn add(self, other: Self) -> Self::Output {
        Vector2 { first: self.first + other.first, second: self.second + other.second }
    }
}
impl<T: Mul<Output = T> + Add<Output = T> + Copy> Vector2<T> {
    fn dot(&self, other: &Vector2<T>) -> T {
        self.first * other.first + self.second * other.second
    }
}
%%
let left = Vector2 { first: 1, second: 2 };
let right = Vector2 { first: 3, second: 4 };
let sum = left + right;
println!("{} {} {}", sum.first, sum.second, left.dot(&right));
%%
#[derive(Debug)]
struct Stack<T> {
    elements: Vec<T>,
}
impl<T: Clone + Debug> Stack<T> {
    fn new() -> Self {
        Stack { elements: Vec::new() }
    }
    fn push(&mut self, element: T) -> &mut Self {
        self.elements.push(element);
        self
    }
    fn pop(&mut self) -> Option<T> {
        self.elements.pop()
    }
    fn peek(&self) -> Option<&T> {
        self.elements.last()
    }
    fn depth(&self) -> usize {
        self.elements.len()
    }
}
impl<T> Index<usize> for Stack<T> {
    type Output = T;
    fn index(&self, at: usize) -> &T {
        &self.elements[at]
    }
}
%%
let mut stack: Stack<i32> = Stack::new();
stack.push(1).push(2).push(3);
println!("{:?} {}", stack.peek(), stack.depth());
let top = stack.pop().unwrap_or(-1);
println!("{top} {}", stack[0]);
%%
fn largest<T: PartialOrd + Copy>(items: &[T]) -> Option<T> {
    let mut iterator = items.iter();
    let mut best = *iterator.next()?;
    for &item in iterator {
        if item > best {
            best = item;
        }
    }
    Some(best)
}
fn announce<T>(item: T) -> String
where
    T: Display,
{
    format!("<< {item} >>")
}
println!("{:?} {}", largest(&[2.5, 1.5]), announce("hello"));
%%
struct Queue<T> {
    waiting: VecDeque<T>,
    served: usize,
}
impl<T> Queue<T> {
    fn with_capacity(capacity: usize) -> Queue<T> {
        Queue { waiting: VecDeque::with_capacity(capacity), served: 0 }
    }
    fn join(&mut self, person: T) {
        self.waiting.push_back(person);
    }
    fn serve(&mut self) -> Option<T> {
        let person = self.waiting.pop_front()?;
        self.served += 1;
        Some(person)
    }
}
%%
let mut queue = Queue::with_capacity(4);
queue.join("Ada");
queue.join("Grace");
let served = queue.serve();
println!("{served:?} {} {}", queue.served, queue.waiting.len());
