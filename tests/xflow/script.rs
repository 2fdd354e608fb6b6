//! Scripts: what goes in and out, what they cannot do, and that nobody beside them notices.

use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::server::Refusal;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::call;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;

/// The time of a script and one second: so long it may take until its node has failed.
const MOST: Duration = Duration::from_secs(3);

/// An xflow of one script.
fn flow(id: &str, code: &str) -> Value {
    json!({
        "id": id, "max_execution_time_ms": 60_000,
        "nodes": {
            "start": { "node_type": { "type": "Start" } },
            "run": { "node_type": { "type": "JavaScript", "code": code, "timeout_ms": 2_000 } },
            "end": { "node_type": { "type": "End" } },
        },
        "edges": [{ "source": "start", "target": "run" }, { "source": "run", "target": "end" }],
    })
}

async fn open(torque: &TestServer, flows: &[(&str, &str)]) {
    let flows: Vec<Value> = flows.iter().map(|(id, code)| flow(id, code)).collect();
    deployed(torque, &[SLUG], json!({ "name": "Works", "xflows": flows })).await;
}

async fn tried(torque: &TestServer, xflow: &str, input: Value) -> Result<Value, Refusal> {
    let params = json!({ "xflowId": xflow, "input": input });
    Ok(call(torque, "executeXFlow", params).await?["output"].clone())
}

async fn answer(torque: &TestServer, xflow: &str, input: Value) -> Value {
    tried(torque, xflow, input).await.unwrap()
}

async fn fault(torque: &TestServer, xflow: &str) -> Value {
    let refusal = tried(torque, xflow, json!({})).await.unwrap_err();
    refusal.data["error"].clone()
}

#[tokio::test]
async fn values_go_in_and_come_out_exactly() {
    let torque = TestServer::start().await;
    let world = "[typeof Intl, new URL('https://a.test/b?c=d').search, btoa('x'), atob('eA=='),
        structuredClone({ a: [1] }).a[0], new TextEncoder().encode('ä').length]";
    open(&torque, &[
        ("same", "input"),
        ("sum", "let sum = 0;\nfor (const row of input.rows) { sum += row.n; }\nreturn { sum, mean: await Promise.resolve(sum / 2) };"),
        ("object", "{ total: input.a + 1, };"),
        ("none", "const unused = 1"),
        ("json", "({ when: new Date(0), left: undefined, list: [undefined, () => 1, -0], f() {}, n: new Number(3) })"),
        ("seen", "[execution.id.length, trigger.type, nodes.start.a, this === undefined]"),
        ("world", world),
    ])
    .await;
    let value = json!({
        "whole": 9_007_199_254_740_991_i64, "less": -1, "part": 0.1, "exact": 0.300_000_000_000_000_04, "large": 1e300,
        "small": 5e-324, "text": "ä🦀\u{7f}\n\"", "empty": "", "none": null, "yes": true,
        "list": [[], {}, [null, { "0": 1, "a b": 2, "__proto__": 3 }]],
    });
    assert_eq!(answer(&torque, "same", value.clone()).await, value);
    let sum = answer(&torque, "sum", json!({ "rows": [{ "n": 1 }, { "n": 2 }] })).await;
    assert_eq!(sum, json!({ "sum": 3, "mean": 1.5 }));
    assert_eq!(
        answer(&torque, "object", json!({ "a": 1 })).await,
        json!({ "total": 2 })
    );
    assert_eq!(answer(&torque, "none", json!({})).await, Value::Null);
    let json = answer(&torque, "json", json!({})).await;
    assert_eq!(
        json,
        json!({ "when": "1970-01-01T00:00:00.000Z", "list": [null, null, 0], "n": 3 })
    );
    assert_eq!(
        answer(&torque, "seen", json!({ "a": 7 })).await,
        json!([36, "manual", 7, true])
    );
    assert_eq!(
        answer(&torque, "world", json!({})).await,
        json!(["undefined", "?c=d", "eA==", "x", 1, 2])
    );
}

#[tokio::test]
async fn what_a_script_throws_or_gives_wrongly_is_told_with_its_place() {
    let torque = TestServer::start().await;
    open(&torque, &[
        ("thrown", "const a = 1;\n  null.x;\nreturn a;"),
        ("own", "class Late extends Error { constructor(m) { super(m); this.name = 'Late'; } }\nthrow new Late('no\\n luck');"),
        ("text", "throw 'just text'"),
        ("infinite", "({ a: { b: [1, 1 / 0] } })"),
        ("big", "({ id: 10n })"),
        ("map", "({ m: new Map([[1, 2]]) })"),
        ("function", "(input) => input.a"),
        ("circle", "const a = {}; a.a = a; return a;"),
        ("getter", "({ get a() { throw new RangeError('a getter'); } })"),
        ("promise", "await new Promise(() => {})"),
        ("huge", "'x'.repeat(2_000_000)"),
        ("holes", "const a = []; a.length = 4_000_000_000; return a;"),
        ("eval", "(0, eval)('1')"),
        ("make", "(async () => {}).constructor('return 1')()"),
        ("deep", "const f = () => f() + 1; return f();"),
    ])
    .await;
    let thrown = fault(&torque, "thrown").await;
    assert_eq!(
        (&thrown["code"], &thrown["node"], &thrown["line"]),
        (&json!("script"), &json!("run"), &json!(2))
    );
    assert!(
        thrown["message"].as_str().unwrap().contains("TypeError"),
        "{thrown}"
    );
    for (xflow, code, message) in [
        ("own", "script", "Late: no\n luck"),
        ("text", "script", "just text"),
        ("infinite", "value", "a.b[1] is not a finite number"),
        ("big", "value", "id is a BigInt"),
        ("map", "value", "m is a Map"),
        ("function", "value", "the result is a function"),
        ("circle", "value", "the result holds itself"),
        ("getter", "script", "RangeError: a getter"),
        ("promise", "stuck", "a promise that nothing will ever settle"),
        ("huge", "too_large", "the result has more than 1048576 bytes"),
        ("holes", "too_large", "the result has more than 1048576 bytes"),
        ("eval", "script", "eval and new Function are off"),
        ("make", "script", "eval and new Function are off"),
        ("deep", "depth", "call"),
    ] {
        let fault = fault(&torque, xflow).await;
        assert_eq!(fault["code"], code, "{xflow}: {fault}");
        assert!(
            fault["message"].as_str().unwrap().contains(message),
            "{xflow}: {fault}"
        );
    }
}

#[tokio::test]
async fn a_script_that_will_not_end_is_ended_and_nobody_beside_it_notices() {
    let torque = TestServer::start().await;
    open(
        &torque,
        &[
            ("loop", "for (;;) {}"),
            (
                "then",
                "const again = () => Promise.resolve().then(again); await again();",
            ),
            ("regex", "/^(a+)+$/.test('a'.repeat(40) + 'b')"),
            ("native", "new Array(4e9).fill(0).length"),
            ("memory", "let text = 'x'.repeat(1e6); for (;;) { text += text; }"),
            ("sum", "input.a + 1"),
        ],
    )
    .await;
    assert_eq!(answer(&torque, "sum", json!({ "a": 1 })).await, 2);
    for (xflow, codes) in [
        ("loop", ["timeout", "timeout"]),
        ("then", ["timeout", "memory"]),
        ("regex", ["timeout", "timeout"]),
        ("native", ["timeout", "memory"]),
        ("memory", ["memory", "timeout"]),
    ] {
        let beside = async {
            for _ in 0..5 {
                let began = Instant::now();
                assert_eq!(answer(&torque, "sum", json!({ "a": 1 })).await, 2);
                assert!(began.elapsed() < MOST, "{xflow}: {:?}", began.elapsed());
            }
        };
        let (refusal, ()) = tokio::join!(tried(&torque, xflow, json!({})), beside);
        let refusal = refusal.unwrap_err();
        let fault = &refusal.data["error"];
        let id = json!({ "executionId": refusal.data["executionId"] });
        let execution = call(&torque, "getExecution", id).await.unwrap();
        let took = execution["nodes"][0]["milliseconds"].as_u64().unwrap();
        assert!(Duration::from_millis(took) <= MOST, "{xflow}: {took} ms");
        assert!(
            codes.contains(&fault["code"].as_str().unwrap()),
            "{xflow}: {fault}"
        );
        assert!(
            !fault["message"].as_str().unwrap().contains("process"),
            "{xflow}: {fault}"
        );
    }
}

#[tokio::test]
async fn a_run_leaves_nothing_to_the_next() {
    let torque = TestServer::start().await;
    open(&torque, &[
        ("spoil", "
            const tried = [
                () => { Object.prototype.x = 1; }, () => { Array.prototype.push = () => 7; }, () => { globalThis.y = 1; },
                () => { Object.prototype.toString = () => 'spoilt'; }, () => { Math.random = () => 4; }, () => { z = 1; },
                () => { Promise.prototype.then = () => 1; }, () => { (function* () {}).prototype.__proto__.q = 1; },
                () => { [][Symbol.iterator]().__proto__.next = () => 1; }, () => { JSON.stringify.a = 1; },
                () => { console.log = () => 1; }, () => { Object.setPrototypeOf(Array.prototype, null); },
                () => { Object.defineProperty(Object.prototype, 'x', { value: 1 }); }, () => { delete Array.prototype.map; },
                () => { (async () => {}).constructor.prototype.w = 1; }, () => { Error.prototype.name = 'spoilt'; },
                () => { ((t) => t.raw.r = 1)((t => t)`a`); }, () => { Number.prototype.n = 1; }, () => { URL.prototype.u = 1; },
            ];
            let refused = 0;
            for (const game of tried) { try { game(); } catch { refused += 1; } }
            Promise.resolve().then(() => console.log('late')).then(() => { for (;;) {} });
            return [refused, tried.length];"),
        ("look", "[({}).x, [1].push(2), typeof y, String({}), typeof z, JSON.stringify.a, Math.random() < 1,
            [...'ab', [1].map(x => x)].length, new Error('e').name, `${(0).n}`]"),
        ("own", "const a = { toString: () => 'mine' }; a.valueOf = () => 3; class B { toString() { return 'b'; } } return [`${a}`, a + 1, `${new B()}`];"),
    ])
    .await;
    let look = json!([
        null,
        2,
        "undefined",
        "[object Object]",
        "undefined",
        null,
        true,
        3,
        "Error",
        "undefined"
    ]);
    assert_eq!(answer(&torque, "look", json!({})).await, look);
    for _ in 0..3 {
        // Its last game is an endless one that nobody waits for: it ends with its time, and its worker with it.
        let spoilt = tried(&torque, "spoil", json!({})).await;
        assert!(spoilt.is_err_and(|refusal| refusal.data["error"]["code"] == "timeout"));
    }
    assert_eq!(answer(&torque, "look", json!({})).await, look);
    assert_eq!(answer(&torque, "own", json!({})).await, json!(["mine", 4, "b"]));
}

#[tokio::test]
async fn what_a_script_says_stands_with_its_node_and_an_error_port_takes_its_failure() {
    let torque = TestServer::start().await;
    let mut caught = flow(
        "caught",
        "console.log('before', { a: [1] }); console.warn(undefined, 'x'); throw new Error('no');",
    );
    caught["nodes"]["told"] =
        json!({ "node_type": { "type": "Transform", "javascript": "nodes.run.error.message + '!'" } });
    caught["edges"] = json!([
        { "source": "start", "target": "run" }, { "source": "run", "port": "error", "target": "told" },
        { "source": "told", "target": "end" } ]);
    let loud = flow(
        "loud",
        "for (let i = 0; i < 1000; i++) console.log('y'.repeat(1000)); return 1;",
    );
    deployed(
        &torque,
        &[SLUG],
        json!({ "name": "Works", "xflows": [caught, loud] }),
    )
    .await;
    let done = call(
        &torque,
        "executeXFlow",
        json!({ "xflowId": "caught", "input": {} }),
    )
    .await
    .unwrap();
    assert_eq!(done["output"], "Error: no (line 1, column 72)!");
    let log = async |done: Value| {
        let params = json!({ "executionId": done["executionId"] });
        let execution = call(&torque, "getExecution", params).await.unwrap();
        let mut nodes = execution["nodes"].as_array().unwrap().iter();
        nodes.find(|node| node["node"] == "run").unwrap()["log"].clone()
    };
    assert_eq!(
        log(done).await,
        json!([{ "level": "info", "message": "before {\"a\":[1]}" }, { "level": "warn", "message": "undefined x" }])
    );
    let done = call(&torque, "executeXFlow", json!({ "xflowId": "loud", "input": {} }))
        .await
        .unwrap();
    assert_eq!(log(done).await.as_array().unwrap().len(), 101);
}

#[tokio::test]
async fn a_script_that_cannot_be_read_is_found_before_it_is_published() {
    let torque = TestServer::start().await;
    let problems = |code: String| {
        let torque = &torque;
        async move {
            let document = json!({ "name": "Wrong", "xflows": [flow("a", &code)] });
            let told = torque
                .call_server("validateModel", json!({ "document": document }))
                .await
                .unwrap();
            told["problems"].clone()
        }
    };
    for (code, message) in [
        ("let a = 1;\nlet = = 2;".to_owned(), "line 2, column"),
        (
            "}); globalThis.a = 1; (async function () {".to_owned(),
            "closes more brackets than it opens",
        ),
        (
            "}, async function () {".to_owned(),
            "closes more brackets than it opens",
        ),
        ("[".repeat(500), "line 1, column 201"),
        ("(".repeat(5_000), "line 1, column 201"),
        ("!".repeat(200_000), "nested too deep"),
        ("a => ".repeat(20_000), "nested too deep"),
        ("return input.map((".to_owned(), "the code ends too early"),
        ("if (input.a) {".to_owned(), "the code ends too early"),
        ("with (input) { a }".to_owned(), "line 1"),
        ("import 'x'".to_owned(), "line 1"),
    ] {
        let problems = problems(code.clone()).await;
        assert_eq!(problems.as_array().unwrap().len(), 1, "{problems}");
        assert_eq!(problems[0]["path"], "xflows[0].nodes.run.node_type.code");
        let told = problems[0]["message"].as_str().unwrap();
        assert!(told.contains(message), "{}: {told}", &code[..code.len().min(20)]);
    }
    assert_eq!(problems("return await input.a".to_owned()).await, json!([]));
}

#[tokio::test]
async fn workers_end_with_a_server_that_is_killed_in_the_middle_of_a_script() {
    let mut torque = TestServer::start().await;
    open(&torque, &[("loop", "for (;;) {}")]).await;
    let params = json!({ "xflowId": "loop", "input": {}, "wait": false });
    call(&torque, "executeXFlow", params).await.unwrap();
    let server = torque.process_id();
    let workers = || {
        let all = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let is_worker = |pid: &u32| {
            std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.ends_with(b"\0js-worker\0"))
        };
        all.filter(is_worker).collect::<Vec<u32>>()
    };
    let of_server = || {
        let is_child = |pid: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            status.contains(&format!("\nPPid:\t{server}\n"))
        };
        workers().into_iter().filter(is_child).collect::<Vec<u32>>()
    };
    let mut found = Vec::new();
    for _ in 0..500 {
        found = of_server();
        if !found.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!found.is_empty(), "no worker was started");
    tokio::time::sleep(Duration::from_millis(300)).await;
    torque.kill();
    for _ in 0..200 {
        if !workers().iter().any(|pid| found.contains(pid)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("workers outlive their server: {found:?}");
}
