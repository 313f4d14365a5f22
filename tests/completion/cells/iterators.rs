// Iterators and closures.
let numbers = vec![3, 1, 4, 1, 5, 9, 2, 6];
let doubled: Vec<i32> = numbers.iter().map(|number| number * 2).collect();
let evens: Vec<&i32> = numbers.iter().filter(|number| *number % 2 == 0).collect();
println!("{doubled:?} {evens:?}");
%%
let sum: i32 = numbers.iter().sum();
let product: i64 = numbers.iter().map(|&number| number as i64).product();
let biggest = numbers.iter().max().unwrap();
let average = sum as f64 / numbers.len() as f64;
println!("{sum} {product} {biggest} {average:.2}");
%%
for (index, number) in numbers.iter().enumerate().skip(2).step_by(2) {
    println!("{index}: {number}");
}
let pairs: Vec<(i32, char)> = numbers.iter().copied().zip('a'..='h').collect();
let windows: Vec<i32> = numbers.windows(3).map(|window| window.iter().sum()).collect();
%%
let mut sorted = numbers.clone();
sorted.sort_unstable();
sorted.dedup();
sorted.reverse();
let position = sorted.iter().position(|&number| number == 5);
let found = sorted.binary_search_by(|probe| 5.cmp(probe));
println!("{sorted:?} {position:?} {found:?}");
%%
let threshold = 4;
let above = |value: &i32| *value > threshold;
let (high, low): (Vec<i32>, Vec<i32>) = numbers.iter().partition(|number| above(number));
let has_nine = numbers.iter().any(|&number| number == 9);
let all_positive = numbers.iter().all(|&number| number > 0);
%%
struct Fibonacci {
    current: u64,
    following: u64,
}
impl Iterator for Fibonacci {
    type Item = u64;
    fn next(&mut self) -> Option<Self::Item> {
        let value = self.current;
        self.current = self.following;
        self.following += value;
        Some(value)
    }
}
fn fibonacci() -> Fibonacci {
    Fibonacci { current: 0, following: 1 }
}
%%
let small: Vec<u64> = fibonacci().take_while(|&term| term < 100).collect();
let even_sum: u64 = fibonacci().filter(|term| term % 2 == 0).take(5).sum();
println!("{small:?} {even_sum}");
%%
let nested = vec![vec![1, 2], vec![], vec![3]];
let flat: Vec<i32> = nested.into_iter().flatten().collect();
let running: Vec<i32> = flat.iter().scan(0, |state, &value| { *state += value; Some(*state) }).collect();
let text = flat.iter().map(|value| value.to_string()).collect::<Vec<_>>().join("+");
text
%%
fn compose<A, B, C>(first: impl Fn(A) -> B, second: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move |argument| second(first(argument))
}
fn apply_twice<F: Fn(i32) -> i32>(function: F, input: i32) -> i32 {
    function(function(input))
}
let square_then_add = compose(|value: i32| value * value, |squared: i32| squared + 1);
println!("{} {}", square_then_add(3), apply_twice(|value| value + 3, 7));
