//! Kinds of functions and methods by their names. A name is looked up once for all kinds: an evaluation asks at every call.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Methods whose result holds what the text or list holds that they are called on.
const KEEP: &[&str] = &[
    "toString",
    "trim",
    "trimStart",
    "trimEnd",
    "toLowerCase",
    "toUpperCase",
    "split",
    "normalize",
    "valueOf",
    "toJSON",
    "flat",
    "filter",
    "reverse",
    "sort",
    "padStart",
    "padEnd",
    "repeat",
    "at",
    "toLocaleString",
    "catch",
    "finally",
    "find",
    "values",
    "replace",
    "replaceAll",
    "substring",
    "substr",
    "slice",
    "concat",
    "join",
    "pop",
    "shift",
    "unwrap",
    "asString",
    "required",
    "optional",
    "expose",
];

/// Functions, of any object or none, whose result holds what their first argument holds.
const PASS: &[&str] = &[
    "String",
    "stringify",
    "serialize",
    "encodeURIComponent",
    "encodeURI",
    "escape",
    "btoa",
    "atob",
    "structuredClone",
    "uneval",
    "resolve",
    "all",
    "allSettled",
    "freeze",
    "seal",
    "fromEntries",
    "entries",
    "from",
    "useState",
    "ref",
    "shallowRef",
    "reactive",
    "signal",
    "createSignal",
    "readonly",
    "decodeURIComponent",
    "defineProperties",
    "toRaw",
    "unref",
    "markRaw",
    "preventExtensions",
    "race",
    "any",
    "of",
    "raw",
    "htmlSafe",
    "dump",
    "encode",
    "toBase64",
    "cloneDeep",
    "quote",
    "instanceToPlain",
    "toJS",
    "deepmerge",
];

/// What tells of a value and does not give it.
const TESTS: &[&str] = &[
    "Boolean",
    "Number",
    "parseInt",
    "parseFloat",
    "isNaN",
    "includes",
    "startsWith",
    "endsWith",
    "test",
    "match",
    "indexOf",
    "lastIndexOf",
    "search",
    "localeCompare",
    "equals",
    "isEqual",
    "hasOwnProperty",
    "hasOwn",
    "timingSafeEqual",
    "charCodeAt",
    "codePointAt",
    "getTime",
    "keys",
    "getOwnPropertyNames",
    "getElementById",
    "querySelector",
    "querySelectorAll",
    "locator",
    "fn",
    "stub",
    "spyOn",
    "Symbol",
];
/// Texts for people.
const TRANSLATORS: &[&str] = &["t", "$t", "i18n", "translate", "gettext", "ngettext", "__", "formatMessage", "tr", "trans", "localize"];
/// Methods that read by a name.
const GETTERS: &[&str] = &[
    "get",
    "getItem",
    "getOrThrow",
    "header",
    "getHeader",
    "getSecret",
    "getSecretValue",
    "getValue",
    "getString",
    "param",
    "query",
    "input",
    "getInput",
    "getCookie",
    "getPassword",
    "require",
    "env",
    "cookie",
    "prompt",
    "read",
    "readSecret",
];
/// Functions that write what they are given into a text.
const FORMATTERS: &[&str] = &[
    "format",
    "inspect",
    "sprintf",
    "vsprintf",
    "red",
    "green",
    "yellow",
    "blue",
    "cyan",
    "magenta",
    "gray",
    "grey",
    "white",
    "black",
    "bold",
    "dim",
    "italic",
    "underline",
    "inverse",
    "hex",
    "rgb",
    "redBright",
    "greenBright",
    "yellowBright",
    "blueBright",
    "cyanBright",
    "magentaBright",
    "whiteBright",
    "bgRed",
    "bgGreen",
    "bgYellow",
    "stripAnsi",
    "stripIndent",
    "boxen",
];
/// First words of functions whose result is not what the rest of the name says.
const OTHER_VERBS: &[&str] = &[
    "validate",
    "verify",
    "check",
    "compare",
    "set",
    "save",
    "store",
    "update",
    "delete",
    "remove",
    "revoke",
    "rotate",
    "reset",
    "clear",
    "log",
    "print",
    "show",
    "render",
    "count",
    "expire",
    "invalidate",
    "use",
    "handle",
    "on",
    "with",
    "add",
    "register",
    "ensure",
    "assert",
    "send",
    "test",
    "init",
    "change",
    "forgot",
    "write",
    "put",
    "post",
    "upload",
    "list",
    "append",
    "push",
    "require",
    "consume",
    "expect",
    "match",
    "skip",
    "peek",
    "next",
    "tokenize",
    "authenticate",
    "authorize",
    "configure",
    "setup",
    "enable",
    "disable",
    "start",
    "stop",
    "open",
    "close",
    "clean",
    "strip",
    "encode",
    "escape",
    "sort",
    "press",
    "authorise",
    "passport",
    "pass",
    "inject",
    "define",
    "describe",
    "warn",
    "connect",
    "passthrough",
];

/// What is known of a function by its name: several things at once, as of `raw`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// The result holds what the text or list holds that it is called on.
    pub(super) const KEEP: Self = Self(1);
    /// The result holds what the first argument holds.
    pub(super) const PASS: Self = Self(2);
    /// It tells of a value and does not give it.
    pub(super) const TEST: Self = Self(4);
    /// It gives texts for people.
    pub(super) const TRANSLATOR: Self = Self(8);
    /// It reads by a name.
    pub(super) const GETTER: Self = Self(16);
    /// It writes what it is given into a text.
    pub(super) const FORMATTER: Self = Self(32);

    /// As the first word of a name it says that the result is not what the rest says.
    pub(super) const OTHER_VERB: Self = Self(64);

    /// Whether a kind is among these.
    pub(super) fn has(self, kind: Self) -> bool {
        self.0 & kind.0 != 0
    }
}

static KINDS: LazyLock<FxHashMap<&str, Kinds>> = LazyLock::new(|| {
    let lists = [
        (KEEP, Kinds::KEEP),
        (PASS, Kinds::PASS),
        (TESTS, Kinds::TEST),
        (TRANSLATORS, Kinds::TRANSLATOR),
        (GETTERS, Kinds::GETTER),
        (FORMATTERS, Kinds::FORMATTER),
        (OTHER_VERBS, Kinds::OTHER_VERB),
    ];
    let mut all: FxHashMap<&str, Kinds> = FxHashMap::default();
    for (names, kind) in lists {
        names.iter().for_each(|name| all.entry(name).or_default().0 |= kind.0);
    }
    all
});

/// The kinds of a function of this name.
pub(super) fn of(name: &str) -> Kinds {
    KINDS.get(name).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_of_several_kinds() {
        let is = |name: &str, kind: Kinds| of(name).has(kind);
        assert!(is("trim", Kinds::KEEP) && is("stringify", Kinds::PASS) && is("includes", Kinds::TEST));
        assert!(is("t", Kinds::TRANSLATOR) && is("getItem", Kinds::GETTER) && is("inspect", Kinds::FORMATTER));
        assert!(
            is("required", Kinds::KEEP)
                && !is("required", Kinds::PASS)
                && !is("trims", Kinds::KEEP)
                && is("validate", Kinds::OTHER_VERB)
                && !is("", Kinds::TEST)
        );
    }
}
