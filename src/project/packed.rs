//! Env files that are packed into an app: libraries of React Native read them when the app is built, and what was in them is in
//! the package that everybody can open.

use super::{FileFacts, Hop, Origin, Project, folder};
use crate::context_data_static::PUBLIC_PREFIXES;
use crate::lang::{Import, ImportKind, Sink};

/// The library whose alias brings the variables that are imported from it, and the alias.
const BY_NAME: &str = "react-native-dotenv";
const ALIAS: &str = "@env";

/// The library that needs no import.
const NATIVE: &str = "react-native-config";

/// A program that brings variables of env files into an app: the number of the file, and of the import in its module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packer {
    file: usize,
    import: usize,
}

impl<'p> Project<'p> {
    /// The library that packs a variable of an env file into an app, and where it is asked for if that tells.
    pub fn packs(&self, file: &FileFacts, name: &str) -> Option<(&'static str, Option<Hop<'p>>)> {
        // The native build takes the file, whatever scripts ask for.
        if self.depends_on(&file.path, &[NATIVE]) {
            return Some((NATIVE, None));
        }
        let own = folder(&file.path.text);
        let is_below = |path: &str| own.is_empty() || path.strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
        self.packers.get_or_init(|| self.all_packers()).iter().find_map(|packer| {
            let by = self.files[packer.file];
            let import = by.facts.module.as_ref()?.imports.get(packer.import)?;
            let is_asked = import.names.iter().any(|one| one.imported == name || one.imported == "*");
            let hop = || Hop::new(by, import.spot, format!("`{}` brings it into the app by {BY_NAME}", by.path));
            (is_asked && is_below(&by.path.text)).then(|| (BY_NAME, Some(hop())))
        })
    }

    fn all_packers(&self) -> Vec<Packer> {
        let mut all = Vec::new();
        for (file, facts) in self.files.iter().enumerate().filter(|(_, file)| file.origin == Origin::Present) {
            let imports = facts.facts.module.iter().flat_map(|module| &module.imports).enumerate();
            // Many a project has an alias of this name for something else.
            let brings = |import: &Import| import.specifier == ALIAS && import.kind != ImportKind::ReExport && self.depends_on(&facts.path, &[BY_NAME]);
            all.extend(imports.filter(|(_, import)| brings(import)).map(|(import, _)| Packer { file, import }));
        }
        all
    }

    /// The prefix of a variable's name that the settings of a bundler publish beside its own, and the file of these settings:
    /// Vite's `envPrefix`.
    pub fn configured_prefix(&self, file: &FileFacts, name: &str) -> Option<(&str, &FileFacts)> {
        let at = self.number(file)?;
        let package = &self.graph.packages.list[self.graph.package_of[at as usize]];
        self.defines(package).find_map(|(config, flow)| match &flow.sink {
            Sink::Define(setting, prefix) if setting == "envPrefix" && !prefix.is_empty() && name.starts_with(prefix.as_str()) => {
                let is_known = PUBLIC_PREFIXES.iter().any(|(known, ..)| known == prefix);
                (!is_known).then_some((prefix.as_str(), config))
            }
            _ => None,
        })
    }
}
