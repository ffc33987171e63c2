"""The text that everything is measured on: packages of `corpus.toml`, or a tree that is there, made into one fair tree.

Fair means that each tool reads the same bytes: text alone, no links, and none of the files by which a package steers a scanner.
"""

import os
import pathlib
import shutil
import tomllib
import zlib

from . import plant, registry

LIST = pathlib.Path(__file__).parents[1] / "corpus.toml"
# They tell scanners what to leave out; each tool obeys others of them.
STEERING = {".gitignore", ".ignore", ".rgignore", ".gitattributes", ".gitleaks.toml", ".gitleaksignore", ".betterleaks.toml", ".betterleaksignore", ".secrets.baseline", ".skout-baseline", "skout.toml"}
FOLDERS_LEFT = {".git", ".hg", ".svn"}


def entries():
    """`(kind, entry)` of each recorded package."""
    listed = tomllib.loads(LIST.read_text("utf-8"))
    return [(kind, entry) for kind, packages in listed.items() for entry in packages]


def places(cache):
    """The folder of each listed package, there or not."""
    return [registry.place(kind, entry, cache) for kind, entry in entries()]


def fetch(cache, say):
    """Fetches what is not there; the folder of each listed package."""
    for kind, entry in entries():
        if registry.installed(kind, entry, cache) is None:
            say(f"fetching {kind} {entry['name']} {entry['version']}")
            registry.package(kind, entry, cache)
    return places(cache)


def files_of(folder):
    """Every plain file below, as `(path, stat)`, in the order of names."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in FOLDERS_LEFT)
        for name in sorted(names):
            path = os.path.join(at, name)
            stat = os.lstat(path)
            if name not in STEERING and stat.st_mode & 0o170000 == 0o100000:
                yield path, stat


def is_text(path):
    with open(path, "rb") as file:
        return b"\0" not in file.read(8192)


def chosen(sources, size):
    """`(source's number, path, path within, bytes)`; with a size, files picked evenly by the hash of their path until it is reached."""
    files = [(number, path, os.path.relpath(path, source), stat.st_size) for number, source in enumerate(sources) for path, stat in files_of(source) if stat.st_size]
    if size is not None:
        files.sort(key=lambda file: zlib.crc32(f"{file[0]}/{file[2]}".encode("utf-8", "surrogateescape")))
    taken = 0
    for file in files:
        if size is not None and taken >= size:
            return
        # A link to a folder of the source may bring a file that nobody may read.
        try:
            if not is_text(file[1]):
                continue
        except OSError:
            continue
        taken += file[3]
        yield file


def build(sources, tree, size=None):
    """Makes `tree` anew of hard links, or copies where the file systems differ, and plants keys; what it holds."""
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    count = taken = copied = 0
    for number, path, within, length in chosen(sources, size):
        to = tree / f"source-{number}" / within
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, to)
        except OSError:
            shutil.copyfile(path, to)
            copied += 1
        count += 1
        taken += length
    plant.plant(tree)
    return {"files": count, "bytes": taken, "copied": copied, "sources": [str(source) for source in sources]}
