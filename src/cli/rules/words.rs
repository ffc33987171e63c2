//! What a key type looks like and needs, in words: the same in every list and page.

use crate::keys::{Alphabet, AnchorKind, Catalog, KeyType, KeyTypeIx, ModeRule, NAMED_ALPHABETS, Shape, lengths_in_words};
use crate::terms::Mode;

/// The literals that lead to each key type, by its number.
pub(super) struct Literals(Vec<Vec<(String, AnchorKind)>>);

impl Literals {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut all: Vec<Vec<(String, AnchorKind)>> = Vec::new();
        for anchor in catalog.anchors() {
            for used in anchor.uses.iter() {
                let index = usize::from(used.key_type);
                if all.len() <= index {
                    all.resize(index + 1, Vec::new());
                }
                all[index].push((anchor.text.to_string(), used.kind));
            }
        }
        Self(all)
    }

    pub(super) fn get(&self, index: KeyTypeIx) -> &[(String, AnchorKind)] {
        self.0.get(usize::from(index.0)).map_or(&[], Vec::as_slice)
    }
}

/// A text as code; one that holds a backtick in two of them.
pub(super) fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// `a`, `b` or `c`, with the rest counted.
pub(super) fn some(texts: &[String], most: usize, last: &str) -> String {
    let shown: Vec<String> = texts.iter().take(most).map(|text| code(text)).collect();
    if texts.len() > most {
        return format!("{} {last} {} more", shown.join(", "), texts.len() - most);
    }
    match shown.split_last() {
        Some((end, head)) if !head.is_empty() => format!("{} {last} {end}", head.join(", ")),
        _ => shown.join(""),
    }
}

/// The name of an alphabet, or the class of its characters.
pub(super) fn alphabet(set: Alphabet) -> String {
    if let Some((name, _)) = NAMED_ALPHABETS.iter().find(|(_, class)| Alphabet::of_class(class) == set) {
        return (*name).to_owned();
    }
    let mut class = String::new();
    for family in [b'0'..=b'9', b'A'..=b'Z', b'a'..=b'z'] {
        let mut byte = *family.start();
        while byte <= *family.end() {
            match (byte..=*family.end()).take_while(|next| set.has(*next)).last() {
                Some(end) => {
                    if end > byte + 1 {
                        class.push_str(&format!("{}-{}", char::from(byte), char::from(end)));
                    } else {
                        (byte..=end).for_each(|one| class.push(char::from(one)));
                    }
                    byte = end + 1;
                }
                None => byte += 1,
            }
        }
    }
    // A hyphen at the end stands for itself.
    class.extend((0x20..0x7f_u8).filter(|byte| set.has(*byte) && !byte.is_ascii_alphanumeric() && *byte != b'-').map(char::from));
    if set.has(b'-') {
        class.push('-');
    }
    format!("[{class}]")
}

/// The shape in words: `` `sk_`, then 48 of lower-hex ``.
pub(super) fn shape(key_type: &KeyType, literals: &[(String, AnchorKind)]) -> String {
    match &key_type.shape {
        Shape::Parts { prefixes, alphabet: set, lengths: ranges, suffix } => {
            let starts: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
            let start = if starts.is_empty() { String::new() } else { format!("{}, then ", some(&starts, 6, "or")) };
            let end = if suffix.is_empty() { String::new() } else { format!(", then {}", code(suffix)) };
            format!("{start}{} of {}{end}", lengths_in_words(ranges), code(&alphabet(*set)))
        }
        Shape::Pattern(_) => {
            let texts: Vec<String> = literals.iter().map(|(text, _)| text.clone()).collect();
            let how = match literals.first().map(|(_, kind)| *kind) {
                Some(AnchorKind::PatternStart | AnchorKind::Prefix) => "that begins with",
                Some(AnchorKind::PatternInner) => "that holds",
                _ => "near",
            };
            if texts.is_empty() { "a pattern".to_owned() } else { format!("a pattern {how} {}", some(&texts, 4, "or")) }
        }
    }
}

/// Which modes a match may tell.
pub(super) fn mode(key_type: &KeyType) -> String {
    match &key_type.mode {
        ModeRule::Fixed(mode) => mode.to_string(),
        ModeRule::FromPrefix => "from-prefix".to_owned(),
        ModeRule::Table(table) => {
            let mut modes: Vec<Mode> = table.iter().map(|(_, mode)| *mode).collect();
            modes.sort_unstable();
            modes.dedup();
            modes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// What proves a match without asking anybody: checksums and decoded structure.
pub(super) fn proofs(key_type: &KeyType) -> Vec<&'static str> {
    key_type.proofs().map(|check| check.kind.name()).collect()
}

pub(super) fn phrases(key_type: &KeyType) -> Vec<String> {
    key_type.keywords.iter().map(|phrase| phrase.join(" ")).collect()
}

/// Whether words around a value are needed: `required`, `helps` or `none`.
pub(super) fn need(key_type: &KeyType) -> &'static str {
    match (key_type.required, key_type.keywords.is_empty()) {
        (true, _) => "required",
        (false, false) => "helps",
        (false, true) => "none",
    }
}
