"""A thinned series says the truth about what it left out."""

import math
import sys

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homerun.store.thinning import thin

ANY = st.floats(allow_nan=True, allow_infinity=True)
POINTS = st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), ANY), min_size=1, max_size=60)


@example(points=[(0, sys.float_info.max)] * 3, n=1)
@settings(deadline=None)  # the first example pays for loading NumPy's parts
@given(points=POINTS, n=st.integers(1, 20))
def test_extremes_stay_and_odd_values_stay_visible(points: list[tuple[int, float]], n: int) -> None:
    points.sort(key=lambda point: point[0])
    values = [value for _, value in points]
    xs, means, lows, highs = thin(
        np.array([x for x, _ in points], dtype=np.int64), np.array(values), n
    )
    finite = [value for value in values if math.isfinite(value)]
    finite_lows = [value for value in lows if math.isfinite(value)]
    finite_highs = [value for value in highs if math.isfinite(value)]
    assert len(finite_lows) <= n
    assert xs == sorted(xs)
    assert set(xs) <= {x for x, _ in points}
    assert min(finite_lows, default=None) == min(finite, default=None)
    assert max(finite_highs, default=None) == max(finite, default=None)
    for is_odd in (math.isnan, lambda v: v == math.inf, lambda v: v == -math.inf):
        assert any(map(is_odd, means)) == any(map(is_odd, values))
    for low, mean, high in zip(lows, means, highs, strict=True):
        assert math.isnan(mean) or low <= mean <= high
