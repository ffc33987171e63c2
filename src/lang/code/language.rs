//! How a language is written, and by which calls its programs read and write secrets: pure data, one table a language.

/// A language.
#[derive(Debug)]
pub(super) struct Language {
    /// As people call it.
    pub(super) name: &'static str,
    /// Ends of file names, without the dot.
    pub(super) extensions: &'static [&'static str],
    /// How its text is taken apart.
    pub(super) lexis: Lexis,
    /// How its statements are built.
    pub(super) grammar: Grammar,
    /// What its calls do.
    pub(super) api: &'static [&'static Api],
}

/// How a text is taken apart into words.
#[derive(Debug)]
pub(super) struct Lexis {
    /// What begins a comment that ends with its line.
    pub(super) line_comments: &'static [&'static str],
    /// What begins and ends a comment of several lines.
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    /// Whether such comments lie in each other.
    pub(super) nested_comments: bool,
    /// Texts, the longest beginning first.
    pub(super) quotes: &'static [Quote],
    /// Words that change the text right behind them: `f"..."`, `r"..."`.
    pub(super) prefixes: &'static [Prefix],
    /// Characters that begin a name besides letters and `_`: `$`, `@`.
    pub(super) name_starts: &'static str,
    /// Characters that may end a name: `?` and `!`.
    pub(super) name_ends: &'static str,
    /// Whether `'x'` is a character, and a lone `'` something else.
    pub(super) characters: bool,
    /// Texts that begin with a word of their own.
    pub(super) special: Special,
}

/// Texts that need more than a beginning and an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    None,
    /// `r"..."`, `r#"..."#`.
    Rust,
    /// `#"..."#`.
    Swift,
    /// Heredocs `<<~X`, `%w[...]`, regular expressions, symbols.
    Ruby,
    /// `~s(...)`, `~r/.../`, atoms.
    Elixir,
    /// Heredocs `<<<X`, and what stands outside of `<?php ... ?>`.
    Php,
}

/// A way to write a text.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// Whether `\` takes the next character's meaning.
    pub(super) escapes: bool,
    /// Whether it may hold line breaks.
    pub(super) lines: bool,
    pub(super) holes: Holes,
}

/// A word before a text.
#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) word: &'static str,
    /// `None` to leave what the quotes say.
    pub(super) holes: Option<Holes>,
    pub(super) raw: bool,
}

/// How expressions stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holes {
    None,
    /// `{x}`, with `{{` for a brace and `:format` behind the expression.
    Braces,
    /// `{{x}}`, with `{` for a brace.
    DoubleBraces,
    /// `{x}` for a plain name alone, as format macros take it.
    BracedNames,
    /// `${x}` and `$x`.
    Dollar,
    /// `{$x}`, `${x}`, `$x`, `$x->y`, `$x[y]`.
    Php,
    /// `#{x}`.
    Hash,
    /// `\(x)`.
    Backslash,
}

/// How statements are built.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) blocks: Blocks,
    /// Whether a line break ends a statement where nothing says that it goes on.
    pub(super) newline_ends: bool,
    /// Words before the name of a function. Empty where a type stands there.
    pub(super) functions: &'static [&'static str],
    /// Words before the name of a class, a struct, a module.
    pub(super) classes: &'static [&'static str],
    /// Words before a name that is declared: `let`, `var`, `const`.
    pub(super) declares: &'static [&'static str],
    /// Words that say more of what is declared, and nothing that matters here: `public`, `static`, `mut`.
    pub(super) modifiers: &'static [&'static str],
    /// Whether types stand before names.
    pub(super) types_first: bool,
    /// Words that end a function with a value.
    pub(super) returns: &'static [&'static str],
    /// Words that throw.
    pub(super) throws: &'static [&'static str],
    /// Words of a control statement: an expression follows, then a block.
    pub(super) control: &'static [&'static str],
    /// Words that begin an import.
    pub(super) imports: &'static [&'static str],
    /// Whether the last expression of a function is its result.
    pub(super) last_is_result: bool,
    /// Whether a call needs no brackets: `puts x`.
    pub(super) commands: bool,
    /// Words that are calls without brackets: `echo`, `print`.
    pub(super) command_words: &'static [&'static str],
    /// Whether `f(x) { ... }` hands a function to `f`.
    pub(super) trailing_blocks: bool,
    /// Whether `name!(...)` is a call.
    pub(super) macros: bool,
    /// Operators that put texts together, besides `+`.
    pub(super) joins: &'static [&'static str],
    /// What an instance calls itself: `self`, `this`, `$this`.
    pub(super) selves: &'static [&'static str],
}

/// How a block is told from what is around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// `{ ... }`
    Braces,
    /// By indentation.
    Indent,
    /// From a word to `end`.
    Ends,
}

/// What calls do: of the language itself, of its standard library, of a library. Callees are written as paths of names with dots,
/// whatever the language puts between them; one with dots also matches as the end of a longer path, one without stands for
/// itself alone.
#[derive(Debug)]
pub(super) struct Api {
    /// Calls that write to a log or a terminal.
    pub(super) logs: &'static [&'static str],
    /// Methods that log, of a receiver that is a logger by its name.
    pub(super) log_methods: &'static [&'static str],
    /// Last words of receivers that are loggers; `~x` for one that ends with it, whatever its case.
    pub(super) loggers: &'static [&'static str],
    /// Names within a chain of calls that ends with a method that logs: `atInfo` in `logger.atInfo().addArgument(x).log("...")`. All
    /// that the calls of the chain are given is logged.
    pub(super) log_chains: &'static [&'static str],
    /// Calls that make an error of all their arguments but the first, which they check: `require(x) { "..." }`.
    pub(super) checks: &'static [&'static str],
    /// Methods of a chain that begins at a logger, which it may go on with and which take values: `Str`, `WithField`, `Msg`.
    pub(super) fluent: &'static [&'static str],
    /// Calls that take names and values in turn, and from which argument on: `slog.Info`, `WithField`. The name speaks for a
    /// value of which nothing is known.
    pub(super) pairs: &'static [(&'static str, usize)],
    /// Calls that make or throw an error of their arguments: panics, aborts, assertions, answers that tell of an error.
    pub(super) errors: &'static [&'static str],
    /// Ends of names of classes whose instances are errors, and the arguments of which are their messages.
    pub(super) error_types: &'static [&'static str],
    /// Calls that answer a request. Where no status says that an error is told, only what surely is a secret counts: a login
    /// answers with a token.
    pub(super) answers: &'static [&'static str],
    /// Calls that write to what their first argument is, or their receiver: into a terminal, an answer, or elsewhere.
    pub(super) streams: &'static [&'static str],
    /// Letters of `%T` and kin that show nothing of a value.
    pub(super) harmless_verbs: &'static str,
    /// Calls that log all headers where an argument of a name is true.
    pub(super) header_logs: &'static [(&'static str, &'static str)],
    /// Imports by which the loggers of a text are those that hide whatever is not said to be public.
    pub(super) veils: &'static [&'static str],
    /// Telemetry: error trackers, traces, analytics.
    pub(super) telemetry: &'static [&'static str],
    /// Calls that read one environment variable by a name given as text.
    pub(super) env_reads: &'static [&'static str],
    /// Objects that hold all environment variables: read by index or by a method named in `getters`.
    pub(super) env_objects: &'static [&'static str],
    /// Calls that give all environment variables.
    pub(super) env_calls: &'static [&'static str],
    /// Methods and functions that read a setting, a header or a field by a name given as text: `get`, `fetch`, `GetString`.
    pub(super) getters: &'static [&'static str],
    /// Functions whose result holds what their arguments hold.
    pub(super) passes: &'static [&'static str],
    /// Methods whose result holds what their receiver holds; and their arguments, where they put texts together.
    pub(super) keeps: &'static [&'static str],
    /// Methods and functions whose result is harmless: lengths, comparisons, checks.
    pub(super) harmless: &'static [&'static str],
    /// Calls that give a part of a text by numbers: harmless where it is short.
    pub(super) cuts: &'static [&'static str],
    /// Members and calls that are all headers of a request.
    pub(super) headers: &'static [&'static str],
    /// Names and calls that are a whole request.
    pub(super) requests: &'static [&'static str],
    /// Calls that start a process with their arguments.
    pub(super) processes: &'static [&'static str],
    /// Calls that make a request: the callee, and its method (`*` where an argument or a builder tells).
    pub(super) http: &'static [(&'static str, &'static str)],
    /// Types whose values print as stars: what they hold is harmless.
    pub(super) guarded_types: &'static [&'static str],
    /// Members and calls that are a whole store of secrets.
    pub(super) stores: &'static [&'static str],
    /// Calls that answer a request with their arguments: an error where the status among them says so, and else nothing.
    pub(super) responses: &'static [&'static str],
}

impl Api {
    /// The tables of paths.
    pub(super) fn tables(&self) -> Vec<&'static [&'static str]> {
        vec![
            self.logs,
            self.log_methods,
            self.loggers,
            self.log_chains,
            self.checks,
            self.fluent,
            self.errors,
            self.error_types,
            self.answers,
            self.streams,
            self.veils,
            self.telemetry,
            self.env_reads,
            self.env_objects,
            self.env_calls,
            self.getters,
            self.passes,
            self.keeps,
            self.harmless,
            self.cuts,
            self.headers,
            self.requests,
            self.processes,
            self.guarded_types,
            self.stores,
            self.responses,
        ]
    }
}

/// An API of which nothing is known: the base of all others.
pub(super) const NOTHING: Api = Api {
    logs: &[],
    log_methods: &[],
    loggers: &[],
    log_chains: &[],
    checks: &[],
    fluent: &[],
    pairs: &[],
    errors: &[],
    error_types: &[],
    answers: &[],
    streams: &[],
    harmless_verbs: "",
    header_logs: &[],
    veils: &[],
    telemetry: &[],
    env_reads: &[],
    env_objects: &[],
    env_calls: &[],
    getters: &[],
    passes: &[],
    keeps: &[],
    harmless: &[],
    cuts: &[],
    headers: &[],
    requests: &[],
    processes: &[],
    http: &[],
    guarded_types: &[],
    stores: &[],
    responses: &[],
};
