"""Datastores: plain files, and a fence around them."""

import pytest


@pytest.fixture(scope="module")
def root(served, space):
    return served.store.datastores.folder(space.id, "workspaceblobstore")


@pytest.fixture
def ask(served, space, root):
    def ask(method, path, body=None, **more):
        base = f"/api/datastores/{space.id}/workspaceblobstore/files"
        return served.ask(method, base + path, body, **more)

    return ask


def test_files_are_kept_as_plain_files(ask, root):
    answer = ask("PUT", "/data/a%20b.csv", b"1,2\n" * 500_000)
    assert answer.json["size"] == 2_000_000
    assert (root / "data" / "a b.csv").read_bytes() == b"1,2\n" * 500_000
    assert ask("GET", "/data/a%20b.csv", headers={"range": "bytes=0-2"}).body == b"1,2"
    assert [f["path"] for f in ask("GET", "?prefix=data/").json["files"]] == ["data/a b.csv"]


def test_both_datastores_are_there_from_the_start(served, space):
    found = served.ask("GET", f"/api/datastores?workspace_id={space.id}").json["datastores"]
    assert [(d["name"], d["is_default"]) for d in found] == [
        ("workspaceblobstore", True),
        ("workspacefilestore", False),
    ]
    assert served.ask("GET", "/api/datastores").status == 422


def test_a_file_is_replaced_only_when_asked(ask, root):
    ask("PUT", "/once", b"1")
    assert ask("PUT", "/once", b"2").status == 409
    assert ask("PUT", "/once?overwrite=1", b"3").status == 200
    assert (root / "once").read_bytes() == b"3"
    assert ask("PUT", "/once/below", b"4").status == 409
    ask("PUT", "/folder/file", b"5")
    assert ask("PUT", "/folder?overwrite=1", b"6").status == 409


@pytest.mark.parametrize(
    "path", ["/../token", "/%2e%2e/token", "/a/%2e%2e/b", "//etc/passwd", "/a%00b"]
)
def test_no_path_leads_out(ask, path):
    for method in ("GET", "PUT"):
        assert ask(method, path, b"x" if method == "PUT" else None).status in (404, 422)


def test_no_link_leads_out(ask, root, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (root / "link").symlink_to(secret)
    (root / "linked").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    for path in ("/link", "/linked/secret", "/loop"):
        for method in ("GET", "PUT"):
            body = b"x" if method == "PUT" else None
            assert ask(method, f"{path}?overwrite=1", body).status in (404, 409, 422)
    assert ask("PUT", "/linked/new", b"x").status == 422
    assert secret.read_text() == "secret"
    assert not (tmp_path / "new").exists()
    listed = {f["path"] for f in ask("GET", "").json["files"]}
    assert not listed & {"link", "linked/secret", "loop"}


def test_nothing_is_left_of_a_body_that_was_cut(served, space, root):
    import socket

    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        path = f"/api/datastores/{space.id}/workspaceblobstore/files/cut"
        raw.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            "Authorization: Bearer user-token-of-the-tests\r\n\r\nhalf".encode()
        )
    served.ask("GET", "/api/health")
    assert not (root / "cut").exists()
    scratch = served.home / "datastores" / ".scratch"
    for _ in range(100):
        if not list(scratch.iterdir()):
            break
        served.ask("GET", "/api/health")
    assert list(scratch.iterdir()) == []
