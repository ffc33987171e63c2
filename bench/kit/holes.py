"""Fills templates such as `sk_{hex:48}`, so that no real-looking key stands in any file. Used here and by `benches/plant_git.py`.

Knows the simple holes of `src/keys/examples.rs`, which has them all.
"""

import base64
import re
import string
import zlib

ALPHABETS = {
    "hex": "0123456789abcdef",
    "lower-hex": "0123456789abcdef",
    "upper-hex": "0123456789ABCDEF",
    "digits": string.digits,
    "alnum": string.digits + string.ascii_letters,
    "lower-alnum": string.ascii_lowercase + string.digits,
    "upper-alnum": string.ascii_uppercase + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
}
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
HOLE = re.compile(r"\{([a-z0-9-]+)(?::([^{}]*))?\}")


def base62(number, length):
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        text = BASE62[digit] + text
    return text


def pem(label, chance):
    """A body with the outer shape of a key: a sequence that holds a version and a modulus, and noise within."""
    modulus = b"\x02\x82\x01\x01\x00" + bytes([chance.randrange(128, 256)]) + chance.randbytes(255)
    inner = b"\x02\x01\x00" + modulus + b"\x02\x03\x01\x00\x01"
    for size in (256, 128, 128, 128, 128, 128):
        inner += b"\x02\x82" + (size + 1).to_bytes(2, "big") + b"\x00" + bytes([chance.randrange(128, 256)]) + chance.randbytes(size - 1)
    body = base64.b64encode(b"\x30\x82" + len(inner).to_bytes(2, "big") + inner).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


def fill(template, chance):
    """The template with its holes filled from `chance`, a `random.Random`; nothing where it has a hole that is not known here."""
    unknown = []

    def hole(match):
        name, argument = match.groups()
        if argument is None:
            # Braces around a word are code, but for the one hole that has no argument.
            if name == "uuid":
                unknown.append(name)
            return match[0]
        if name == "pem":
            return pem(argument, chance)
        if not argument.isdecimal() or name not in {*ALPHABETS, "crc32-base62"}:
            unknown.append(name)
            return match[0]
        body = "".join(chance.choices(ALPHABETS.get(name, BASE62), k=int(argument)))
        return body + base62(zlib.crc32(body.encode()), 6) if name == "crc32-base62" else body

    text = HOLE.sub(hole, template)
    # What holes stand in each other leave behind is no template that is known here.
    return None if unknown or re.search(r"\{[a-z0-9-]+:[^ ]", text) else text
