// Enums and matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Light {
    Red,
    Amber,
    Green,
}
impl Light {
    fn next(self) -> Light {
        match self {
            Light::Red => Light::Green,
            Light::Green => Light::Amber,
            Light::Amber => Light::Red,
        }
    }
    fn seconds(self) -> u32 {
        match self {
            Light::Red => 30,
            Light::Amber => 5,
            Light::Green => 40,
        }
    }
}
%%
let mut light = Light::Red;
let mut elapsed = 0;
for _ in 0..4 {
    elapsed += light.seconds();
    light = light.next();
}
println!("{light:?} after {elapsed} s");
%%
#[derive(Debug, Clone)]
enum Message {
    Quit,
    Move { across: i32, down: i32 },
    Write(String),
    Colour(u8, u8, u8),
}
fn describe(message: &Message) -> String {
    match message {
        Message::Quit => String::from("quit"),
        Message::Move { across, down } => format!("move by {across}, {down}"),
        Message::Write(text) => text.to_uppercase(),
        Message::Colour(red, _, _) if *red > 200 => "reddish".to_string(),
        Message::Colour(..) => "a colour".into(),
    }
}
%%
let messages = vec![
    Message::Write("hello".to_owned()),
    Message::Move { across: 3, down: -1 },
    Message::Colour(250, 0, 0),
    Message::Quit,
];
for message in &messages {
    println!("{}", describe(message));
}
let quits = messages.iter().filter(|message| matches!(message, Message::Quit)).count();
%%
use std::collections::HashMap;
let mut waiting: HashMap<Light, u32> = HashMap::new();
*waiting.entry(Light::Red).or_insert(0) += 12;
waiting.insert(Light::Green, 3);
let longest = waiting.values().max().copied().unwrap_or_default();
waiting.contains_key(&Light::Amber)
%%
let mut current = Some(Light::Green);
let mut steps = 0;
while let Some(light) = current {
    steps += 1;
    current = if steps < 3 { Some(light.next()) } else { None };
}
steps
