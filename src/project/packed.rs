//! Env files that are packed into an app: libraries of React Native and Flutter read them when the app is built, and what was
//! in them is in the package that everybody can open.

use super::{FileFacts, Hop, Origin, Project, folder};
use crate::context_data_static::PUBLIC_PREFIXES;
use crate::lang::{ImportKind, Sink};

/// Beginnings of specifiers that bring the variables of env files, the library, and whether it takes the whole file; else it takes
/// the names that are imported.
const READERS: &[(&str, &str, bool)] = &[("package:flutter_dotenv/", "flutter_dotenv", true), ("@env", "react-native-dotenv", false)];

/// The library that needs no import.
const NATIVE: &str = "react-native-config";

/// A program that brings env files into an app.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packer {
    /// The number of the file.
    file: usize,
    /// The number of the import in its module.
    import: usize,
    library: &'static str,
    is_whole: bool,
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
            let is_asked = packer.is_whole || import.names.iter().any(|one| one.imported == name || one.imported == "*");
            let hop = || Hop::new(by, import.spot, format!("`{}` brings it into the app by {}", by.path, packer.library));
            (is_asked && is_below(&by.path.text)).then(|| (packer.library, Some(hop())))
        })
    }

    fn all_packers(&self) -> Vec<Packer> {
        let mut all = Vec::new();
        for (file, facts) in self.files.iter().enumerate().filter(|(_, file)| file.origin == Origin::Present) {
            for (at, import) in facts.facts.module.iter().flat_map(|module| &module.imports).enumerate() {
                let by =
                    |(start, ..): &&(&str, &str, bool)| if start.ends_with('/') { import.specifier.starts_with(start) } else { import.specifier == *start };
                let Some((_, library, is_whole)) = READERS.iter().find(by).filter(|_| import.kind != ImportKind::ReExport) else { continue };
                // `@env` is an alias that many a project has for something else.
                if *is_whole || self.depends_on(&facts.path, &[library]) {
                    all.push(Packer { file, import: at, library, is_whole: *is_whole });
                }
            }
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
