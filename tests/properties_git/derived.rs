//! The leads of a text that was made by copying are those of the text read whole.

use proptest::prelude::*;
use proptest::sample::Index;
use skout::detect::{Credential, Leads, Part, Scratch};

use super::config;
use super::world::{DETECTOR, KEYS};

/// A key behind an encoding.
fn wrapped(key: &str, how: u8) -> String {
    match how {
        0 => data_encoding::BASE64.encode(key.as_bytes()),
        1 => key.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        2 => key.bytes().map(|byte| format!("\\u{byte:04x}")).collect(),
        _ => {
            let (head, tail) = key.split_at(key.floor_char_boundary(key.len() / 2));
            format!("\"{head}\" + \"{tail}\"")
        }
    }
}

/// What texts are made of: what says nothing, of any length, and keys.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<Index>().prop_map(|index| index.get(&KEYS).clone()),
        2 => "[a-z0-9 =\"'\n]{0,200}",
        1 => "[a-z =\n]{300,4000}",
        1 => "[0-9a-f]{1,70}",
        1 => "[A-Za-z0-9+/_-]{1,90}",
        2 => (any::<Index>(), 0..4_u8).prop_map(|(index, how)| wrapped(index.get::<String>(&KEYS), how)),
        1 => prop::sample::select(&["\\n", "-", "=", "\n", "-----BEGIN ", "_key", "api", "\\x", "%2"][..]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..25).prop_map(|pieces| pieces.concat().into_bytes())
}

/// One instruction of a delta: copy, or insert.
type Script = Vec<(Index, Index, bool, String)>;

fn script() -> impl Strategy<Value = Script> {
    let insert = prop_oneof![3 => "[A-Za-z0-9]{0,3}", 1 => piece()];
    prop::collection::vec((any::<Index>(), any::<Index>(), any::<bool>(), insert), 0..8)
}

/// Carries a script out. Half of the copies go on where the last one ended, as real ones do, some bytes left out.
fn derive(base: &[u8], script: &Script) -> (Vec<u8>, Vec<Part>) {
    let (mut text, mut parts, mut last) = (Vec::new(), Vec::new(), 0);
    for (from, len, goes_on, insert) in script {
        text.extend_from_slice(insert.as_bytes());
        let from = if *goes_on { (last + from.index(4)).min(base.len()) } else { from.index(base.len() + 1) };
        let len = len.index(base.len() - from + 1);
        if len > 0 {
            parts.push(Part { from, at: text.len(), len });
        }
        text.extend_from_slice(&base[from..from + len]);
        last = from + len;
    }
    (text, parts)
}

/// What a person would be told of a text, by its leads.
/// Afterwards the leads know which of them are vain, as what is derived from them next will take for granted.
fn told(text: &[u8], leads: &mut Leads) -> Vec<String> {
    let tell = |one: &Credential| format!("{:?} {:?} {:?} {:?} {:?}", one.key_type, one.confidence, one.span, one.mode, one.redacted.as_str());
    let mut told: Vec<String> = DETECTOR.pursue(text, &mut leads.clone(), &mut Scratch::default(), false).credentials.iter().map(tell).collect();
    told.extend(DETECTOR.spot(text, leads, &mut Scratch::default()).iter().map(|one| format!("{one:?}")));
    told
}

proptest! {
    #![proptest_config(config(200))]

    /// Also through several deltas in a row, whatever the seams cut.
    #[test]
    fn derived_leads_lose_nothing(base in text(), scripts in prop::collection::vec(script(), 1..4)) {
        let mut text = base;
        let mut leads = DETECTOR.leads(&text);
        for script in &scripts {
            let (next, parts) = derive(&text, script);
            leads = DETECTOR.leads_derived(&next, &parts, &leads);
            text = next;
            prop_assert_eq!(told(&text, &mut leads), told(&text, &mut DETECTOR.leads(&text)));
        }
    }
}
