"""What every blob store must do."""

import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.store.blobs import BlobStore

DIGEST = hashlib.sha256(b"some bytes").hexdigest()
OTHER = hashlib.sha256(b"other bytes").hexdigest()


class BlobStoreTests(ABC):
    """Subclass it, and give ``blobs`` (an empty store) and ``kept`` (what lies there, by path)."""

    @pytest.fixture
    @abstractmethod
    def blobs(self) -> BlobStore:
        """Give an empty store."""

    @abstractmethod
    def kept(self, blobs: BlobStore) -> dict[str, bytes]:
        """Read everything that lies in the store, past it: path under its root → bytes."""

    def test_a_blob_lies_under_its_digest(self, blobs: BlobStore) -> None:
        assert blobs.put(b"some bytes") == (DIGEST, 10)
        assert self.kept(blobs) == {f"{DIGEST[:2]}/{DIGEST[2:]}": b"some bytes"}

    def test_bytes_files_and_pieces_are_taken(self, blobs: BlobStore) -> None:
        for stream in (b"some bytes", io.BytesIO(b"some bytes"), [b"some ", b"bytes"]):
            assert blobs.put(stream, DIGEST) == (DIGEST, 10)
            with blobs.open(DIGEST) as file:
                assert file.read() == b"some bytes"
            blobs.remove(DIGEST)

    def test_a_blob_can_be_read_from_the_middle(self, blobs: BlobStore) -> None:
        blobs.put(b"some bytes")
        with blobs.open(DIGEST) as file:
            file.seek(5)
            assert file.read(3) == b"byt"

    def test_putting_twice_keeps_one(self, blobs: BlobStore) -> None:
        blobs.put(b"some bytes")
        blobs.put(b"some bytes")
        assert len(self.kept(blobs)) == 1

    def test_bytes_that_do_not_match_leave_nothing(self, blobs: BlobStore) -> None:
        with pytest.raises(InvalidInputError, match="hash to"):
            blobs.put(b"other bytes", DIGEST)
        assert self.kept(blobs) == {}

    def test_a_stream_that_breaks_leaves_nothing(self, blobs: BlobStore) -> None:
        def broken() -> Iterator[bytes]:
            yield b"some "
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            blobs.put(broken())
        assert self.kept(blobs) == {}

    def test_an_empty_blob_is_a_blob(self, blobs: BlobStore) -> None:
        digest, size = blobs.put(b"")
        assert (digest, size) == (hashlib.sha256(b"").hexdigest(), 0)
        assert blobs.has(digest)

    def test_what_is_missing_is_named_once_in_order(self, blobs: BlobStore) -> None:
        blobs.put(b"some bytes")
        absent = hashlib.sha256(b"absent").hexdigest()
        assert blobs.missing([OTHER, DIGEST, absent, OTHER]) == [OTHER, absent]

    def test_what_is_not_there_is_not_found(self, blobs: BlobStore) -> None:
        assert not blobs.has(OTHER)
        with pytest.raises(NotFoundError, match=OTHER):
            blobs.open(OTHER)

    def test_what_is_no_digest_is_refused(self, blobs: BlobStore) -> None:
        with pytest.raises(InvalidInputError, match="no digest"):
            blobs.open("../../etc/passwd")

    def test_a_removed_blob_is_gone(self, blobs: BlobStore) -> None:
        blobs.put(b"some bytes")
        assert [digest for digest, _ in blobs.list()] == [DIGEST]
        blobs.remove(DIGEST)
        blobs.remove(DIGEST)
        assert self.kept(blobs) == {}
        assert list(blobs.list()) == []
