"""What lies ready before a script starts: files, inputs, words and variables."""

import io
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from homerun.agent.inputs import place_inputs
from homerun.agent.place import Place
from homerun.agent.prepare import script_command, script_environment, unpack
from homerun.schema.errors import InvalidInputError
from homerun.schema.runs import JobSpec


def make_tar(members: dict[str, bytes], *special: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o755 if name.endswith(".sh") else 0o644
            tar.addfile(info, io.BytesIO(data))
        for info in special:
            tar.addfile(info)
    return buffer.getvalue()


@pytest.fixture
def job(tmp_path: Path) -> JobSpec:
    return JobSpec(
        run_id="exp_1_aaaaaaaa",
        home=str(tmp_path / "home"),
        url="http://127.0.0.1:9",
        token="agent-secret",
        run_token="run-secret",
        folder=str(tmp_path),
        light="/light",
        context={
            "run_id": "exp_1_aaaaaaaa",
            "experiment": "exp",
            "workspace_id": "w",
            "workspace_name": "ws",
            "subscription_id": "s",
            "resource_group": "r",
        },
    )


@pytest.fixture
def place(job: JobSpec) -> Place:
    made = Place(job)
    made.driver_log.parent.mkdir()
    made.work.mkdir()
    return made


def test_a_snapshot_is_unpacked_with_its_modes(tmp_path: Path) -> None:
    data = make_tar({"a/b.py": b"x", "run.sh": b"y" * 100_000})
    pieces = [data[at : at + 700] for at in range(0, len(data), 700)]
    unpack(pieces, tmp_path / "work")
    assert (tmp_path / "work/a/b.py").read_bytes() == b"x"
    assert (tmp_path / "work/run.sh").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "work/a/b.py").stat().st_mode & 0o777 == 0o644
    unpack(pieces, tmp_path / "work")  # again, as an interrupted agent would
    assert sorted(p.name for p in tmp_path.iterdir()) == ["work"]


def test_nothing_in_a_snapshot_reaches_out_of_the_work_folder(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    data = make_tar({"../out": b"1", "/abs": b"2", "in": b"3", "link/x": b"4"}, link, device)
    unpack([data], tmp_path / "work")
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    assert found == {"work", "work/in", "work/link", "work/link/x"}


def test_a_cut_snapshot_leaves_no_work_folder(tmp_path: Path) -> None:
    with pytest.raises(tarfile.TarError):
        unpack([make_tar({"a": b"x" * 5000})[:3000]], tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_inputs_stand_in_the_command_where_they_are_named(job: JobSpec, place: Place) -> None:
    (place.work / "main.py").touch()
    job.interpreter = sys.executable
    job.command = [sys.executable, "main.py", "--data", {"input": "data"}, 3]
    words = script_command(job, {"data": "/some where"}, place.work)
    assert words == [sys.executable, "main.py", "--data", "/some where", "3"]
    with pytest.raises(InvalidInputError, match="Known inputs: other"):
        script_command(job, {"other": "/x"}, place.work)


def test_what_is_not_there_is_said_before_anything_starts(job: JobSpec, place: Place) -> None:
    job.interpreter = sys.executable
    for words, sentence in (
        ([sys.executable, "absent.py"], "The script 'absent.py' is not in the snapshot"),
        ([], "neither a script nor a command"),
    ):
        job.command = words
        with pytest.raises(InvalidInputError, match=sentence):
            script_command(job, {}, place.work)


def test_variables_come_in_their_order(job: JobSpec, place: Place) -> None:
    job.interpreter = sys.executable
    job.environment_variables = {"PYTHONPATH": "/own", "OMP_NUM_THREADS": "7", "PATH": "/bin"}
    job.cores, job.gpus = 2, [1, 3]
    env = script_environment(job, place, {"data": "/d"})
    assert env["PYTHONPATH"] == os.pathsep.join(["/light", "/own"])
    assert env["OMP_NUM_THREADS"] == "7"
    assert env["CUDA_VISIBLE_DEVICES"] == "1,3"
    assert env["HOMERUN_TOKEN"] == "run-secret"
    assert "agent-secret" not in env.values()
    assert env["HOMERUN_RUN"] == job.folder
    assert env["data"] == "/d"
    assert env["PYTHONUNBUFFERED"] == "1"


def test_what_a_run_installs_stays_its_own_where_it_has_an_image(
    job: JobSpec, place: Place
) -> None:
    job.image = "/images/x/prefix"
    env = script_environment(job, place, {})
    assert env["PIP_TARGET"] == str(place.folder / "packages")
    assert env["PYTHONPATH"].endswith(env["PIP_TARGET"])
    assert env["PATH"].startswith("/images/x/prefix/bin" + os.pathsep)
    assert env["VIRTUAL_ENV"] == "/images/x/prefix"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a datastore with two folders of files."""
    folder = tmp_path / "datastore"
    for name in ("cifar/a/1.bin", "cifar/2.bin", "tables/x.csv", "tables/y.csv", "tables/z.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def wanted(root: Path, *paths: str, mode: str = "mount") -> list[dict[str, Any]]:
    item = {"name": "data", "mode": mode, "datastore": "blob", "paths": list(paths)}
    return [{**item, "root": str(root)}]


@pytest.mark.parametrize("path", ["cifar", "cifar/", "/cifar", "cifar/**", "cifar/**/*", "cifar/*"])
def test_a_mounted_folder_is_the_datastores_own(root: Path, place: Place, path: str) -> None:
    assert place_inputs(wanted(root, path), place) == {"data": str(root / "cifar")}
    assert "write nothing there" in place.driver_log.read_text()


def test_a_single_file_is_that_file(root: Path, place: Place) -> None:
    path = place_inputs(wanted(root, "tables/x.csv"), place)["data"]
    assert path == str(root / "tables/x.csv")
    copy = place_inputs(wanted(root, "tables/x.csv", mode="download"), place)["data"]
    assert copy == str(place.inputs / "data" / "x.csv")
    assert Path(copy).read_text() == "tables/x.csv"


def test_a_pattern_or_several_paths_are_gathered(root: Path, place: Place) -> None:
    for paths in (["tables/*.csv"], ["tables/x.csv", "tables/y.csv"]):
        folder = Path(place_inputs(wanted(root, *paths), place)["data"])
        found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.csv"))
        assert found == ["tables/x.csv", "tables/y.csv"]
        assert (folder / found[0]).read_text() == "tables/x.csv"


def test_a_downloaded_folder_is_a_copy(root: Path, place: Place) -> None:
    folder = Path(place_inputs(wanted(root, "cifar/**", mode="download"), place)["data"])
    (folder / "a/1.bin").write_text("changed")
    assert (root / "cifar/a/1.bin").read_text() == "cifar/a/1.bin"


def test_an_input_that_is_not_there_is_said(root: Path, place: Place) -> None:
    with pytest.raises(InvalidInputError, match="'blob' holds nothing there"):
        place_inputs(wanted(root, "datasets/absent"), place)
    with pytest.raises(InvalidInputError, match="out of its datastore"):
        place_inputs(wanted(root, "../etc"), place)
