//! tokio's runtime around the cells: tasks and timers without `.await`, runtimes of the user's own, and crashes.

use super::places::check_in;
use super::{CRATES, Place};
use crate::support::cells::Cells;

#[test]
fn every_cell_runs_inside_the_runtime_and_none_inside_block_on() {
    let place = Place::with_kept_crates("");
    let mut session = Cells::spawn(place.command(&["cells", "--json", "--timeout", "60"]));
    let sleep = "tokio::time::sleep(std::time::Duration::from_millis(30)).await;";
    let spawn = format!("{CRATES}let h = tokio::spawn(async {{ {sleep} 7 }});");
    let own = format!("tokio::runtime::Runtime::new()?.block_on(async {{ {sleep} 5 }})");
    check_in(
        &mut session,
        &[
            (&spawn, &["ok"]),
            ("h.await?", &["= 7"]),
            ("let mut t = tokio::time::interval(std::time::Duration::from_millis(5));", &["ok"]),
            ("t.tick().await; t.tick().await; 1", &["= 1"]),
            (
                "let s = std::net::UdpSocket::bind(\"127.0.0.1:0\")?; s.set_nonblocking(true)?;\n\
             let u = tokio::net::UdpSocket::from_std(s)?; u.local_addr()?.port() > 0",
                &["= true"],
            ),
            ("tokio::runtime::Handle::current().runtime_flavor()", &["= MultiThread"]),
            (&own, &["= 5"]),
            ("let rt = tokio::runtime::Runtime::new()?; rt.block_on(rt.spawn(async { 6 }))?", &["= 6"]),
            ("rt.block_on(async { tokio::spawn(async { 8 }).await })?", &["= 8"]),
            (
                "fn start() -> tokio::task::JoinHandle<u8> { tokio::spawn(async { 9 }) }\nlet k = start(); let n = 5;",
                &["ok"],
            ),
            ("std::process::abort()", &["Killed", "threads of `tokio` ended", "`k`", "`rt`"]),
            ("n", &["= 5"]),
            ("let h = tokio::spawn(async { 10 });", &["ok"]),
            ("h.await?", &["= 10"]),
            ("#[tokio::main]\nasync fn whole() -> u8 { 11 }\nwhole()", &["= 11"]),
        ],
    );
}
