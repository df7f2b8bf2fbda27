"""The command's tree, and the one place where an error becomes a sentence and an exit code."""

import logging
import sys

import typer

import homerun
from homerun.cli.env import env
from homerun.cli.output import AsJson, Exit, note, show_json
from homerun.cli.runs import cancel, logs, runs
from homerun.cli.server import server
from homerun.cli.studio import studio
from homerun.cli.submit import submit
from homerun.schema.errors import (
    HomerunError,
    InvalidInputError,
    NotFoundError,
    ServerUnreachableError,
)
from homerun.sdk.exceptions import AuthenticationException, UserErrorException

# An option after SCRIPT is the script's.
PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}

app = typer.Typer(
    name="homerun",
    help="Run Azure ML (SDK v1) training scripts on your own machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(context_settings=PASS_ON)(submit)
app.command()(runs)
app.command()(logs)
app.command()(cancel)
app.command()(studio)
app.add_typer(server)
app.add_typer(env)


@app.command()
def version(as_json: AsJson = False) -> None:
    """Say which homerun this is."""
    if as_json:
        show_json({"version": homerun.__version__})
    else:
        print(homerun.__version__)


def main() -> None:
    """Run the command, and end with its exit code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    try:
        app()
    except HomerunError as error:
        note(f"homerun: {sentence(error)}")
        sys.exit(exit_code(error))
    except Exception:
        logging.getLogger(__name__).exception(
            "homerun: this should not have happened; please report it."
        )
        sys.exit(Exit.FAILED)


def sentence(error: HomerunError) -> str:
    """Give what an error says, without the frame that v1 puts around it."""
    return error.message if error.hint is None else f"{error.message} {error.hint}"


def exit_code(error: BaseException | None) -> Exit:
    """Give the exit code for an error; the SDK's wraps what the client raised."""
    if isinstance(error, ServerUnreachableError):
        return Exit.UNREACHABLE
    if isinstance(error, InvalidInputError | NotFoundError):
        return Exit.USAGE
    if isinstance(error, UserErrorException) and not isinstance(error, AuthenticationException):
        return Exit.USAGE
    inner = getattr(error, "inner_exception", None)
    return exit_code(inner) if inner is not None else Exit.FAILED
