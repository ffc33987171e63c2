//! The checksums by which keys prove themselves, each from the document that defines it.

use sha2::{Digest, Sha256};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// CRC32 (IEEE) in base62 with digits first, six characters, padded with zeros: the tail of GitHub's and npm's tokens
/// (GitHub's engineering blog, "Behind GitHub's new authentication token formats", 2021).
pub(crate) fn crc32_base62(bytes: &[u8]) -> [u8; 6] {
    let mut rest = crc32fast::hash(bytes);
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    out
}

/// A way of writing a CRC32 down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// Eight hex digits in lower case, most significant first.
    Hex,
    /// Eight hex digits in upper case.
    UpperHex,
    /// Eight hex digits of the bytes in the order of memory, least significant byte first.
    LittleHex,
    /// Six characters of base62, digits before capitals before small letters.
    Base62,
    /// Seven characters of base36 in lower case.
    Base36,
    /// Six characters of base64 without padding, least significant byte first.
    Base64,
}

impl Written {
    /// All of them, by their names in templates.
    pub(crate) const ALL: &'static [(&'static str, Self)] = &[
        ("hex", Self::Hex),
        ("HEX", Self::UpperHex),
        ("hex-le", Self::LittleHex),
        ("base62", Self::Base62),
        ("base36", Self::Base36),
        ("base64", Self::Base64),
    ];

    /// How many characters it takes.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Hex | Self::UpperHex | Self::LittleHex => 8,
            Self::Base62 | Self::Base64 => 6,
            Self::Base36 => 7,
        }
    }

    /// The CRC32 (IEEE) of `bytes`, written so.
    pub(crate) fn crc32(self, bytes: &[u8]) -> String {
        let sum = crc32fast::hash(bytes);
        match self {
            Self::Hex => format!("{sum:08x}"),
            Self::UpperHex => format!("{sum:08X}"),
            Self::LittleHex => format!("{:08x}", sum.swap_bytes()),
            Self::Base62 => crc32_base62(bytes).map(char::from).iter().collect(),
            Self::Base36 => base36(sum, 7),
            Self::Base64 => data_encoding::BASE64_NOPAD.encode(&sum.to_le_bytes()),
        }
    }
}

/// A number in base36 with small letters, padded with zeros.
pub(crate) fn base36(number: u32, width: usize) -> String {
    let mut rest = number;
    let mut digits: Vec<u8> = std::iter::from_fn(|| {
        let digit = (rest % 36) as u8;
        let more = rest > 0;
        rest /= 36;
        more.then_some(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 })
    })
    .collect();
    digits.resize(digits.len().max(width), b'0');
    digits.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// CRC24 as OpenPGP's armour has it (RFC 4880, section 6.1).
pub(crate) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |mut crc, byte| {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4cfb;
            }
        }
        crc
    })
}

/// CRC16-XModem (polynomial 0x1021, initial value 0): Stellar's strkey and NATS's nkeys.
pub(crate) fn crc16_xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0_u16, |mut crc, byte| {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
        }
        crc
    })
}

/// Decodes base58 (Bitcoin's alphabet); `None` for a foreign character or more than 256 characters.
pub(crate) fn base58_decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > 256 {
        return None;
    }
    let mut out: Vec<u8> = Vec::new();
    for letter in text {
        let mut carry = BASE58.iter().position(|known| known == letter)?;
        for byte in out.iter_mut() {
            carry += usize::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            out.push(carry as u8);
            carry >>= 8;
        }
    }
    out.extend(text.iter().take_while(|letter| **letter == b'1').map(|_| 0));
    out.reverse();
    Some(out)
}

/// Encodes base58.
pub(crate) fn base58_encode(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in digits.iter_mut() {
            carry += usize::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    digits.extend(bytes.iter().take_while(|byte| **byte == 0).map(|_| 0));
    digits.iter().rev().map(|digit| BASE58[usize::from(*digit)] as char).collect()
}

/// The first four bytes of a double SHA-256, which end a Base58Check payload.
pub(crate) fn base58check_sum(payload: &[u8]) -> [u8; 4] {
    let mut sum = [0; 4];
    sum.copy_from_slice(&Sha256::digest(Sha256::digest(payload))[..4]);
    sum
}

/// The constant that ends Bech32 (BIP 173) and Bech32m (BIP 350).
pub(crate) const BECH32_CONSTANT: u32 = 1;
/// See [`BECH32_CONSTANT`].
pub(crate) const BECH32M_CONSTANT: u32 = 0x2bc8_30a3;

/// Whether `text`, all in one case, is `hrp1data` with a right checksum.
pub(crate) fn bech32_holds(text: &[u8], constant: u32) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower != text && text.to_ascii_uppercase() != text {
        return false;
    }
    let Some(split) = lower.iter().rposition(|byte| *byte == b'1').filter(|at| *at > 0 && at + 7 <= lower.len()) else { return false };
    let mut values = bech32_expand(&lower[..split]);
    for letter in &lower[split + 1..] {
        match BECH32.iter().position(|known| known == letter) {
            Some(value) => values.push(value as u8),
            None => return false,
        }
    }
    bech32_polymod(&values) == constant
}

/// Writes bytes as Bech32 under a human-readable part.
pub(crate) fn bech32_encode(hrp: &str, bytes: &[u8], constant: u32) -> String {
    let mut data: Vec<u8> = Vec::new();
    let (mut pool, mut held) = (0_u32, 0);
    for byte in bytes {
        pool = pool << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            data.push((pool >> held & 31) as u8);
        }
    }
    if held > 0 {
        data.push((pool << (5 - held) & 31) as u8);
    }
    let mut values = bech32_expand(hrp.as_bytes());
    values.extend_from_slice(&data);
    values.extend_from_slice(&[0; 6]);
    let sum = bech32_polymod(&values) ^ constant;
    data.extend((0..6).map(|at| (sum >> (5 * (5 - at)) & 31) as u8));
    let body: String = data.iter().map(|value| BECH32[usize::from(*value)] as char).collect();
    format!("{hrp}1{body}")
}

fn bech32_expand(hrp: &[u8]) -> Vec<u8> {
    hrp.iter().map(|byte| byte >> 5).chain([0]).chain(hrp.iter().map(|byte| byte & 31)).collect()
}

fn bech32_polymod(values: &[u8]) -> u32 {
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.iter().fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(*value);
        GENERATORS.iter().enumerate().fold(sum, |sum, (bit, generator)| if top >> bit & 1 == 1 { sum ^ generator } else { sum })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        assert_eq!(crc16_xmodem(b"123456789"), 0x31c3);
        assert_eq!(base58_encode(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(base58_decode(b"2NEpo7TZRRrLZSi2U").as_deref(), Some(&b"Hello World!"[..]));
        // BIP 173 and BIP 350, valid checksums.
        assert!(bech32_holds(b"A12UEL5L", BECH32_CONSTANT) && bech32_holds(b"A1LQFN3A", BECH32M_CONSTANT));
        assert!(!bech32_holds(b"A12UEL5L", BECH32M_CONSTANT) && !bech32_holds(b"a12UEL5L", BECH32_CONSTANT));
        assert!(bech32_holds(bech32_encode("nsec", &[7; 32], BECH32_CONSTANT).as_bytes(), BECH32_CONSTANT));
        // CRC32 of "123456789" is 0xcbf43926 = 3421780262.
        assert_eq!(&crc32_base62(b"123456789"), b"3jZRME");
        let written: Vec<String> = Written::ALL.iter().map(|(_, written)| written.crc32(b"123456789")).collect();
        assert_eq!(written, ["cbf43926", "CBF43926", "2639f4cb", "3jZRME", "1kl8mjq", "Jjn0yw"]);
        assert!(Written::ALL.iter().all(|(_, written)| written.len() == written.crc32(b"x").len()));
        // The check value of the catalogue of CRCs for CRC-24/OPENPGP.
        assert_eq!(crc24(b"123456789"), 0x21cf02);
    }
}
