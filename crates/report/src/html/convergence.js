// Proved error against neurons: a network's method as a line, all networks of its spec as marks.

/** A range of positive numbers with room on both sides, on a logarithmic axis. */
function widened(list) {
  const lo = Math.min(...list), hi = Math.max(...list), room = Math.max(1.3, (hi / lo) ** 0.05);
  return [lo / room, hi * room];
}

/** The plot's section, and a function that marks one item. */
function convergence(entry, items) {
  const known = items.filter(({ upper, shape }) => Number.isFinite(upper) && upper > 0 && shape.neurons > 0);
  const section = element("section", { class: "convergence" }, element("h3", {}, "Convergence"));
  if (known.length < 2) {
    section.append(element("p", { class: "note" }, "There is no other network of this target to compare with."));
    return { node: section, choose() {} };
  }
  const neurons = (list) => list.map(({ shape }) => shape.neurons), errors = (list) => list.map(({ upper }) => upper);
  const said = ({ title, shape, upper }) => `${title}: ${plural(shape.neurons, "neuron")}, error at most ${upward(upper)}`;
  const plot = frame({
    width: 420, height: 260, logarithmic: true, xs: widened(neurons(known)), ys: widened(errors(known)),
    label: `Proved error against neurons. ${known.map(said).join("; ")}`,
  });
  const ladder = known.filter((item) => !item.entry || item.entry === entry);
  plot.inside.append(svg("path", { class: "ladder", d: line(neurons(ladder), errors(ladder), plot) }));
  const marks = known.map((item) => svg("circle",
    { class: item.entry ? "mark" : "rung", cx: plot.x(item.shape.neurons), cy: plot.y(item.upper), r: 4 }, svg("title", {}, said(item))));
  plot.inside.append(...marks);
  section.append(element("p", { class: "note" }, "Proved error (up) against neurons (across). Filled: the spec's networks."),
    plot.node, asTable(known));
  return { node: section, choose: (item) => marks.forEach((mark, k) => mark.classList.toggle("chosen", known[k] === item)) };
}

/** The plot's numbers. */
function asTable(items) {
  const number = (word) => element("td", { class: "number" }, word);
  const rows = items.map(({ title, shape, upper }) =>
    element("tr", {}, element("th", { scope: "row" }, title), number(String(shape.neurons)), number(upward(upper))));
  const head = (word, kind) => element("th", { scope: "col", class: kind }, word);
  const heads = [head("network"), head("neurons", "number"), head("proved error", "number")];
  return element("details", {}, element("summary", {}, "As a table"),
    element("table", {}, element("thead", {}, element("tr", {}, heads)), element("tbody", {}, rows)));
}
