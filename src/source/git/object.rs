//! What commits and annotated tags say, from their bytes.
//!
//! Any bytes give something: a header that is missing or broken is absent from the result, never an error, because what
//! is left is still worth scanning. Text stays bytes; only Latin-1, which older histories declare, is decoded.

use std::borrow::Cow;

use memchr::{memchr, memmem, memrchr};

use super::{Kind, ObjectId};

/// A commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit<'a> {
    /// Its root folder.
    pub tree: Option<ObjectId>,
    /// In their order: the first is the branch that was merged into.
    pub parents: Vec<ObjectId>,
    /// Who wrote it, and when.
    pub author: Option<Signature>,
    /// Who committed it, and when.
    pub committer: Option<Signature>,
    /// The declared encoding of names and message; UTF-8 where there is none.
    pub encoding: Option<&'a [u8]>,
    /// All that stands before the message: headers such as `gpgsig` and `mergetag` hold text as well.
    pub header: &'a [u8],
    /// The message in its own encoding.
    pub message: &'a [u8],
}

impl<'a> Commit<'a> {
    /// Reads a commit's bytes.
    pub fn parse(bytes: &'a [u8]) -> Self {
        let (header, message) = split(bytes);
        let mut commit = Self { header, message, ..Self::default() };
        for (name, value) in fields(header) {
            match name {
                b"tree" if commit.tree.is_none() => commit.tree = ObjectId::from_hex(value),
                b"parent" => commit.parents.extend(ObjectId::from_hex(value)),
                b"author" if commit.author.is_none() => commit.author = Some(Signature::parse(value)),
                b"committer" if commit.committer.is_none() => commit.committer = Some(Signature::parse(value)),
                b"encoding" if commit.encoding.is_none() => commit.encoding = Some(value),
                _ => {}
            }
        }
        commit
    }

    /// Text of this commit (its message, a name) in UTF-8, where its encoding is Latin-1; otherwise as it is.
    pub fn decode<'b>(&self, text: &'b [u8]) -> Cow<'b, [u8]> {
        if self.encoding.is_some_and(is_latin_1) && !text.is_ascii() {
            let text: String = text.iter().map(|byte| char::from(*byte)).collect();
            return Cow::Owned(text.into_bytes());
        }
        Cow::Borrowed(text)
    }
}

/// What a walk over commits needs, without the rest: tree, parents (appended to `parents`), the committer's seconds.
pub(super) fn links(bytes: &[u8], parents: &mut Vec<ObjectId>) -> (Option<ObjectId>, i64) {
    let (mut tree, mut seconds) = (None, None);
    for (name, value) in fields(split(bytes).0) {
        match name {
            b"tree" if tree.is_none() => tree = ObjectId::from_hex(value),
            b"parent" => parents.extend(ObjectId::from_hex(value)),
            b"committer" if seconds.is_none() => seconds = Some(when(value).0),
            _ => {}
        }
    }
    (tree, seconds.unwrap_or(0))
}

/// An annotated tag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag<'a> {
    /// What it names.
    pub target: Option<ObjectId>,
    /// What its target is said to be.
    pub kind: Option<Kind>,
    /// Its name, without `refs/tags/`.
    pub name: &'a [u8],
    /// Who made it, and when; absent in the oldest tags.
    pub tagger: Option<Signature>,
    /// Its annotation, with a signature if there is one.
    pub message: &'a [u8],
}

impl<'a> Tag<'a> {
    /// Reads a tag's bytes.
    pub fn parse(bytes: &'a [u8]) -> Self {
        let (header, message) = split(bytes);
        let mut tag = Self { message, ..Self::default() };
        for (name, value) in fields(header) {
            match name {
                b"object" if tag.target.is_none() => tag.target = ObjectId::from_hex(value),
                b"type" if tag.kind.is_none() => {
                    tag.kind = match value {
                        b"commit" => Some(Kind::Commit),
                        b"tree" => Some(Kind::Tree),
                        b"blob" => Some(Kind::Blob),
                        b"tag" => Some(Kind::Tag),
                        _ => None,
                    }
                }
                b"tag" if tag.name.is_empty() => tag.name = value,
                b"tagger" if tag.tagger.is_none() => tag.tagger = Some(Signature::parse(value)),
                _ => {}
            }
        }
        tag
    }
}

/// Who did something, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// As it is stored; see [`Commit::decode`].
    pub name: Vec<u8>,
    /// Without its angle brackets.
    pub email: Vec<u8>,
    /// Since 1970-01-01 UTC; 0 where it can't be read.
    pub seconds: i64,
    /// East of UTC.
    pub offset_minutes: i32,
}

impl Signature {
    /// Reads `Name <email> seconds +hhmm`, or as much of it as there is.
    pub fn parse(bytes: &[u8]) -> Self {
        let (seconds, offset_minutes) = when(bytes);
        let open = memchr(b'<', bytes).unwrap_or(bytes.len());
        let rest = bytes.get(open + 1..).unwrap_or_default();
        let email = &rest[..memchr(b'>', rest).unwrap_or(rest.len())];
        Self { name: bytes[..open].trim_ascii().to_vec(), email: email.to_vec(), seconds, offset_minutes }
    }

    /// The time as RFC 3339 writes it, in its own offset. Years beyond 0 to 9999 are clamped; an offset of a day or more,
    /// which the format can't say, gives UTC.
    pub fn rfc3339(&self) -> String {
        let offset = if self.offset_minutes.abs() < 24 * 60 { self.offset_minutes } else { 0 };
        // The first second of the year 0 and the last of 9999.
        let local = self.seconds.saturating_add(i64::from(offset) * 60).clamp(-62_167_219_200, 253_402_300_799);
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", offset / 60, offset % 60)
    }
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar; Howard Hinnant's `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * from_march + 2) / 5 + 1)
}

/// The seconds and the offset in minutes at the end of a signature. A name may hold `>`, so the last one counts.
fn when(signature: &[u8]) -> (i64, i32) {
    let after = memrchr(b'>', signature).map_or(&[][..], |at| &signature[at + 1..]);
    let mut words = after.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut number = || words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse::<i64>().ok());
    let seconds = number().unwrap_or(0);
    let zone = number().filter(|zone| zone.abs() < 1_000_000).unwrap_or(0);
    (seconds, i32::try_from(zone / 100 * 60 + zone % 100).unwrap_or(0))
}

/// The header without the empty line after it, and the message.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    if let Some(message) = bytes.strip_prefix(b"\n") {
        return (&[], message);
    }
    match memmem::find(bytes, b"\n\n") {
        Some(at) => (&bytes[..at], &bytes[at + 2..]),
        None => (bytes, &[]),
    }
}

/// The lines of a header as name and value; continued lines, which begin with a space, have an empty name.
fn fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.split(|byte| *byte == b'\n').map(|line| match memchr(b' ', line) {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => (line, &[][..]),
    })
}

fn is_latin_1(encoding: &[u8]) -> bool {
    let name: Vec<u8> = encoding.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    matches!(name.as_slice(), b"iso88591" | b"latin1" | b"l1" | b"cp819" | b"ibm819")
}

#[cfg(test)]
mod tests {
    use super::super::testing::Repo;
    use super::*;

    fn signature(text: &str) -> Signature {
        Signature::parse(text.as_bytes())
    }

    #[test]
    fn times_are_written_with_their_offset() {
        let cases = [
            ("A <a@b> 1700000000 +0100", "2023-11-14T23:13:20+01:00"),
            ("A <a@b> 0 +0000", "1970-01-01T00:00:00+00:00"),
            ("A <a@b> -1 -0330", "1969-12-31T20:29:59-03:30"),
            ("A <a@b> 951782400 +0545", "2000-02-29T05:45:00+05:45"),
            ("A <a@b> 1709164800 -0001", "2024-02-28T23:59:00-00:01"),
            ("A <a@b> 1700000000 +0090", "2023-11-14T23:43:20+01:30"),
            ("A <a@b> 1700000000 +9999", "2023-11-14T22:13:20+00:00"),
            ("A <a@b> -62167219201 +0000", "0000-01-01T00:00:00+00:00"),
            ("A <a@b> 9223372036854775807 +1400", "9999-12-31T23:59:59+14:00"),
            ("A <a@b> -9223372036854775808 -1400", "0000-01-01T00:00:00-14:00"),
            ("A <a@b> 99999999999999999999 +0000", "1970-01-01T00:00:00+00:00"),
            ("A <a@b>", "1970-01-01T00:00:00+00:00"),
            ("", "1970-01-01T00:00:00+00:00"),
        ];
        for (text, expected) in cases {
            assert_eq!(signature(text).rfc3339(), expected, "{text}");
        }
    }

    #[test]
    fn names_survive_whatever_they_hold() {
        let of = |text: &str| (String::from_utf8(signature(text).name).expect("text"), String::from_utf8(signature(text).email).expect("text"));
        let pair = |name: &str, email: &str| (name.to_owned(), email.to_owned());
        assert_eq!(of("Ada L. <ada@example.com> 1 +0000"), pair("Ada L.", "ada@example.com"));
        assert_eq!(of(" <> 1 +0000"), pair("", ""));
        assert_eq!(of("No mail at all"), pair("No mail at all", ""));
        assert_eq!(of("A <b> c> 12 +0000"), pair("A", "b"));
        assert_eq!(signature("A <b> c> 12 +0000").seconds, 12);
        assert_eq!(of("A <open"), pair("A", "open"));
    }

    #[test]
    fn a_real_commit_and_its_links_agree() {
        let repo = Repo::new();
        let first = repo.commit("one");
        repo.git(&["switch", "-q", "-c", "side"]);
        let second = repo.commit("two");
        repo.git(&["switch", "-q", "main"]);
        repo.git(&["merge", "-q", "--no-ff", "-m", "joined\n\nbody", "side"]);
        let bytes = repo.git(&["cat-file", "commit", "HEAD"]).into_bytes();
        let commit = Commit::parse(&bytes);
        assert_eq!((commit.tree, &commit.parents), (Some(repo.id("HEAD^{tree}")), &vec![first, second]));
        assert_eq!(commit.message, b"joined\n\nbody");
        let author = commit.author.clone().expect("an author");
        assert_eq!((author.name.as_slice(), author.rfc3339()), (&b"Ada"[..], "2023-11-14T23:13:20+01:00".to_owned()));
        let mut parents = Vec::new();
        assert_eq!((links(&bytes, &mut parents), parents), ((commit.tree, 1_700_000_000), commit.parents));
    }

    #[test]
    fn latin_1_is_decoded_and_other_encodings_are_kept() {
        let bytes = b"author J\xf6rg <j@x> 1 +0000\nencoding ISO-8859-1\n\ngr\xfc\xdfe";
        let commit = Commit::parse(bytes);
        assert_eq!(commit.decode(commit.message).as_ref(), "gr\u{fc}\u{df}e".as_bytes());
        let author = commit.author.clone().expect("an author");
        assert_eq!((author.name.as_slice(), commit.decode(&author.name).as_ref()), (&b"J\xf6rg"[..], "J\u{f6}rg".as_bytes()));
        let other = Commit::parse(b"encoding SHIFT-JIS\n\n\x83\x65");
        assert_eq!((other.decode(other.message).as_ref(), other.encoding), (&b"\x83\x65"[..], Some(&b"SHIFT-JIS"[..])));
    }

    #[test]
    fn a_real_tag_of_a_tag_is_read() {
        let repo = Repo::new();
        repo.commit("one");
        repo.git(&["tag", "-a", "-m", "first", "v1"]);
        repo.git(&["tag", "-a", "-m", "second\nline", "v2", "v1"]);
        let bytes = repo.git(&["cat-file", "tag", "v2"]).into_bytes();
        let tag = Tag::parse(&bytes);
        assert_eq!((tag.target, tag.kind, tag.name, tag.message), (Some(repo.id("v1")), Some(Kind::Tag), &b"v2"[..], &b"second\nline"[..]));
        assert_eq!(tag.tagger.map(|tagger| tagger.email), Some(b"ada@example.com".to_vec()));
    }

    #[test]
    fn broken_bytes_give_what_there_is() {
        let id = "12".repeat(20);
        let continued = format!("tree {id}\ngpgsig a\n parent {id}\nparent {id}\nparent zz\nparent\n\n\nparent {id}");
        let commit = Commit::parse(continued.as_bytes());
        assert_eq!((commit.tree.is_some(), commit.parents.len(), commit.author.is_none()), (true, 1, true));
        assert_eq!(commit.message, format!("\nparent {id}").as_bytes());
        assert_eq!(Commit::parse(b"\n\nonly a message").message, b"\nonly a message");
        for bytes in [&b""[..], b"\n", b"\n\n", b"tree", b"tree ", b"author <", b"author >", b"\0", b"committer > - -"] {
            let _ = (Commit::parse(bytes), Tag::parse(bytes), Signature::parse(bytes).rfc3339(), links(bytes, &mut Vec::new()));
        }
    }
}
