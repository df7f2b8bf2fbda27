"""A requirements file stays as it is, but for what uv must not see."""

from pathlib import Path

import pytest

from homerun.environments import definition_from_file
from homerun.environments.plan import plan
from homerun.environments.requirements import read_requirements
from homerun.schema.errors import BuildError, InvalidInputError, NotFoundError

TEXT = """\
# the script's
--extra-index-url https://example.org/simple
numpy==1.19.5  # pinned

six==1.15 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
pkg @ https://example.org/pkg-1.0-py3-none-any.whl
scikit_learn[all]>=0.20; python_version < "4"
"""


def test_lines_stay_verbatim() -> None:
    made = read_requirements(TEXT)
    assert "\n".join(made.lines) + "\n" == TEXT
    assert made.indexes == ["https://example.org/simple"]
    assert made.hashes == {"six": ["sha256:aa", "sha256:bb"]}
    assert set(made.named) == {"numpy", "six", "pkg", "scikit-learn"}
    assert made.named["numpy"] == "==1.19.5"


def test_azure_packages_become_comments_and_bring_pandas() -> None:
    made = read_requirements("azureml-sdk[notebooks]==1.2\nAzureML_train.core\nnumpy<2\n")
    assert made.provided == ["azureml-sdk", "azureml-train-core"]
    assert made.lines[2:] == ["numpy<2", "pandas"]
    assert all(line.startswith("#") for line in made.lines[:2])


def test_azureml_core_alone_brings_nothing() -> None:
    assert read_requirements("azureml-core").named == {}


def test_genuine_leaves_azure_packages_alone() -> None:
    made = read_requirements("azureml-sdk\nazureml-mlflow\n", genuine=True)
    assert made.lines == ["azureml-sdk", "azureml-mlflow"]


def test_azureml_mlflow_is_left_out_with_a_note() -> None:
    made = read_requirements("azureml-mlflow==1.2")
    assert made.named == {}
    assert "azureml-mlflow is left out" in made.notes[0]


@pytest.mark.parametrize(
    "line", ["-r dev.txt", "-rdev.txt", "--requirement=dev.txt", "-c pins.txt", "-e .", "./x.whl"]
)
def test_a_line_that_names_another_file_is_named(line: str) -> None:
    with pytest.raises(BuildError, match=r"Line 2 .*names another") as caught:
        read_requirements(f"numpy\n{line}\n")
    assert line in str(caught.value)


def test_an_absolute_file_that_is_there_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "pins.txt"
    file.write_text("six<2")
    assert read_requirements(f"-c {file}").lines == [f"-c {file}"]


def test_options_that_uv_does_not_know_are_taken_over() -> None:
    made = read_requirements("--pre\n--trusted-host pypi.local\n--prefer-binary\nsix\n")
    assert made.prereleases
    assert made.trusted_hosts == ["pypi.local"]
    assert [line for line in made.lines if not line.startswith("#")] == ["six"]
    assert "--prefer-binary" in made.notes[0]


def test_a_file_is_conda_or_pip_by_its_ending_or_its_content(tmp_path: Path) -> None:
    for name, text, kind in (
        ("env.yml", "dependencies: [numpy]", "conda"),
        ("requirements.txt", "numpy", "pip"),
        ("environment", "name: x\ndependencies:\n- numpy\n", "conda"),
        ("needs", "numpy\n", "pip"),
    ):
        file = tmp_path / name
        file.write_text(text)
        definition = definition_from_file(file)
        assert definition == {"kind": kind, kind: text}
        plan(definition)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no\.yml"):
        definition_from_file(tmp_path / "no.yml")


def test_a_python_version_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="three"):
        plan({"kind": "pip", "pip": "", "python_version": "three"})
    assert plan({"kind": "pip", "pip": "", "python_version": "3.8"}).python == "==3.8"


def test_an_option_that_pip_does_not_have_is_named_with_its_line() -> None:
    with pytest.raises(BuildError) as caught:
        read_requirements("numpy\n--foo bar\n--only-binary :all:\n")
    assert str(caught.value).startswith("Line 2 of the requirements, '--foo bar': a requirements")
    assert "no option '--foo'" in str(caught.value)
