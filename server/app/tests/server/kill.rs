//! An acknowledged upload survives the death of the process at any moment, and is there once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Server, create_token, junit, try_request};

const ROUNDS: u64 = 50;

/// A small generator with a fixed seed: the moments are spread, and the same in every run of the test.
struct Moments(u64);

impl Moments {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[test]
fn every_acknowledged_upload_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let token = create_token(folder.path(), &[]);
    let bearer = format!("Bearer {token}");
    // Upload → how many tests its file has, for those that were acknowledged.
    let acknowledged = Mutex::new(BTreeMap::<(u64, usize), usize>::new());
    let sent = AtomicUsize::new(0);
    let mut moments = Moments(7);

    for round in 0..ROUNDS {
        let server = Server::start(folder.path());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !stop.load(Ordering::SeqCst) {
                        let number = sent.fetch_add(1, Ordering::SeqCst);
                        let tests = 20 + number % 7;
                        let path = format!(
                            "/api/v1/projects/shop/uploads?commit=c{round}&branch=main&build={round}&category=part-{number}"
                        );
                        let answer = try_request(&server.url, "POST", &path, Some(&junit(tests, 1)), &[("authorization", &bearer)]);
                        match answer {
                            Ok(answer) if answer.status == 202 || answer.status == 200 => {
                                acknowledged.lock().unwrap().insert((round, number), tests);
                            }
                            Ok(answer) => panic!("unexpected answer: {} {}", answer.status, answer.text()),
                            Err(_) => return,
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(moments.next(60)));
            server.kill();
            stop.store(true, Ordering::SeqCst);
        });
        drop(server);
    }

    let server = Server::start(folder.path());
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 10, "only {} uploads were acknowledged at all", acknowledged.len());
    server.wait_until_idle();
    let mut stored = BTreeMap::<usize, (u64, usize)>::new();
    for run in server.all("/api/v1/projects/shop/runs?limit=100") {
        let page = server.get_ok(&format!("/api/v1/projects/shop/runs/{}", run["number"]));
        for upload in page["uploads"].as_array().unwrap() {
            assert_eq!(upload["state"], "stored", "{upload}");
            let number: usize =
                upload["category"].as_str().unwrap().strip_prefix("part-").unwrap().parse().unwrap();
            let tests = upload["reports"][0]["counted"]["tests"]["total"].as_u64().unwrap() as usize;
            let round: u64 = run["build"].as_str().unwrap().parse().unwrap();
            assert_eq!(stored.insert(number, (round, tests)), None, "upload {number} is there twice");
        }
    }
    for ((round, number), tests) in acknowledged {
        assert_eq!(
            stored.get(&number),
            Some(&(round, tests)),
            "acknowledged upload {number} of round {round}"
        );
    }
}
