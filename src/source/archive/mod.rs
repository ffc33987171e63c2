//! Archives: their members as inputs of their own. The zip family (app packages, jars, wheels, extensions, office documents)
//! by the crate `zip`, Electron's `asar`, whose header is JSON, `tar` and `ar`, and streams of gzip, bzip2, xz and Zstandard,
//! which hold one file or a `tar`.

mod asar;
mod budget;
mod kind;
mod stream;
mod tar;
#[cfg(test)]
mod tests;

use std::io::{Read, Seek};

pub use budget::Budget;
use budget::Counted;
pub use kind::{Archive, Codec, HEAD, is_one, kind_of, stand_in};

/// A member of an archive.
pub struct Member<'m> {
    /// Its path within the archive, with `/` between parts; any bytes.
    pub name: &'m [u8],
    /// What it is wrapped in, outermost first: names of encodings.
    pub wraps: &'m [&'static str],
    /// What it holds.
    pub bytes: &'m mut dyn Read,
}

/// Is given each member; returns false to end it all.
pub type Visit<'v> = &'v mut dyn FnMut(Member<'_>) -> bool;

/// What can be read anywhere.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Where the bytes of an archive come from.
pub enum Input<'i> {
    /// A file, or bytes in memory.
    File(&'i mut dyn ReadSeek),
    /// What comes out of another archive, read once.
    Stream(&'i mut dyn Read),
}

/// What became of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// All of it was visited, or all that its [`Budget`] allows.
    Whole,
    /// Members could not be read: a sentence each.
    Partly(Vec<String>),
    /// It is no archive of its kind: why.
    Not(String),
}

impl Opened {
    fn with(lost: Vec<String>) -> Self {
        if lost.is_empty() { Self::Whole } else { Self::Partly(lost) }
    }
}

/// So many members that can't be read are told one by one.
const MOST_TOLD: usize = 20;

/// Visits each member of the archive `name`. Zips and `asar` must be files.
pub fn each(archive: Archive, name: &str, input: Input<'_>, budget: &Budget, visit: Visit<'_>) -> Opened {
    match (archive, input) {
        (Archive::Zip, Input::File(input)) => zip(input, budget, visit),
        (Archive::Asar, Input::File(input)) => asar::asar(input, budget, visit),
        (Archive::Zip | Archive::Asar, Input::Stream(_)) => Opened::Not("it can't be read from its end".to_owned()),
        (archive, Input::File(mut input)) => sequential(archive, name, &mut input, budget, visit),
        (archive, Input::Stream(input)) => sequential(archive, name, input, budget, visit),
    }
}

/// Whether an archive can be read from its beginning to its end, so that it needs no memory of its own.
pub fn is_sequential(archive: Archive) -> bool {
    !matches!(archive, Archive::Zip | Archive::Asar)
}

fn sequential(archive: Archive, name: &str, input: &mut dyn Read, budget: &Budget, visit: Visit<'_>) -> Opened {
    match archive {
        Archive::Tar => Opened::with(tar::tar(input, &["archive"], budget, visit)),
        Archive::Ar => Opened::with(tar::ar(input, &["archive"], budget, visit)),
        Archive::Stream(codec) => {
            let mut decoded = stream::decoder(codec, input);
            let mut counted = Counted::new(&mut decoded, budget);
            let mut head = [0; HEAD];
            let filled = tar::fill(&mut counted, &mut head).unwrap_or(0);
            let head = &head[..filled];
            let mut lost = Vec::new();
            if kind::is_tar(head) {
                lost = tar::tar(&mut head.chain(&mut counted), &[codec.name(), "archive"], budget, visit);
            } else if budget.member() {
                visit(Member { name: kind::inner_name(name).as_bytes(), wraps: &[codec.name()], bytes: &mut head.chain(&mut counted) });
            }
            // A stream that breaks, or is cut by the budget, ends the tar in it early: that is said once.
            if budget.broken().is_some() {
                lost.clear();
            }
            if let Some(why) = counted.failed {
                lost = vec![format!("it can't be unpacked to its end: {why}")];
            }
            Opened::with(lost)
        }
        Archive::Zip | Archive::Asar => Opened::Not("it can't be read from its end".to_owned()),
    }
}

fn zip(input: &mut dyn ReadSeek, budget: &Budget, visit: Visit<'_>) -> Opened {
    let mut archive = match zip::ZipArchive::new(input) {
        Ok(archive) => archive,
        Err(error) => return Opened::Not(format!("no zip archive: {error}")),
    };
    let (mut lost, mut untold) = (Vec::new(), 0_usize);
    let mut tell = |what: String| if lost.len() < MOST_TOLD { lost.push(what) } else { untold += 1 };
    for number in 0..archive.len() {
        let listed = archive.name_for_index(number).and_then(Result::ok).map_or_else(|| number.to_string(), |name| name.into_owned());
        match archive.by_index(number) {
            Ok(member) if member.is_dir() || member.is_symlink() => {}
            Ok(mut member) => {
                if !budget.member() || !counted(&listed, &mut member, budget, &mut tell, visit) {
                    break;
                }
            }
            Err(error) => tell(format!("its member {listed} can't be read: {error}")),
        }
    }
    if untold > 0 {
        lost.push(format!("{untold} members more can't be read"));
    }
    Opened::with(lost)
}

/// Visits a member as far as the budget allows; false when all is to end.
fn counted(name: &str, member: &mut dyn Read, budget: &Budget, tell: &mut dyn FnMut(String), visit: Visit<'_>) -> bool {
    let mut counted = Counted::new(member, budget);
    let goes_on = visit(Member { name: name.as_bytes(), wraps: &["archive"], bytes: &mut counted });
    if counted.failed.is_some() {
        tell(format!("its member {name} is broken"));
    }
    goes_on && budget.broken().is_none()
}
