// Plots in SVG: a frame with ticks, and lines, areas and marks in it. Colours are the style's, so a plot follows the
// theme, and prints, as it stands.

/** An element of HTML. Text goes in as text, never as markup. */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(key, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const MARGIN = { left: 62, right: 14, top: 8, bottom: 22 };

/** Round values from `lo` to `hi`, about so many. */
function ticks(lo, hi, count) {
  const raw = (hi - lo) / count, decade = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((s) => s * decade >= raw) * decade;
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const from = Math.ceil(lo / step - 1e-9), to = Math.floor(hi / step + 1e-9);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => (from + k) * step);
}

/** Whole powers of ten within a range, thinned to about so many; of less than two decades, 2 and 5 as well. */
function decades(lo, hi, count) {
  const from = Math.ceil(Math.log10(lo) - 1e-9), to = Math.floor(Math.log10(hi) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from + 1) / count));
  const whole = [];
  for (let k = from; k <= to; k += every) whole.push(10 ** k);
  if (to - from >= 2) return whole;
  const fine = [];
  for (let k = from - 1; k <= to; k++) fine.push(...[1, 2, 5].map((d) => d * 10 ** k));
  return fine.filter((v) => v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9));
}

/** Labels of ticks with as many digits as it takes to tell them apart. */
function labels(at) {
  const step = at.length > 1 ? Math.abs(at[1] - at[0]) : 1, largest = Math.max(...at.map(Math.abs), 0);
  const digits = largest > 0 ? Math.min(15, Math.max(1, 1 + Math.ceil(Math.log10(largest / step) - 1e-9))) : 1;
  return at.map((v) => words(Math.abs(v) < step * 1e-6 ? 0 : v, digits + 1));
}

/** A plot's frame: `x` and `y` take values to places, `inside` is where curves go. */
function frame({ width, height, xs, ys, logarithmic = false, bottom = true, label }) {
  const scale = ([lo, hi], from, to) => {
    const of = logarithmic ? Math.log10 : (v) => v;
    return (v) => from + (to - from) * (of(v) - of(lo)) / (of(hi) - of(lo) || 1);
  };
  const low = height - (bottom ? MARGIN.bottom : 6);
  const x = scale(xs, MARGIN.left, width - MARGIN.right), y = scale(ys, low, MARGIN.top);
  const node = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
  const id = `clip-${frame.count = (frame.count || 0) + 1}`;
  const clip = svg("clipPath", { id }, svg("rect", {
    x: MARGIN.left, y: MARGIN.top, width: Math.max(0, width - MARGIN.left - MARGIN.right), height: Math.max(0, low - MARGIN.top),
  }));
  const grid = svg("g", { class: "grid" }), text = svg("g", { class: "ticks" });
  const places = (range, count) => (logarithmic ? decades(range[0], range[1], count) : ticks(range[0], range[1], count));
  const across = places(xs, Math.max(2, width / 110)), up = places(ys, Math.max(3, height / 34));
  const name = (at) => (logarithmic ? at.map((v) => words(v, 2).replace(/^1×/, "")) : labels(at));
  name(across).forEach((word, k) => {
    grid.append(svg("line", { x1: x(across[k]), x2: x(across[k]), y1: MARGIN.top, y2: low }));
    if (bottom) text.append(svg("text", { x: x(across[k]), y: low + 15, "text-anchor": "middle" }, word));
  });
  name(up).forEach((word, k) => {
    grid.append(svg("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(up[k]), y2: y(up[k]) }));
    text.append(svg("text", { x: MARGIN.left - 6, y: y(up[k]) + 4, "text-anchor": "end" }, word));
  });
  const inside = svg("g", { "clip-path": `url(#${id})` });
  node.append(clip, grid, text, inside);
  return { node, inside, x, y, low };
}

/** A line through points; what is not finite breaks it. */
function line(xs, ys, { x, y }) {
  let path = "", pen = "M";
  for (let k = 0; k < xs.length; k++) {
    if (!Number.isFinite(ys[k])) { pen = "M"; continue; }
    path += `${pen}${x(xs[k]).toFixed(2)} ${bounded(y(ys[k])).toFixed(2)}`;
    pen = "L";
  }
  return path;
}

/** A place on the page that is no more than a few pages away. */
const bounded = (place) => Math.min(Math.max(place, -1e4), 1e4);

/** The least and the largest finite number, with room around them. */
function range(lists, room = 0.07) {
  let lo = Infinity, hi = -Infinity;
  for (const list of lists) for (const v of list) if (Number.isFinite(v)) { lo = Math.min(lo, v); hi = Math.max(hi, v); }
  if (lo > hi) return [0, 1];
  const pad = hi > lo ? (hi - lo) * room : Math.abs(hi) * 0.1 || 1;
  return [lo - pad, hi + pad];
}
