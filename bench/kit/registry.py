"""Packages by name and version, through the registries' own clients: pip, npm and cargo. Nothing of a package is run.

From PyPI come wheels, not source distributions: pip runs a source distribution's build to look at its metadata.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

ANY_WHEEL = ["--only-binary", ":all:", "--platform", "any", "--python-version", "3.12", "--implementation", "py", "--abi", "none"]


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def call(command, folder, **env):
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-800:]}")


def download(kind, name, version, folder):
    """Fetches one package into the empty `folder`; its only file."""
    if kind == "npm":
        call(["npm", "pack", "--silent", f"{name}@{version}"], folder)
    elif kind == "pypi":
        call([sys.executable, "-m", "pip", "download", "-q", "--no-deps", *ANY_WHEEL, "-d", str(folder), f"{name}=={version}"], folder)
    elif kind == "crates":
        # `cargo info` fetches the crate into the cache of a cargo home of our own.
        home = folder / "home"
        call(["cargo", "info", "-q", f"{name}@{version}"], folder, CARGO_HOME=str(home))
        (crate,) = home.glob(f"registry/cache/*/{name}-{version}.crate")
        crate.rename(folder / crate.name)
        shutil.rmtree(home)
    else:
        raise SystemExit(f"corpus.toml: `{kind}` is no registry that is known here")
    (file,) = [path for path in folder.iterdir() if path.is_file()]
    return file


def unpack(file, to):
    """Plain files and folders of an archive, none of them outside of `to`."""
    if file.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(to)
        return
    with tarfile.open(file) as archive:
        archive.extractall(to, filter="data")


def place(kind, entry, cache):
    return cache / "packages" / kind / f"{entry['name'].replace('/', '+')}-{entry['version']}"


def installed(kind, entry, cache):
    """The folder of an unpacked package, if it is there."""
    to = place(kind, entry, cache)
    return to if to.exists() else None


def package(kind, entry, cache):
    """Fetches and unpacks a package; ends the run when it is not the recorded one."""
    name, version = entry["name"], entry["version"]
    to = place(kind, entry, cache)
    work = pathlib.Path(cache / "work" / f"{kind}-{to.name}")
    shutil.rmtree(work, ignore_errors=True)
    (work / "get").mkdir(parents=True)
    file = download(kind, name, version, work / "get")
    was = sha256(file)
    if was != entry["sha256"]:
        raise SystemExit(f"{kind} {name} {version} is not what corpus.toml records: sha256 {was}, not {entry['sha256']}")
    unpack(file, work / "out")
    to.parent.mkdir(parents=True, exist_ok=True)
    (work / "out").rename(to)
    shutil.rmtree(work)
    return to
