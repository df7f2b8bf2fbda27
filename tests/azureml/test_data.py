"""Datastores and file datasets, from the upload to the path in the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Dataset, Datastore
from azureml.core.runconfig import RunConfiguration
from azureml.data.data_reference import DataReference
from azureml.data.datapath import DataPath
from azureml.data.dataset_consumption_config import DatasetConsumptionConfig
from azureml.exceptions import UserErrorException

READ = """
import os, sys
from azureml.core import Run
run = Run.get_context()
path = run.input_datasets["pictures"]
assert path == sys.argv[2] == os.environ["pictures"], (path, sys.argv)
print(sorted(os.path.join(os.path.relpath(f, path), n) for f, _, ns in os.walk(path) for n in ns))
"""


@pytest.fixture
def data(here: Path) -> Path:
    """A folder with a few files."""
    root = here / "data"
    (root / "deep").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "deep" / "b.txt").write_text("b")
    return root


@pytest.fixture
def store(ws: Any) -> Any:
    """The default datastore."""
    return ws.get_default_datastore()


def test_upload_prints_v1s_lines_and_skips_what_is_there(
    store: Any, data: Path, capsys: Any
) -> None:
    reference = store.upload(src_dir=str(data), target_path="datasets/one", overwrite=True)
    said = capsys.readouterr().out.split("\n")
    assert said[0] == "Uploading an estimated of 2 files"
    assert said[1] == f"Uploading {data / 'a.txt'}"
    assert said[2] == f"Uploaded {data / 'a.txt'}, 1 files out of an estimated total of 2"
    assert said[-2] == "Uploaded 2 files"
    assert str(reference).startswith("$AZUREML_DATAREFERENCE_")
    store.upload(src_dir=str(data), target_path="datasets/one")
    said = capsys.readouterr().out.split("\n")
    assert "Target already exists. Skipping upload for datasets/one/a.txt" in said
    assert said[-2] == "Uploaded 0 files"
    store.upload(str(data), "datasets/one", overwrite=True, show_progress=False)
    assert capsys.readouterr().out == ""


def test_what_was_uploaded_comes_back(store: Any, data: Path, here: Path) -> None:
    store.upload_files(
        [str(data / "deep" / "b.txt")],
        relative_root=str(data),
        target_path="datasets/two",
        show_progress=False,
    )
    assert store.download(str(here / "back"), prefix="datasets/two", show_progress=False) == 1
    assert (here / "back/datasets/two/deep/b.txt").read_text() == "b"
    assert store.download(str(here / "back"), prefix="datasets/two", show_progress=False) == 0


def test_a_datastore_that_is_not_there_lists_those_that_are(ws: Any) -> None:
    assert Datastore.get(ws, "workspaceblobstore").name == "workspaceblobstore"
    assert Datastore(ws).name == "workspaceblobstore"
    with pytest.raises(UserErrorException, match=r"no datastore 'x'.*workspaceblobstore"):
        Datastore.get(ws, "x")


def test_missing_data_is_named(store: Any, here: Path) -> None:
    with pytest.raises(UserErrorException, match="'absent'"):
        store.upload("absent", "x")
    with pytest.raises(UserErrorException, match=r"nope\.txt.*nothing was uploaded"):
        store.upload_files([str(here / "nope.txt")])
    with pytest.raises(UserErrorException, match="no files at datasets/absent"):
        Dataset.File.from_files((store, "datasets/absent"))


@pytest.mark.parametrize("mode", ["as_mount", "as_download"])
def test_a_dataset_arrives_under_its_name(
    submit: Callable[..., Any], store: Any, data: Path, mode: str
) -> None:
    store.upload(str(data), "datasets/three", overwrite=True, show_progress=False)
    dataset = Dataset.File.from_files(path=(store, "datasets/three"))
    named = dataset.as_named_input("pictures")
    run = submit(READ, "--data", getattr(named, mode)())
    details = run.wait_for_completion(show_output=True)
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    assert log.split("\n")[-2] == "['./a.txt', 'deep/b.txt']"
    assert details["inputDatasets"][0]["consumptionDetails"]["inputName"] == "pictures"
    shown = details["runDefinition"]
    assert shown["arguments"] == ["--data", "DatasetConsumptionConfig:pictures"]
    assert list(shown["data"]) == ["pictures"]


def test_a_data_reference_arrives_in_its_variable(
    submit: Callable[..., Any], store: Any, data: Path
) -> None:
    store.upload(str(data), "datasets/four", overwrite=True, show_progress=False)
    config = RunConfiguration()
    reference = DataReference(store, "old", path_on_datastore="datasets/four")
    config.data_references = {"old": reference.to_config()}
    run = submit(
        "import os; print(sorted(os.listdir(os.environ['AZUREML_DATAREFERENCE_old'])))",
        run_config=config,
    )
    run.wait_for_completion()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    assert log.split("\n")[-2] == "['a.txt', 'deep']"


def test_paths_may_hold_wildcards_and_come_in_lists(store: Any, data: Path, here: Path) -> None:
    store.upload(str(data), "datasets/five", overwrite=True, show_progress=False)
    assert Dataset.File.from_files((store, "datasets/five")).to_path() == ["/a.txt", "/deep/b.txt"]
    one = Dataset.File.from_files((store, "datasets/five/*.txt"))
    assert one.to_path() == ["/a.txt"]
    assert Dataset.File.from_files([(store, "datasets/five/**")]).to_path() == [
        "/a.txt",
        "/deep/b.txt",
    ]
    both = [(store, "datasets/five/a.txt"), DataPath(store, "datasets/five/deep")]
    got = Dataset.File.from_files(both).download(str(here / "got"))
    assert sorted(Path(path).name for path in got) == ["a.txt", "b.txt"]
    with pytest.raises(UserErrorException, match="overwrite=True"):
        Dataset.File.from_files(both).download(str(here / "got"))
    made = Dataset.File.upload_directory(
        str(data), (store, "datasets/six"), pattern="*.txt", show_progress=False
    )
    assert made.to_path() == ["/a.txt"]


def test_a_bare_dataset_and_a_bad_name_are_refused(
    submit: Callable[..., Any], store: Any, data: Path
) -> None:
    store.upload(str(data), "datasets/seven", overwrite=True, show_progress=False)
    dataset = Dataset.File.from_files((store, "datasets/seven"))
    with pytest.raises(UserErrorException, match="as_named_input"):
        submit("", dataset)
    with pytest.raises(UserErrorException, match="'no name'"):
        dataset.as_named_input("no name")
    assert dataset.as_mount().name.startswith("input__")
    other = Dataset.File.from_files((store, "datasets/seven/deep"))
    twice = [d.as_named_input("same").as_mount() for d in (dataset, other)]
    with pytest.raises(UserErrorException, match="called 'same'"):
        submit("", *twice)
    assert isinstance(twice[0], DatasetConsumptionConfig)
    with pytest.raises(UserErrorException, match="uploaded by datastore"):
        Dataset.File.from_files("https://example.org/a.csv")
