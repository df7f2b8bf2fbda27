"""Which waiting runs may start now, and why the others wait. Pure: no store, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from homerun.compute.local.machine import Machine
from homerun.schema.api import ComputeTarget

LOCAL = "local"
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A compute target as the scheduler counts it. Two workspaces may use one name."""

    workspace_id: str
    name: str
    slots: int
    hides_gpus: bool = False
    wants_gpu: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """A run that has its share of the machine."""

    name: str
    workspace_id: str
    target: str
    cores: int
    gpus: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiter:
    """A run that could start: ``place`` is None where its target does not exist."""

    run_id: str
    name: str
    workspace_id: str
    target: str
    gpus: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Share:
    """What a run may have from now on."""

    cores: int
    gpus: tuple[int, ...]


@dataclass(slots=True)
class Decision:
    """The outcome of one look at the queue, both by run id."""

    starts: dict[str, Share] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def place_of(target: ComputeTarget) -> Place:
    """Read what counts of a target; Azure's GPU machines are called ``Standard_N``."""
    size = target.vm_size.lower()
    wants_gpu = size.startswith("standard_n")
    return Place(
        workspace_id=target.workspace_id,
        name=target.name,
        slots=max(1, target.max_nodes),
        hides_gpus=bool(size) and not wants_gpu,
        wants_gpu=wants_gpu,
    )


def local_place(workspace_id: str, machine: Machine) -> Place:
    """Give the target that is always there: as many small jobs as there are cores."""
    return Place(workspace_id, LOCAL, machine.cores)


def decide(machine: Machine, holders: Sequence[Holder], waiters: Sequence[Waiter]) -> Decision:
    """Give each waiter its share in order, or a plain reason.

    Who waits for the machine's cores or GPUs has them kept free, so that a large run is not
    overtaken for ever; who waits for a slot of a target keeps nobody else waiting.
    """
    pool = _Pool(machine, list(holders))
    decision = Decision()
    positions: dict[tuple[str, str], int] = {}
    for waiter in waiters:
        key = (waiter.workspace_id, waiter.target)
        answer = pool.ask(waiter, positions.get(key, 0) + 1)
        if isinstance(answer, Share):
            decision.starts[waiter.run_id] = answer
        else:
            positions[key] = positions.get(key, 0) + 1
            decision.reasons[waiter.run_id] = answer
    return decision


class _Pool:
    def __init__(self, machine: Machine, holders: list[Holder]) -> None:
        self._machine = machine
        self._holders = holders
        self._cores = machine.cores - sum(holder.cores for holder in holders)
        taken = {gpu for holder in holders for gpu in holder.gpus}
        self._gpus = [gpu for gpu in range(machine.gpus) if gpu not in taken]

    def ask(self, waiter: Waiter, position: int) -> Share | str:
        place = waiter.place
        if place is None:
            return (
                f"Cannot start: there is no compute target {waiter.target!r}. "
                "Create it, or submit to another one."
            )
        cores = max(1, self._machine.cores // place.slots)
        gpus = waiter.gpus or (self._gpus_of(place) if place.wants_gpu else 0)
        if gpus > self._machine.gpus:
            return (
                f"Cannot start: it needs {_many(gpus, 'GPU')} and this machine has "
                f"{self._machine.gpus}."
            )
        return self._take(waiter, place, cores, gpus) or self._why(place, cores, gpus, position)

    def _gpus_of(self, place: Place) -> int:
        return min(self._machine.gpus, max(1, self._machine.gpus // place.slots))

    def _take(self, waiter: Waiter, place: Place, cores: int, gpus: int) -> Share | None:
        if len(self._on(place)) >= place.slots:
            return None
        fits = cores <= self._cores and gpus <= len(self._gpus)
        given = tuple(self._gpus[:gpus])
        # Taken from the pool even where it does not fit: that is how it is kept free.
        self._cores -= cores
        del self._gpus[:gpus]
        if not fits:
            return None
        self._holders.append(Holder(waiter.name, place.workspace_id, place.name, cores, given))
        return Share(cores, given)

    def _why(self, place: Place, cores: int, gpus: int, position: int) -> str:
        on_target = self._on(place)
        if len(on_target) >= place.slots:
            what, names = f"1 of {_many(place.slots, 'slot')} of {place.name}", on_target
        else:
            names = self._holders
            what = f"{cores} of this machine's {_many(self._machine.cores, 'core')}"
            if gpus:
                what += f" and {gpus} of its {_many(self._machine.gpus, 'GPU')}"
        return f"Waits for {what}: {_held(names)}, position {position}"

    def _on(self, place: Place) -> list[Holder]:
        same = (place.workspace_id, place.name)
        return [holder for holder in self._holders if (holder.workspace_id, holder.target) == same]


def _held(holders: Sequence[Holder]) -> str:
    if not holders:
        return "kept free for an earlier run"
    names = [holder.name for holder in holders[:_NAMED]]
    more = len(holders) - len(names)
    return "held by " + ", ".join(names) + (f" and {more} more" if more else "")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
