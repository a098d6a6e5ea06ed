// The bumps whose sum a hidden layer is, as chapter 4 draws them; and the single units' contributions.

/** Most bumps that are drawn at once: fewer than four pixels each. Heuristic. */
const MOST_BUMPS = 200;

/** The units' rise from 0 to 1, whatever their activation's limits are. */
function rise(units, k, x) {
  const [low, high] = units.activation.limits || [0, 1];
  const { w, b } = units.list[k];
  return (activate(units.activation, w * x + b) - low) / (high - low);
}

/**
 * The bumps of a hidden layer: for pairs of steps the pairs; else the height reached between neighbouring steps, times
 * one step up and one down. Each is `{from, to, at}`: where it is not zero, and its value. `null` where steps fall.
 */
function boxes(units) {
  const { list, c0, activation } = units;
  const [low, high] = activation.limits || [0, 1];
  if (list.length === 0 || list.some(({ w }) => !(w > 0))) return null;
  const range = list.map((unit) => active(unit, activation, 2 ** -53));
  const between = (a, b) => ({ from: Math.min(range[a].from, range[b].from), to: Math.max(range[a].to, range[b].to) });
  const paired = list.length % 2 === 0 && c0 === 0 && list.every(({ alpha }, k) => k % 2 || alpha === -list[k + 1].alpha);
  if (paired) {
    return Array.from({ length: list.length / 2 }, (_, k) => ({
      ...between(2 * k, 2 * k + 1),
      at: (x) => list[2 * k].alpha * (high - low) * (rise(units, 2 * k, x) - rise(units, 2 * k + 1, x)),
    }));
  }
  let height = c0 + list.reduce((sum, { alpha }) => sum + alpha * low, 0);
  return Array.from({ length: list.length + 1 }, (_, k) => {
    if (k > 0) height += list[k - 1].alpha * (high - low);
    const level = height;
    const up = (x) => (k === 0 ? 1 : rise(units, k - 1, x)), down = (x) => (k === list.length ? 0 : rise(units, k, x));
    return {
      from: k === 0 ? -Infinity : between(k - 1, Math.min(k, list.length - 1)).from,
      to: k === list.length ? Infinity : between(Math.max(k - 1, 0), k).to,
      at: (x) => level * (up(x) - down(x)),
    };
  });
}

/** What each hidden unit adds. */
function contributions({ list, activation }) {
  return list.map(({ w, b, alpha }) => ({ from: -Infinity, to: Infinity, at: (x) => alpha * activate(activation, w * x + b) }));
}

/** Of a list, those that show in a view, evenly thinned. */
function shown(list, [lo, hi]) {
  const seen = list.filter(({ from, to }) => to >= lo && from <= hi);
  const count = Math.min(seen.length, MOST_BUMPS);
  return { seen: seen.length, drawn: Array.from({ length: count }, (_, k) => seen[Math.floor(k * seen.length / count)]) };
}

/** Where a network changes most within a view: both sides of each step, and points across its rise. */
function aroundSteps(units, [lo, hi]) {
  const steps = units.list.filter(({ w }) => w !== 0).map(({ w, b }) => ({ at: -b / w, width: 4 / Math.abs(w) }));
  const inside = steps.filter(({ at, width }) => at >= lo - width && at <= hi + width);
  if (inside.length > 2000) return [];
  const side = (hi - lo) * 1e-9;
  // A jump has no width, whatever its steepness.
  const jumps = units.name === "heaviside";
  const offsets = jumps ? [] : inside.length > 200 ? [-1, 1] : [-1, -0.5, -0.25, -0.1, -0.02, 0.02, 0.1, 0.25, 0.5, 1];
  const points = inside.flatMap(({ at, width }) => {
    const span = Math.min(width, (hi - lo) / 8);
    return [at - side, at, at + side, ...offsets.map((offset) => at + offset * span)];
  });
  return points.filter((x) => x >= lo && x <= hi);
}
