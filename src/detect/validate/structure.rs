//! Binary structures: whether bytes are one whole thing of their kind, from the first length to the last.
//!
//! All readers stop at the end of the bytes, each step consumes at least one, and none recurses.

use data_encoding::BASE64;

use super::decode;
use crate::checksum;

/// Bytes that are read from the front.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'b>(pub &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Seven bits a byte, least significant first; at most 28 bits, which no key exceeds.
    pub(super) fn varint(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number of so many bytes, most significant first.
    fn big_endian(&mut self, count: usize) -> Option<usize> {
        Some(self.take(count)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    /// Length and bytes (RFC 4251, section 5).
    fn ssh_string(&mut self) -> Option<&'b [u8]> {
        let length = self.big_endian(4)?;
        self.take(length)
    }

    /// Tag and contents (X.690, section 8.1), with a definite length.
    fn der(&mut self) -> Option<(u8, Reader<'b>)> {
        let tag = self.byte()?;
        let length = match self.byte()? {
            length @ 0..=0x7f => usize::from(length),
            long @ 0x81..=0x83 => self.big_endian(usize::from(long & 0x7f))?,
            _ => return None,
        };
        Some((tag, Reader(self.take(length)?)))
    }

    pub(super) fn is_done(self) -> bool {
        self.0.is_empty()
    }
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// Whether bytes are a whole private key of the kind that the label names, `RSA PRIVATE KEY`.
pub(super) fn private_key(label: &str, bytes: &[u8]) -> bool {
    if label.contains("OPENSSH") {
        return openssh(bytes).unwrap_or(false);
    }
    der_key(label, bytes).unwrap_or(false)
}

fn der_key(label: &str, bytes: &[u8]) -> Option<bool> {
    let mut reader = Reader(bytes);
    let (tag, mut inside) = reader.der()?;
    if tag != SEQUENCE || !reader.is_done() {
        return None;
    }
    let mut members: Vec<(u8, Reader<'_>)> = Vec::new();
    while !inside.is_done() {
        members.push(inside.der()?);
        if members.len() > 12 {
            return None;
        }
    }
    let tags: Vec<u8> = members.iter().map(|(tag, _)| *tag).collect();
    let length = |at: usize| members.get(at).map_or(0, |(_, contents)| contents.0.len());
    let is_algorithm = |at: usize| members.get(at).is_some_and(|(tag, contents)| *tag == SEQUENCE && { *contents }.der().is_some_and(|(tag, _)| tag == OID));
    Some(match label.strip_prefix("BEGIN ").unwrap_or(label) {
        // RFC 8017, appendix A.1.2: version, modulus, exponents, primes and what is computed from them.
        "RSA PRIVATE KEY" => tags == [INTEGER; 9] && length(0) == 1 && length(1) >= 64 && length(4) + length(5) + 2 >= length(1),
        "DSA PRIVATE KEY" => tags == [INTEGER; 6] && length(0) == 1 && length(1) >= 64,
        // RFC 5915: version, the number, and optionally curve and public key.
        "EC PRIVATE KEY" => {
            tags.starts_with(&[INTEGER, OCTETS]) && length(0) == 1 && (16..=72).contains(&length(1)) && tags[2..].iter().all(|tag| matches!(tag, 0xa0 | 0xa1))
        }
        // RFC 5958: version, algorithm, key, and optionally attributes and public key.
        "PRIVATE KEY" => {
            tags.starts_with(&[INTEGER, SEQUENCE, OCTETS])
                && length(0) == 1
                && is_algorithm(1)
                && length(2) >= 32
                && tags[3..].iter().all(|tag| matches!(tag, 0xa0 | 0x81 | 0xa1))
        }
        "ENCRYPTED PRIVATE KEY" => tags == [SEQUENCE, OCTETS] && is_algorithm(0),
        _ => false,
    })
}

/// OpenSSH's PROTOCOL.key: magic, cipher, derivation, its options, the public keys and the private part, which, where it is
/// not encrypted, begins with one random number twice.
fn openssh(bytes: &[u8]) -> Option<bool> {
    let mut reader = Reader(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let cipher = reader.ssh_string()?;
    reader.ssh_string()?;
    reader.ssh_string()?;
    let keys = reader.big_endian(4)?;
    if keys == 0 || keys > 16 {
        return None;
    }
    for _ in 0..keys {
        Reader(reader.ssh_string()?).ssh_string()?;
    }
    let private = reader.ssh_string()?;
    Some(reader.is_done() && (cipher != b"none" || private.len() >= 8 && private[..4] == private[4..8]))
}

/// Base64 with the CRC24 of its bytes behind `=` (RFC 4880, section 6.1).
pub(super) fn armour(body: &str) -> bool {
    let Some((data, sum)) = body.len().checked_sub(5).filter(|at| body.is_char_boundary(*at)).map(|at| body.split_at(at)) else { return false };
    let Some(sum) = sum.strip_prefix('=').and_then(|sum| BASE64.decode(sum.as_bytes()).ok()) else { return false };
    let sum = sum.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    decode(data.as_bytes()).is_some_and(|bytes| bytes.len() > 16 && checksum::crc24(&bytes) == sum)
}

/// PuTTY's key file: as many lines as it says, and a public part that names the algorithm of the first line.
pub(super) fn putty(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let Some(algorithm) = lines.by_ref().find_map(|line| line.split_once("PuTTY-User-Key-File-")).and_then(|(_, rest)| rest.split_once(": ")) else {
        return false;
    };
    let mut blob = |name: &str| -> Option<Vec<u8>> {
        let count: usize = lines.by_ref().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()?;
        let text: String = lines.by_ref().take(count.min(256)).collect();
        BASE64.decode(text.as_bytes()).ok()
    };
    let (Some(public), Some(private)) = (blob("Public-Lines:"), blob("Private-Lines:")) else { return false };
    !private.is_empty() && Reader(&public).ssh_string() == Some(algorithm.1.trim().as_bytes())
}

/// A macaroon of version 2 as libmacaroons writes it: sections of typed fields, each ended by a zero, then the signature.
pub(super) fn macaroon(bytes: &[u8]) -> bool {
    const IDENTIFIER: usize = 2;
    const SIGNATURE: usize = 6;
    let mut reader = Reader(bytes);
    let mut walk = || -> Option<bool> {
        if reader.byte()? != 2 {
            return None;
        }
        let mut is_first = true;
        loop {
            let (mut fields, mut has_identifier) = (0, false);
            loop {
                let kind = reader.varint()?;
                if kind == 0 {
                    break;
                }
                has_identifier |= kind == IDENTIFIER;
                fields += 1;
                let length = reader.varint()?;
                reader.take(length)?;
            }
            if fields == 0 && !is_first {
                break;
            }
            if !has_identifier {
                return None;
            }
            is_first = false;
        }
        let is_signature = reader.varint()? == SIGNATURE && reader.varint()? == 32;
        reader.take(32)?;
        Some(is_signature && reader.is_done())
    };
    walk().unwrap_or(false)
}

/// A macaroon of version 1: packets of four hex digits that say their length, a name, a blank, a value and a line feed.
pub(super) fn macaroon_packets(bytes: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[b"location", b"identifier", b"cid", b"vid", b"cl", b"signature"];
    let mut rest = bytes;
    let mut last: &[u8] = b"";
    while !rest.is_empty() {
        let length = rest.get(..4).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let Some((packet, behind)) = length.filter(|length| *length > 6).and_then(|length| rest.split_at_checked(length)) else { return false };
        let name = packet[4..].split(|byte| *byte == b' ').next().unwrap_or_default();
        if !NAMES.contains(&name) || packet.last() != Some(&b'\n') {
            return false;
        }
        (last, rest) = (name, behind);
    }
    last == b"signature"
}

/// The number of fields of a protobuf message that fills the bytes; `None` where they are none.
pub(super) fn protobuf(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader(bytes);
    let mut fields = 0;
    while !reader.is_done() {
        let tag = reader.varint()?;
        if tag >> 3 == 0 {
            return None;
        }
        match tag & 7 {
            // A number of up to ten bytes.
            0 => {
                let mut length = 1;
                while reader.byte()? >= 0x80 {
                    length += 1;
                    if length > 10 {
                        return None;
                    }
                }
            }
            1 => {
                reader.take(8)?;
            }
            2 => {
                let length = reader.varint()?;
                reader.take(length)?;
            }
            5 => {
                reader.take(4)?;
            }
            _ => return None,
        }
        fields += 1;
    }
    Some(fields)
}

/// Whether a number is the product of two others, each above one, judged by their remainders: chance passes once in 2^61.
pub(super) fn is_product(product: &[u8], one: &[u8], other: &[u8]) -> bool {
    const PRIME: u128 = (1 << 61) - 1;
    let remainder = |number: &[u8]| number.iter().fold(0_u128, |rest, byte| (rest << 8 | u128::from(*byte)) % PRIME);
    one.len() > 16 && other.len() > 16 && remainder(product) != 0 && remainder(product) == remainder(one) * remainder(other) % PRIME
}

/// Whether bytes are one value of MessagePack to the last, an array of four.
pub(super) fn msgpack_of_four(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    if bytes.first() != Some(&0x94) {
        return false;
    }
    // Values that are still to come; each takes a byte at least, so what the bytes promise in vain ends with them.
    let mut open: u64 = 1;
    while open > 0 {
        open -= 1;
        let mut step = || -> Option<u64> {
            let kind = reader.byte()?;
            let sized = |reader: &mut Reader<'_>, width: usize, more: usize| -> Option<u64> {
                let length = reader.big_endian(width)?;
                reader.take(length.checked_add(more)?).map(|_| 0)
            };
            match kind {
                0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Some(0),
                0x80..=0x8f => Some(2 * u64::from(kind & 15)),
                0x90..=0x9f => Some(u64::from(kind & 15)),
                0xa0..=0xbf => reader.take(usize::from(kind & 31)).map(|_| 0),
                0xc4 | 0xd9 => sized(&mut reader, 1, 0),
                0xc5 | 0xda => sized(&mut reader, 2, 0),
                0xc6 | 0xdb => sized(&mut reader, 4, 0),
                0xc7 => sized(&mut reader, 1, 1),
                0xc8 => sized(&mut reader, 2, 1),
                0xc9 => sized(&mut reader, 4, 1),
                0xcc | 0xd0 => reader.take(1).map(|_| 0),
                0xcd | 0xd1 => reader.take(2).map(|_| 0),
                0xca | 0xce | 0xd2 => reader.take(4).map(|_| 0),
                0xcb | 0xcf | 0xd3 => reader.take(8).map(|_| 0),
                0xd4..=0xd8 => reader.take(1 + (1 << (kind - 0xd4))).map(|_| 0),
                0xdc => reader.big_endian(2).map(|count| count as u64),
                0xdd => reader.big_endian(4).map(|count| count as u64),
                0xde => reader.big_endian(2).map(|count| 2 * count as u64),
                0xdf => reader.big_endian(4).map(|count| 2 * count as u64),
                0xc1 => None,
            }
        };
        match step() {
            Some(more) => open = open.saturating_add(more),
            None => return false,
        }
    }
    reader.is_done()
}
