"""Snapshots: what travels, what does not, and what is too much."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from homerun.sdk import snapshot
from homerun.sdk.context import open_connection
from homerun.sdk.exceptions import SnapshotException
from homerun.sdk.ignore_rules import _default, read_rules
from homerun.sdk.snapshot import (
    SnapshotLimits,
    check_limits,
    default_limits,
    list_source_files,
    take_snapshot,
)


def write(folder: Path, *names: str, text: str = "x") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def names(folder: Path) -> list[str]:
    return [file.path for file in list_source_files(str(folder))]


def test_only_new_files_travel(server: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "a.py", "b.py", text="one")
    write(source, "c.py", text="two")
    connection = open_connection()
    digests = {text: hashlib.sha256(text.encode()).hexdigest() for text in ("one", "two", "three")}
    first = take_snapshot(connection, str(source), SnapshotLimits())
    assert connection.snapshots.missing(list(digests.values())) == [digests["three"]]
    assert take_snapshot(connection, str(source), SnapshotLimits()) == first
    write(source, "c.py", text="three")
    second = take_snapshot(connection, str(source), SnapshotLimits())
    held = {f["path"]: f["digest"] for f in connection.snapshots.get(second)["files"]}
    assert held == {"a.py": digests["one"], "b.py": digests["one"], "c.py": digests["three"]}


LEFT_OUT = [
    ".git/config",
    "__pycache__/a.pyc",
    "deep/__pycache__/a.pyc",
    ".venv/bin/python",
    "venv/bin/python",
    "deep/node_modules/a.js",
    ".ipynb_checkpoints/a.ipynb",
    "azureml-logs/70.txt",
    ".azureml/config.json",
    "outputs/model.pt",
    "b.pyc",
    ".DS_Store",
]


def test_the_defaults_leave_out_what_nobody_means(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "deep/outputs/kept.txt", "docs/kept.md", *LEFT_OUT)
    assert names(tmp_path) == ["a.py", "deep/outputs/kept.txt", "docs/kept.md"]


def test_a_python_without_pathspec_leaves_out_the_same(tmp_path: Path) -> None:
    ignored, name = read_rules(str(tmp_path))
    assert name == ".amlignore"
    for path in [*LEFT_OUT, "deep/outputs/kept.txt", "a.py", "docs/kept.md"]:
        parts = path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        left_out = any(_default(folder, True) for folder in above) or _default(path, False)
        assert left_out == ignored(path, False) == (path in LEFT_OUT), path


def test_amlignore_counts_and_gitignore_only_without_it(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.csv", "deep/b.csv", "deep/c.txt", "outputs/keep.txt")
    write(tmp_path, ".gitignore", text="*.csv\n")
    write(tmp_path, "deep/.gitignore", text="c.txt\n")
    assert names(tmp_path) == [".gitignore", "a.py", "deep/.gitignore", "deep/c.txt"]
    write(tmp_path, ".amlignore", text="# comment\n/deep/\n!/outputs/\n")
    assert names(tmp_path) == [".amlignore", ".gitignore", "a.py", "b.csv", "outputs/keep.txt"]


def test_too_much_lists_the_ten_largest_and_the_line_that_helps(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, f"data/part{number:02}.bin", text="x" * (1000 + number))
    write(tmp_path, "main.py")
    with pytest.raises(SnapshotException) as caught:
        take_snapshot(open_connection(), str(tmp_path), SnapshotLimits(size_bytes=5000))
    message = caught.value.message
    assert message.startswith("Your total snapshot size exceeds the limit")
    assert str(caught.value).startswith("Your total snapshot size exceeds the limit")
    assert sum(f"data/part{number:02}.bin" in message for number in range(12)) == 10
    assert "data/part00.bin" not in message
    assert message.endswith(".amlignore:\n  /data/")
    write(tmp_path, ".amlignore", text="/data/\n")
    files = list_source_files(str(tmp_path))
    check_limits(str(tmp_path), files, SnapshotLimits(size_bytes=5000))


def test_too_many_files_begin_the_same(tmp_path: Path) -> None:
    for number in range(6):
        write(tmp_path, f"many/{number}")
    with pytest.raises(SnapshotException, match=r"^Your total snapshot size exceeds .* 5 files"):
        check_limits(str(tmp_path), list_source_files(str(tmp_path)), SnapshotLimits(files=5))


def test_the_limits_are_set_by_the_names_people_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_limits().size_bytes == 300 * 1024 * 1024
    assert default_limits().files == 2000
    monkeypatch.setattr(snapshot, "SNAPSHOT_MAX_SIZE_BYTES", 5)
    assert default_limits().size_bytes == 5
    monkeypatch.setenv("HOMERUN_SNAPSHOT_MAX_BYTES", "7")
    monkeypatch.setenv("AML_SNAPSHOT_NO_FILE_LIMIT", "True")
    assert default_limits().size_bytes == 7
    assert default_limits().files is None


def test_links_are_followed_and_loops_and_dead_ends_named(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a.py")
    write(tmp_path, "outside/b.py")
    (root / "link").symlink_to(tmp_path / "outside")
    assert names(root) == ["a.py", "link/b.py"]
    (root / "dead").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SnapshotException, match=r"dead cannot be read.*nowhere"):
        names(root)
    (root / "dead").unlink()
    (root / "link" / "back").symlink_to(root)
    with pytest.raises(SnapshotException, match="no end to it"):
        names(root)
    write(root, ".amlignore", text="back\n")
    assert names(root) == [".amlignore", "a.py", "link/b.py"]


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SnapshotException, match="pipe is no plain file"):
        names(tmp_path)


def test_whether_a_file_can_be_run_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "run.sh", "read.txt")
    (tmp_path / "run.sh").chmod(0o755)
    kept = {file.path: file.executable for file in list_source_files(str(tmp_path))}
    assert kept == {"read.txt": False, "run.sh": True}
    assert (tmp_path / "run.sh").stat().st_mode & stat.S_IXUSR


def test_the_ignore_line_against_many_files_names_their_ending(tmp_path: Path) -> None:
    for n in range(5):
        (tmp_path / f"{n}.png").write_text("")
    (tmp_path / "train.py").write_text("")
    with pytest.raises(SnapshotException) as caught:
        check_limits(str(tmp_path), list_source_files(str(tmp_path)), SnapshotLimits(files=5))
    assert caught.value.message.endswith(".amlignore:\n  /*.png")
    (tmp_path / ".amlignore").write_text("/*.png\n")
    check_limits(str(tmp_path), list_source_files(str(tmp_path)), SnapshotLimits(files=5))
