// The plots of one network along one input: target and network, the bumps, the error. They zoom together, and every view
// is computed anew from the weights.

/** Points of the uniform part of a curve: about two for each pixel. */
const GRID = 1200;

/** The panel for a subject: its node, and a function that shows one of its networks. */
function curvePanel(subject) {
  const wanted = target(subject.target.program);
  const state = { item: null, axis: 0, view: null, cursor: 0.5, mode: "boxes" };
  const plots = element("div", { class: "plots" });
  const values = element("div", { class: "values" });
  const note = element("p", { class: "note" });
  const axis = () => subject.domain[state.axis];
  const whole = () => [axis().lo, axis().hi];
  const control = (label, title, act) => {
    const button = element("button", { type: "button", title, "aria-label": title }, label);
    button.addEventListener("click", () => { act(); draw(); });
    return button;
  };
  const zoom = (factor, at = place()) => {
    const [lo, hi] = state.view, width = Math.min((hi - lo) * factor, axis().hi - axis().lo);
    const start = Math.max(axis().lo, Math.min(at - (at - lo) / (hi - lo) * width, axis().hi - width));
    // Closer than this neighbouring numbers show, or there is but a handful of known values.
    const least = state.item.ready ? 1e-9 : 8 / state.item.lines[state.axis].length;
    if (width > least * (axis().hi - axis().lo)) state.view = [start, factor > 1 && width === axis().hi - axis().lo ? axis().hi : start + width];
  };
  const move = (part) => {
    const [lo, hi] = state.view, shift = Math.max(axis().lo - lo, Math.min((hi - lo) * part, axis().hi - hi));
    state.view = [lo + shift, hi + shift];
  };
  /** Where the pointer is, in the input's unit. */
  const place = () => {
    const [lo, hi] = state.view;
    return state.cursor === 1 ? hi : lo + (hi - lo) * state.cursor;
  };
  const cursor = element("input", { type: "range", min: 0, max: 1000, value: 500, "aria-label": "Pointer: where the values are read" });
  cursor.addEventListener("input", () => { state.cursor = cursor.value / 1000; read(); });
  const mode = element("select", {}, element("option", { value: "boxes" }, "bumps"), element("option", { value: "units" }, "each hidden unit"));
  mode.addEventListener("change", () => { state.mode = mode.value; draw(); });
  const modeLabel = element("label", {}, "Show ", mode);
  const axes = element("select", {}, subject.domain.map((input, k) => element("option", { value: k }, input.name)));
  axes.addEventListener("change", () => { state.axis = Number(axes.value); state.view = whole(); draw(); });
  const toolbar = element("div", { class: "toolbar", role: "group", "aria-label": "View" },
    subject.domain.length > 1 ? element("label", {}, "Along ", axes) : null,
    control("+", "Zoom in at the pointer", () => zoom(0.5)), control("−", "Zoom out", () => zoom(2)),
    control("◀", "Move left", () => move(-0.25)), control("▶", "Move right", () => move(0.25)),
    control("Whole domain", "Show the whole domain", () => { state.view = whole(); }),
    element("label", { class: "grow" }, "Pointer ", cursor), modeLabel);

  /** The nearest abscissa at which the network's value is known. */
  const nearest = (x) => {
    if (state.item.ready) return x;
    const known = samples(state.item.lines[state.axis].length, whole());
    return known[Math.round((x - axis().lo) / (axis().hi - axis().lo) * (known.length - 1))];
  };
  const point = (x) => state.item.argmax.map((v, k) => (k === state.axis ? x : v));
  const at = (x) => (state.item.ready ? state.item.ready.eval(point(x)) : between(state.item.lines[state.axis], whole(), x));

  /** The abscissae of a view. */
  function abscissae() {
    const [lo, hi] = state.view, { item } = state;
    if (!item.ready) return samples(item.lines[state.axis].length, whole()).filter((x) => x >= lo && x <= hi);
    const uniform = samples(GRID + 1, [lo, hi]);
    const steps = item.ready.units ? aroundSteps(item.ready.units, state.view) : [];
    return Float64Array.from([...uniform, ...steps]).sort();
  }

  function read() {
    const x = nearest(place()), w = wanted(point(x)), n = at(x);
    values.replaceChildren(...[[axis().name, x], ["target", w], ["network", n], ["error", n - w]].map(([name, v]) =>
      element("span", { class: name === axis().name ? "at" : name }, `${name} = ${words(v, name === "error" ? 4 : 9)}`)));
    for (const hair of plots.querySelectorAll(".hair")) hair.setAttribute("transform", `translate(${MARGIN.left + state.cursor * state.inner} 0)`);
    cursor.value = state.cursor * 1000;
    cursor.setAttribute("aria-valuetext", values.textContent);
  }

  function draw() {
    const { item } = state, width = Math.max(300, plots.clientWidth || 760);
    state.inner = width - MARGIN.left - MARGIN.right;
    const x = abscissae(), network = Array.from(x, at), goal = Array.from(x, (v) => wanted(point(v)));
    const error = network.map((v, k) => v - goal[k]);
    const parts = [functionPlot(x, network, goal, width), bumpPlot(x, width), errorPlot(x, error, width)];
    plots.replaceChildren(...parts.flat().filter(Boolean));
    read();
  }

  function heading(text, ...keys) {
    return element("h4", {}, text, ...keys.map(([key, words]) => element("span", { class: `key ${key}` }, words)));
  }

  function functionPlot(x, network, goal, width) {
    const ys = range([network, goal]);
    const label = `Target and network ${state.item.title} for ${axis().name} from ${words(state.view[0])} to ${words(state.view[1])}: between ${words(Math.min(...network))} and ${words(Math.max(...network))}`;
    const plot = frame({ width, height: 250, xs: state.view, ys, label });
    plot.inside.append(svg("path", { class: "network", d: line(x, network, plot) }), svg("path", { class: "target", d: line(x, goal, plot) }), hair(plot));
    return [heading("", ["target", "target"], ["network", `network ${state.item.title}`]), plot.node];
  }

  function bumpPlot(x, width) {
    const units = state.item.ready && state.item.ready.units;
    const list = units && (state.mode === "boxes" && boxes(units) || contributions(units));
    modeLabel.hidden = !list;
    if (!list) return [];
    const { seen, drawn } = shown(list, state.view);
    const curves = drawn.map(({ from, to, at: value }) => {
      const start = Math.max(0, first(x, (v) => v >= from) - 1), end = Math.min(x.length, first(x, (v) => v > to) + 1);
      const xs = x.subarray(start, end);
      return { xs, ys: Array.from(xs, value) };
    });
    const ys = range([[0], ...curves.map((curve) => curve.ys)]);
    const kind = state.mode === "boxes" && boxes(units) ? "bump" : "unit";
    const what = `${drawn.length < seen ? `${drawn.length} of ` : ""}${plural(seen, kind)} whose sum the hidden layer is`;
    const plot = frame({ width, height: 140, xs: state.view, ys, label: what });
    for (const { xs, ys: heights } of curves) {
      const path = line(xs, heights, plot);
      if (!path) continue;
      const closed = `${path}L${plot.x(xs[xs.length - 1]).toFixed(2)} ${plot.y(0).toFixed(2)}L${plot.x(xs[0]).toFixed(2)} ${plot.y(0).toFixed(2)}Z`;
      plot.inside.append(svg("path", { class: kind === "bump" ? "bump" : "unit", d: kind === "bump" ? closed : path }));
    }
    plot.inside.append(svg("line", { class: "zero", x1: MARGIN.left, x2: width, y1: plot.y(0), y2: plot.y(0) }), hair(plot));
    return [heading(what), plot.node];
  }

  function errorPlot(x, error, width) {
    const { lower, upper, evaluated, argmax } = state.item, bound = Number.isFinite(upper) ? upper : 0;
    const size = Math.max(bound, ...error.filter(Number.isFinite).map(Math.abs)) * 1.12 || 1;
    const largest = Math.max(0, ...error.filter(Number.isFinite).map(Math.abs));
    const label = `Error of ${state.item.title} for ${axis().name} from ${words(state.view[0])} to ${words(state.view[1])}: at most ${words(largest)} at the points drawn; proved everywhere: at most ${upward(upper)}`;
    const plot = frame({ width, height: 170, xs: state.view, ys: [-size, size], label });
    const across = (v, name) => svg("line", { class: name, x1: MARGIN.left, x2: width, y1: plot.y(v), y2: plot.y(v) });
    plot.inside.append(across(0, "zero"), svg("path", { class: "error", d: line(x, error, plot) }));
    if (bound > 0) plot.inside.append(across(bound, "bound"), across(-bound, "bound"));
    // What is proved of the exact network does not count the rounding of its values; where that shows, so does its bound.
    const rounds = bound > 0 && evaluated > 1.01 * bound;
    if (rounds) plot.inside.append(across(evaluated, "evaluated"), across(-evaluated, "evaluated"));
    const peak = argmax[state.axis];
    if (bound > 0 && state.item.proved && state.item.ready && peak >= state.view[0] && peak <= state.view[1]) {
      const e = at(peak) - wanted(point(peak));
      plot.inside.append(svg("circle", { class: "peak", cx: plot.x(peak), cy: plot.y(e), r: 4 }));
    }
    plot.inside.append(hair(plot));
    const proved = bound > 0 ? [["bound", `proved: ${downward(lower)} ≤ sup |error| ≤ ${upward(upper)}`]] : [];
    if (rounds) proved.push(["evaluated", `as evaluated, rounding included: ≤ ${upward(evaluated)}`]);
    return [heading("", ["error", "error = network − target"], ...proved), plot.node];
  }

  const hair = ({ low }) => svg("line", { class: "hair", x1: 0, x2: 0, y1: MARGIN.top, y2: low });

  // The pointer reads values; dragging chooses what to see; a double click shows the whole domain again.
  let from = null;
  const share = (event) => {
    const box = plots.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left - MARGIN.left) / state.inner));
  };
  const band = element("div", { class: "band", hidden: "" });
  const mark = (to) => {
    band.style.left = `${MARGIN.left + Math.min(from, to) * state.inner}px`;
    band.style.width = `${Math.abs(to - from) * state.inner}px`;
    band.hidden = Math.abs(to - from) < 0.01;
  };
  plots.addEventListener("pointerdown", (event) => { if (event.pointerType !== "touch") from = share(event); });
  plots.addEventListener("pointermove", (event) => {
    state.cursor = share(event);
    if (from !== null) mark(state.cursor);
    read();
  });
  plots.addEventListener("pointerleave", () => { from = null; band.hidden = true; });
  plots.addEventListener("pointerup", (event) => {
    const to = share(event), [lo, hi] = state.view;
    if (from !== null && Math.abs(to - from) >= 0.01) {
      state.view = [Math.min(from, to), Math.max(from, to)].map((part) => lo + part * (hi - lo));
      draw();
    }
    from = null;
    band.hidden = true;
  });
  plots.addEventListener("dblclick", () => { state.view = whole(); draw(); });

  function show(item) {
    state.item = item;
    state.view = state.view || whole();
    note.textContent = remark(item);
    note.hidden = !note.textContent;
    draw();
  }

  const remark = (item) => {
    const through = subject.domain.map((input, k) => `${input.name} = ${words(item.argmax[k], 6)}`).join(", ");
    const cut = subject.domain.length > 1 ? `A cut through ${through}${item.proved ? ", where the error is largest" : ""}. ` : "";
    const sampled = item.ready ? "" : `Its ${item.shape.parameters} weights are left out of this page: the curves show its values at ${item.lines[0].length} points, joined. `;
    return cut + sampled;
  };
  return { node: element("div", { class: "curves" }, toolbar, values, element("div", { class: "stage" }, plots, band), note), show, draw };
}

/** Equally spaced abscissae, both ends included. */
function samples(count, [lo, hi]) {
  return Float64Array.from({ length: count }, (_, k) => (k + 1 === count ? hi : lo + (hi - lo) * (k / (count - 1))));
}

/** A sampled line's value at `x`, joined from point to point. */
function between(line, [lo, hi], x) {
  const place = (x - lo) / (hi - lo) * (line.length - 1), k = Math.min(Math.floor(place), line.length - 2);
  return place === k ? line[k] : line[k] + (line[k + 1] - line[k]) * (place - k);
}
