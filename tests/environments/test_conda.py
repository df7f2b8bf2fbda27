"""A conda file's words in PyPI's."""

import pytest

from homerun.environments.conda import pep440, read_conda_file
from homerun.schema.errors import BuildError


@pytest.mark.parametrize(
    ("rest", "specifier", "build"),
    [
        ("", "", None),
        ("=1.4", "==1.4.*", None),
        ("=1.4.*", "==1.4.*", None),
        ("==1.4", "==1.4", None),
        (" 1.4", "==1.4", None),
        ("=1.4=py36_0", "==1.4", "py36_0"),
        ("==1.4=b0", "==1.4", "b0"),
        (" 1.4 py36_0", "==1.4", "py36_0"),
        (">=1,<2", ">=1,<2", None),
        (" >= 1.2, < 2", ">=1.2,<2", None),
        (">=1.2.*", ">=1.2", None),
        (">=1.2=cuda*", ">=1.2", "cuda*"),
        ("=*", "", None),
        ("~=1.2", "~=1.2", None),
        ("!=1.3", "!=1.3", None),
        ("=1.0rc1", "==1.0rc1", None),
        ("[version='>=1.2,<3', build=x]", ">=1.2,<3", None),
    ],
)
def test_conda_versions_have_their_counterpart(rest: str, specifier: str, build: str) -> None:
    assert pep440(rest) == (specifier, build)


@pytest.mark.parametrize("rest", ["=1.1|1.2", "=1.1.1k", "== ", " 1 2 3"])
def test_what_has_no_counterpart_is_refused(rest: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        pep440(rest)
    assert str(caught.value)


def test_names_are_translated_dropped_and_merged_with_a_note_each() -> None:
    made = read_conda_file(
        "channels: [conda-forge]\n"
        "dependencies:\n"
        "- python=3.6.2\n"
        "- conda-forge::pytorch=1.4=py3.6_cuda\n"
        "- cudatoolkit=10.1\n"
        "- matplotlib-base\n"
        "- pip\n"
        "- scikit-learn>=0.20\n"
        "- pip:\n"
        "  - azureml-sdk==1.20 # pinned\n"
    )
    assert made.python == "==3.6.2.*"
    assert made.packages == ["torch==1.4", "matplotlib", "scikit-learn>=0.20"]
    assert made.pip_lines == ["azureml-sdk==1.20"]
    noted = " ".join(made.notes)
    for word in ("py3.6_cuda", "called torch", "cudatoolkit is left out", "called matplotlib"):
        assert word in noted


def test_cpuonly_asks_for_the_cpu_build() -> None:
    assert read_conda_file("dependencies: [pytorch, cpuonly]").wants_cpu
    assert not read_conda_file("dependencies: [pytorch]").wants_cpu


def test_bad_yaml_names_its_line() -> None:
    with pytest.raises(BuildError, match="line 3"):
        read_conda_file("dependencies:\n- numpy\n -: [\n")


def test_all_that_pypi_cannot_give_is_listed_with_lines() -> None:
    with pytest.raises(BuildError) as caught:
        read_conda_file("dependencies:\n- numpy\n- r-base=4\n- nodejs\n- numpy=1|2\n- 3.6\n")
    said = str(caught.value)
    for words in ("Line 3", "'r-base=4'", "Line 4", "'nodejs'", "Line 5", "float"):
        assert words in said


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "dependencies: numpy\n", "just words"])
def test_what_is_no_conda_file_is_refused(text: str) -> None:
    with pytest.raises(BuildError):
        read_conda_file(text)


def test_a_pip_part_that_holds_no_lines_is_named_with_its_line() -> None:
    for inside, shown in (("[{a: 1}]", "{'a': 1}"), ("numpy", "'numpy'")):
        with pytest.raises(BuildError) as caught:
            read_conda_file(f"name: x\ndependencies:\n- python=3.11\n- pip: {inside}\n")
        assert "'pip:' has to hold" in str(caught.value)
        assert shown in str(caught.value)


def test_pytorch_without_a_version_is_an_unpinned_torch() -> None:
    made = read_conda_file("dependencies:\n- python=3.11\n- pytorch\n- torchvision\n")
    assert made.packages == ["torch", "torchvision"]
