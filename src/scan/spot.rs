//! The first look at a history: which secrets each blob holds, each blob once.
//!
//! A blob that git stores as a delta was made from its base by copying; so are its leads from the base's, and only what is
//! new is searched. Whether a lead is a credential is then asked of the whole text, as everywhere.

use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::worker::{Gathered, Worker};
use super::{Policy, Progress};
use crate::detect::{Detector, Leads, Part, Scratch, Spotted};
use crate::error::{ScanPath, Skip, SkipClass};
use crate::keys::Catalog;
use crate::source::git::{Commit, Copied, Kind, ObjectId, Tag, Trouble, Visit, Visitor};
use crate::source::{Binary, archive};
use crate::terms::Confidence;
use crate::text::{Encoding, Text};

/// A blob, commit or tag that holds secrets.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) id: ObjectId,
    pub(super) secrets: Vec<Spotted>,
}

/// What one thread has seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) holders: Vec<Holder>,
    pub(super) skips: Vec<Skip>,
    pub(super) blobs: u64,
    pub(super) bytes: u64,
}

/// Looks at blobs.
pub(super) struct Blobs<'s> {
    pub(super) detector: &'s Detector<'s>,
    pub(super) catalog: &'s Catalog,
    pub(super) policy: &'s Policy,
    pub(super) progress: &'s Progress,
    /// Whether the leads of bases are made use of.
    pub(super) by_delta: bool,
    pub(super) scratch: Scratch,
    pub(super) parts: Vec<Part>,
    pub(super) seen: Seen,
}

/// What a blob leaves for its deltas: its leads; `None` where it is no plain text.
pub(super) type Left = Option<Leads>;

impl Blobs<'_> {
    fn look(&mut self, object: &Visit<'_>, base: Option<&Left>) -> (Left, Vec<Spotted>) {
        let (text, mut leads) = match (object.copied, base) {
            (Some(copied), Some(Some(base))) if self.by_delta && stays_text(object.bytes, copied) => {
                self.parts.clear();
                self.parts.extend(copied.iter().map(|part| Part { from: part.from as usize, at: part.at as usize, len: part.len as usize }));
                (Text::plain(object.bytes), self.detector.leads_derived(object.bytes, &self.parts, base))
            }
            _ => {
                if let Some(secrets) = self.look_into(object.id, object.bytes) {
                    return (None, secrets);
                }
                let Some(text) = Text::sniff(object.bytes) else { return (None, self.look_within(object.bytes)) };
                let leads = self.detector.leads(&text.bytes);
                (text, leads)
            }
        };
        let mut spotted = self.detector.spot(&text.bytes, &mut leads, &mut self.scratch);
        keep(&mut spotted, self.catalog, self.policy);
        let plain = text.encoding == Encoding::Utf8 && text.mark_len() == 0;
        (plain.then_some(leads), spotted)
    }

    /// Searches the members of an archive, if that was asked for; `None` for what is none.
    fn look_into(&mut self, id: ObjectId, bytes: &[u8]) -> Option<Vec<Spotted>> {
        if !self.policy.archives {
            return None;
        }
        let called = archive::stand_in(&bytes[..bytes.len().min(archive::HEAD)])?;
        let (was_opened, secrets) = self.by_worker(id, |worker| worker.archive_of(&blob_name(id), called, bytes));
        was_opened.then_some(secrets)
    }

    /// Searches a binary by its texts, if that was asked for.
    fn look_within(&mut self, bytes: &[u8]) -> Vec<Spotted> {
        if !self.policy.binary {
            return Vec::new();
        }
        let text = Binary::of(bytes).runs(bytes, 0).text;
        let mut leads = self.detector.leads(&text);
        let mut spotted = self.detector.spot(&text, &mut leads, &mut self.scratch);
        spotted.retain(|one| one.confidence >= Confidence::High);
        keep(&mut spotted, self.catalog, self.policy);
        spotted
    }

    /// What a worker finds in a blob that is read as a file would be. What it can't read of it is lost under the blob's name.
    fn by_worker<T>(&mut self, id: ObjectId, read: impl FnOnce(&mut Worker<'_>) -> T) -> (T, Vec<Spotted>) {
        let gathered = Mutex::new(Gathered::default());
        let mut worker = Worker::new(self.detector, self.policy, self.progress, &gathered);
        let done = read(&mut worker);
        let lost = worker.mine.skips.drain(..).filter(|one| one.class == SkipClass::Lost);
        self.seen.skips.extend(lost.map(|one| skip(id, &one.reason, SkipClass::Lost)));
        let literals = worker.mine.records.iter().flat_map(|record| &record.facts.facts.literals);
        let secrets = literals.map(|literal| {
            let credential = &literal.credential;
            Spotted { key_type: credential.key_type, confidence: credential.confidence, identity: credential.identity }
        });
        let mut secrets: Vec<Spotted> = secrets.collect();
        keep(&mut secrets, self.catalog, self.policy);
        (done, secrets)
    }
}

/// Whether what was made from a plain text is one, as [`Text::sniff`] would say: its head holds no zero byte and it begins
/// without a mark. What the base's own head held was looked at there.
fn stays_text(bytes: &[u8], copied: &[Copied]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return false;
    }
    let is_clean = |from: usize, to: usize| head.get(from..to.min(head.len())).is_none_or(|part| memchr::memchr(0, part).is_none());
    let mut done = 0;
    for part in copied {
        let (at, len, from) = (part.at as usize, part.len as usize, part.from as usize);
        if done >= head.len() {
            break;
        }
        // Of a copied part that much lay in the head of the base.
        let known = HEAD.saturating_sub(from).min(len);
        if !is_clean(done, at) || !is_clean(at + known, at + len) {
            return false;
        }
        done = at + len;
    }
    is_clean(done, head.len())
}

/// How much of a text is looked at to tell whether it is one, in bytes.
const HEAD: usize = crate::text::HEAD;

/// Leaves what would be reported.
fn keep(spotted: &mut Vec<Spotted>, catalog: &Catalog, policy: &Policy) {
    spotted.retain(|one| {
        (policy.verdicts.show_publishable || catalog.get(one.key_type).role.bears_authority())
            && policy.min_confidence.is_none_or(|least| one.confidence >= least)
    });
    spotted.sort_unstable_by_key(|one| one.identity);
    spotted.dedup_by_key(|one| one.identity);
}

impl Visitor for Blobs<'_> {
    type State = Left;

    fn visit(&mut self, object: &Visit<'_>, base: Option<&Left>) -> Left {
        let size = object.bytes.len() as u64;
        let (left, secrets) = self.look(object, base);
        self.seen.blobs += 1;
        self.seen.bytes += size;
        self.progress.objects.fetch_add(1, Ordering::Relaxed);
        self.progress.bytes.fetch_add(size, Ordering::Relaxed);
        if self.policy.max_file_size.is_some_and(|limit| size > limit) {
            self.seen.skips.push(skip(object.id, "larger than --max-file-size", SkipClass::Chosen));
        } else if !secrets.is_empty() {
            self.progress.findings.fetch_add(1, Ordering::Relaxed);
            self.seen.holders.push(Holder { id: object.id, secrets });
        }
        left
    }

    fn pass(&mut self, object: &Visit<'_>, base: Option<&Left>) -> Left {
        self.look(object, base).0
    }

    fn large(&mut self, id: ObjectId, _kind: Kind, size: u64, bytes: Option<&mut dyn Read>) {
        if self.policy.max_file_size.is_some_and(|limit| size > limit) {
            return self.seen.skips.push(skip(id, "larger than --max-file-size", SkipClass::Chosen));
        }
        let Some(stream) = bytes else {
            return self.seen.skips.push(skip(id, "too large to be made from its delta", SkipClass::Lost));
        };
        let name = blob_name(id);
        let opens = self.policy.archives;
        let (read, secrets) = self.by_worker(id, |worker| {
            let called = |head: &[u8]| opens.then(|| archive::stand_in(head)).flatten().map(str::to_owned);
            worker.archive_or_input(&name, called, stream)
        });
        match read {
            Ok(()) => {
                self.seen.blobs += 1;
                self.seen.bytes += size;
                if !secrets.is_empty() {
                    self.seen.holders.push(Holder { id, secrets });
                }
            }
            Err(_) => self.seen.skips.push(skip(id, "the object is broken", SkipClass::Lost)),
        }
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.seen.skips.push(skip(id, &plain(&trouble), SkipClass::Lost));
    }

    fn stopped(&self) -> bool {
        self.progress.stop.load(Ordering::Relaxed)
    }
}

/// Looks at the texts of commits and tags, and notes how they hang together.
pub(super) struct Messages<'s> {
    pub(super) detector: &'s Detector<'s>,
    pub(super) catalog: &'s Catalog,
    pub(super) policy: &'s Policy,
    pub(super) progress: &'s Progress,
    pub(super) scratch: Scratch,
    pub(super) seen: Seen,
    /// The headers of all commits.
    pub(super) headers: Vec<(ObjectId, Box<[u8]>)>,
    /// Annotated tags: what each names.
    pub(super) tags: Vec<(ObjectId, ObjectId)>,
}

impl Messages<'_> {
    fn look(&mut self, id: ObjectId, message: &[u8]) {
        let mut leads = self.detector.leads(message);
        let mut secrets = self.detector.spot(message, &mut leads, &mut self.scratch);
        keep(&mut secrets, self.catalog, self.policy);
        if !secrets.is_empty() {
            self.seen.holders.push(Holder { id, secrets });
        }
    }
}

impl Visitor for Messages<'_> {
    type State = ();

    fn visit(&mut self, object: &Visit<'_>, _base: Option<&()>) {
        self.progress.objects.fetch_add(1, Ordering::Relaxed);
        if object.kind == Kind::Tag {
            let tag = Tag::parse(object.bytes);
            self.tags.extend(tag.target.map(|target| (object.id, target)));
            self.look(object.id, tag.message);
        } else {
            let commit = Commit::parse(object.bytes);
            // Signatures and the like are no part of how commits hang together.
            let end = memchr::memmem::find(commit.header, b"\ncommitter ")
                .map_or(commit.header.len(), |at| memchr::memchr(b'\n', &commit.header[at + 1..]).map_or(commit.header.len(), |length| at + 1 + length + 1));
            self.headers.push((object.id, commit.header[..end].into()));
            self.look(object.id, &commit.decode(commit.message));
        }
    }

    fn pass(&mut self, _object: &Visit<'_>, _base: Option<&()>) {}

    fn large(&mut self, id: ObjectId, _kind: Kind, _size: u64, _bytes: Option<&mut dyn Read>) {
        self.seen.skips.push(skip(id, "a commit or tag of that size is not read", SkipClass::Lost));
    }

    fn lost(&mut self, id: ObjectId, trouble: Trouble) {
        self.seen.skips.push(skip(id, &plain(&trouble), SkipClass::Lost));
    }

    fn stopped(&self) -> bool {
        self.progress.stop.load(Ordering::Relaxed)
    }
}

/// An object without a path.
pub(super) fn blob_name(id: ObjectId) -> ScanPath {
    ScanPath::from_bytes(format!("blob:{id}").as_bytes())
}

pub(super) fn skip(id: ObjectId, reason: &str, class: SkipClass) -> Skip {
    Skip { path: blob_name(id), reason: reason.to_owned(), class }
}

/// What is wrong with an object, for a person.
pub(super) fn plain(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Missing => "the object is missing".to_owned(),
        Trouble::Corrupt(how) => format!("the object is broken: {how}"),
        Trouble::TooLarge(size) => format!("the object is too large: {size} bytes"),
    }
}
