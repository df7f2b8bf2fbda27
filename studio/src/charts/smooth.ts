/** Of a range this many parts wide, one part is what `weight` is meant for. */
const PARTS = 400;

/**
 * Exponential smoothing without the pull to the first values (debiased). The weight counts for a stretch of
 * x, not for a point, so that few points are smoothed little, and a line looks the same however it was
 * thinned. Gaps stay gaps.
 */
export function smooth(x: number[], values: (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0 || x.length < 2) return values;
  const range = (x.at(-1) ?? 0) - (x[0] ?? 0) || 1;
  let sum = 0;
  let share = 0;
  let before = x[0] ?? 0;
  return values.map((value, index) => {
    if (value === null) return null;
    const at = x[index] ?? before;
    const kept = weight ** (((at - before) / range) * PARTS);
    before = at;
    sum = sum * kept + value;
    share = share * kept + 1;
    return sum / share;
  });
}
