"""The shipped suites, on SQLite and on the blob stores that fsspec gives."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
import pytest
from typing_extensions import override

from homerun.store import Store, open_store
from homerun.store.blobs import BlobStore
from homerun.testing.blobs import BlobStoreTests
from homerun.testing.database import read_table
from homerun.testing.metrics import RUN, MetricStoreTests
from homerun.testing.runs import RunStoreTests, make_run


class TestRunsOnSqlite(RunStoreTests):
    @pytest.fixture
    @override
    def store(self, tmp_path: Path) -> Iterator[Store]:
        opened = open_store(tmp_path / "data", lambda: 1000.0)
        yield opened
        opened.close()

    @override
    def rows(self, store: Store, table: str) -> list[dict[str, Any]]:
        return read_table(store.home, table)


class TestMetricsOnSqlite(MetricStoreTests):
    @pytest.fixture
    @override
    def store(self, tmp_path: Path) -> Iterator[Store]:
        opened = open_store(tmp_path / "data", lambda: 1000.0)
        make_run(opened, RUN)
        yield opened
        opened.close()

    @override
    def rows(self, store: Store, table: str) -> list[dict[str, Any]]:
        return read_table(store.home, table)


class TestBlobsInAFolder(BlobStoreTests):
    @pytest.fixture
    @override
    def blobs(self, tmp_path: Path) -> BlobStore:
        self.root = tmp_path / "blobs"
        return BlobStore(self.root.as_uri())

    @override
    def kept(self, blobs: BlobStore) -> dict[str, bytes]:
        files = [path for path in self.root.rglob("*") if path.is_file()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}


class TestBlobsInMemory(BlobStoreTests):
    @pytest.fixture
    @override
    def blobs(self) -> BlobStore:
        self.root = f"/{uuid.uuid4().hex}"
        return BlobStore(f"memory:/{self.root}")

    @override
    def kept(self, blobs: BlobStore) -> dict[str, bytes]:
        files = fsspec.filesystem("memory")
        return {p[len(self.root) + 1 :]: files.cat_file(p) for p in files.find(self.root)}
