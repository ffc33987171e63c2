//! Programs against automata: both find the same, whatever regex and text are.

use proptest::prelude::*;
use proptest::sample::Index;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, meta};

use super::Match;
use super::program::Program;
use super::search::search;
use crate::keys::{Catalog, Shape, examples};
use crate::text::Span;

fn program(source: &str) -> Program {
    let hir = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(source).expect(source);
    Program::new(&hir).expect(source)
}

fn automaton(source: &str) -> meta::Regex {
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    meta::Regex::builder().syntax(syntax).configure(meta::Config::new().utf8_empty(false)).build(source).expect(source)
}

/// What the automaton finds.
fn expected(regex: &meta::Regex, text: &[u8], range: Span, anchored: bool) -> Option<Match> {
    let anchored = if anchored { Anchored::Yes } else { Anchored::No };
    let mut captures = regex.create_captures();
    regex.search_captures(&Input::new(text).range(range.start..range.end).anchored(anchored), &mut captures);
    let span = |span: regex_automata::Span| Span::new(span.start, span.end);
    captures.get_match().map(|whole| Match { whole: span(whole.span()), value: captures.get_group_by_name("secret").map(span) })
}

/// Parts of regexes over few letters, so that texts over the same letters fit often.
fn regexes() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[abc]",
        Just("[ab]".to_owned()),
        Just("[^a]".to_owned()),
        Just("ab".to_owned()),
        Just(r"\b".to_owned()),
        Just("^".to_owned()),
        Just("$".to_owned()),
        Just("(?m:$)".to_owned()),
        Just("(?m:^)".to_owned()),
        Just(".".to_owned()),
        Just("(?i:B)".to_owned()),
        Just("(?u:[a\u{e4}\u{20ac}])".to_owned()),
        Just(String::new()),
    ];
    let counts = prop_oneof![
        Just("*".to_owned()),
        Just("+".to_owned()),
        Just("?".to_owned()),
        (0..3_u32, 0..3_u32).prop_map(|(min, more)| format!("{{{min},{}}}", min + more)),
        (0..3_u32).prop_map(|min| format!("{{{min},}}")),
        (0..3_u32).prop_map(|count| format!("{{{count}}}")),
    ];
    leaf.prop_recursive(4, 24, 3, move |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            4 => (inner, counts.clone(), any::<bool>()).prop_map(|(part, count, lazy)| format!("(?:{part}){count}{}", if lazy { "?" } else { "" })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_find_what_automata_find(
        (before, inner, behind) in (regexes(), regexes(), regexes()),
        text in "[abc\u{e4}\n ]{0,24}",
        cut in any::<(Index, Index)>(),
        anchored in any::<bool>(),
    ) {
        let text = text.as_bytes();
        let (one, other) = (cut.0.index(text.len() + 1), cut.1.index(text.len() + 1));
        let range = Span::new(one.min(other), one.max(other));
        for source in [format!("{before}(?P<secret>{inner}){behind}"), format!("(?:{before}(?P<secret>{inner})|{behind})*{inner}")] {
            let (program, automaton) = (program(&source), automaton(&source));
            for range in [range, Span::new(0, text.len())] {
                prop_assert_eq!(search(&program, text, range, anchored), expected(&automaton, text, range, anchored), "{}", source);
            }
        }
    }
}

/// Every built-in pattern in texts of its own templates and of the next one's, some cut short or with noise in them.
#[test]
fn built_in_patterns_find_what_automata_find() {
    let catalog = Catalog::built_in();
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = std::fs::read_dir(rules).expect("the rules are there").flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "toml") && !path.ends_with("verdicts.toml"));
    let mut specs: Vec<_> = files
        .flat_map(|path| crate::keys::schema::read_rule_file(&std::fs::read_to_string(path).expect("a rule file")).expect("the build has checked it").1)
        .collect();
    specs.sort_by(|one, other| one.id.cmp(&other.id));
    let mut last = String::new();
    let (mut patterns, mut matches, mut memory) = (0, 0, 0);
    for spec in &specs {
        let Some(Shape::Pattern(pattern)) = catalog.find(&spec.id).map(|key_type| &key_type.shape) else { continue };
        let (program, automaton) = (program(pattern.source()), automaton(pattern.source()));
        (patterns, memory) = (patterns + 1, memory + program.memory());
        for (template, seed) in spec.matches.iter().chain(&spec.reject).zip(1..) {
            let filled = examples::fill(template, seed).expect("a template");
            let middle = filled.char_indices().map(|(at, _)| at).nth(filled.chars().count() / 2).unwrap_or(0);
            let texts = [
                filled.clone(),
                format!("{last} {filled}\n{filled}"),
                filled[..middle].to_owned(),
                format!("{}\n{}", &filled[..middle], &filled[middle..]),
                format!("{}{filled}", &filled[..middle]),
                filled.to_uppercase(),
            ];
            for text in texts {
                for range in [Span::new(0, text.len()), Span::new(middle.min(text.len()), text.len()), Span::new(0, text.len() - text.len() / 4)] {
                    for anchored in [true, false] {
                        let found = search(&program, text.as_bytes(), range, anchored);
                        assert_eq!(found, expected(&automaton, text.as_bytes(), range, anchored), "{} {range:?}", spec.id);
                        matches += usize::from(found.is_some());
                    }
                }
            }
            last = filled;
        }
    }
    assert!(patterns > 300 && matches > 3000, "{patterns} patterns match {matches} times");
    assert!(memory < 2 << 20, "{patterns} programs take {memory} bytes");
}

/// Ways that lead nowhere are not taken again: with what must be tried from each place to the end, these would take hours.
#[test]
fn long_texts_take_work_in_proportion() {
    let cases = [
        ("k[^{}]*?z", "kk"),
        ("k[^{}]*z", "kk"),
        ("k.{2,8000}?z", "kk"),
        ("[a-z]{1,8000}7", "kk"),
        ("(?:[a-z]{1,40}-?)*7", "kk"),
        ("(?:k|kk|[a-k])*?7", "kk"),
        ("(?s)k.{60,8000}?k.{40,8000}?z", "kk\n"),
        (r"(?:[ \t]+[^\n]*\n){0,40}?7", " k\n"),
    ];
    for (source, unit) in cases {
        let text = unit.repeat((1 << 17) / unit.len());
        assert_eq!(search(&program(source), text.as_bytes(), Span::new(0, text.len()), false), None, "{source}");
    }
}
