//! Files as people have them: written elsewhere, broken, or no files at all.

use crate::support::TestServer;
use crate::support::cluster::temporary_folder;
use crate::support::command::json_of;
use crate::support::command::torque_reading;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::json;
use std::path::Path;
use std::process::Output;

/// `torque data` over the server's database, with a file as standard input.
async fn data(server: &TestServer, arguments: &[&str], input: Option<&Path>) -> Output {
    let arguments = [&["data"], arguments, &["--app", SLUG]].concat();
    torque_reading(&server.database.url, &arguments, input).await
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What a file comes to: rows that go in, a row refused on a line, or the whole refused.
enum Comes {
    In(u64),
    Refused(u64, &'static str),
    Whole(&'static str),
}

#[tokio::test]
async fn a_file_goes_in_or_it_is_said_what_is_wrong_with_it() {
    use Comes::In;
    use Comes::Refused;
    use Comes::Whole;
    let server = TestServer::start().await;
    Shop::open(&server).await;
    let folder = temporary_folder("import-files");
    let deep = format!("title,extra\nA,\"{}{}\"\n", "[".repeat(100), "]".repeat(100));
    let table: &[(&str, &[u8], &[&str], Comes)] = &[
        ("a.csv", b"name;email\nA;a@example.com\n", &[], In(1)),
        ("a.csv", b"name\temail\nA; B, C\ta@example.com\n", &[], In(1)),
        ("a.csv", b"\"name\";\"email\"\n\"A, B\";\n", &[], In(1)),
        ("a.csv", b"\"a;b\",name\n1,A\n", &["--map", "a;b="], In(1)),
        ("a.csv", b"name,email\n", &[], In(0)),
        ("a.csv", b"name\r\n\r\nA\r\n\r\n", &[], In(1)),
        (
            "a.csv",
            b"name\nA\nJos\xe9\n",
            &[],
            Whole("line 3 is not written in UTF-8"),
        ),
        (
            "a.csv",
            b"name\nA\0B\n",
            &["--key", "name"],
            Refused(2, "name: text must not contain U+0000"),
        ),
        (
            "a.csv",
            b"id,name\nA\0,B\n",
            &[],
            Refused(2, "id: text must not contain U+0000"),
        ),
        ("a.csv", b"id,name\nA,B\n", &[], Refused(2, "id is no UUID")),
        ("a.csv", b"name,Name\nA,B\n", &[], Whole("two columns are name")),
        (
            "a.csv",
            b"name\nA\n",
            &["--key", "email"],
            Whole("no column is email"),
        ),
        ("a.csv", b"name\n\"A\nB\n", &[], In(1)),
        (
            "a.csv",
            b"\xff\xfen\0a\0m\0e\0\n\0",
            &[],
            Whole("line 1 is not written in UTF-8"),
        ),
        (
            "a.jsonl",
            b"{\"name\":\"A\",\"name\":\"B\"}\n",
            &[],
            Refused(1, "row.name: "),
        ),
        (
            "a.jsonl",
            b"{\"name\":\"A\",\"n\":\"B\"}\n",
            &["--map", "n=name"],
            Refused(1, "two columns are name"),
        ),
        (
            "a.jsonl",
            b"{\"name\":\"A\"}\n{\"name\":\"Jos\xe9\"}\n",
            &[],
            Whole("line 2 is not written in UTF-8"),
        ),
        ("a.jsonl", b"{\"name\":\"\\u0000\"}\n", &[], Refused(1, "U+0000")),
        ("a.jsonl", b"[1]\n", &[], Refused(1, "no JSON object")),
        ("a.jsonl", b"", &[], In(0)),
        ("order.csv", deep.as_bytes(), &[], Refused(2, "extra")),
        (
            "order.csv",
            b"title,extra\nA,\"{\"\"a\"\":\"\"\\u0000\"\"}\"\n",
            &[],
            Refused(2, "extra"),
        ),
        (
            "order.csv",
            b"title,n\nA,99999999999999999999\n",
            &[],
            Refused(2, ""),
        ),
    ];
    for (name, bytes, more, comes) in table {
        let file = folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        let entity_type = if name.starts_with("order") {
            "order"
        } else {
            "customer"
        };
        let file = file.display().to_string();
        let mut arguments = vec!["import", &file, "--type", entity_type, "--dry-run", "--json"];
        arguments.extend_from_slice(more);
        let output = data(&server, &arguments, None).await;
        let said = json_of(&output);
        let about = format!("{:?}: {said}", String::from_utf8_lossy(bytes));
        match comes {
            In(rows) => assert_eq!(
                (&said["rows"], &said["refusedCount"]),
                (&json!(rows), &json!(0)),
                "{about}"
            ),
            Refused(line, why) => {
                assert_eq!(said["refused"][0]["line"], *line, "{about}");
                let message = said["refused"][0]["message"].as_str().unwrap();
                assert!(message.contains(why), "{about}");
            }
            Whole(why) => {
                assert_eq!(said["error"]["code"], "bad_request", "{about}");
                assert!(
                    said["error"]["message"].as_str().unwrap().contains(why),
                    "{about}"
                );
            }
        }
        assert_eq!(output.status.success(), matches!(comes, In(_)), "{about}");
    }
}

#[tokio::test]
async fn an_export_that_fails_leaves_nothing_and_one_that_is_whole_touches_no_other_file() {
    let server = TestServer::start().await;
    let shop = Shop::open(&server).await;
    shop.create("tag", json!({ "name": "good" })).await;
    let folder = temporary_folder("export-files");
    let file = folder.join("tags.csv");
    let out = file.display().to_string();
    let failing = [
        "export", "--type", "tag", "--output", &out, "--fields", "nonsense", "--json",
    ];
    let output = data(&server, &failing, None).await;
    assert_eq!(json_of(&output)["error"]["code"], "bad_request");
    assert!(names(&folder).is_empty(), "{:?}", names(&folder));

    std::fs::write(folder.join("tags.part"), "somebody else's").unwrap();
    std::fs::write(&file, "an older export").unwrap();
    let whole = ["export", "--type", "tag", "--output", &out, "--fields", "name"];
    let output = data(&server, &whole, None).await;
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("1 entities are in {out}.\n")
    );
    assert_eq!(names(&folder), ["tags.csv", "tags.part"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "name\r\ngood\r\n");
    let other = std::fs::read_to_string(folder.join("tags.part")).unwrap();
    assert_eq!(other, "somebody else's");

    let nowhere = folder.join("nowhere/tags.csv").display().to_string();
    let output = data(&server, &["export", "--type", "tag", "--output", &nowhere], None).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cannot be written"), "{said}");

    let again = ["import", "-", "--type", "tag", "--key", "name", "--json"];
    let done = json_of(&data(&server, &again, Some(&file)).await);
    assert_eq!(
        (&done["created"], &done["unchanged"]),
        (&json!(0), &json!(1)),
        "{done}"
    );
}

#[tokio::test]
async fn numbers_keep_every_digit_on_their_way_in_and_out() {
    const EXACT: &str = r#"{"a": 12345678901234567890.25}"#;
    let server = TestServer::start().await;
    Shop::open(&server).await;
    let folder = temporary_folder("import-digits");
    let (file, out) = (folder.join("in.jsonl"), folder.join("out.jsonl"));
    let written = |cents: &str| {
        let row = format!(
            r#"{{"title":"A","total":12345678901234567.{cents},"extra":{EXACT},"remarks":"Größe \\/"}}"#
        );
        std::fs::write(&file, row).unwrap();
    };
    let path = file.display().to_string();
    let import = ["import", &path, "--type", "order", "--key", "title", "--json"];
    for (cents, counts) in [("88", [1, 0, 0]), ("88", [0, 0, 1]), ("89", [0, 1, 0])] {
        written(cents);
        let done = json_of(&data(&server, &import, None).await);
        let now = ["created", "updated", "unchanged"].map(|name| done[name].as_i64().unwrap());
        assert_eq!(now, counts, "{cents}: {done}");
    }
    let path = out.display().to_string();
    let export = ["export", "--type", "order", "--output", &path];
    assert!(data(&server, &export, None).await.status.success());
    let exported = std::fs::read_to_string(&out).unwrap();
    assert!(exported.contains("\"12345678901234567.89\""), "{exported}");
    assert!(exported.contains(EXACT), "{exported}");
    let again = ["import", &path, "--type", "order", "--key", "id", "--json"];
    let done = json_of(&data(&server, &again, None).await);
    assert_eq!(
        (&done["unchanged"], &done["rows"]),
        (&json!(1), &json!(1)),
        "{done}"
    );
}
