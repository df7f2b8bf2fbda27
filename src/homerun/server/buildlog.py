"""The log of the image build that a run waited for: one text, shown in each such run."""

from pathlib import Path

from homerun.schema.api import Image, Run
from homerun.store import Store

PATH = "azureml-logs/20_image_build_log.txt"
WAITED = "homerun.build_log"  # the property by which the scheduler marks runs that waited


def find_image(store: Store, run: Run) -> Image | None:
    """Give the image that this run waited for, None where it waited for none."""
    if run.properties.get(WAITED) != "1" or run.image_digest is None:
        return None
    return store.images.find(run.image_digest)


def find_log(home: Path, image: Image) -> Path | None:
    """Give the build log's file: the scratch one while it grows, then the image's own."""
    places = [home / "images" / image.digest / "build.log"]
    if image.log_path is not None:
        places.insert(0, Path(image.log_path))
    return next((place for place in places if place.is_file()), None)
