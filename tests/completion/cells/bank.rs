// Errors: an enum of one's own, Result, Option, the question mark.
use std::error::Error;
use std::fmt;
#[derive(Debug)]
enum BankError {
    Insufficient { needed: u64, available: u64 },
    UnknownAccount(String),
    Frozen,
}
impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::Insufficient { needed, available } => write!(f, "{needed} needed, {available} there"),
            BankError::UnknownAccount(name) => write!(f, "no account of {name}"),
            BankError::Frozen => f.write_str("frozen"),
        }
    }
}
impl Error for BankError {}
%%
#[derive(Debug, Default, Clone)]
struct Account {
    owner: String,
    balance: u64,
    history: Vec<i64>,
    frozen: bool,
}
impl Account {
    fn open(owner: &str) -> Account {
        Account { owner: owner.to_string(), ..Default::default() }
    }
    fn deposit(&mut self, amount: u64) {
        self.balance += amount;
        self.history.push(amount as i64);
    }
    fn withdraw(&mut self, amount: u64) -> Result<u64, BankError> {
        if self.frozen {
            return Err(BankError::Frozen);
        }
        if amount > self.balance {
            return Err(BankError::Insufficient { needed: amount, available: self.balance });
        }
        self.balance -= amount;
        self.history.push(-(amount as i64));
        Ok(self.balance)
    }
}
%%
let mut ada = Account::open("Ada");
ada.deposit(120);
match ada.withdraw(500) {
    Ok(left) => println!("{left} left"),
    Err(error) => println!("refused: {error}"),
}
println!("{} has {}", ada.owner, ada.balance);
%%
use std::collections::HashMap;
struct Bank {
    accounts: HashMap<String, Account>,
}
impl Bank {
    fn find(&mut self, owner: &str) -> Result<&mut Account, BankError> {
        self.accounts.get_mut(owner).ok_or_else(|| BankError::UnknownAccount(owner.to_string()))
    }
    fn transfer(&mut self, from: &str, to: &str, amount: u64) -> Result<(), BankError> {
        self.find(from)?.withdraw(amount)?;
        self.find(to)?.deposit(amount);
        Ok(())
    }
}
%%
let mut bank = Bank { accounts: HashMap::new() };
bank.accounts.insert("Ada".to_string(), ada.clone());
bank.accounts.insert("Grace".to_string(), Account::open("Grace"));
let outcome = bank.transfer("Ada", "Grace", 50);
assert!(outcome.is_ok());
bank.find("Grace").map(|account| account.balance).unwrap_or(0)
%%
fn parse_amount(text: &str) -> Result<u64, Box<dyn Error>> {
    let cleaned = text.trim().trim_end_matches("EUR").trim();
    let amount: u64 = cleaned.parse()?;
    Ok(amount)
}
let parsed = parse_amount("  42 EUR").unwrap_or_default();
let failed = parse_amount("forty").is_err();
(parsed, failed)
%%
let first = ada.history.first().copied();
let described = first.map_or("nothing".to_string(), |amount| amount.to_string());
let checked = 250u8.checked_add(10);
println!("{described} {:?} {}", checked, 250u8.saturating_add(10));
