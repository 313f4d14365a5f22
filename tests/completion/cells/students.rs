// Grades: a table of records, closures kept, Option and Result at work.
use std::collections::HashMap;
#[derive(Debug, Clone, Default)]
struct Student {
    name: String,
    grades: Vec<u8>,
    mentor: Option<Box<Student>>,
}
impl Student {
    fn average(&self) -> Option<f64> {
        if self.grades.is_empty() {
            None
        } else {
            Some(self.grades.iter().map(|&grade| f64::from(grade)).sum::<f64>() / self.grades.len() as f64)
        }
    }
    fn best(&self) -> u8 {
        self.grades.iter().copied().max().unwrap_or_default()
    }
    fn passed(&self, limit: f64) -> bool {
        self.average().is_some_and(|average| average >= limit)
    }
}
%%
let grace = Student { name: "Grace".to_string(), grades: vec![90, 85, 99], mentor: None };
let alan = Student { name: "Alan".to_string(), grades: vec![70, 65], mentor: Some(Box::new(grace.clone())) };
let nobody = Student::default();
println!("{:?} {}", grace.average(), alan.best());
println!("{}", nobody.passed(50.0));
%%
let class = vec![grace, alan, nobody];
let passing: Vec<String> = class.iter().filter(|student| student.passed(68.0)).map(|student| student.name.clone()).collect();
println!("{}", passing.join(", "));
let mentored = class.iter().filter_map(|student| student.mentor.as_ref()).map(|mentor| mentor.name.len()).sum::<usize>();
mentored
%%
let mut register: HashMap<String, Student> = HashMap::new();
for student in &class {
    register.insert(student.name.clone(), student.clone());
}
if let Some(alan) = register.get_mut("Alan") {
    alan.grades.push(100);
}
let improved = register["Alan"].average().unwrap_or(0.0);
register.remove("");
println!("{improved:.2} {}", register.len());
%%
let curve = |grade: u8| grade.saturating_add(5).min(100);
let curved: Vec<u8> = class[0].grades.iter().map(|&grade| curve(grade)).collect();
let histogram = curved.iter().fold([0usize; 11], |mut bins, &grade| {
    bins[usize::from(grade / 10)] += 1;
    bins
});
println!("{curved:?} {}", histogram.iter().sum::<usize>());
let ordered = { let mut copy = curved.clone(); copy.sort(); copy };
let median = ordered.get(ordered.len() / 2).copied();
let report = class.iter().map(|student| format!("{}: {}", student.name, student.best())).collect::<Vec<String>>();
report.last().cloned()
%%
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Grade {
    Excellent,
    Good,
    Sufficient,
    Failed,
}
impl From<u8> for Grade {
    fn from(points: u8) -> Grade {
        match points {
            90..=100 => Grade::Excellent,
            75..=89 => Grade::Good,
            50..=74 => Grade::Sufficient,
            _ => Grade::Failed,
        }
    }
}
let marks: Vec<Grade> = [95, 77, 51, 12].into_iter().map(Grade::from).collect();
let worst = marks.iter().max().copied().unwrap_or(Grade::Failed);
println!("{worst:?} {}", marks.contains(&Grade::Good));
