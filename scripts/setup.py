#!/usr/bin/env python3
"""Make ``.venv`` with homerun, the azureml shim and the dev tools; instant when nothing changed.

Standard library only, and old syntax: it also runs under a Python that is too old for homerun, to
say so.
"""

import ast
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "setup-stamp.json")
LOCK = os.path.join(ROOT, "requirements", "dev.txt")
STATIC = os.path.join(ROOT, "src", "homerun", "server", "static", "index.html")
OLDEST, NEWEST = (3, 11), (3, 14)
OLDEST_UV = (0, 9)

# What the two distributions, and the pages inside the first, are made from.
SOURCES = ("pyproject.toml", "shim/pyproject.toml", "hatch_build.py", "studio")
NOT_SOURCES = ("node_modules", "dist", "coverage", ".vite", "test-results")

# pip's setting -> uv's variable, and what stands between several values. uv does not read pip's
# configuration, and behind a company's mirror or certificate nothing installs without it.
PIP_TO_UV = (
    ("cert", "SSL_CERT_FILE", " "),
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", " "),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("timeout", "UV_HTTP_TIMEOUT", " "),
    ("default-timeout", "UV_HTTP_TIMEOUT", " "),
    ("proxy", "ALL_PROXY", " "),
)


class SetupError(Exception):
    """What is missing on this machine, in a sentence, with what to do about it."""


def main():
    """Bring ``.venv`` up to date, saying each step that takes long."""
    before = read_stamp()
    wanted = fingerprints()
    if before == wanted and os.path.exists(VENV_PYTHON) and has_studio():
        return 0
    started_s = time.time()
    try:
        set_up(before, wanted)
    except SetupError as error:
        sys.stderr.write("make setup: {}\n".format(error))
        return 1
    say("done in {:.0f} s".format(time.time() - started_s))
    return 0


def set_up(before, wanted):
    """Do what is needed to get from one stamp to the other, and write the second."""
    if before.get("root") != wanted["root"] or not os.path.exists(VENV_PYTHON):
        before = {}
        make_venv(find_python())
    env = uv_environment()
    install = [find_uv(env), "pip", "install", "--quiet", "--python", VENV_PYTHON]
    if before.get("lock") != wanted["lock"]:
        say("installing the packages of requirements/dev.txt")
        run(install + ["--require-hashes", "-r", LOCK], env)
    if before.get("sources") != wanted["sources"] or not has_studio():
        say("installing homerun and its azureml names, building the Studio")
        ours = ["-e", ROOT, "-e", os.path.join(ROOT, "shim")]
        run(install + ["--no-deps", "--no-build-isolation"] + ours, env)
    with open(STAMP, "w") as file:
        json.dump(wanted, file)


def has_studio():
    """Tell whether the pages are built, or cannot be, as there is no source of them."""
    hook = os.path.join(ROOT, "hatch_build.py")
    return os.path.exists(STATIC) or not os.path.exists(hook)


def read_stamp():
    """Give what the last set-up that went through saw, or nothing."""
    try:
        with open(STAMP) as file:
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def fingerprints():
    """Digest what a set-up depends on."""
    return {
        "root": ROOT,
        "lock": digest([LOCK, os.path.abspath(__file__)]),
        "sources": digest([os.path.join(ROOT, *name.split("/")) for name in SOURCES]),
    }


def digest(paths):
    """Digest files, and folders with all that is in them."""
    state = hashlib.sha256()
    for path in files_of(paths):
        state.update(os.path.relpath(path, ROOT).encode("utf-8", "surrogateescape") + b"\0")
        with open(path, "rb") as file:
            state.update(hashlib.sha256(file.read()).digest())
    return state.hexdigest()


def files_of(paths):
    """List the files in these files and folders, in order."""
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
            for name in sorted(files):
                yield os.path.join(folder, name)


def find_python():
    """Find a Python that homerun runs on: PYTHON, else python3, else the newest by name."""
    named = os.environ.get("PYTHON")
    newest_first = ["python3.{}".format(n) for n in range(NEWEST[1], OLDEST[1] - 1, -1)]
    seen = []
    for name in [named] if named else ["python3"] + newest_first:
        path = shutil.which(name)
        version = path and python_version(path)
        if not version:
            continue
        if OLDEST <= version[:2] <= NEWEST:
            say("using Python {} ({})".format(".".join(map(str, version)), path))
            return path
        seen.append("{} is {}".format(path, ".".join(map(str, version))))
    raise SetupError(
        "homerun needs Python {}.{} to {}.{}. {}. Install one (Debian, Ubuntu: apt-get install "
        "python3 python3-venv) or name one: make setup PYTHON=/path/to/python3.".format(
            OLDEST[0],
            OLDEST[1],
            NEWEST[0],
            NEWEST[1],
            "Found: " + ", ".join(seen)
            if seen
            else "Found none that runs" + (" at {}".format(named) if named else ""),
        )
    )


def python_version(path):
    """Ask a Python for its version; None where it does not start."""
    code = "import sys; print(list(sys.version_info[:3]))"
    done = capture([path, "-c", code])
    return tuple(json.loads(done)) if done else None


def make_venv(python):
    """Make ``.venv`` anew, with uv where there is one, else with the standard library."""
    uv = path_uv()
    if uv:
        made = [uv, "venv", "--quiet", "--clear", "--seed", "--python", python, VENV]
    elif capture([python, "-c", "import ensurepip, venv; print(1)"]):
        made = [python, "-m", "venv", "--clear", VENV]
    else:
        raise SetupError(
            "{} cannot make virtual environments. Debian, Ubuntu: apt-get install "
            "python3-venv.".format(python)
        )
    run(made, uv_environment())


def find_uv(env):
    """Give the uv to install with: the one on PATH, else the lock's own, put into ``.venv``."""
    on_path = path_uv()
    if on_path:
        return on_path
    inside = os.path.join(VENV, "bin", "uv")
    if not os.path.exists(inside):
        say("installing uv")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(lock_entry("uv"))
            file.flush()
            run(
                [VENV_PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
                + ["--require-hashes", "--no-deps", "-r", file.name],
                env,
            )
    return inside


def path_uv():
    """Give the uv on PATH, unless it is too old."""
    uv = shutil.which("uv")
    said = (capture([uv, "--version"]) if uv else "").split()
    try:
        version = tuple(int(part) for part in said[1].split(".")[:2])
    except (IndexError, ValueError):
        return None
    return uv if version >= OLDEST_UV else None


def lock_entry(name):
    """Cut one package with its hashes out of the lock."""
    kept = []
    with open(LOCK) as file:
        for line in file:
            if not line.startswith((" ", "#")):
                inside = line.startswith(name + "==")
            if inside:
                kept.append(line)
    return "".join(kept)


def uv_environment():
    """Give this environment with pip's configuration said in uv's words; uv's own words win."""
    env = dict(os.environ)
    said = pip_settings()
    for setting, variable, between in PIP_TO_UV:
        if setting in said:
            env.setdefault(variable, between.join(said[setting].split()))
    if "extra-index-url" in said:
        env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # pip looks at all of them
    certificates = env.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile
    if certificates and os.path.isfile(certificates):
        # As pip does: the machine's own certificates count, a company's among them.
        env.setdefault("UV_SYSTEM_CERTS", "1")
        env.setdefault("NODE_EXTRA_CA_CERTS", certificates)  # npm builds the Studio
    env.pop("VIRTUAL_ENV", None)
    return env


def pip_settings():
    """Read pip's configuration as pip itself merges it: files first, then variables."""
    listed = ""
    for python in (VENV_PYTHON, sys.executable):
        if os.path.exists(python):
            listed = listed or capture([python, "-m", "pip", "config", "list"])
    ranked = []
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        rank = {"global": 0, "install": 1, ":env:": 2}.get(section)
        if rank is not None:
            ranked.append((rank, name, ast.literal_eval(value)))
    return {name: value for _, name, value in sorted(ranked) if isinstance(value, str)}


def capture(command):
    """Give what a command prints, or nothing where it fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def run(command, env):
    """Run one step in sight of the user.

    Raises:
        SetupError: It failed; it has said why itself.
    """
    if subprocess.call(command, cwd=ROOT, env=env) != 0:
        raise SetupError("this step failed: {}".format(" ".join(command)))


def say(text):
    """Say what is going on."""
    sys.stdout.write("setup: {}\n".format(text))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
