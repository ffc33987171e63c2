//! What must hold of any text: the prefilter loses nothing, threads change nothing, places lead back to the value, and
//! nothing that may be printed shows it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use skout::detect::{Credential, Detector, Scratch};
use skout::keys::schema::{self, Spec};
use skout::keys::{Anchor, AnchorKind, Catalog, examples};
use skout::text::{Locator, Position, Region, Span, Text, cut_excerpt};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
static DETECTOR: LazyLock<Detector<'static>> = LazyLock::new(|| Detector::new(&CATALOG, false));

/// The `match` templates of every key type, with its id.
static EXAMPLES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut paths: Vec<_> = std::fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_rule_file = |path: &Path| path.extension().is_some_and(|end| end == "toml") && path.file_name().is_some_and(|name| name != "verdicts.toml");
    let texts = paths.iter().filter(|path| is_rule_file(path)).map(|path| std::fs::read_to_string(path).unwrap());
    let specs = texts.flat_map(|text| schema::read_rule_file(&text).expect("the build has checked it").1);
    specs.flat_map(|Spec { id, matches, .. }| matches.into_iter().map(move |line| (id.clone(), line))).collect()
});

/// Words without a meaning to any key type: chance must not put a provider's name beside another's key.
const WORDS: &[&str] =
    &["if", "(x)", "return", "=>", "for", "i++", "[0]", "while", "\u{e4}\u{f6}", "\u{1f511}", "null", "&&", "<div>", "42", "+", "\t", "\\", "$"];

/// A line of words that says nothing.
fn noise() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..12).prop_map(|words| words.join(" ") + ";")
}

/// A filled example: its key type, and its text.
fn example() -> impl Strategy<Value = (String, String)> {
    (any::<Index>(), 0..1000_u64).prop_map(|(index, seed)| {
        let (id, template) = index.get(&EXAMPLES);
        (id.clone(), examples::fill(template, seed).unwrap())
    })
}

/// Whether every place of the anchor counts, and no other anchor has its text.
fn is_free(anchor: &Anchor) -> bool {
    let free = |anchor: &Anchor| {
        anchor.behind.is_empty() && !anchor.user && anchor.uses.iter().any(|used| !matches!(used.kind, AnchorKind::Prefix | AnchorKind::PatternStart))
    };
    CATALOG.anchors().iter().filter(|other| other.text == anchor.text).all(free)
}

fn detect(text: &[u8]) -> Vec<Credential> {
    DETECTOR.detect(text, &mut Scratch::default(), false).credentials
}

/// The key types and values of what a text holds, from the offset `from` up to `to`.
fn found(text: &[u8], from: usize, to: usize) -> Vec<(&'static str, &[u8])> {
    let inside = detect(text).into_iter().filter(|credential| credential.span.start >= from && credential.span.end <= to);
    inside.map(|credential| (CATALOG.get(credential.key_type).id.as_str(), credential.span.of(text))).collect()
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// The offset in decoded text of a line and column, counted anew.
fn offset_of(decoded: &str, place: Position) -> usize {
    let line: usize = decoded.split_inclusive('\n').take(place.line as usize - 1).map(str::len).sum();
    let columns = decoded[line..].chars().take(place.column as usize - 1).map(char::len_utf8);
    line + columns.sum::<usize>()
}

/// 300 cases a property, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: cases.unwrap_or(300), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// The prefilter finds every anchor that a plain search finds, at every offset, up to both ends of the text. Left out
    /// are those that may be passed over: where what stands beside them rules a value out.
    #[test]
    fn no_anchor_is_passed_over(picks in prop::collection::vec((any::<Index>(), 0..3_u8), 1..8), gaps in prop::collection::vec("[ -~]{0,9}", 9)) {
        // A short word counts as a whole word only, which another test looks at.
        let is_short_word = |anchor: &&Anchor| anchor.text.len() < 5 && anchor.uses.iter().all(|used| used.kind == AnchorKind::Keyword);
        let free: Vec<&Anchor> = CATALOG.anchors().iter().filter(|anchor| is_free(anchor) && !is_short_word(anchor)).collect();
        let mut text = String::new();
        for ((pick, case), gap) in picks.iter().zip(&gaps) {
            let anchor = pick.get(&free);
            // The last gap is left out half of the time, the first one too: the ends of a text are the hard part.
            text.push_str(if text.is_empty() && *case == 0 { "" } else { gap });
            text.push_str(&if *case == 1 && !anchor.exact { anchor.text.to_ascii_uppercase() } else { anchor.text.to_string() });
        }
        let mut counted = BTreeMap::new();
        DETECTOR.count_by_anchor(text.as_bytes(), &mut Scratch::default(), &mut counted);
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        for anchor in &free {
            let is_here = |at: &usize| {
                let here = &text.as_bytes()[*at..*at + anchor.text.len()];
                if anchor.exact { here == anchor.text.as_bytes() } else { here.eq_ignore_ascii_case(anchor.text.as_bytes()) }
            };
            *expected.entry(&anchor.text).or_default() += (0..(text.len() + 1).saturating_sub(anchor.text.len())).filter(is_here).count();
        }
        for (anchor, count) in expected {
            prop_assert_eq!(counted.get(anchor).copied().unwrap_or_default(), count, "{} in {:?}", anchor, text);
        }
    }

    /// A credential is found wherever it stands. Between the examples stands what says nothing and ends every statement.
    #[test]
    fn no_offset_hides_a_credential((id, line) in example(), before in prop::collection::vec(noise(), 0..4), after in prop::collection::vec(noise(), 0..3), pad in 0..16_usize) {
        let alone = found(line.as_bytes(), 0, line.len());
        // That an example gives its key type is another test's; one random body in thousands reads like words and is refused,
        // which has nothing to do with where it stands.
        prop_assume!(alone.iter().any(|(known, _)| *known == id));
        let mut text = before.join("\n");
        text.push_str(&"\n".repeat(pad + 2));
        let from = text.len();
        text.push_str(&line);
        let to = text.len();
        if !after.is_empty() {
            text.push_str("\n\n");
            text.push_str(&after.join("\n"));
        }
        prop_assert!(found(text.as_bytes(), from, to) == alone, "{id} is lost after {from} bytes");
    }

    /// Neither does another key hide it, nor the end or the start of a text.
    #[test]
    fn no_neighbour_hides_a_credential(lines in prop::collection::vec(example(), 2..6)) {
        let mut text = String::new();
        let mut expected = Vec::new();
        for (_, line) in &lines {
            expected.push((text.len(), text.len() + line.len(), found(line.as_bytes(), 0, line.len())));
            text.push_str(line);
            text.push_str("\n\n;\n\n");
        }
        let all = detect(text.as_bytes());
        for ((from, to, alone), (id, _)) in expected.iter().zip(&lines) {
            let own = alone.iter().filter(|(known, _)| known == id);
            for (_, value) in own {
                // A neighbour's name may well be a better reason for a shape that several providers share.
                let still = all.iter().any(|credential| credential.span.start >= *from && credential.span.end <= *to && credential.span.of(text.as_bytes()) == *value);
                prop_assert!(still, "{id} is lost among {:?}", lines.iter().map(|(id, _)| id).collect::<Vec<_>>());
            }
        }
    }

    /// Offset, line and column lead back to the value, in every encoding.
    #[test]
    fn places_lead_back((_, line) in example(), before in prop::collection::vec(noise(), 0..4), mark in any::<bool>()) {
        let text = format!("{}\n\n{line}\n", before.join("\n"));
        let plain = detect(text.as_bytes());
        let marked = format!("{}{text}", if mark { "\u{feff}" } else { "" });
        for stored in [marked.into_bytes(), utf16(&text, false, mark), utf16(&text, true, mark)] {
            let decoded = Text::sniff(&stored);
            // Without a mark, text that is hardly ASCII is no UTF-16 to anybody.
            let Some(decoded) = decoded.filter(|decoded| mark || decoded.bytes.as_ref() == text.as_bytes()) else { continue };
            let credentials = detect(&decoded.bytes);
            prop_assert_eq!(credentials.len(), plain.len());
            let mut locator = Locator::new(&decoded, Position::START);
            for (credential, known) in credentials.iter().zip(&plain) {
                let value = credential.span.of(&decoded.bytes);
                prop_assert!(value == known.span.of(text.as_bytes()));
                let Region { start, end } = locator.region(credential.span);
                let again = Text::window(&stored[start.offset as usize..end.offset as usize], decoded.encoding);
                prop_assert!(again.bytes.as_ref() == value, "the offsets lead to another text");
                prop_assert!(&text.as_bytes()[offset_of(&text, start)..offset_of(&text, end)] == value, "line and column lead to another text");
            }
        }
    }

    /// Neither a redaction nor an excerpt nor the reason of an allow comment shows a value, also when it stands twice.
    #[test]
    fn nothing_shows_a_value((_, line) in example(), (_, other) in example(), joint in prop::sample::select(&[" ", "\n", " // ", ",", " # skout:allow -- "][..]), twice in any::<bool>()) {
        let mut text = format!("{line}{joint}{other}");
        if twice && let Some(credential) = detect(text.as_bytes()).last() {
            let value = String::from_utf8_lossy(credential.span.of(text.as_bytes())).into_owned();
            text.push_str(joint);
            text.push_str(&value);
        }
        let bytes = text.as_bytes();
        let found = DETECTOR.detect(bytes, &mut Scratch::default(), false);
        let spans: Vec<Span> = found.credentials.iter().map(|one| one.span).chain(found.rejected.iter().map(|one| one.span)).collect();
        for credential in &found.credentials {
            let near: Vec<Span> = spans.iter().filter(|other| !other.overlaps(credential.span)).copied().collect();
            let excerpt = cut_excerpt(bytes, credential.span, credential.redacted.as_str(), &near);
            let reasons = skout::suppress::marks(bytes, credential.span, 2, &spans).into_iter().filter_map(|mark| mark.reason);
            for shown in reasons.chain([excerpt.text, credential.redacted.to_string(), format!("{credential:?}")]) {
                for hidden in &found.credentials {
                    let value = String::from_utf8_lossy(hidden.span.of(bytes));
                    prop_assert!(value.len() < 8 || !shown.contains(value.as_ref()), "a {} is shown", CATALOG.get(hidden.key_type).id);
                }
            }
        }
    }
}

/// The report of a tree is the same whatever the number of threads.
#[test]
fn threads_change_nothing() {
    let tree = tempfile::tempdir().unwrap();
    for (number, (_, template)) in EXAMPLES.iter().enumerate().step_by(3) {
        let folder = tree.path().join(format!("d{}", number % 7));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("f{number}.js")), examples::fill(template, number as u64).unwrap()).unwrap();
    }
    let report = |jobs: usize| {
        let walk = skout::source::Walk::new(&[tree.path().to_owned()], skout::source::WalkOptions { jobs, no_ignore: true, ..Default::default() }).unwrap();
        let report = skout::scan::run(&CATALOG, &skout::scan::Input::Tree(walk), &Default::default(), &Default::default()).unwrap();
        format!("{:#?} {:#?} {}", report.findings, report.summary.skipped, report.summary.files)
    };
    let single = report(1);
    assert!(single.contains("sk1:"));
    assert!([2, 3, 8].iter().all(|jobs| report(*jobs) == single), "threads change the report");
}

/// A custom pattern whose group holds nothing gives nothing, also at the very start of a text.
#[test]
fn an_empty_group_is_no_value() {
    let specs = schema::read_any("[[key-type]]\nid = \"acme.token\"\nrole = \"secret\"\npattern = \"(?P<secret>)acme[0-9]+\"\n").unwrap();
    let catalog = Catalog::with_custom(&specs).unwrap();
    let found = Detector::new(&catalog, false).detect(b"acme123", &mut Scratch::default(), true);
    assert!(found.credentials.is_empty() && found.rejected.is_empty());
}

/// A keyword of three or four letters is found where nothing follows it.
#[test]
fn a_short_keyword_may_end_a_text() {
    let anchor = CATALOG.anchors().iter().find(|anchor| anchor.text.len() == 4 && is_free(anchor)).unwrap();
    for pad in 0..4 {
        let mut counted = BTreeMap::new();
        DETECTOR.count_by_anchor(format!("{}{}", " ".repeat(pad), anchor.text).as_bytes(), &mut Scratch::default(), &mut counted);
        assert_eq!(counted.get(anchor.text.as_ref()), Some(&1), "after {pad} bytes");
    }
}
