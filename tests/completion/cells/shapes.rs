// Structs, methods and traits, as in the first weeks of a course.
use std::fmt;
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    xcoord: f64,
    ycoord: f64,
}
impl Point {
    /// The point where both axes meet.
    const ORIGIN: Point = Point { xcoord: 0.0, ycoord: 0.0 };
    fn new(xcoord: f64, ycoord: f64) -> Self {
        Self { xcoord, ycoord }
    }
    fn norm(&self) -> f64 {
        (self.xcoord.powi(2) + self.ycoord.powi(2)).sqrt()
    }
    fn scaled(&self, factor: f64) -> Point {
        Point::new(self.xcoord * factor, self.ycoord * factor)
    }
}
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "({}, {})", self.xcoord, self.ycoord)
    }
}
%%
let start = Point::new(3.0, 4.0);
println!("{start} is {} from the origin", start.norm());
let twice = start.scaled(2.0);
assert_eq!(twice.norm(), 10.0);
%%
trait Shape {
    fn area(&self) -> f64;
    fn label(&self) -> String {
        format!("area {:.2}", self.area())
    }
}
struct Circle {
    center: Point,
    radius: f64,
}
struct Rectangle {
    corner: Point,
    width: f64,
    height: f64,
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }
}
impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
}
%%
let disc = Circle { center: Point::ORIGIN, radius: 1.5 };
let card = Rectangle { corner: start, width: 2.0, height: 0.5 };
println!("{}", disc.label());
println!("{}", card.label());
let drawing: Vec<Box<dyn Shape>> = vec![Box::new(disc), Box::new(card)];
%%
let total: f64 = drawing.iter().map(|shape| shape.area()).sum();
let largest = drawing.iter().map(|shape| shape.area()).fold(f64::NEG_INFINITY, f64::max);
println!("{total:.3} {largest:.3}");
%%
fn centroid(points: &[Point]) -> Option<Point> {
    if points.is_empty() {
        return None;
    }
    let count = points.len() as f64;
    let across: f64 = points.iter().map(|point| point.xcoord).sum();
    let upward: f64 = points.iter().map(|point| point.ycoord).sum();
    Some(Point::new(across / count, upward / count))
}
let middle = centroid(&[start, twice, Point::ORIGIN]);
middle.map(|point| point.norm())
