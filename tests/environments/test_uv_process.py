"""uv's last word becomes one sentence that names the culprit."""

import pytest

from homerun.environments.uv_process import last_word


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            [
                "Resolved 3 packages",
                "error: No solution found when resolving dependencies",
                "  cause: Because there is no version of a==9 and you require a==9, no.",
            ],
            (
                "No solution found when resolving dependencies: Because there is no version of "
                "a==9 and you require a==9, no."
            ),
        ),
        (
            [
                "  \u00d7 No solution found when resolving dependencies:",
                "  ╰─▶ Because a==9 was not found",
                "      and you require a==9, no.",
            ],
            (
                "No solution found when resolving dependencies: Because a==9 was not found and you "
                "require a==9, no."
            ),
        ),
        (
            ["error: Failed to fetch: https://me:secret@h.example/", "  cause: dns error"],
            "Failed to fetch: https://****@h.example/: dns error",
        ),
        (
            [
                "error: Failed to build `old==1.0`",
                "  cause: The build backend returned an error",
                "",
                "         [stdout]",
                *["         compiling"] * 999,
                "         [stderr]",
                "         error: Command gcc failed",
                "",
                "  hint: Build failures usually indicate a problem",
            ],
            (
                "Failed to build `old==1.0`: The build backend returned an error. It said: "
                "compiling [stderr] error: Command gcc failed"
            ),
        ),
        (
            ["warning: x", "thread panicked"],
            "uv ended with exit code 7. warning: x thread panicked",
        ),
    ],
)
def test_the_last_word_is_one_sentence(said: list[str], sentence: str) -> None:
    assert last_word(said, 7) == sentence


def test_a_full_disk_is_said_first() -> None:
    said = ["error: failed to write", "  cause: No space left on device (os error 28)"]
    assert last_word(said, 2).startswith("The disk is full. ")


def test_a_word_without_end_is_cut_in_the_middle() -> None:
    text = last_word(["error: Because " + "x " * 5000 + "no."], 1)
    assert len(text) < 2100
    assert text.startswith("Because")
    assert text.endswith("no.")
