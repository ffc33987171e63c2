//! What a script says: JavaScript, TypeScript, and the scripts of components and pages.
//!
//! One model for all of them, small and owned: what is imported, what each top-level statement needs, what names hold,
//! and where values leave. A rule and the project see this, never a syntax tree.

use super::SpotIx;

/// The facts of one module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Module {
    /// Top-level statements, in order; a function's body belongs to the statement that declares it.
    pub parts: Vec<Part>,
    /// Everything that another module is asked for, type-only imports left out.
    pub imports: Vec<Import>,
    /// What others may ask for.
    pub exports: Vec<Export>,
    /// What the names of the module's own scope hold, as far as secrets are concerned; a function holds what it returns.
    pub holds: Vec<(String, Value)>,
    /// Where values leave.
    pub flows: Vec<Flow>,
    /// Reads of environment variables, in order.
    pub reads: Vec<Read>,
    /// Paths and globs that it tells a bundler to begin a client with: `entry`, `entryPoints`, `input`. Those of a build for
    /// Node are left out.
    pub entries: Vec<String>,
    /// Whether it offers what it offers by `module.exports` or `exports.x`: bundlers take such a module whole.
    pub is_common: bool,
    /// Whether the parser refused a part of the text: facts are partial then.
    pub is_broken: bool,
}

/// A top-level statement: what a bundler keeps or drops as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Bytes of the decoded text.
    pub span: crate::text::Span,
    /// Names that it declares in the module's scope.
    pub declares: Vec<String>,
    /// Names of the module's scope, imported ones among them, that it uses anywhere inside.
    pub uses: Vec<Use>,
    /// Names that it uses and that nothing in the module declares: globals, and what a framework imports by its name alone.
    pub free: Vec<String>,
    /// Whether running it does more than to declare something, so that no bundler may drop it.
    pub has_effects: bool,
    /// Whether it runs on the server alone whatever module it is in: a function that begins with "use server", a
    /// `createServerFn` handler, Astro's frontmatter, a `<script>` that says so.
    pub is_server: bool,
}

/// A name that is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The name in this module's scope.
    pub name: String,
    /// The property that alone is read from it, `KEY` in `config.KEY`.
    pub member: Option<String>,
}

/// Something that is asked of another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// As it is written: `./config`, `@/lib/mail`, `$env/static/private`.
    pub specifier: String,
    /// How.
    pub kind: ImportKind,
    /// What of it, and under which names; empty for one that is made for its effects, or of which all is taken. A classic
    /// script of a page is `*` under no name.
    pub names: Vec<ImportName>,
    /// The statement or call.
    pub spot: SpotIx,
    /// The number of the part that it is in.
    pub part: u32,
    /// Whether the page that asks makes what it gets an island of the client: Astro's `client:load` and kin on the element
    /// of an imported component.
    pub is_island: bool,
}

/// The ways to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// `import ... from`, and an `import` for effects.
    Static,
    /// `export ... from`.
    ReExport,
    /// `import(...)`: everything is taken, unless names are given.
    Dynamic,
    /// `require(...)`: everything is taken, unless names are given.
    Require,
}

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportName {
    /// The other module's name for it; `default`; `*` for the whole module.
    pub imported: String,
    /// This module's name for it.
    pub local: String,
}

/// Something that a module offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its name for others; `default`; `*` where all of another module is passed on.
    pub name: String,
    /// What it is.
    pub target: Target,
    /// The number of the part that exports it.
    pub part: u32,
}

/// What an exported name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A name of this module's scope; `default` for a default export without a name of its own.
    Local(String),
    /// A name of another module, `*` for all of it: the number of the import, and the name there.
    Other(u32, String),
}

/// A read of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The variable's name.
    pub name: String,
    /// The object that it is read from.
    pub from: EnvObject,
    /// Whether it is written so that a bundler can put the value there: `process.env.X`, not `process.env[x]` or
    /// `const { X } = process.env`.
    pub is_direct: bool,
    /// Where.
    pub spot: SpotIx,
    /// The number of the part that it is in.
    pub part: u32,
}

/// Where variables are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvObject {
    /// `process.env`.
    Process,
    /// `import.meta.env`.
    ImportMeta,
    /// `$env/static/private`, `$env/dynamic/private`, `astro:env/server`.
    PrivateModule,
    /// `$env/static/public`, `$env/dynamic/public`, `astro:env/client`.
    PublicModule,
    /// `Deno.env.get(...)`, `Bun.env`, a worker's `env` parameter, `useRuntimeConfig()`, `getenv` and kin: a server's alone.
    Server,
}

/// What an expression holds, as far as secrets are concerned.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing that matters.
    #[default]
    Nothing,
    /// The variable of a read: its number in `Module::reads`.
    Env(u32),
    /// All environment variables at once: `process.env` itself.
    WholeEnv(SpotIx),
    /// A credential that is written in the text: its number among the file's literals.
    Literal(u32),
    /// A name of another module.
    Import {
        /// The number of the import.
        import: u32,
        /// The other module's name; `*` for all of it.
        name: String,
        /// Properties that are then read.
        path: Vec<String>,
        /// Whether it is called, and what it returns is meant.
        is_called: bool,
    },
    /// An object: its fields, and what is spread into it.
    Object(Vec<(String, Value)>, Vec<Value>),
    /// A function of this module, by what it returns.
    Returns(Box<Value>),
    /// One of these, or something that is put together from them: a text, a list, a choice.
    Some(Vec<Value>),
    /// The same after a step that is worth telling.
    Via(SpotIx, String, Box<Value>),
    /// What nothing is known of but its name, which may say secret: a variable, a parameter, a field, a call. Where it is
    /// used, and the name that stands last: `apiKey` in `user.apiKey`. Readers note rather too many than too few: what a
    /// name really says, the catalog knows.
    Named(SpotIx, String),
    /// What holds secrets among other things.
    Dump(SpotIx, Dump),
    /// A constant text of which a URL may be made: `https://api.useplunk.com`, `/v1/track`. No flow but a request's holds one.
    Text(String),
}

impl Value {
    /// What it is made of in the end: everything that holds nothing else.
    pub fn ends(&self) -> impl Iterator<Item = &Self> {
        let mut work = vec![self];
        std::iter::from_fn(move || {
            loop {
                match work.pop()? {
                    Self::Object(fields, rest) => work.extend(fields.iter().map(|(_, value)| value).chain(rest)),
                    Self::Returns(value) | Self::Via(_, _, value) => work.push(value),
                    Self::Some(values) => work.extend(values),
                    end => return Some(end),
                }
            }
        })
    }
}

/// Whole things that hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dump {
    /// All headers of a request.
    Headers,
    /// A request, or the error of a client that holds its request: headers and all.
    Request,
    /// Settings, an object, a record: how it is written, and the name of a field in it that may say secret.
    Settings(String, String),
    /// All secrets of a workflow or a store.
    Secrets,
}

/// A value that leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// How.
    pub sink: Sink,
    /// The expression or call by which it leaves.
    pub spot: SpotIx,
    /// What leaves.
    pub value: Value,
    /// The number of the part that it is in.
    pub part: u32,
    /// The exported name of the function that it is in, if it is in one.
    pub within: Option<String>,
}

/// The ways by which values leave. Whether one leads to a client depends on where the module runs, which the project knows.
#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// The result of an exported function or method, by its exported name: `getServerSideProps`, `loader`, `load`, `GET`;
    /// `default` for a default export. The project knows which of these a framework sends.
    Result(String),
    /// The result of a function that begins with "use server", or of a `createServerFn` handler, `routeLoader$`, `query`.
    ServerFunction(String),
    /// A call that answers a request: `res.json`, `res.send`, `Response.json`, `new Response`, `c.json`, `reply.send`,
    /// `ctx.body =`; how it is written.
    Response(String),
    /// A call that renders a template: `res.render`.
    Render(String),
    /// A property of an element: `Chart token` for `<Chart token={...}>`, `Chart` for a spread, `text` for what stands between
    /// tags; and the number of the import that brings the component.
    Property(String, Option<u32>),
    /// What a template of a server writes into its page.
    Template,
    /// Script text in a page: `dangerouslySetInnerHTML`, a template string with `<script`, `useHead({ script })`.
    InlineScript,
    /// `window.__X__ = ...` and kin, where a server writes them.
    Global(String),
    /// A cookie that scripts can read.
    Cookie,
    /// A response header.
    Header(String),
    /// A web socket, an event stream.
    Socket(String),
    /// The bridge of Electron: `contextBridge.exposeInMainWorld`, a result of `ipcMain.handle`, `webContents.send`.
    Bridge(String),
    /// A bundler's instruction to put a value into client code, with the name that it gets: `define`, `DefinePlugin`,
    /// `EnvironmentPlugin`, `env` and `publicRuntimeConfig` of Next, `runtimeConfig.public` of Nuxt, `extra` of Expo. The
    /// setting, and the name.
    Define(String, String),
    /// Output that people or log stores read: `console.log`, `logger.info`, `print`, `echo`, a trace of a shell; how it is
    /// written.
    Log(String),
    /// An exception, a panic, the body of an answer that tells of an error, error telemetry and analytics: `throw new Error`,
    /// `res.status(500).json`, `Sentry.setExtra`; how it is written.
    Error(String),
    /// A URL that the value becomes a part of, and which: "the query parameter `api_key`", "the path", "the user name and password".
    Url(String),
    /// Arguments of a process, which everybody on the machine may list: the program.
    Argument(String),
    /// A request of which the value is the key.
    Request(Request),
    /// A function or class of a client library that the value is given to.
    Sdk(Sdk),
}

/// A request to an API, as far as the text tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Request {
    /// In capitals; `None` where the text does not tell.
    pub method: Option<String>,
    /// What the URL is put together from, in order; `Value::Nothing` for what is not known.
    pub url: Vec<Value>,
    /// How the key travels: `Authorization`, `X-Api-Key`, `?api_key`.
    pub by: String,
}

/// An argument of a client library.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sdk {
    /// The module, package or namespace that brings the callee, as it is written: `@stripe/stripe-js`, `stripe`,
    /// `github.com/stripe/stripe-go/v81`; empty where nothing tells.
    pub package: String,
    /// What is called or assigned to: `loadStripe`, `Stripe`, `default`, `stripe.api_key`.
    pub callee: String,
    /// The argument: its name (`publishableKey`), or its number from 0 (`0`); empty for an assignment.
    pub argument: String,
}

/// An entry that gives a value to a name outside of scripts: an env file, YAML, TOML, JSON, a Dockerfile, Terraform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The variable's name.
    pub name: String,
    /// Whether it has a value of its own there; false for `ARG NAME`, a list of names, an empty entry.
    pub has_value: bool,
    /// Whether the entry lies in a section that is published whatever its name: Expo's `extra`, `runtimeConfig.public`.
    pub published_by: Option<&'static str>,
    /// Where.
    pub spot: SpotIx,
}
