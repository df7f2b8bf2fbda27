"""What every builder of environments has to pass: an image is whole or absent, and says it all."""

import json
import subprocess
from pathlib import Path
from typing import Any, Protocol

import pytest

from homerun.environments import BuiltImage, find_image
from homerun.schema.environments import definition_digest
from homerun.schema.errors import BuildError


class Build(Protocol):
    """Builds one definition with the builder under test."""

    def __call__(
        self, definition: dict[str, Any], digest: str, *, home: str, log: Any
    ) -> BuiltImage: ...


class BuilderTests:
    """Subclass it and give the fixtures ``build``, ``definition``, ``module`` and ``impossible``.

    ``definition`` can be built quickly and lets ``module`` be imported; ``impossible`` is a pair:
    a definition that cannot be built, and a word that its error has to name.
    """

    @pytest.fixture
    def image(
        self, build: Build, definition: dict[str, Any], tmp_path: Path
    ) -> tuple[BuiltImage, list[str]]:
        lines: list[str] = []
        made = build(
            definition, definition_digest(definition), home=str(tmp_path / "home"), log=lines.append
        )
        return made, lines

    def test_an_image_can_be_used_where_it_lies(
        self, image: tuple[BuiltImage, list[str]], module: str
    ) -> None:
        code = f"import {module}, sys; print(sys.prefix)"
        done = subprocess.run(  # noqa: S603  the image under test
            [image[0].python, "-c", code], capture_output=True, text=True, check=True
        )
        assert Path(done.stdout.strip()) == Path(image[0].prefix)

    def test_an_image_is_found_again_and_not_built_again(
        self,
        image: tuple[BuiltImage, list[str]],
        build: Build,
        definition: dict[str, Any],
        tmp_path: Path,
    ) -> None:
        digest, home = definition_digest(definition), str(tmp_path / "home")
        assert find_image(home, digest) == image[0]
        before = Path(image[0].python).lstat().st_mtime_ns
        assert build(definition, digest, home=home, log=lambda _: None) == image[0]
        assert Path(image[0].python).lstat().st_mtime_ns == before

    def test_an_image_has_its_record_its_lock_and_its_log(
        self, image: tuple[BuiltImage, list[str]], definition: dict[str, Any]
    ) -> None:
        folder = Path(image[0].prefix).parent
        record = json.loads((folder / "image.json").read_text())
        assert record == image[0].record
        assert record["digest"] == definition_digest(definition)
        assert record["packages"]
        assert record["size_bytes"] > 0
        assert record["python"]["version"]
        assert (folder / "lock.txt").read_text().strip()
        assert (folder / "build.log").read_text() == "".join(image[1])

    def test_a_failed_build_names_the_culprit_and_keeps_nothing(
        self, build: Build, impossible: tuple[dict[str, Any], str], tmp_path: Path
    ) -> None:
        definition, culprit = impossible
        home, digest = tmp_path / "home", definition_digest(definition)
        lines: list[str] = []
        with pytest.raises(BuildError, match=culprit):
            build(definition, digest, home=str(home), log=lines.append)
        assert culprit in "".join(lines)
        assert find_image(str(home), digest) is None
        assert [path.name for path in (home / "images").iterdir() if path.name[0] != "."] == []
        assert list((home / "images" / ".scratch").iterdir()) == []
