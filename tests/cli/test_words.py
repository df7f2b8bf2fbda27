"""What commands say, and whom they mean: no server needed."""

import pytest

from homerun.cli.names import pick
from homerun.cli.output import duration
from homerun.cli.runs import spelt
from homerun.cli.submit import experiment_name, place
from homerun.schema.errors import InvalidInputError, NotFoundError


def run(run_id, name):
    return {"run_id": run_id, "display_name": name}


RUNS = [run("train_17_aa", "amber_fox_x2y3"), run("train_17_ab", "brave_owl_x2y3")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("train_17_aa", 0), ("train_17_ab", 1), ("amber", 0), ("brave_owl_x2y3", 1)],
)
def test_a_run_is_meant_by_its_id_its_name_or_how_either_begins(typed, meant):
    assert pick(typed, RUNS) == RUNS[meant]


def test_a_whole_id_means_its_run_though_others_begin_with_it():
    longer = run("train_17_aa_child", "calm_jay_x2y3")
    assert pick("train_17_aa", [longer, *RUNS]) == RUNS[0]


def test_a_beginning_of_several_is_refused_and_lists_them():
    with pytest.raises(InvalidInputError, match="train_17_aa, train_17_ab"):
        pick("train", RUNS)


def test_a_word_inside_a_name_means_no_run():
    with pytest.raises(NotFoundError, match="fox"):
        pick("fox", RUNS)


def test_a_status_is_meant_in_capitals_or_not_and_an_unknown_one_lists_those_there_are():
    assert [spelt("running"), spelt("CancelRequested")] == ["Running", "CancelRequested"]
    with pytest.raises(InvalidInputError, match=r"'done'.*There are: .*Completed, Failed"):
        spelt("done")


@pytest.mark.parametrize(
    ("length_ms", "said"),
    [
        (0, "0 s"),
        (59_400, "59 s"),
        (125_000, "2 min 5 s"),
        (11_400_000, "3 h 10 min"),
        (90_000_000, "1 d 1 h"),
        (-5, "0 s"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_units(length_ms, said):
    assert duration(length_ms) == said


def test_a_script_gives_its_name_to_the_experiment(tmp_path):
    assert experiment_name(tmp_path / "my script.v2.py") == "my-script-v2"
    assert experiment_name(tmp_path / "__.py") == "experiment"


def test_the_snapshot_is_the_scripts_own_folder_unless_another_is_named(tmp_path):
    script = tmp_path / "src" / "train.py"
    script.parent.mkdir()
    script.touch()
    assert place(script, None) == (script.parent, script.relative_to(script.parent))
    assert place(script, tmp_path) == (tmp_path, script.relative_to(tmp_path))
    with pytest.raises(InvalidInputError, match="does not lie in"):
        place(script, tmp_path / "other")
    with pytest.raises(NotFoundError, match="no script"):
        place(tmp_path / "absent.py", None)
