//! Whether the bundler of a package puts the value of a variable into client code where that reads it.

use super::package::{Framework, Package};
use super::{FileFacts, Project};
use crate::context_data_static::PUBLIC_PREFIXES;
use crate::lang::{EnvObject, Flow, Read, Sink, Value};

impl Project<'_> {
    /// Whether the bundler of a file's package puts the variable of a read into client code, and the sentence that says how:
    /// "Vite inlines variables with the prefix `VITE_`". Whether a client gets the part that reads it is another question.
    pub fn inlines(&self, file: &FileFacts, read: &Read) -> Option<String> {
        let name = &read.name;
        if matches!(read.from, EnvObject::PrivateModule | EnvObject::Server) {
            return None;
        }
        if read.from == EnvObject::PublicModule {
            return Some(format!("`{name}` is read from a module of public variables, which is part of the browser's bundle"));
        }
        let public = PUBLIC_PREFIXES
            .iter()
            .find(|(prefix, _, needs)| name.len() > prefix.len() && name.starts_with(prefix) && (needs.is_empty() || self.depends_on(&file.path, needs)));
        if let Some((prefix, tool, _)) = public.filter(|_| read.is_direct || read.from == EnvObject::ImportMeta) {
            return Some(format!("{tool} inlines variables with the prefix `{prefix}`"));
        }
        let at = self.number(file)?;
        let package = &self.graph.packages.list[self.graph.package_of[at as usize]];
        let defined = self.defines(package).filter(|(config, flow)| self.covers(config, flow, name)).find_map(|(config, flow)| defined(config, flow, read));
        if defined.is_some() {
            return defined;
        }
        // Gatsby's own bundler takes all of these files, and no other.
        if package.has(Framework::Gatsby) && read.is_direct && read.from == EnvObject::Process {
            let files = [".env.production", ".env.development"].map(|name| crate::project::resolve::joined(package.folder, name));
            let holder = files.iter().find(|path| self.assigns(path, name) == Some(true));
            if let Some(path) = holder {
                return Some(format!("Gatsby inlines every variable of `{path}` that client code reads"));
            }
        }
        // Parcel sees destructuring as well.
        if package.has(Framework::Parcel) && read.from == EnvObject::Process && !package.has(Framework::Next) {
            return Some("Parcel inlines every variable that client code reads from `process.env`".to_owned());
        }
        None
    }

    /// Whether an instruction speaks of a name, where more than the instruction tells.
    fn covers(&self, config: &FileFacts, flow: &Flow, name: &str) -> bool {
        match &flow.sink {
            // It puts in what client code reads of one file; of one that is not there, nothing is known.
            Sink::Define(setting, file) if setting == "dotenv-webpack" => {
                let folder = crate::project::resolve::parted(&config.path.text).0;
                self.assigns(&crate::project::resolve::joined(folder, file), name) != Some(false)
            }
            Sink::Define(setting, _) => self.is_put(config, setting, name),
            _ => true,
        }
    }

    /// Whether an env file gives a value to a name; `None` where there is no such file.
    fn assigns(&self, path: &str, name: &str) -> Option<bool> {
        let file = self.files[*self.by_path.get(path)?];
        Some(file.facts.assigned.binary_search_by(|one| one.as_str().cmp(name)).is_ok())
    }

    /// Whether a setting of a bundler really puts a name into client code: Storybook's `env` under Vite only those with one
    /// of its prefixes, and dotenv-webpack none by itself.
    pub fn is_put(&self, config: &FileFacts, setting: &str, name: &str) -> bool {
        let is_storybook = setting == "env" && config.path.text.contains(".storybook/");
        let by_vite = || {
            let packages = self.number(config).map(|at| &self.graph.packages.list[self.graph.package_of[at as usize]].dependencies);
            packages
                .is_some_and(|names| names.iter().any(|name| name.starts_with("@storybook/") && (name.ends_with("-vite") || name == "@storybook/sveltekit")))
        };
        setting != "dotenv-webpack" && !(is_storybook && !["STORYBOOK_", "VITE_"].iter().any(|prefix| name.starts_with(prefix)) && by_vite())
    }

    /// The instructions to put values into client code that the settings of a package, or of one around it, give.
    pub(super) fn defines<'s>(&'s self, package: &'s Package) -> impl Iterator<Item = (&'s FileFacts, &'s Flow)> + 's {
        let holders = &self.graph.defines;
        let folder = package.folder;
        holders
            .iter()
            .filter(move |(at, _)| {
                let holder = self.graph.packages.list[self.graph.package_of[*at as usize]].folder;
                holder == folder || holder.is_empty() || folder.strip_prefix(holder).is_some_and(|below| below.starts_with('/'))
            })
            .filter_map(|(at, flow)| {
                let file = self.files[*at as usize];
                Some((file, file.facts.module.as_ref()?.flows.get(*flow as usize)?))
            })
    }
}

/// Settings that replace text of code, such as `process.env.X`.
const CODE: &[&str] = &["define", "DefinePlugin", "replace", "globalVars", "defineConstants"];
/// Settings that name variables.
const VARIABLES: &[&str] = &["env", "build.env", "EnvironmentPlugin", "babel", "dotenv-webpack"];

/// What an instruction says of a variable.
fn defined(config: &FileFacts, flow: &Flow, read: &Read) -> Option<String> {
    let Sink::Define(setting, name) = &flow.sink else { return None };
    let path = &config.path;
    if setting == "envPrefix" {
        let is_covered = read.from == EnvObject::ImportMeta && read.name.starts_with(name.as_str());
        let which = if name.is_empty() { "all variables".to_owned() } else { format!("variables that begin with `{name}`") };
        return is_covered.then(|| format!("`envPrefix` in `{path}` publishes {which}"));
    }
    if !CODE.contains(&setting.as_str()) && !VARIABLES.contains(&setting.as_str()) {
        return None;
    }
    let object = match read.from {
        EnvObject::ImportMeta => "import.meta.env",
        _ => "process.env",
    };
    // `process.env.X`, `process.env["X"]`, `X` where the setting names variables, or the whole object.
    let named = name.strip_prefix(object).map(|rest| rest.trim_matches(['.', '[', ']', '"', '\'']));
    let is_named = named == Some(read.name.as_str()) || (VARIABLES.contains(&setting.as_str()) && *name == read.name);
    let is_whole = (matches!(named, Some("" | "*")) || matches!(name.as_str(), "" | "*") || setting == "dotenv-webpack") && is_all(&flow.value, 0);
    if is_named {
        Some(format!("`{setting}` in `{path}` puts the value of `{}` into client code", read.name))
    } else if is_whole {
        Some(format!("`{setting}` in `{path}` puts all variables into client code"))
    } else {
        None
    }
}

/// Whether a value is, or holds, all variables at once.
fn is_all(value: &Value, depth: usize) -> bool {
    match value {
        Value::WholeEnv(_) => true,
        Value::Via(_, _, value) if depth < 32 => is_all(value, depth + 1),
        Value::Some(values) if depth < 32 => values.iter().any(|value| is_all(value, depth + 1)),
        Value::Object(_, spread) if depth < 32 => spread.iter().any(|value| is_all(value, depth + 1)),
        _ => false,
    }
}
