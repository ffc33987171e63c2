//! Which classes show their fields when an instance is printed.

use super::language::{Blocks, Language};
use super::tree::{Class, Tree};
use crate::text::Span;

/// Methods that say themselves what is printed.
const OWN: &[&str] = &[
    "__repr__",
    "__str__",
    "toString",
    "to_s",
    "inspect",
    "String",
    "GoString",
    "LogValue",
    "MarshalJSON",
    "ToString",
    "description",
    "fmt",
    "debugDescription",
    "__debugInfo",
];

/// Whether a class says itself what is printed of its instances.
pub(super) fn prints_itself(tree: &Tree, class: &Class) -> bool {
    class.methods.iter().any(|number| tree.functions[*number as usize].name.is_some_and(|name| OWN.contains(&name)))
}

/// Whether an instance shows its fields when it becomes text.
pub(super) fn shows_fields(language: &Language, text: &str, tree: &Tree, class: &Class) -> bool {
    if prints_itself(tree, class) {
        return false;
    }
    let word = &text[class.word.start..class.word.end];
    let head = &text[class.head.start..class.head.end];
    let marked = |what: &str| class.marks.iter().any(|mark| text[mark.start..mark.end].contains(what));
    match language.name {
        "Python" => {
            marked("dataclass")
                || marked("attr")
                || head.contains("BaseModel")
                || head.contains("BaseSettings")
                || head.contains("NamedTuple")
                || head.contains("TypedDict")
        }
        "Kotlin" => word.contains("data"),
        "Scala" => word.contains("case"),
        "Java" => word.contains("record") || marked("ToString") || marked("@Data") || marked("@Value"),
        "C#" => word.contains("record"),
        "Rust" => marked("Debug"),
        "Go" => !head.contains("interface"),
        "Swift" => word.contains("struct") || word.contains("type") || word.contains("class"),
        "PHP" => true,
        // `@derive {Inspect, except: [:key]}`
        "Elixir" => !marked("Inspect"),
        // Of others than a structure, only `inspect` shows them.
        "Ruby" => head.contains("Struct") || head.contains("Data.define"),
        _ => language.grammar.blocks == Blocks::Ends,
    }
}

/// Whether a field says itself that it is left out: `repr=False`, `SecretStr`, `#[serde(skip)]`, `@JsonIgnore`.
pub(super) fn is_hidden(language: &Language, text: &str, field: Span) -> bool {
    let bytes = text.as_bytes();
    let end = memchr::memchr(b'\n', &bytes[field.end..]).map_or(bytes.len(), |feed| field.end + feed);
    let line_start = memchr::memrchr(b'\n', &bytes[..field.start]).map_or(0, |feed| feed + 1);
    let before_start = memchr::memrchr(b'\n', &bytes[..line_start.saturating_sub(1)]).map_or(0, |feed| feed + 1);
    let around = &text[before_start..end];
    let own = &text[line_start..end];
    let guarded = language.api.iter().flat_map(|api| api.guarded_types).any(|guarded| own.contains(guarded));
    guarded
        || own.contains("repr=False")
        || own.contains("redact: true")
        || own.contains("json:\"-\"")
        || ["#[debug(skip", "#[debug(ignore", "#[derivative(Debug=\"ignore", "ToString.Exclude", "JsonIgnore", "#[redact"]
            .iter()
            .any(|mark| around.contains(mark))
}
