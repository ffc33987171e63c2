use std::io::{Cursor, Write};

use super::*;

type Found = Vec<(String, String, String)>;

/// Name, wrapping and text of each member.
fn all(name: &str, bytes: &[u8], budget: &Budget) -> (Found, Opened) {
    let mut found = Vec::new();
    let kind = kind_of(name, &bytes[..bytes.len().min(HEAD)]).expect("an archive's head");
    let opened = each(kind, name, Input::File(&mut Cursor::new(bytes)), budget, &mut |member| {
        let mut text = Vec::new();
        let _ = member.bytes.read_to_end(&mut text);
        found.push((String::from_utf8_lossy(member.name).into_owned(), member.wraps.join(" "), String::from_utf8_lossy(&text).into_owned()));
        true
    });
    (found, opened)
}

fn whole(name: &str, bytes: &[u8]) -> Found {
    let budget = Budget::new(bytes.len() as u64);
    let (found, opened) = all(name, bytes, &budget);
    assert_eq!((opened, budget.broken()), (Opened::Whole, None), "{name}");
    found
}

fn row(name: &str, wraps: &str, text: &str) -> (String, String, String) {
    (name.to_owned(), wraps.to_owned(), text.to_owned())
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        writer.write_all(text.as_bytes()).expect("bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn tarred(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ::tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        writer.append_data(&mut header, name, text.as_bytes()).expect("a member");
    }
    writer.into_inner().expect("an archive")
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).expect("bytes");
    writer.finish().expect("a stream")
}

fn packed(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    match codec {
        Codec::Gzip => gzipped(bytes),
        Codec::Bzip2 => {
            let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            writer.write_all(bytes).expect("bytes");
            writer.finish().expect("a stream")
        }
        Codec::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
        Codec::Xz => xz(bytes),
    }
}

/// The decoder alone is built in, so the stream is put together here: one block, its bytes as they are.
fn xz(bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.len() < 1 << 16 && !bytes.is_empty());
    let crc = |bytes: &[u8]| crc32fast::hash(bytes).to_le_bytes();
    let flags = [0, 1];
    let mut out = [b"\xfd7zXZ\0".as_slice(), &flags, &crc(&flags)].concat();
    let header = [2, 0, 0x21, 1, 0, 0, 0, 0];
    out.extend([header.as_slice(), &crc(&header)].concat());
    let size = (bytes.len() - 1) as u16;
    let data = [[1].as_slice(), &size.to_be_bytes(), bytes, &[0]].concat();
    let unpadded = (12 + data.len() + 4) as u64;
    out.extend(&data);
    out.extend(vec![0; data.len().wrapping_neg() % 4]);
    out.extend(crc(bytes));
    let mut index = vec![0, 1];
    for mut number in [unpadded, bytes.len() as u64] {
        while number >= 0x80 {
            index.push(number as u8 | 0x80);
            number >>= 7;
        }
        index.push(number as u8);
    }
    index.extend(vec![0; index.len().wrapping_neg() % 4]);
    index.extend(crc(&index.clone()));
    let backward = [&((index.len() / 4 - 1) as u32).to_le_bytes()[..], &flags].concat();
    out.extend(&index);
    out.extend([&crc(&backward)[..], &backward, b"YZ"].concat());
    out
}

#[test]
fn members_of_a_zip() {
    let files = [("assets/config.json", "one"), ("b.txt", "two two two two two two")];
    let expected = [row(files[0].0, "archive", files[0].1), row(files[1].0, "archive", files[1].1)];
    for name in ["a.zip", "a.jar", "a.DOCX", "a.odt"] {
        assert_eq!(whole(name, &zipped(&files)), expected, "{name}");
    }
    // The signature of an extension stands before the zip.
    let signed = [b"Cr24\x03\0\0\0\x04\0\0\0sign".as_slice(), &zipped(&files)].concat();
    assert_eq!(whole("a.crx", &signed), expected);
}

#[test]
fn members_of_an_asar() {
    let header = r#"{"files":{"main.js":{"size":3,"offset":"0"},"lib":{"files":{"a.js":{"size":2,"offset":"3"},"l":{"link":"main.js"}}}}}"#;
    // The header is as long as it says, with a length that needs no padding.
    let header = format!("{header}{}", " ".repeat(header.len().next_multiple_of(4) - header.len()));
    let text = header.len() as u32;
    let numbers = [4, text + 8, text + 4, text].map(u32::to_le_bytes).concat();
    let found = whole("app.asar", &[&numbers, header.as_bytes(), b"onetw"].concat());
    assert_eq!(found, [row("main.js", "archive", "one"), row("lib/a.js", "archive", "tw")]);
}

#[test]
fn members_of_a_tar() {
    let long = format!("{}/x.txt", "folder".repeat(40));
    let bytes = tarred(&[("./a.txt", "one"), (&long, "two"), ("empty", ""), ("b", &"x".repeat(1024))]);
    let rows = |wraps: &str| [row("a.txt", wraps, "one"), row(&long, wraps, "two"), row("empty", wraps, ""), row("b", wraps, &"x".repeat(1024))];
    assert_eq!(whole("a.tar", &bytes), rows("archive"));
    for (codec, ending) in [(Codec::Gzip, "gz"), (Codec::Bzip2, "bz2"), (Codec::Xz, "xz"), (Codec::Zstd, "zst")] {
        let found = whole(&format!("a.tar.{ending}"), &packed(codec, &bytes));
        assert_eq!(found, rows(&format!("{} archive", codec.name())), "{ending}");
    }
    assert_eq!(whole("a.crate", &gzipped(&bytes)), rows("gzip archive"));
}

#[test]
fn records_of_pax_and_sparse_files() {
    let mut writer = ::tar::Builder::new(Vec::new());
    let long = format!("{}/p.txt", "pax".repeat(100));
    writer.append_pax_extensions([("path", long.as_bytes()), ("size", b"3".as_slice())]).expect("a record");
    let mut header = ::tar::Header::new_ustar();
    header.set_path("short").expect("a path");
    header.set_size(0);
    header.set_cksum();
    let mut bytes = writer.into_inner().expect("an archive");
    bytes.truncate(bytes.len() - 1024);
    bytes.extend(header.as_bytes());
    bytes.extend([b"abc".as_slice(), &[0; 509]].concat());
    // A sparse file whose map goes on in a block of its own.
    let mut sparse = ::tar::Header::new_gnu();
    sparse.set_path("sparse").expect("a path");
    sparse.set_entry_type(::tar::EntryType::GNUSparse);
    sparse.set_size(4);
    sparse.as_gnu_mut().expect("GNU's").set_is_extended(true);
    sparse.set_cksum();
    bytes.extend([sparse.as_bytes().as_slice(), &[0; 512], b"data", &[0; 508]].concat());
    bytes.extend(tarred(&[("last", "z")]));
    assert_eq!(whole("a.tar", &bytes), [row(&long, "archive", "abc"), row("sparse", "archive", "data"), row("last", "archive", "z")]);
}

#[test]
fn members_of_an_ar() {
    let member = |name: &str, text: &str| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n{text}{}", 0, 0, 0, 644, text.len(), "\n".repeat(text.len() % 2));
    let bytes = [
        "!<arch>\n",
        &member("/", "idx"),
        &member("//", "a-long-name-of-gnu.o/\n"),
        &member("debian-binary/", "2.0\n"),
        &member("/0", "abc"),
        &member("#1/4", "b.o\0de"),
    ]
    .concat();
    assert_eq!(
        whole("a.deb", bytes.as_bytes()),
        [row("debian-binary", "archive", "2.0\n"), row("a-long-name-of-gnu.o", "archive", "abc"), row("b.o", "archive", "de")]
    );
}

#[test]
fn streams_of_one_file() {
    for (codec, ending) in [(Codec::Gzip, "gz"), (Codec::Bzip2, "bz2"), (Codec::Xz, "xz"), (Codec::Zstd, "zst")] {
        let name = format!("x/dump.sql.{ending}");
        let long = "text ".repeat(5000);
        let bytes = packed(codec, long.as_bytes());
        assert_eq!(whole(&name, &bytes), [row("dump.sql", codec.name(), &long)], "{ending}");
        // Streams one after the other are one file.
        assert_eq!(whole(&name, &[bytes.as_slice(), &bytes].concat()), [row("dump.sql", codec.name(), &long.repeat(2))], "{ending} twice");
        let cut = &bytes[..bytes.len() / 2];
        assert!(matches!(all(&name, cut, &Budget::new(0)).1, Opened::Partly(_)), "{ending} cut");
    }
    let note = [b"\x50\x2a\x4d\x18\x04\0\0\0note".as_slice(), &packed(Codec::Zstd, b"text")].concat();
    assert_eq!(whole("a.zst", &note), [row("a", "zstd", "text")]);
}

#[test]
fn bombs_end_at_the_budget() {
    let zeros = vec![0; 1 << 20];
    let tar = gzipped(&tarred(&[("a", &"0".repeat(1 << 20))]));
    for (name, bytes) in [("a.gz", gzipped(&zeros)), ("a.tgz", tar), ("a.zip", zipped(&[("a", &"0".repeat(1 << 20)), ("b", "x")]))] {
        let budget = Budget::of(100_000, 100);
        let (found, opened) = all(name, &bytes, &budget);
        assert_eq!((found.len(), opened), (1, Opened::Whole), "{name}");
        assert!(found[0].2.len() <= 100_000 && budget.broken().is_some(), "{name}");
    }
    let many: Vec<(String, &str)> = (0..20).map(|number| (number.to_string(), "x")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    for (name, bytes) in [("a.zip", zipped(&many)), ("a.tar", tarred(&many))] {
        let budget = Budget::of(1 << 20, 5);
        assert_eq!(all(name, &bytes, &budget).0.len(), 5, "{name}");
        assert!(budget.broken().is_some());
    }
}

#[test]
fn what_is_broken_is_said() {
    let text = "abc".repeat(4000);
    let mut bytes = zipped(&[("a.txt", &text)]);
    let at = bytes.len() / 4;
    bytes[at] ^= 0xff;
    let tar = tarred(&[("a.txt", &text), ("b.txt", &text)]);
    let mut garbled = tar.clone();
    let second = 512 + text.len().next_multiple_of(512);
    garbled[second] ^= 1;
    for (name, bytes) in [
        ("a.zip", bytes.as_slice()),
        ("a.zip", b"no zip"),
        ("a.asar", b"no asar, and long enough"),
        ("a.tar", &tar[..700]),
        ("a.tar", &garbled),
        ("a.tgz", &gzipped(&tar)[..60]),
        ("a.deb", b"!<arch>\nno header"),
    ] {
        assert_ne!(all(name, bytes, &Budget::new(0)).1, Opened::Whole, "{name}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000), at in 0_usize..2000, to in 0_u8..=255) {
        let good = [tarred(&[("a", "one"), ("b", "two")]), gzipped(b"text"), zipped(&[("a", "one")]), xz(b"text"), packed(Codec::Zstd, b"text"), packed(Codec::Bzip2, b"text")];
        for (kind, good) in [Archive::Tar, Archive::Stream(Codec::Gzip), Archive::Zip, Archive::Stream(Codec::Xz), Archive::Stream(Codec::Zstd), Archive::Stream(Codec::Bzip2)].into_iter().zip(good) {
            let mut changed = good.clone();
            let at = at % changed.len();
            changed[at] = to;
            for bytes in [&bytes, &changed] {
                each(kind, "a.tar", Input::File(&mut Cursor::new(bytes)), &Budget::of(1 << 16, 10), &mut |member| std::io::copy(member.bytes, &mut std::io::sink()).is_ok());
            }
        }
        each(Archive::Ar, "a.a", Input::File(&mut Cursor::new(&bytes)), &Budget::of(1 << 16, 10), &mut |_| true);
    }
}
