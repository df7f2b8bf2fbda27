"""The queue's turn: runs that wait are prepared, given a place, or told why not."""

import time

from homerun.compute.local.backend import LocalBackend
from homerun.compute.local.machine import Machine
from homerun.schema.api import Run, RunError, RunPatch
from homerun.schema.environments import definition_digest, needs_image
from homerun.schema.errors import ConflictError, HomerunError
from homerun.schema.runs import RunSpec
from homerun.schema.states import RunStatus, Writer
from homerun.server import buildlog
from homerun.server.scheduler.images import Images
from homerun.server.scheduler.planning import Planner, Tokens, write_job
from homerun.server.scheduler.slots import (
    LOCAL,
    Holder,
    Place,
    Share,
    Waiter,
    decide,
    local_place,
    place_of,
)
from homerun.store import Store, hash_token

_PREPARING = f"Its environment is being built: see {buildlog.PATH}"

# A reason is written again at most this often, and more rarely the longer the queue is: with
# hundreds of runs waiting, every start would else rewrite every one of them.
_REASONS_S = 0.3
_REASONS_PER_RUN_S = 0.02

_WAITING = (RunStatus.NOT_STARTED, RunStatus.PREPARING, RunStatus.QUEUED)


class Queue:
    """Moves waiting runs on. For the scheduler's thread alone.

    Attributes:
        natives: Run → its job, of those this process started. The store hears an id with the
            agent's first beat, and after a restart the job's folder tells it: one write less on
            the way of every short run.
    """

    def __init__(
        self,
        store: Store,
        planner: Planner,
        backend: LocalBackend,
        images: Images,
        machine: Machine,
    ) -> None:
        self._store = store
        self._planner = planner
        self._backend = backend
        self._images = images
        self._machine = machine
        self.natives: dict[str, str] = {}
        self._specs: dict[str, RunSpec] = {}
        self._reasons: dict[str, str] = {}
        self._reasons_due = 0.0

    def turn(self, waiting: list[Run], live: list[Run]) -> set[str]:
        """Look at every waiting run once; give the ids of those that were started."""
        for digest, error in self._images.look().items():
            mine = [run for run in waiting if _waits_for(run, digest)]
            self._images.keep_log(digest, [run.run_id for run in mine])
            if error is not None:
                self._fail_waiting(mine, error)
            self._images.close(digest)
        mine = [run for run in waiting if run.status in _WAITING and self._is_a_job(run)]
        self._specs = {run.run_id: self._specs[run.run_id] for run in mine}
        ready = [run for run in mine if self._is_prepared(run)]
        places: dict[tuple[str, str], Place | None] = {}
        waiters = [self._waiter(run, places) for run in ready]
        holders = [_holder(run) for run in live if run.lease_epoch]
        decision = decide(self._machine, holders, waiters)
        by_id = {run.run_id: run for run in ready}
        for run_id, share in decision.starts.items():
            run = by_id[run_id]
            place = places[run.workspace_id, run.target]
            self._start(run, share, hides_gpus=place is not None and place.hides_gpus)
        self._tell(decision.reasons)
        return set(decision.starts)

    def _is_a_job(self, run: Run) -> bool:
        """Tell interactive runs apart: they have nothing to start, and are none of ours."""
        if run.run_id not in self._specs:
            self._specs[run.run_id] = self._store.runs.spec(run.run_id)
        spec = self._specs[run.run_id]
        return spec.script is not None or bool(spec.command)

    def _is_prepared(self, run: Run) -> bool:
        """Bring a new run into the queue, by way of its image where it needs one."""
        spec = self._specs[run.run_id]
        definition = spec.environment or {}
        if run.status == RunStatus.QUEUED:
            return True
        if needs_image(definition):
            digest = definition_digest(definition)
            if not self._images.is_ready(digest, definition, spec.package_settings):
                if run.status == RunStatus.NOT_STARTED:
                    self._store.runs.set_image(run.run_id, digest)
                    patch = RunPatch(properties={buildlog.WAITED: "1"})
                    self._store.runs.update(run.run_id, patch)
                    self._advance(run, RunStatus.PREPARING, _PREPARING)
                return False
            self._store.runs.set_image(run.run_id, digest)
            run.image_digest = digest
        return self._advance(run, RunStatus.QUEUED)

    def _waiter(self, run: Run, places: dict[tuple[str, str], Place | None]) -> Waiter:
        key = (run.workspace_id, run.target)
        if key not in places:
            target = self._store.compute.find(*key)
            if target is not None:
                places[key] = place_of(target)
            else:
                here = run.target == LOCAL
                places[key] = local_place(run.workspace_id, self._machine) if here else None
        gpus = self._specs[run.run_id].gpus
        return Waiter(run.run_id, run.display_name, *key, gpus, places[key])

    def _start(self, run: Run, share: Share, *, hides_gpus: bool) -> None:
        """Lease a run and start its agent: the plan is in the store before anything starts."""
        tokens = Tokens.new()
        hashes = (hash_token(tokens.agent), hash_token(tokens.run))
        try:
            leased = self._store.runs.lease(run.run_id, *hashes, share.cores, share.gpus)
        except ConflictError:  # it was cancelled a moment ago
            return
        self._reasons.pop(run.run_id, None)
        try:
            spec = self._specs[run.run_id]
            job = self._planner.job(leased, spec, tokens, hides_gpus=hides_gpus)
            write_job(job)
            request = self._backend.plan(job)
            self._store.runs.set_native(run.run_id, LOCAL, None, request.to_json())
            self.natives[run.run_id] = self._backend.submit(request)
        except (HomerunError, OSError) as error:
            if isinstance(error, HomerunError) and error.transient:
                self._advance(leased, RunStatus.QUEUED, str(error))
            else:
                self._fail(leased, "StartFailed", _sentence(error))

    def _fail_waiting(self, waiting: list[Run], error: str) -> None:
        for run in waiting:
            self._fail(run, "BuildFailed", error)
            run.status = RunStatus.FAILED

    def _fail(self, run: Run, code: str, message: str) -> None:
        self._advance(run, RunStatus.FAILED, message, RunError(code, message))

    def _advance(
        self, run: Run, status: str, reason: str | None = None, error: RunError | None = None
    ) -> bool:
        try:
            self._store.runs.advance(
                run.run_id, status, Writer.SCHEDULER, reason=reason, error=error
            )
        except ConflictError:  # cancelled in between
            return False
        return True

    def _tell(self, reasons: dict[str, str]) -> None:
        now = time.monotonic()
        if now < self._reasons_due:
            return
        self._reasons_due = now + max(_REASONS_S, _REASONS_PER_RUN_S * len(reasons))
        new = {
            run_id: text for run_id, text in reasons.items() if self._reasons.get(run_id) != text
        }
        if new:
            self._store.runs.wait_reasons(new)
        self._reasons = reasons


def _waits_for(run: Run, digest: str) -> bool:
    return run.status == RunStatus.PREPARING and run.image_digest == digest


def _holder(run: Run) -> Holder:
    return Holder(
        run.display_name, run.workspace_id, run.target, run.cores or 1, tuple(run.gpus or ())
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, HomerunError):
        return str(error)
    return f"The run could not be started: {error}."
