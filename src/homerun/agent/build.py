"""A build job: makes an image and leaves word of how that went. No run, so nothing is advanced."""

import json
import traceback
from pathlib import Path

from homerun import environments
from homerun.agent.place import Place
from homerun.environments.settings import BuildSettings
from homerun.schema.errors import HomerunError
from homerun.schema.runs import JobSpec

RESULT = "result.json"
LOG = "build.log"


def build_job(job: JobSpec, place: Place) -> int:
    """Build the image of ``job``; ``result.json`` then holds its prefix, or the error's sentence.

    A build that is killed leaves no result, and no image: the builder moves a whole one in place.
    """
    definition, digest = job.environment or {}, job.digest or ""
    settings = BuildSettings.here(job.environment_variables)
    with (place.folder / LOG).open("a", encoding="utf-8", errors="replace") as log:
        try:
            image = environments.build(
                definition, digest, home=job.home, log=log, settings=settings
            )
        except HomerunError as error:
            log.write(f"\n{error}\n")
            result: dict[str, str | None] = {"prefix": None, "error": str(error)}
        except Exception as error:  # noqa: BLE001 -- whatever the builder met, the runs must hear
            log.write("\n" + traceback.format_exc())
            sentence = f"The image could not be built: {type(error).__name__}: {error}"
            result = {"prefix": None, "error": sentence}
        else:
            result = {"prefix": image.prefix, "error": None}
    _write(place.folder / RESULT, json.dumps(result))
    return 0 if result["error"] is None else 1


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)
