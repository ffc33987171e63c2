"""Keys that nobody ever had, made when the comparison runs: who does not find them did not look.

The templates have holes; the values are random, the same at each run. No key stands in any file of the repository.
"""

import base64
import random
import re
import zlib

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALNUM = DIGITS + UPPER + UPPER.lower()
ALPHABETS = {"alnum": ALNUM, "hex": "0123456789abcdef", "digits": DIGITS, "base32": UPPER + "234567", "base64": ALNUM + "+/", "base64url": ALNUM + "-_"}

# Formats that every scanner of the table claims to know. The file's name says in which language a line stands.
TEMPLATES = {
    "billing.py": 'stripe.api_key = "sk_live_{alnum:24}"\n',
    "release.sh": "export GITHUB_TOKEN=ghp_{crc32-base62:30}\n",
    "deploy.env": "AWS_ACCESS_KEY_ID=AKIA{base32:16}\nAWS_SECRET_ACCESS_KEY={base64:40}\n",
    "notify.js": 'const slack = new WebClient("xoxb-{digits:12}-{digits:13}-{alnum:24}");\n',
    "mirror.yml": "gitlab_token: glpat-{base64url:20}\n",
    "mail.rb": 'client = SendGrid::API.new(api_key: "SG.{base64url:22}.{base64url:43}")\n',
    "publish.env": "NPM_TOKEN=npm_{crc32-base62:30}\n",
    "hook.go": 'const webhook = "https://hooks.slack.com/services/T{base32:8}/B{base32:10}/{alnum:24}"\n',
    "server.pem": "{pem:RSA PRIVATE KEY}\n",
    "model.ts": 'export const anthropic = new Anthropic({ apiKey: "sk-ant-api03-{base64url:93}AA" });\n',
}
# The first, the middle and the last folder of a sorted walk: a run that ends early misses one.
FOLDERS = ("00-planted", "planted", "zz-planted")
# So many of the files of each folder have to be found.
NEEDED = 3


def base62(number, length):
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        text = (DIGITS + UPPER + UPPER.lower())[digit] + text
    return text


def pem(label, source):
    """A body with the outer shape of a key: a sequence that holds a version and a modulus, and noise within."""
    modulus = b"\x02\x82\x01\x01\x00" + bytes([source.randrange(128, 256)]) + source.randbytes(255)
    inner = b"\x02\x01\x00" + modulus + b"\x02\x03\x01\x00\x01"
    for size in (256, 128, 128, 128, 128, 128):
        inner += b"\x02\x82" + (size + 1).to_bytes(2, "big") + b"\x00" + bytes([source.randrange(128, 256)]) + source.randbytes(size - 1)
    body = base64.b64encode(b"\x30\x82" + len(inner).to_bytes(2, "big") + inner).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


def fill(template, seed):
    """Fills the holes `{alphabet:LENGTH}`, `{crc32-base62:LENGTH}` and `{pem:LABEL}`; other braces stay."""
    source = random.Random(f"{seed} {template}")

    def hole(match):
        name, argument = match.groups()
        if name == "pem":
            return pem(argument, source)
        alphabet = ALNUM if name == "crc32-base62" else ALPHABETS[name]
        body = "".join(source.choice(alphabet) for _ in range(int(argument)))
        return body + base62(zlib.crc32(body.encode()), 6) if name == "crc32-base62" else body

    return re.sub(r"\{(pem|crc32-base62|%s):([^{}]+)\}" % "|".join(ALPHABETS), hole, template)


def plant(tree):
    """Writes the folders of planted keys into `tree`."""
    for folder in FOLDERS:
        (tree / folder).mkdir(parents=True, exist_ok=True)
        for name, template in TEMPLATES.items():
            (tree / folder / name).write_text(fill(template, folder), "utf-8")


def found(paths):
    """How many planted files of each folder are among `paths`."""
    hit = {folder: set() for folder in FOLDERS}
    for path in paths:
        parts = path.replace("\\", "/").split("/")
        if len(parts) >= 2 and parts[-2] in hit and parts[-1] in TEMPLATES:
            hit[parts[-2]].add(parts[-1])
    return [len(hit[folder]) for folder in FOLDERS]
