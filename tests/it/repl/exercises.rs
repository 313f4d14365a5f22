//! The exercises at the prompt: tried, checked, hinted at, solved.

use super::piped::piped;

const WRONG: &str = "fn my_tanh(x: f64) -> f64 {\n    // mine\n    let (up, down) = (x.exp(), (-x).exp());\n    \
                     (up - down) / (up + down)\n}\n";
const RIGHT: &str = "fn my_tanh(x: f64) -> f64 {\n    2.0 * sigmoid(2.0 * x) - 1.0\n}\n";

#[test]
fn an_answer_is_checked_and_comes_back_when_it_is_tried_again() {
    let lines = [
        ":goto 2\n:check\n:try tanh\n",
        WRONG,
        ":check\n:hint\n:hint\n:solution\n:try tanh\n:hint\n",
        RIGHT,
        ":check\n:solution\n:check logit\n:check tahn\n",
        ":try one-line\nlet (w, b) = (7.5, 8.5);\n:try chain\n:try one-line\n",
    ];
    let seen = piped(None, &lines.concat());
    let mut left = seen.stdout.as_str();
    for words in [
        "Mend the other S\n",
        "then type `:check`. `:hint` helps.\n    fn my_tanh(x: f64) -> f64 {\n        let (up, down)",
        "not yet: 4 of 129 inputs differ, here is the smallest\ninput:  x = inf\nyours:  nan\nwanted: 1.0\nhint:   inf",
        "change your code and `:check` again; `:hint` helps\nhint 1 of 3 for `tanh`\n",
        "hint 2 of 3",
        "not solved yet: type `:solution` again",
        "Your last answer is on the line.",
        "fn my_tanh(x: f64) -> f64 {\n        // mine\n",
        // Trying it again gives none of its hints back.
        "hint 3 of 3",
        "solved: the answers to all inputs are right (129 of 129)\n",
        "2.0 * sigmoid(2.0 * x) - 1.0\n    }\n\nDivide the numerator",
        // The stub of another exercise that defines the same names.
        "then type `:check`. `:hint` helps.\n    let (w, b) = (0.0, 0.0);\n",
        "then type `:check`. `:hint` helps.\n",
        "Your last answer is on the line. Change it, press Enter, then `:check`.\n    let (w, b) = (7.5, 8.5);\n",
    ] {
        let Some((_, rest)) = left.split_once(words) else { panic!("`{words}` is missing in\n{left}") };
        left = rest;
    }
    let expected = [
        "error: no exercise was begun\nhelp: `:exercises` lists them, `:try` begins one\n",
        "error[E0425]: cannot find value `logit`",
        "help: run your code first; `:try logit` puts its beginning on the line\n",
        "error: there is no exercise `tahn`\nhelp: did you mean `:check tanh`?\n",
    ];
    assert!(expected.iter().all(|words| seen.stderr.contains(words)), "{}", seen.stderr);
    assert_eq!(seen.code, Some(1));
}
