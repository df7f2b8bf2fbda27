"""Who may start, in what order, and what the others are told: the pure half of the scheduler."""

from hypothesis import given
from hypothesis import strategies as st

from homerun.compute.local.machine import Machine
from homerun.schema.api import ComputeTarget
from homerun.server.scheduler.slots import (
    Holder,
    Place,
    Share,
    Waiter,
    decide,
    local_place,
    place_of,
)

TWO_CORES = Machine(cores=2, memory_mb=1000, gpus=0)
TWO_GPUS = Machine(cores=8, memory_mb=1000, gpus=2)


def waits(name: str, place: Place | None, gpus: int = 0, target: str = "gone") -> Waiter:
    return Waiter(name, name, "ws", place.name if place else target, gpus, place)


def target(vm_size: str, max_nodes: int = 1) -> ComputeTarget:
    return ComputeTarget(
        workspace_id="ws",
        name="t",
        type="AmlCompute",
        vm_size=vm_size,
        vm_priority="dedicated",
        min_nodes=0,
        max_nodes=max_nodes,
        idle_seconds_before_scaledown=60,
        description=None,
        tags={},
        created_ms=0,
    )


def test_two_small_local_jobs_run_at_once_on_two_cores() -> None:
    local = local_place("ws", TWO_CORES)
    decision = decide(TWO_CORES, [], [waits(name, local) for name in "abc"])
    assert decision.starts == {"a": Share(1, ()), "b": Share(1, ())}
    assert decision.reasons == {"c": "Waits for 1 of 2 slots of local: held by a, b, position 1"}


def test_a_share_is_the_cores_over_the_slots() -> None:
    place = Place("ws", "cluster", slots=2)
    decision = decide(TWO_GPUS, [], [waits("a", place)])
    assert decision.starts == {"a": Share(4, ())}


def test_the_machine_is_one_pool_for_all_targets() -> None:
    big = Place("ws", "big", slots=1)
    holders = [Holder("calm_heron", "ws", "other", cores=1)]
    decision = decide(TWO_CORES, holders, [waits("a", big)])
    wanted = "Waits for 2 of this machine's 2 cores: held by calm_heron, position 1"
    assert decision.reasons == {"a": wanted}


def test_a_large_run_is_not_overtaken_for_ever() -> None:
    big, small = Place("ws", "big", slots=1), Place("ws", "small", slots=2)
    holders = [Holder("calm_heron", "ws", "small", cores=1)]
    decision = decide(TWO_CORES, holders, [waits("large", big), waits("little", small)])
    assert decision.starts == {}
    assert decision.reasons["little"].startswith("Waits for 1 of this machine's 2 cores")


def test_a_full_target_keeps_nobody_else_waiting() -> None:
    full, free = Place("ws", "full", slots=2), Place("ws", "free", slots=2)
    machine = Machine(cores=4, memory_mb=1, gpus=0)
    holders = [Holder("x", "ws", "full", 1), Holder("y", "ws", "full", 1)]
    decision = decide(machine, holders, [waits("a", full), waits("b", free)])
    assert list(decision.starts) == ["b"]


def test_the_same_name_in_two_workspaces_is_two_targets() -> None:
    here, there = Place("ws", "cpu", slots=1), Place("other", "cpu", slots=1)
    machine = Machine(cores=2, memory_mb=1, gpus=0)
    assert len(decide(machine, [Holder("x", "other", "cpu", 1)], [waits("a", here)]).starts) == 0
    roomy = Machine(cores=3, memory_mb=1, gpus=0)
    decision = decide(roomy, [Holder("x", "other", "cpu", 0)], [waits("a", here)])
    assert list(decision.starts) == ["a"]
    assert there != here


def test_gpus_are_whole_and_each_is_given_once() -> None:
    place = Place("ws", "gpu", slots=2, wants_gpu=True)
    decision = decide(TWO_GPUS, [], [waits("a", place), waits("b", place)])
    assert [share.gpus for share in decision.starts.values()] == [(0,), (1,)]
    holders = [Holder("a", "ws", "x", 1, (0,))]
    assert decide(TWO_GPUS, holders, [waits("b", place)]).starts["b"].gpus == (1,)


def test_more_gpus_than_there_are_is_said() -> None:
    decision = decide(TWO_CORES, [], [waits("a", local_place("ws", TWO_CORES), gpus=1)])
    assert decision.reasons == {"a": "Cannot start: it needs 1 GPU and this machine has 0."}


def test_a_missing_target_is_said() -> None:
    decision = decide(TWO_CORES, [], [waits("a", None, target="gpu-cluster")])
    assert decision.reasons["a"].startswith(
        "Cannot start: there is no compute target 'gpu-cluster'."
    )


def test_azures_sizes_say_whether_there_are_gpus() -> None:
    assert place_of(target("STANDARD_NC6")).wants_gpu
    assert place_of(target("STANDARD_D2_V2")).hides_gpus
    assert not place_of(target("")).hides_gpus
    assert place_of(target("", max_nodes=0)).slots == 1


@given(
    cores=st.integers(1, 16),
    gpus=st.integers(0, 4),
    runs=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3)), max_size=12),
)
def test_nothing_is_ever_given_twice(cores: int, gpus: int, runs: list[tuple[int, int]]) -> None:
    machine = Machine(cores=cores, memory_mb=1, gpus=gpus)
    waiters = [
        waits(f"run{number}", Place("ws", f"t{slots}", slots), wanted)
        for number, (slots, wanted) in enumerate(runs)
    ]
    decision = decide(machine, [], waiters)
    given_gpus = [gpu for share in decision.starts.values() for gpu in share.gpus]
    assert len(given_gpus) == len(set(given_gpus)) <= gpus
    assert sum(share.cores for share in decision.starts.values()) <= cores
    assert set(decision.starts) | set(decision.reasons) == {w.run_id for w in waiters}
    assert not set(decision.starts) & set(decision.reasons)
