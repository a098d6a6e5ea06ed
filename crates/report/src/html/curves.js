// The plots of one network along one input: target and network, the bumps, the error. Each is made of a view:
// `{item, name, span, width, mode, x, network, goal, error, peak}`, what is shown, over which part of which input, and
// the values at the abscissae `x`.

const finite = (list) => list.filter(Number.isFinite);

/** What a plot shows, in words, for those who do not see it. */
const across = ({ name, span }) => `for ${name} from ${words(span[0])} to ${words(span[1])}`;

/** A plot's heading, with keys of its curves: the class of each and its words. */
function heading(text, keys = []) {
  return element("h4", {}, text, keys.map(([key, said]) => element("span", { class: `key ${key}` }, said)));
}

/** A line across at a height, and the hair that follows the pointer. */
const level = (plot, v, kind, width) => svg("line", { class: kind, x1: MARGIN.left, x2: width, y1: plot.y(v), y2: plot.y(v) });
const hair = ({ low }) => svg("line", { class: "hair", x1: 0, x2: 0, y1: MARGIN.top, y2: low });

/** The target and the network. */
function functionPlot(view) {
  const { item, span, width, x, network, goal } = view;
  const [lo, hi] = range([network], 0);
  const label = `Target and network ${item.title} ${across(view)}: the network is between ${words(lo)} and ${words(hi)}`;
  const plot = frame({ width, height: 250, xs: span, ys: range([network, goal]), label });
  const curve = (kind, values) => svg("path", { class: kind, d: line(x, values, plot) });
  plot.inside.append(curve("network", network), curve("target", goal), hair(plot));
  return [heading("", [["target", "target"], ["network", `network ${item.title}`]]), plot.node];
}

/** The bumps of the hidden layer or, where that is asked for or there are none, what each unit adds. */
function bumpPlot({ item, span, width, mode, x }) {
  const units = item.ready && item.ready.units;
  if (!units) return [];
  const bumps = mode === "boxes" ? boxes(units) : null, kind = bumps ? "bump" : "unit";
  const { seen, drawn } = shown(bumps || contributions(units), span);
  const curves = drawn.map(({ from, to, at }) => {
    // One abscissa more at either end, where it is zero.
    const start = Math.max(0, first(x, (v) => v >= from) - 1), end = Math.min(x.length, first(x, (v) => v > to) + 1);
    const xs = x.subarray(start, end);
    return { xs, ys: Array.from(xs, at) };
  });
  const count = `${drawn.length < seen ? `${drawn.length} of ` : ""}${plural(seen, kind)}`;
  const what = `${count} whose sum ${bumps ? "" : "with the output's bias "}the hidden layer is`;
  const plot = frame({ width, height: 140, xs: span, ys: range([[0], ...curves.map(({ ys }) => ys)]), label: what });
  for (const { xs, ys } of curves) {
    const path = line(xs, ys, plot);
    if (!path) continue;
    const corner = (v) => `L${plot.x(v).toFixed(2)} ${plot.y(0).toFixed(2)}`;
    const area = `${path}${corner(xs[xs.length - 1])}${corner(xs[0])}Z`;
    plot.inside.append(svg("path", { class: kind, d: bumps ? area : path }));
  }
  plot.inside.append(level(plot, 0, "zero", width), hair(plot));
  return [heading(what), plot.node];
}

/** The error, and what is proved of it. */
function errorPlot(view) {
  const { item, span, width, x, error, peak } = view;
  const { lower, upper, evaluated, word } = item, bound = Number.isFinite(upper) ? upper : 0;
  const largest = Math.max(0, ...finite(error).map(Math.abs));
  const label = `Error of ${item.title} ${across(view)}: at most ${words(largest)} at the points drawn; `
    + `${word} everywhere: at most ${upward(upper)}`;
  const size = Math.max(bound, largest) * 1.12 || 1;
  const plot = frame({ width, height: 170, xs: span, ys: [-size, size], label });
  plot.inside.append(level(plot, 0, "zero", width), svg("path", { class: "error", d: line(x, error, plot) }));
  const keys = [["error", "error = network − target"]];
  const mark = (value, kind, said) => {
    plot.inside.append(level(plot, value, kind, width), level(plot, -value, kind, width));
    keys.push([kind, said]);
  };
  if (bound > 0) mark(bound, "bound", `${word}: ${downward(lower)} ≤ sup |error| ≤ ${upward(upper)}`);
  // What is proved of the exact network does not count the rounding of its values, and counts jumps that no number lies in; where that shows, so does its bound.
  if (bound > 0 && (evaluated > 1.01 * bound || bound > 1.01 * evaluated)) {
    mark(evaluated, "evaluated", `as evaluated, rounding included: ≤ ${upward(evaluated)}`);
  }
  if (bound > 0 && peak) plot.inside.append(svg("circle", { class: "peak", cx: plot.x(peak[0]), cy: plot.y(peak[1]), r: 4 }));
  plot.inside.append(hair(plot));
  return [heading("", keys), plot.node];
}

/** Equally spaced abscissae, both ends included. */
function samples(count, [lo, hi]) {
  return Float64Array.from({ length: count }, (_, k) => (k + 1 === count ? hi : lo + (hi - lo) * (k / (count - 1))));
}

/** A sampled line's value at `x`, joined from point to point. */
function between(list, [lo, hi], x) {
  const place = (x - lo) / (hi - lo) * (list.length - 1), k = Math.min(Math.floor(place), list.length - 2);
  return place === k ? list[k] : list[k] + (list[k + 1] - list[k]) * (place - k);
}
