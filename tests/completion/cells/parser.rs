// A calculator: recursion, Box, Peekable, impl FromStr.
use std::iter::Peekable;
use std::str::{Chars, FromStr};
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Operator(char),
    Open,
    Close,
}
#[derive(Debug)]
enum Expression {
    Literal(f64),
    Negated(Box<Expression>),
    Binary { operator: char, left: Box<Expression>, right: Box<Expression> },
}
%%
struct Lexer<'s> {
    characters: Peekable<Chars<'s>>,
}
impl<'s> Lexer<'s> {
    fn new(source: &'s str) -> Self {
        Lexer { characters: source.chars().peekable() }
    }
    fn number(&mut self) -> f64 {
        let mut digits = String::new();
        while let Some(&next) = self.characters.peek() {
            if !next.is_ascii_digit() && next != '.' {
                break;
            }
            digits.push(next);
            self.characters.next();
        }
        digits.parse().unwrap_or(f64::NAN)
    }
    fn tokens(mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(&next) = self.characters.peek() {
            if next.is_whitespace() {
                self.characters.next();
            } else if next.is_ascii_digit() {
                tokens.push(Token::Number(self.number()));
            } else {
                self.characters.next();
                tokens.push(match next {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    other => Token::Operator(other),
                });
            }
        }
        tokens
    }
}
%%
let tokens = Lexer::new("3 + 4 * (2 - 1)").tokens();
println!("{} {:?}", tokens.len(), tokens.first());
let operators = tokens.iter().filter(|token| matches!(token, Token::Operator(_))).count();
operators
%%
impl Expression {
    fn evaluate(&self) -> Result<f64, String> {
        match self {
            Expression::Literal(value) => Ok(*value),
            Expression::Negated(inner) => Ok(-inner.evaluate()?),
            Expression::Binary { operator, left, right } => {
                let (left, right) = (left.evaluate()?, right.evaluate()?);
                match operator {
                    '+' => Ok(left + right),
                    '*' => Ok(left * right),
                    '/' if right == 0.0 => Err("division by zero".to_string()),
                    '/' => Ok(left / right),
                    other => Err(format!("unknown operator {other}")),
                }
            }
        }
    }
}
let product = Expression::Binary {
    operator: '*',
    left: Box::new(Expression::Literal(6.0)),
    right: Box::new(Expression::Negated(Box::new(Expression::Literal(7.0)))),
};
println!("{:?}", product.evaluate());
%%
#[derive(Debug, PartialEq)]
struct Version {
    major: u32,
    minor: u32,
}
impl FromStr for Version {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = text.split_once('.').ok_or_else(|| format!("no dot in {text}"))?;
        let number = |part: &str| part.parse::<u32>().map_err(|error| error.to_string());
        Ok(Version { major: number(major)?, minor: number(minor)? })
    }
}
let version: Version = "1.95".parse()?;
let broken = "one".parse::<Version>();
println!("{} {} {}", version.major, version.minor, broken.is_err());
assert_eq!(Version::from_str("2.0")?.major, 2);
