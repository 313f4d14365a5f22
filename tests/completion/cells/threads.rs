// Threads, channels, shared state, time.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};
let counter = Arc::new(Mutex::new(0));
let mut handles = Vec::new();
for _ in 0..4 {
    let counter = Arc::clone(&counter);
    handles.push(thread::spawn(move || {
        for _ in 0..100 {
            *counter.lock().unwrap() += 1;
        }
    }));
}
for handle in handles {
    handle.join().unwrap();
}
println!("{}", counter.lock().unwrap());
%%
let (sender, receiver) = mpsc::channel();
for worker in 0..3 {
    let sender = sender.clone();
    thread::spawn(move || sender.send(worker * 10).unwrap());
}
drop(sender);
let mut received: Vec<i32> = receiver.iter().collect();
received.sort();
println!("{received:?}");
%%
let hits = AtomicUsize::new(0);
thread::scope(|scope| {
    for _ in 0..3 {
        scope.spawn(|| hits.fetch_add(1, Ordering::Relaxed));
    }
});
println!("{}", hits.load(Ordering::SeqCst));
%%
struct Timer {
    begun: Instant,
    laps: Vec<Duration>,
}
impl Timer {
    fn start() -> Timer {
        Timer { begun: Instant::now(), laps: Vec::new() }
    }
    fn lap(&mut self) -> Duration {
        let passed = self.begun.elapsed();
        self.laps.push(passed);
        passed
    }
}
let mut timer = Timer::start();
thread::sleep(Duration::from_millis(2));
let lap = timer.lap();
println!("{} {}", lap.as_millis() >= 2, timer.laps.len());
%%
let settings = RwLock::new(vec![("depth", 3), ("width", 5)]);
settings.write().unwrap().push(("height", 7));
let widest = settings.read().unwrap().iter().map(|(_, size)| *size).max();
println!("{widest:?} {}", Duration::from_secs(90).as_secs_f64());
