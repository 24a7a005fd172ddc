//! Kinds of garbage, each as calls made of a good one, with the answer that they must get.

use super::raw::Call;
use handoff::domain::wire::MOST_BODY_BYTES;
use handoff_server::routes::{Route, Who};
use serde_json::Value;

/// In whatever is typed, and nowhere else.
pub const MARK: &str = "Qx7zGarbage";

/// Whether a text says what was typed, or what it looks like on the way.
pub fn repeats(text: &str) -> bool {
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, MARK);
    text.contains(MARK) || text.contains(&encoded)
}

/// What a call must be answered with.
#[derive(Clone)]
pub enum Wanted {
    /// A page.
    Page(u16),
    /// A problem with one of these; a 422 names this field.
    Problem(&'static [u16], String),
}

/// A call and what it must get.
pub struct Garbage {
    pub what: String,
    pub call: Call,
    pub wanted: Wanted,
    /// A form that is shown once more holds what was typed there.
    pub may_come_back: bool,
}

fn garbage(what: impl Into<String>, call: Call, wanted: Wanted) -> Garbage {
    Garbage { what: what.into(), call, wanted, may_come_back: false }
}

/// A typed answer of this kind: a problem under `/v1`, else a page.
fn typed(call: &Call, status: &'static [u16]) -> Wanted {
    if call.path.starts_with("/v1/") { Wanted::Problem(status, String::new()) } else { Wanted::Page(status[0]) }
}

/// Whether a field that was named is the one at fault, or holds it, or is within it.
pub fn names(named: &str, field: &str) -> bool {
    field.is_empty() || named == "." || named.starts_with(field) || field.starts_with(named)
}

pub fn methods(base: &Call, routes: &[&Route]) -> Vec<Garbage> {
    let known = |method: &str| routes.iter().any(|route| route.method.as_str() == method);
    let others = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QX7ZGARBAGE"];
    let call = |method: &str| Call { method: method.to_owned(), ..base.clone() };
    let wrong = others.into_iter().filter(|method| !known(method));
    wrong.map(|method| garbage("wrong method", call(method), typed(base, &[405]))).collect()
}

pub fn announced(base: &Call, most: usize) -> Garbage {
    garbage("over-long body", Call { announced: Some(most + 1), ..base.clone() }, typed(base, &[413]))
}

/// More than a body may have, and no word of it before.
fn unannounced(base: &Call, kind: &str) -> Garbage {
    let body = [b"{\"note\":\"".as_slice(), &vec![b'a'; MOST_BODY_BYTES]].concat();
    let call = Call { body, chunked: true, ..base.with("content-type", kind) };
    garbage("over-long body in chunks", call, typed(base, &[413]))
}

/// Whoever's headers are garbage is nobody.
pub fn strangers(base: &Call, who: Who) -> Vec<Garbage> {
    let long = "A".repeat(4000);
    let bytes: &[u8] = b"Bearer \xff\xfe\x80";
    match who {
        Who::Anyone => vec![],
        Who::Device | Who::DeviceEvenRevoked => {
            let tokens = [
                "",
                "Bearer",
                "Bearer ",
                "Bearer %%%",
                "bearer AAAA",
                &format!("Basic {MARK}"),
                &format!("Bearer {long}"),
            ];
            let calls = tokens.iter().map(|token| base.with("authorization", *token));
            let mut calls: Vec<_> = calls.chain([base.with("authorization", bytes)]).collect();
            let unknown = base.with("authorization", format!("Bearer {}", "A".repeat(43)));
            let empty = base64::Engine::encode(
                &base64::engine::general_purpose::URL_SAFE_NO_PAD,
                "{\"body\":\"\",\"sig\":\"\"}",
            );
            for certificate in [MARK.as_bytes(), bytes, b"e30", empty.as_bytes()] {
                calls.push(unknown.with("handoff-certificate", certificate));
            }
            calls.into_iter().map(|call| garbage("bad token", call, typed(base, &[401]))).collect()
        }
        Who::Visitor | Who::Staff(_) => {
            let mut all = Vec::new();
            if base.method != "GET" {
                for from in [b"cross-site".as_slice(), MARK.as_bytes(), bytes] {
                    all.push(garbage("form from elsewhere", base.with("sec-fetch-site", from), Wanted::Page(403)));
                }
            }
            if let Who::Staff(_) = who {
                let cookies =
                    ["", "__Host-session", "__Host-session=", &format!("__Host-session={MARK}"), &format!("x={long}")];
                let calls =
                    cookies.iter().map(|cookie| base.with("cookie", *cookie)).chain([base.with("cookie", bytes)]);
                all.extend(calls.map(|call| garbage("bad cookie", call, Wanted::Page(401))));
            }
            all
        }
    }
}

/// Parts of a path that name nothing.
pub fn parts(base: &Call, (path, part, good): (&str, &str, &str), wanted: u16) -> Vec<Garbage> {
    let long = "9".repeat(6000);
    let bad = [
        MARK,
        "-1",
        "0",
        "1e9",
        "+1",
        "0x1",
        "18446744073709551616",
        "9223372036854775808",
        "18446744073709551615",
        &long,
        "%00",
        "%ff",
        "%C3%28",
        "%F0%9F%92%A9",
        "%2e%2e%2f%2e%2e%2fserver.db",
        "%3Cscript%3E",
        "%27%20OR%201=1",
        "NaN",
    ];
    let near = good.get(1..).filter(|near| !near.is_empty()).map(str::to_owned);
    let call = |bad: &str| Call { path: path.replace(part, bad), ..base.clone() };
    let calls = bad.into_iter().map(str::to_owned).chain(near).map(|bad| call(&bad));
    // What is no text at all is no page, whatever the route says of a link that does not work.
    let wanted = |call: &Call| if call.path.contains("%ff") || call.path.contains("%C3") { 404 } else { wanted };
    calls
        .map(|call| {
            let wanted = wanted(&call);
            garbage("bad part of the path", call, Wanted::Page(wanted))
        })
        .collect()
}

pub fn queries(base: &Call, bad: &[&str], wanted: Wanted) -> Vec<Garbage> {
    let call = |query: &str| Call { path: format!("{}?{}", base.path, query.replace("MARK", MARK)), ..base.clone() };
    bad.iter().map(|query| garbage(format!("query {query}"), call(query), wanted.clone())).collect()
}

const FEED: [&str; 16] = [
    "after=",
    "after=x",
    "after=-1",
    "after=1.5",
    "after=1e3",
    "after=18446744073709551616",
    "after=1&after=2",
    "after=%00",
    "after=%ff",
    "config=MARK",
    "config=",
    "wait=-1",
    "wait=MARK",
    "MARK=1",
    "after=NaN",
    "config=00&config=00",
];

pub fn feed(base: &Call, health: &Value) -> Vec<Garbage> {
    let wanted = |field: &str| Wanted::Problem(&[422], field.to_owned());
    let mut all = queries(base, &FEED, wanted("query"));
    let header = |value: &[u8]| base.with("handoff-health", value);
    for bad in ["", "null", "[]", "7", "{", "{}", MARK, "\t", &"[".repeat(5000)] {
        all.push(garbage("bad health", header(bad.as_bytes()), wanted("handoff-health")));
    }
    all.push(garbage("health in no script", header(b"{\"app\":\"\xff\"}"), wanted("handoff-health")));
    for (what, body, _) in variants(health) {
        // What still reads as health is answered as ever.
        let reads = serde_json::from_slice::<handoff::domain::wire::Health>(&body).is_ok();
        let one_line = !body.iter().any(|byte| *byte == b'\n' || *byte == 0);
        if !reads && one_line {
            all.push(garbage(format!("health: {what}"), header(&body), wanted("handoff-health")));
        }
    }
    all
}

/// Bodies made of a good one.
pub fn json(base: &Call, good: &Value, wanted: &'static [u16]) -> Vec<Garbage> {
    let mut all = vec![unannounced(base, "application/json")];
    let base = base.with("content-type", "application/json");
    let whole = serde_json::to_vec(good).unwrap();
    let unreadable: [Vec<u8>; 15] = [
        vec![],
        MARK.into(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\0\0\0".to_vec(),
        b"{\"\xff\":\"\xfe\"}".to_vec(),
        "[".repeat(100_000).into(),
        "{\"a\":".repeat(50_000).into(),
        format!("\"{MARK}\"").into(),
        whole[..whole.len() / 2].to_vec(),
        [whole.as_slice(), MARK.as_bytes()].concat(),
        [b"\xef\xbb\xbf".as_slice(), &whole].concat(),
        String::from_utf8_lossy(&whole).encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    let call = |body: Vec<u8>| Call { body, ..base.clone() };
    for body in unreadable {
        all.push(garbage("no such JSON", call(body), Wanted::Problem(&[422], String::new())));
    }
    for kind in [
        b"text/plain".as_slice(),
        b"application/x-www-form-urlencoded",
        b"multipart/form-data",
        b"\xff",
        MARK.as_bytes(),
    ] {
        let call = call(whole.clone()).with("content-type", kind);
        all.push(garbage("wrong content type", call, Wanted::Problem(&[415], String::new())));
    }
    for (what, body, field) in variants(good) {
        all.push(garbage(what, call(body), Wanted::Problem(wanted, field)));
    }
    all
}

/// What is put in the place of each value, as it is written.
fn wrong() -> Vec<String> {
    let deep = ["[", "]"].map(|one| one.repeat(200)).concat();
    let text = format!("\"{MARK}\"");
    let others = [
        "null",
        "true",
        "-1",
        "1.5",
        "1e999",
        "-1e999",
        "18446744073709551616",
        "\"\"",
        "[]",
        "{}",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "NaN",
    ];
    others.into_iter().map(str::to_owned).chain([text, deep]).collect()
}

/// Where a value is put that is no JSON of serde's.
const HERE: &str = "@here@";

/// Each value in turn wrong, missing, twice there; and something unknown beside it: what, the bytes, the field.
pub fn variants(good: &Value) -> Vec<(String, Vec<u8>, String)> {
    let mut all = Vec::new();
    for pointer in pointers(good, String::new()) {
        let field = field_of(&pointer);
        let with = |change: &dyn Fn(&mut Value)| {
            let mut value = good.clone();
            change(&mut value);
            serde_json::to_string(&value).unwrap()
        };
        let marked = with(&|value| *value.pointer_mut(&pointer).unwrap() = HERE.into());
        for wrong in wrong() {
            let body = marked.replace(&format!("\"{HERE}\""), &wrong);
            all.push((format!("{field} is {}", wrong.get(..20).unwrap_or(&wrong)), body.into_bytes(), field.clone()));
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        if !good.pointer(parent).unwrap().is_object() {
            continue;
        }
        let object = |value: &mut Value| value.pointer_mut(parent).unwrap().as_object_mut().unwrap().clone();
        let missing = with(&|value| {
            let mut fields = object(value);
            fields.remove(key);
            *value.pointer_mut(parent).unwrap() = fields.into();
        });
        all.push((format!("{field} is missing"), missing.into_bytes(), field.clone()));
        for (what, name) in [("twice", key), ("beside something unknown", MARK)] {
            let more = with(&|value| {
                let mut fields = object(value);
                fields.insert(HERE.into(), fields[key].clone());
                *value.pointer_mut(parent).unwrap() = fields.into();
            });
            all.push((format!("{field} {what}"), more.replace(HERE, name).into_bytes(), field_of(parent)));
        }
    }
    all
}

/// Every value within, by its pointer.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let within: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(i, value)| (format!("{at}/{i}"), value)).collect(),
        _ => vec![],
    };
    within.into_iter().flat_map(|(at, value)| [vec![at.clone()], pointers(value, at)].concat()).collect()
}

/// A pointer as a refusal writes it: `entries[0].header`.
fn field_of(pointer: &str) -> String {
    let mut field = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => field.push_str(&format!("[{index}]")),
            Err(_) if field.is_empty() => field.push_str(part),
            Err(_) => field.push_str(&format!(".{part}")),
        }
    }
    field
}

/// Forms made of a good one.
const FORM: &str = "application/x-www-form-urlencoded";

/// A form that says that it is something else, or nothing.
fn of_another_type(base: &Call, body: &str) -> Vec<Garbage> {
    let call = Call { body: body.as_bytes().to_vec(), ..base.clone() };
    let mut all = vec![unannounced(base, FORM)];
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", MARK] {
        all.push(garbage("wrong content type", call.with("content-type", kind), Wanted::Page(422)));
    }
    all.push(garbage("no content type", call, Wanted::Page(422)));
    all
}

/// A note has fields that stand more than once and fields of its kind, so only what each must hold is spoiled.
pub fn note(base: &Call) -> Vec<Garbage> {
    let good = [
        ("id", "01a0b1c2-0000-7000-8000-000000000001"),
        ("follows", "0"),
        ("on", "2012-06-01"),
        ("manner", "phone"),
        ("reached", "yes"),
    ];
    spoiled(base, &good, "")
}

/// A release is for whatever someone says, so that is left.
pub fn release(base: &Call) -> Vec<Garbage> {
    let good = [
        ("id", "01a0b1c2-0000-7000-8000-000000000001"),
        ("follows", "0"),
        ("to", "officer"),
        ("items", "manager"),
        ("manner", "paper"),
        ("on", "2012-06-01"),
        ("until", "2999-06-01"),
    ];
    spoiled(base, &good, "&purpose=court")
}

/// Each of these fields in turn with what it cannot hold.
fn spoiled(base: &Call, good: &[(&str, &str)], rest: &str) -> Vec<Garbage> {
    let written = |fields: &[(&str, &str)]| {
        fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&") + rest
    };
    let mut all = of_another_type(base, &written(good));
    for at in 0..good.len() {
        for bad in ["", "-1", "%00", "%ff", "%C3%28", MARK, "9999999999999999999999"] {
            let mut fields = good.to_vec();
            fields[at].1 = bad;
            let call = Call { body: written(&fields).into_bytes(), ..base.with("content-type", FORM) };
            let sent = garbage(format!("{}={bad}", fields[at].0), call, Wanted::Page(422));
            all.push(Garbage { may_come_back: true, ..sent });
        }
    }
    all
}

pub fn form(base: &Call, good: &[(&str, &str)]) -> Vec<Garbage> {
    let kind = FORM;
    let written = |fields: &[(String, String)]| {
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect::<Vec<_>>().join("&")
    };
    let good: Vec<_> = good.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let call = |body: String| Call { body: body.into_bytes(), ..base.with("content-type", kind) };
    let mut all = of_another_type(base, &written(&good));
    all.push(garbage("unknown field", call(format!("{}&{MARK}=1", written(&good))), Wanted::Page(422)));
    for (at, (name, value)) in good.iter().enumerate() {
        all.push(garbage(
            format!("{name} twice"),
            call(format!("{}&{name}={value}", written(&good))),
            Wanted::Page(422),
        ));
        for bad in ["%00", "%ff", "%07x", &format!("{MARK}%00"), &"9".repeat(900), "18446744073709551616%01", "%C3%28"]
        {
            let mut fields = good.clone();
            if name == "time" {
                fields[0].1 = "time".into();
            }
            fields[at].1 = bad.to_owned();
            let sent =
                garbage(format!("{name}={}", bad.get(..20).unwrap_or(bad)), call(written(&fields)), Wanted::Page(422));
            all.push(Garbage { may_come_back: true, ..sent });
        }
    }
    all
}
