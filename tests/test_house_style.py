"""What no linter checks: sizes, words that must stand in the docs, words that must not stand."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = {".py", ".ts", ".tsx", ".css", ".sh", ".js"}
LONGEST = 400

# Said in pieces, as this file is searched too.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
    )
]
MACHINE = [
    re.compile(r"""(?:^|[\s"'`=:(,\[])/(?:root/|work/(?:main|shared))""", re.MULTILINE),
    re.compile("/opt/" + r"(?:wheels|pypi)"),
    re.compile(r"\.\./" + "shared"),
]


def tracked() -> list[Path]:
    """List the files of the repository, those not yet added too."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no clone: what belongs to the repository is not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def texts() -> list[tuple[str, str]]:
    """Give the name and the text of every file that is text."""
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found.append((str(path.relative_to(ROOT)), data.decode("utf-8", "replace")))
    return found


def test_no_file_is_longer_than_400_lines():
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in tracked()
        if path.suffix in CODE and (lines := path.read_bytes().count(b"\n")) > LONGEST
    ]
    assert long == []


def test_every_room_is_named_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = {path.parent.name for path in (ROOT / "src/homerun").glob("*/__init__.py")}
    assert {room for room in rooms if f"\n| `{room}` |" not in text} == set()


def test_every_error_has_its_own_code():
    from homerun.schema.errors import ERRORS, HomerunError

    def below(cls: type[HomerunError]) -> list[type[HomerunError]]:
        subclasses: list[type[HomerunError]] = cls.__subclasses__()
        return [cls, *(found for sub in subclasses for found in below(sub))]

    ours = {cls for cls in below(HomerunError) if cls.__module__ == HomerunError.__module__}
    assert ours == set(ERRORS)
    codes = [cls.code for cls in ERRORS]
    assert len(codes) == len(set(codes))


def test_every_setting_stands_in_the_docs():
    page = (ROOT / "docs/settings.md").read_text()
    named = set()
    for path in (ROOT / "src/homerun").rglob("*.py"):
        if path.name == "settings.py" or path.parts[-2:] == ("schema", "runs.py"):
            named |= set(re.findall(r"\b(?:HOMERUN|AML|AZUREML)_[A-Z_]*[A-Z]\b", path.read_text()))
    assert {name for name in named if f"`{name}`" not in page} == set()


def test_no_other_file_reads_the_environment_for_a_setting():
    reading = re.compile(r"(?:environ(?:\.get)?|getenv)[\[(]\s*[\"'](?:HOMERUN|AZUREML|AML)_")
    allowed = re.compile(r"settings\.py$|schema/runs\.py$")
    faults = [
        name
        for name, text in texts()
        if name.startswith(("src/", "shim/src/"))
        and reading.search(text)
        and not allowed.search(name)
    ]
    assert faults == []


def test_every_command_and_option_stands_in_the_docs():
    from typer.main import get_command

    from homerun.cli import app

    page = (ROOT / "docs/cli.md").read_text()
    missing: list[str] = []

    def walk(command, words):
        for option in command.params:
            names = [*option.opts, *option.secondary_opts]
            missing.extend(
                f"{' '.join(words)} {name}"
                for name in names
                if name.startswith("--") and f"`{name}" not in page and name != "--help"
            )
        for name, below in getattr(command, "commands", {}).items():
            walk(below, [*words, name])
        if not hasattr(command, "commands") and f"## `{' '.join(words)}" not in page:
            missing.append(" ".join(words))

    walk(get_command(app), ["homerun"])
    assert missing == []


def test_no_registry_and_no_machine_is_named():
    faults = []
    for name, text in texts():
        faults += [f"{name}: {host}" for host in HOSTS if host in text]
        faults += [f"{name}: {found.group().strip()}" for p in MACHINE if (found := p.search(text))]
    assert faults == []


def test_the_python_lock_pins_and_hashes_everything_and_names_no_place():
    lock = (ROOT / "requirements/dev.txt").read_text()
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert [e.split("\n")[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []
    assert re.findall(r"\S*(?:://|@ |--index|--find-links|--extra)\S*", lock) == []


def test_the_studio_lock_names_no_place():
    lock = json.loads((ROOT / "studio/package-lock.json").read_text())
    packages = lock["packages"]
    assert [name for name, entry in packages.items() if "://" in entry.get("resolved", "")] == []
    unhashed = [n for n, e in packages.items() if n and not e.get("link") and "integrity" not in e]
    assert unhashed == []
