//! Source text in, facts out: what a file says of itself and of the values in it. Alone in knowing how languages are written.
//!
//! Facts are small and owned: they outlive the bytes. Reading them cannot fail; broken input gives fewer.

mod binding;
mod code;
mod declared;
mod directive;
mod entry;
pub mod har;
mod hint;
mod infra;
mod js;
mod json;
mod manifest;
mod module;
mod notebook;
pub mod outline;
mod shell;
pub mod sourcemap;
mod template;

use crate::detect::Credential;
use crate::error::ScanPath;
use crate::text::{Excerpt, Region, Span};

pub use binding::name_of;
pub use directive::Directives;
pub use entry::{Entry, entry_of};
pub use manifest::Manifest;
pub use module::{Declared, Dump, EnvObject, Export, Flow, Import, ImportKind, ImportName, Module, Part, Read, Request, Sdk, Sink, Target, Use, Value};
pub use notebook::Cell;

/// What one file says.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Where the file says that it runs.
    pub directives: Directives,
    /// What a manifest or a project's settings say: `package.json`, `tsconfig.json`, `pnpm-workspace.yaml` and kin.
    pub manifest: Option<Manifest>,
    /// The credentials in it, in rising order.
    pub literals: Vec<Literal>,
    /// What it says as a script.
    pub module: Option<Module>,
    /// The source map that it refers to.
    pub map: Option<sourcemap::Reference>,
    /// Names that it declares with a public prefix, or in a section that is published.
    pub declared: Vec<Declared>,
    /// The names that an env file gives values to, sorted.
    pub assigned: Vec<String>,
    /// The cells of a notebook, in rising order.
    pub cells: Vec<Cell>,
    /// Places in the text that other facts speak of.
    pub spots: Vec<Spot>,
}

/// The number of a spot among a file's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpotIx(pub u32);

/// A place in the text of a file, with what may be shown of it.
#[derive(Debug, Clone, Default)]
pub struct Spot {
    /// Bytes of the decoded text.
    pub span: Span,
    /// Where that is in the stored file.
    pub region: Region,
    /// The redacted line.
    pub excerpt: Excerpt,
}

impl Facts {
    /// The place of a number.
    pub fn spot(&self, at: SpotIx) -> Option<&Spot> {
        self.spots.get(at.0 as usize)
    }
}

/// Collects places while a file is read for facts.
#[derive(Debug, Default)]
pub struct Spots {
    spans: Vec<Span>,
}

impl Spots {
    /// Notes a place.
    pub fn add(&mut self, span: Span) -> SpotIx {
        self.spans.push(span);
        SpotIx((self.spans.len() - 1) as u32)
    }

    /// A place that was noted.
    fn span(&self, at: SpotIx) -> Span {
        self.spans.get(at.0 as usize).copied().unwrap_or_default()
    }

    /// All of them, with no region yet.
    fn finish(self) -> Vec<Spot> {
        self.spans.into_iter().map(|span| Spot { span, ..Spot::default() }).collect()
    }
}

/// A credential as a file holds it.
#[derive(Debug, Clone)]
pub struct Literal {
    /// What it is.
    pub credential: Credential,
    /// Where it stands in the stored file.
    pub region: Region,
    /// The redacted line.
    pub excerpt: Excerpt,
    /// The variable, option or header that it is given to.
    pub name: Option<String>,
    /// What it is an entry of.
    pub entry: Entry,
    /// Where it stands in a built file, as source maps count.
    pub built: sourcemap::Point,
    /// Where it was written, for a value in a built file whose source map is there.
    pub original: Option<sourcemap::Original>,
}

/// Scripts larger than this are not parsed: nobody writes them by hand. In bytes.
pub const LARGEST_SCRIPT: usize = 1 << 20;

/// Whether a file is worth reading for facts although it holds no credential: manifests tell of frameworks.
pub fn is_manifest(path: &ScanPath) -> bool {
    manifest::is_one(path)
}

/// Whether a file is a script, or holds some, that somebody wrote by hand.
pub fn is_script(path: &str) -> bool {
    js::is_script(path)
}

/// The language of a program that is no script, by its file's name: `Python`, `Go`.
pub fn language_of(path: &str) -> Option<&'static str> {
    code::language_of(path)
}

/// Whether a file is a test of a program that is no script.
pub fn is_test_of_program(path: &str) -> bool {
    language_of(path).is_some() && code::is_test(path)
}

/// Whether a file may ask others for what it uses.
pub fn has_imports(path: &str) -> bool {
    is_script(path) || language_of(path).is_some()
}

/// Whether a file without a credential says something that rules may speak of: a script that reads a secret variable, a
/// build configuration, a file that declares a name with a public prefix. Quick, and rather true than false.
pub fn has_cue(path: &ScanPath, text: &[u8]) -> bool {
    (is_script(&path.text) && js::has_cue(&path.text, text))
        || template::has_cue(&path.text, text)
        || declared::has_cue(&path.text, text)
        || code::has_cue(&path.text, text)
        || shell::has_cue(&path.text, text)
        || infra::has_cue(&path.text, text)
        || notebook::read(&path.text, text).is_some_and(|notebook| notebook.has_cue())
}

/// Reads what a file says of itself. `text` is decoded; `values` are the credentials in it, in rising order.
pub fn facts(path: &ScanPath, text: &[u8], values: &[Span]) -> Facts {
    let mut spots = Spots::default();
    let directives = directive::read(text);
    let manifest = manifest::read(path, text);
    let notebook = notebook::read(&path.text, text);
    let module = notebook.as_ref().and_then(|notebook| notebook.module(values, &mut spots));
    let module = module
        .or_else(|| if is_script(&path.text) { js::read(&path.text, text, values, &mut spots) } else { code::read(&path.text, text, values, &mut spots) });
    let module = module.or_else(|| shell::read(&path.text, text, values, &mut spots)).or_else(|| infra::read(&path.text, text, values, &mut spots));
    let module = template::add(&path.text, text, module, &mut spots);
    let declared = declared::read(&path.text, text, &mut spots);
    let map = if values.is_empty() { None } else { sourcemap::reference(&path.text, text) };
    let assigned = declared::variables(&path.text, text);
    let cells = notebook.map(|notebook| notebook.cells).unwrap_or_default();
    Facts { directives, manifest, literals: Vec::new(), module, map, declared, assigned, cells, spots: spots.finish() }
}

/// The text, with each byte that is not valid replaced by a space: offsets hold.
fn as_utf8(text: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n(' ', chunk.invalid().len()));
    }
    out.into()
}
