// Cells compiled by hand for the tests of the processes. The values in the store are boxed vectors.

use std::io::{Read, Write};

#[repr(C)]
pub struct Api {
    size: usize,
    put: extern "C" fn(*const u8, usize, *mut (), unsafe extern "C" fn(*mut ())),
    take: extern "C" fn(*const u8, usize) -> *mut (),
    report: extern "C" fn(u32, *const u8, usize),
}

unsafe extern "C" fn drop_vec(value: *mut ()) {
    drop(unsafe { Box::from_raw(value.cast::<Vec<i32>>()) });
}

fn put(api: &Api, name: &str, value: Vec<i32>) {
    (api.put)(name.as_ptr(), name.len(), Box::into_raw(Box::new(value)).cast(), drop_vec);
}

fn take(api: &Api, name: &str) -> Option<Vec<i32>> {
    let value = (api.take)(name.as_ptr(), name.len());
    (!value.is_null()).then(|| *unsafe { Box::from_raw(value.cast()) })
}

macro_rules! cells {
    ($($name:ident($api:ident) $body:block)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($api: &Api) -> u32 {
            assert_eq!($api.size, size_of::<Api>());
            let code = $body;
            let _ = std::io::stdout().flush();
            code
        }
    )*};
}

fn deep(n: u64) -> u64 {
    let big = std::hint::black_box([n; 100]);
    if n == 0 { 0 } else { deep(n + 1) + big[7] }
}

unsafe extern "C" {
    fn fork() -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn close(fd: i32) -> i32;
}

cells! {
    set(api) { put(api, "x", vec![1, 2, 3]); 0 }
    get(api) {
        match take(api, "x") {
            Some(x) => { println!("x = {x:?}"); put(api, "x", x); }
            None => println!("no x"),
        }
        0
    }
    push(api) { let mut x = take(api, "x").unwrap(); x.push(4); put(api, "x", x); 0 }
    big(api) { put(api, "big", vec![1; 16 << 20]); 0 }
    change(api) { let mut x = take(api, "big").unwrap(); x.iter_mut().for_each(|x| *x += 1); put(api, "big", x); 0 }
    print(_api) { print!("no newline"); 0 }
    fails(_api) { 2 }
    exit_0(_api) { std::process::exit(0) }
    exit_3(_api) { print!("before"); std::process::exit(3) }
    abort(_api) { std::process::abort() }
    segfault(_api) { unsafe { std::ptr::without_provenance::<u32>(8).read_volatile() } }
    overflow(_api) { deep(1) as u32 }
    kill_group(_api) { unsafe { kill(0, 9); } 0 }
    realtime(_api) { unsafe { kill(std::process::id() as i32, 34); } 0 }
    forks(_api) { unsafe { fork(); } 0 }
    close_streams(_api) { unsafe { close(1); close(2); } println!("lost"); 0 }
    stdin(_api) { println!("{} bytes", std::io::stdin().read_to_string(&mut String::new()).unwrap()); 0 }
    invalid_utf8(_api) { std::io::stdout().write_all(b"a\xffb\n").unwrap(); 0 }
    mutate_and_abort(api) { let mut x = take(api, "x").unwrap(); x[0] = 9; put(api, "x", x); std::process::abort() }
    take_and_abort(api) { drop(take(api, "x")); std::process::abort() }
    lies(_api) { println!("\u{6}EVCXR_EXECUTION_COMPLETE"); 0 }
    endless(_api) { loop { std::hint::black_box(0); } }
    endless_output(_api) { loop { println!("again and again"); } }
    megabyte(_api) { println!("{}", "m".repeat(1 << 20)); 0 }
    ordered(api) {
        println!("one");
        (api.report)(256, std::ptr::null(), 0);
        println!("two");
        let long = "r".repeat(100_000);
        (api.report)(256, long.as_ptr(), long.len());
        println!("three");
        0
    }
    print_later(_api) {
        std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(100)); println!("later"); });
        0
    }
    exit_later(_api) {
        std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(100)); std::process::exit(5); });
        0
    }
    leave_child(_api) { std::process::Command::new("sleep").arg("98765").spawn().unwrap(); 0 }
    leave_marked(_api) { std::process::Command::new("sleep").arg("98763").spawn().unwrap(); 0 }
    leave_daemon(_api) {
        std::process::Command::new("sh").args(["-c", "setsid sleep 98764 & exit 0"]).status().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        0
    }
}
