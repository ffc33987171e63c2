"""Keys that nobody ever had, made when the comparison runs: who does not find them did not look.

The templates have holes; the values are random, the same at each run. No key stands in any file of the repository.
"""

import random

from . import holes

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


def fill(template, seed):
    return holes.fill(template, random.Random(f"{seed} {template}"))


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
