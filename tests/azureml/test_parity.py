"""The same methods at the three places a run can be: submitted, looked at from outside, offline.

One table; each row is a few statements, and what they must leave behind. The row runs inside a
submitted run, on a run that another process made, and offline; the answers must not differ.
"""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Run
from azureml.core.run import _OfflineRun

# name → (what is done with `run`, an expression of what must be seen afterwards, its value)
TABLE: dict[str, tuple[str, str, Any]] = {
    "one value": ("run.log('a', 0.5)", "run.get_metrics()", {"a": 0.5}),
    "several values": (
        "run.log('b', 1); run.log('b', 2, step=3); run.log(name='b', value=2.5, description='d')",
        "run.get_metrics('b')",
        {"b": [1, 2, 2.5]},
    ),
    "kinds of values": (
        "run.log('t', True); run.log('s', 'text'); run.log('n', None); run.log('big', 2**70)",
        "run.get_metrics()",
        {"t": True, "s": "text", "big": float(2**70)},
    ),
    "numbers that JSON lacks": (
        "[run.log('x', float(v)) for v in ('nan', 'inf', '-inf')]",
        "[repr(v) for v in run.get_metrics()['x']]",
        ["nan", "inf", "-inf"],
    ),
    "other objects": ("run.log('o', (1, 2))", "run.get_metrics()", {"o": "(1, 2)"}),
    "a list": ("run.log_list('l', [1, 2.5, 3])", "run.get_metrics()", {"l": [1, 2.5, 3]}),
    "a list of one": ("run.log_list('l', [7])", "run.get_metrics()", {"l": 7}),
    "an empty list": ("run.log_list('l', [])", "run.get_metrics()", {"l": []}),
    "one row": ("run.log_row('r', a=1, b='x')", "run.get_metrics()", {"r": {"a": 1, "b": "x"}}),
    "rows": (
        "run.log_row('r', a=1, b=2); run.log_row('r', a=3, b=4)",
        "run.get_metrics()",
        {"r": {"a": [1, 3], "b": [2, 4]}},
    ),
    "a table": (
        "run.log_table('t', {'a': [1, 2], 'b': [3, 4]})",
        "run.get_metrics()",
        {"t": {"a": [1, 2], "b": [3, 4]}},
    ),
    "a confusion matrix": (
        (
            "run.log_confusion_matrix('m', "
            "{'schema_type': 'confusion_matrix', 'schema_version': 'v1', 'data': {}})"
        ),
        (
            "[v.replace(run.id, 'ID') for v in run.get_metrics().values()] + "
            "[n for n in run.get_file_names() if n == 'm']"
        ),
        ["aml://artifactId/ExperimentRun/dcid.ID/m", "m"],
    ),
    "an image": (
        "Path('pic.png').write_bytes(b'png'); run.log_image('i', path='pic.png')",
        "[v.replace(run.id, 'ID') for v in run.get_metrics().values()]",
        ["aml://artifactId/ExperimentRun/dcid.ID/pic.png"],
    ),
    "an unknown metric": ("", "run.get_metrics('nothing')", {}),
    "recursive": ("run.log('a', 1)", "run.get_metrics(recursive=True)[run.id]", {"a": 1}),
    "flush": ("run.log('a', 1); run.flush(timeout_seconds=10)", "run.get_metrics()", {"a": 1}),
    "tags": (
        "run.tag('k', 'v'); run.set_tags({'n': 3, 'm': 'x'}); run.tag('k', 'w')",
        "run.get_tags()",
        {"k": "w", "n": "3", "m": "x"},
    ),
    "a removed tag": (
        "run.set_tags({'a': '1', 'b': '2'}); run.remove_tags(['a'])",
        "[run.get_tags(), run.tags]",
        [{"b": "2"}, {"b": "2"}],
    ),
    "properties": (
        "run.add_properties({'p': 'q'}); run.add_properties({})",
        "{k: v for k, v in run.get_properties().items() if k == 'p'}",
        {"p": "q"},
    ),
    "names": (
        "run.display_name = 'my name'; run.description = 'words'",
        "[run.display_name, run.description, run.name == 'run_' + run.id]",
        ["my name", "words", True],
    ),
    "a file": (
        (
            "Path('f.txt').write_text('content'); run.upload_file('models/f.txt', 'f.txt')\n"
            "run.download_file('models/f.txt', 'back.txt')"
        ),
        "['models/f.txt' in run.get_file_names(), Path('back.txt').read_text()]",
        [True, "content"],
    ),
    "a stream": (
        (
            "import io; run.upload_file('s.bin', io.BytesIO(b'bytes'))\n"
            "import os; os.makedirs('into', exist_ok=True); run.download_file('s.bin', 'into')"
        ),
        "Path('into/s.bin').read_text()",
        "bytes",
    ),
    "files": (
        (
            "[Path(n).write_text(n) for n in 'xy']; run.upload_files(['d/x', 'd/y'], ['x', 'y'])\n"
            "run.download_files(prefix='d/', output_directory='got')"
        ),
        "sorted(os.listdir('got/d'))",
        ["x", "y"],
    ),
    "a folder": (
        (
            "os.makedirs('deep/er', exist_ok=True); Path('deep/er/z').write_text('z')\n"
            "run.upload_folder('kept', 'deep')\n"
            "run.download_files(prefix='kept/', output_directory='flat', append_prefix=False)"
        ),
        "[n for n in run.get_file_names() if n.startswith('kept')] + os.listdir('flat/er')",
        ["kept/er/z", "z"],
    ),
    "what the run is": (
        "",
        "[run.parent, run.input_datasets, list(run.get_children()), isinstance(run.id, str)]",
        [None, {}, [], True],
    ),
    "its workspace": ("", "run.experiment.workspace.name", "ws"),
    "its details": ("", "run.get_details()['runId'] == run.id", True),
    "ends": ("run.log('a', 1); run.complete()", "run.get_metrics()", {"a": 1}),
    "a context": ("with run: run.log('a', 1)", "run.get_metrics()", {"a": 1}),
    "a failure of one's own": ("run.fail(error_details='why')", "run.get_metrics()", {}),
}

# What is wrong, and what it says: the same everywhere, and nothing is recorded.
ERRORS: dict[str, tuple[str, str, str]] = {
    "a list": (
        "run.log('a', [1])",
        "UserErrorException",
        "run.log does not support list type. Use run.log_list instead",
    ),
    "a range": ("run.log('a', range(3))", "UserErrorException", "does not support list type"),
    "a generator": ("run.log('a', (i for i in 'x'))", "UserErrorException", "Use run.log_list"),
    "a name that is no text": ("run.log(3, 1)", "UserErrorException", "name must be text"),
    "a step that is none": ("run.log('a', 1, step='x')", "UserErrorException", "step"),
    "a nested list": ("run.log_list('a', [[1]])", "AzureMLException", "must be numbers or texts"),
    "a list in a row": ("run.log_row('a', x=[1])", "AzureMLException", "Rows cannot contain list"),
    "a ragged table": (
        "run.log_table('a', {'x': [1], 'y': [1, 2]})",
        "AzureMLException",
        "Columns must have the same length",
    ),
    "no image": ("run.log_image('a')", "AzureMLException", "either a path or a plot"),
    "two images": ("run.log_image('a', path='x', plot=1)", "AzureMLException", "path or a plot"),
    "an absent image": ("run.log_image('a', path='no.png')", "UserErrorException", "'no.png'"),
    "an absent file": ("run.upload_file('a', 'no.txt')", "UserErrorException", "'no.txt'"),
    "an absent folder": ("run.upload_folder('a', 'no')", "UserErrorException", "'no'"),
    "a name with ..": ("run.upload_file('../a', __file__)", "UserErrorException", "'../a'"),
    "a file twice": (
        "run.upload_file('a', __file__); run.upload_file('a', __file__)",
        "ServiceException",
        "a",
    ),
    "no such file": (
        "run.download_file('no.txt')",
        "UserErrorException",
        "File with path no.txt was not found, available files include",
    ),
    "tags that are none": ("run.set_tags('a')", "UserErrorException", "dictionary"),
    "a model": ("run.register_model('m')", "NotAvailableError", "is not available in homerun: use"),
}

PLAY = '''
import json, os, sys
from pathlib import Path
from azureml.exceptions import AzureMLException


def play(run, does, gives):
    """Do a row and give what it left, or the error it met, with what was recorded by then."""
    names = {"run": run, "os": os, "Path": Path, "__file__": os.path.abspath("row.txt")}
    Path("row.txt").write_text("row")
    try:
        exec(does, names)
        return json.loads(json.dumps(eval(gives, names)))
    except AzureMLException as error:
        return [type(error).__name__, error.message, run.get_metrics()]
'''

INSIDE = (
    PLAY
    + """
from azureml.core import Run
run = Run.get_context(allow_offline=False)
print("ANSWER", json.dumps(play(run, sys.argv[1], sys.argv[2])))
"""
)


def submitted(submit: Callable[..., Any], does: str, gives: str) -> Any:
    """Do it inside a run."""
    run = submit(INSIDE, does, gives)
    run.wait_for_completion(raise_on_error=False)
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    answers = [line for line in log.split("\n") if line.startswith("ANSWER ")]
    assert answers, log
    return json.loads(answers[-1][len("ANSWER ") :])


def played(run: Any, does: str, gives: str) -> Any:
    """Do it in this process."""
    names: dict[str, Any] = {}
    exec(PLAY, names)
    return names["play"](run, does, gives)


@pytest.fixture(scope="module")
def idle(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """Give runs that another process made, and that nobody has touched."""
    from azureml.core import Experiment, ScriptRunConfig, Workspace

    folder = tmp_path_factory.mktemp("idle")
    (folder / "main.py").write_text("")

    def idle() -> Any:
        ws = Workspace.create("ws", subscription_id="sub", resource_group="rg", show_output=False)
        return Experiment(ws, "idle").submit(ScriptRunConfig(str(folder), "main.py"))

    return idle


@pytest.mark.parametrize("row", TABLE)
def test_from_outside(row: str, idle: Callable[[], Any], ws: Any) -> None:
    does, gives, expected = TABLE[row]
    assert played(idle(), does, gives) == expected


@pytest.mark.parametrize("row", TABLE)
def test_offline(row: str, ws: Any, here: Path) -> None:
    ws.write_config()
    does, gives, expected = TABLE[row]
    assert played(_OfflineRun(), does, gives) == expected


@pytest.mark.parametrize("row", ERRORS)
def test_errors_from_outside_and_offline(row: str, idle: Callable[[], Any], ws: Any) -> None:
    does, name, words = ERRORS[row]
    for run in (idle(), _OfflineRun()):
        found = played(run, does, "'no error'")
        assert found[0] == name, found
        assert words in found[1]
        assert found[2] == {}


def test_inside_a_run(submit: Callable[..., Any]) -> None:
    """All rows in as few runs as there are rows that would disturb each other."""
    differing = {}
    runs = {row: (does, gives) for row, (does, gives, _) in TABLE.items()}
    text = textwrap.dedent(INSIDE)
    sent = {row: submit(text, does, gives) for row, (does, gives) in runs.items()}
    for row, run in sent.items():
        run.wait_for_completion(raise_on_error=False)
        log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
        answers = [line for line in log.split("\n") if line.startswith("ANSWER ")]
        found = json.loads(answers[-1][7:]) if answers else log
        if found != TABLE[row][2]:
            differing[row] = found
    assert differing == {}


def test_errors_inside_a_run(submit: Callable[..., Any]) -> None:
    text = textwrap.dedent(
        PLAY
        + """
from azureml.core import Run
run = Run.get_context(allow_offline=False)
for does in json.loads(sys.argv[1]):
    print("ANSWER", json.dumps(play(run, does, "'no error'")))
"""
    )
    run = submit(text, json.dumps([does for does, _, _ in ERRORS.values()]))
    run.wait_for_completion()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    found = [json.loads(line[7:]) for line in log.split("\n") if line.startswith("ANSWER ")]
    for (name, words), said in zip([row[1:] for row in ERRORS.values()], found, strict=True):
        assert said[0] == name, said
        assert words in said[1]
        assert said[2] == {}


def test_a_metric_named_in_the_run_is_there_while_it_runs(submit: Callable[..., Any]) -> None:
    run = submit(
        """
        import os, time
        from azureml.core import Run
        run = Run.get_context()
        run.log("loss", 0.25)
        while not os.path.exists("stop"):
            time.sleep(0.05)
            if "stop" in run.get_tags():
                break
        """
    )
    while not run.get_metrics():
        assert run.get_status() not in ("Completed", "Failed"), run.get_details()
    assert run.get_metrics() == {"loss": 0.25}
    assert run.get_status() == "Running"
    run.tag("stop", "now")
    assert run.wait_for_completion()["status"] == "Completed"


def test_get_context_is_offline_here_and_only_where_that_is_allowed(here: Path) -> None:
    from azureml.exceptions import RunEnvironmentException

    run = Run.get_context()
    assert type(run) is _OfflineRun
    assert run.id.startswith("OfflineRun_")
    assert Run.get_context() is run
    assert Run.get_submitted_run() is run
    with pytest.raises(RunEnvironmentException, match="Could not load a submitted run"):
        Run.get_context(allow_offline=False)
