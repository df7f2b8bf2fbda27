"""A run's files: stored, growing, and the log of the build that it waited for."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerun.server import buildlog
from homerun.server.download import download

DRIVER = "azureml-logs/70_driver_log.txt"


@pytest.fixture(scope="module")
def run(served, space):
    return served.leased(space, "filed")


def put(served, path, body, **more):
    return served.ask("PUT", f"/api/runs/filed/files/{path}", body, token="agent-filed", **more)


def get(served, path, run_id="filed", **headers):
    return served.ask("GET", f"/api/runs/{run_id}/files/{path}", headers=headers)


def test_a_file_comes_back_as_it_was_and_never_as_a_page(served, run):
    page = b"<script>alert(1)</script>" * 100_000
    assert put(served, "outputs/page.html", page).json["size"] == len(page)
    answer = get(served, "outputs/page.html")
    assert answer.body == page
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_is_replaced_only_when_asked(served, run):
    assert put(served, "outputs/a.txt", b"one").status == 200
    answer = put(served, "outputs/a.txt", b"two")
    assert (answer.status, answer.error["code"]) == (409, "conflict")
    assert get(served, "outputs/a.txt").body == b"one"
    assert put(served, "outputs/a.txt?overwrite=true", b"two").status == 200
    assert get(served, "outputs/a.txt").body == b"two"


def test_an_empty_file_is_a_file(served, run):
    put(served, "outputs/empty", b"")
    answer = get(served, "outputs/empty")
    assert (answer.status, answer.body) == (200, b"")


def test_names_may_be_anything_that_is_a_path(served, run):
    path = "outputs/%C3%BC%20%22%3B%09%25.bin"
    assert put(served, path, b"x").status == 200
    answer = get(served, path)
    assert answer.body == b"x"
    assert answer.headers["content-disposition"].endswith("%C3%BC%20%22%3B%09%25.bin")


@pytest.mark.parametrize(
    "path", ["%2e%2e/token", "a/%2e%2e/%2e%2e/token", "%2fetc/passwd", "a%5cb"]
)
def test_a_path_that_leads_elsewhere_is_refused(served, run, path):
    assert put(served, path, b"x").status == 422
    assert get(served, path).status == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-3", 206, 0, 4),
        ("bytes=4-", 206, 4, 10),
        ("bytes=-3", 206, 7, 10),
        ("bytes=-30", 206, 0, 10),
        ("bytes=2-900", 206, 2, 10),
        ("bytes=10-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=5-2", 416, 0, 0),
        ("bytes=0-1,4-5", 200, 0, 10),
        ("lines=0-1", 200, 0, 10),
        ("bytes=-", 200, 0, 10),
    ],
)
def test_a_part_is_given_where_asked(served, run, asked, status, start, end):
    put(served, "outputs/ten?overwrite=true", b"0123456789")
    answer = get(served, "outputs/ten", range=asked)
    assert answer.status == status
    if status == 416:
        assert answer.headers["content-range"] == "bytes */10"
    else:
        assert answer.body == b"0123456789"[start:end]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/10"


@given(st.binary(max_size=50), st.integers(0, 60), st.integers(0, 60))
def test_any_range_is_a_slice(data, first, last):
    answer = download(
        "x", len(data), lambda at, n: data[at : at + n], asked=f"bytes={first}-{last}"
    )
    expected = data[first : last + 1]
    assert (answer.status_code == 416) == (not expected)
    if expected:
        assert answer.headers["content-length"] == str(len(expected))


def test_a_log_grows_by_offset_and_is_read_while_it_does(served, run):
    def send(offset, data):
        path = f"/api/runs/filed/logs/{DRIVER}?offset={offset}"
        return served.ask("POST", path, data, token="agent-filed")

    assert send(0, b"one\n").json == {"size": 4}
    assert send(0, b"one\ntwo\n").json == {"size": 8}
    gap = send(20, b"x")
    assert gap.status == 409
    assert "8 bytes" in gap.error["message"]
    assert get(served, DRIVER).body == b"one\ntwo\n"
    assert get(served, DRIVER, range="bytes=4-").body == b"two\n"
    listed = {f["path"]: f for f in served.ask("GET", "/api/runs/filed/files").json["files"]}
    assert listed[DRIVER]["live"]
    served.store.logs.seal("filed")
    assert get(served, DRIVER).body == b"one\ntwo\n"
    listed = {f["path"]: f for f in served.ask("GET", "/api/runs/filed/files").json["files"]}
    assert not listed[DRIVER]["live"]


def test_every_run_that_waited_shows_the_build_log_and_no_other(served, space):
    digest = "ab" * 32
    scratch = served.home / "images" / ".scratch" / "x" / "build.log"
    scratch.parent.mkdir(parents=True)
    scratch.write_text("resolving\n")
    served.store.images.claim(digest, str(scratch))
    for name in ("waited_1", "waited_2", "came_later"):
        marks = {} if name == "came_later" else {buildlog.WAITED: "1"}
        served.new_run(space, name, properties=marks)
        served.store.runs.set_image(name, digest)

    def paths(name):
        return [f["path"] for f in served.ask("GET", f"/api/runs/{name}/files").json["files"]]

    assert paths("waited_1") == paths("waited_2") == [buildlog.PATH]
    assert paths("came_later") == []
    assert get(served, buildlog.PATH, "waited_1").body == b"resolving\n"
    assert get(served, buildlog.PATH, "came_later").status == 404

    final = served.home / "images" / digest / "build.log"
    final.parent.mkdir()
    scratch.rename(final)
    final.write_text("resolving\ndone\n")
    served.store.images.ready(digest, str(final.parent / "prefix"))
    assert get(served, buildlog.PATH, "waited_2").body == b"resolving\ndone\n"


def test_a_snapshot_comes_back_as_a_tar_with_its_modes(served, tmp_path):
    files = {"a.py": b"print(1)\n", "deep/er/b.sh": b"#!/bin/sh\n" * 100, "empty": b""}
    long = "x" * 90 + "/" + "é" * 120 + ".txt"
    files[long] = b"long"
    entries = []
    for path, body in files.items():
        digest, size = served.store.blobs.put(body)
        entries.append(
            {"path": path, "digest": digest, "size": size, "executable": path.endswith(".sh")}
        )
    made = served.ask("POST", "/api/snapshots", {"files": entries}).json
    answer = served.ask("GET", f"/api/snapshots/{made['id']}/tar")
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as tar:
        modes = {member.name: member.mode for member in tar.getmembers()}
        if hasattr(tarfile, "data_filter"):  # Debian 12's 3.11.2 has none yet
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in modes} == files
    assert modes["deep/er/b.sh"] == 0o755
    assert modes["a.py"] == 0o644


def test_a_blob_is_kept_under_its_own_digest_only(served):
    answer = served.ask("PUT", f"/api/blobs/{'0' * 64}", b"something")
    assert answer.status == 422
    missing = served.ask("POST", "/api/snapshots/missing", {"digests": ["0" * 64]}).json
    assert missing == {"digests": ["0" * 64]}
    assert served.ask("PUT", "/api/blobs/short", b"x").status == 422
