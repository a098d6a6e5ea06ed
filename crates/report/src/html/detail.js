// The details of a network: what it is, the slider over networks, curves, certificate, lock, convergence, weights.

/** Rows of a weight table that are shown. */
const ROWS = 12;

/** A network to show: one of the specs', or a smaller one made by the same method. */
function itemOf(subject, shape, title, about, entry) {
  const middle = subject.domain.map(({ lo, hi }) => lo + (hi - lo) / 2);
  const proved = about.argmax !== undefined && about.argmax.length === middle.length;
  let made, lines;
  return {
    entry, shape, title, proved, lower: about.lower, upper: about.upper, evaluated: about.evaluated, argmax: proved ? about.argmax : middle,
    get ready() { return made === undefined ? (made = ready(shape, subject.domain.length)) : made; },
    get lines() { return lines || (lines = (shape.lines || []).map(floats)); },
  };
}

/** All that the slider of an entry goes over, in the order of size, and where the entry itself stands. */
function itemsOf(subject, entry) {
  const own = subject.networks.map((network) => itemOf(subject, network, network.name, network.certificate || {}, network));
  const rungs = entry.ladder.map((k) => subject.ladder[k]).map((rung) => itemOf(subject, rung, `${entry.method}, resolution ${rung.resolution}`, rung));
  const items = [...rungs, ...own].sort((a, b) => a.shape.neurons - b.shape.neurons);
  return { items, start: items.findIndex((item) => item.entry === entry) };
}

/** A list of terms and what they are. */
function facts(title, pairs) {
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return element("section", {}, element("h3", {}, title),
    element("dl", {}, rows.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)])));
}

const place = ({ domain }, at) => domain.map(({ name }, k) => `${name} = ${words(at[k], 7)}`).join(", ");

function about(subject, entry) {
  const kinds = [...new Set((entry.layers || []).map((layer) => layer.activation))].filter((name) => name !== "identity");
  return facts("Network", [
    ["target", element("code", {}, subject.target.text)],
    ["domain", subject.domain.map(({ name, lo, hi }) => `${name} in [${words(lo, 7)}, ${words(hi, 7)}]`).join(", ")],
    ["what it is", subject.description], ["source", subject.source], ["file", subject.file],
    ["construction", entry.construction],
    ["activation", kinds.map((name) => `${name}: s(z) = ${ACTIVATIONS[name].formula}`).join("; ")],
    ["size", `${plural(entry.neurons, "neuron")}, ${entry.parameters} weights and biases`],
    ["precision", entry.precision === "f32" ? "binary32" : "binary64"],
  ]);
}

function certificate(subject, entry) {
  const proof = entry.certificate;
  if (!proof) return facts("Certificate", [["proved", "nothing: no error of this network could be proved"], ["gate", words(entry.gate)]]);
  return facts("Certificate", [
    ["sup |error|", `in [${downward(proof.lower)}, ${upward(proof.upper)}], over the whole domain`],
    ["largest at", place(subject, proof.argmax)],
    ["RMS error", `in [${downward(proof.rms[0])}, ${upward(proof.rms[1])}]`],
    ["as evaluated", `at most ${upward(proof.evaluated)} in ${entry.precision === "f32" ? "binary32" : "binary64"}, rounding included`],
    ["before the output", proof.hidden && `in [${downward(proof.hidden.lower)}, ${upward(proof.hidden.upper)}]`],
    ["method", `${proof.method}, ${plural(proof.cells, "cell")}`], ["note", proof.note], ["missed", entry.missed],
    ["gate", entry.gate === undefined ? "none" : `at most ${words(entry.gate, 6)}`],
  ]);
}

function accepted(entry) {
  const { accepted: lock } = entry;
  if (!lock) return facts("Lock", [["verdict", "no bumpnet.lock to compare with"]]);
  return facts("Lock", [
    ["verdict", element("span", { class: lock.fails ? "bad" : lock.verdict === "ok" ? "good" : "none" }, lock.verdict)], ["that is", lock.message],
    ["accepted", lock.upper === null ? undefined : `error at most ${upward(lock.upper)}, ${lock.neurons === null ? "" : plural(lock.neurons, "neuron")}`],
  ]);
}

/** Proved error against neurons: this network's method as a line, the spec's networks as marks. */
function convergence(subject, entry, { items }) {
  const known = items.filter(({ upper, shape }) => Number.isFinite(upper) && upper > 0 && shape.neurons > 0);
  const section = element("section", { class: "convergence" }, element("h3", {}, "Convergence"));
  if (known.length < 2) {
    section.append(element("p", { class: "note" }, "There is no other network of this target to compare with."));
    return { node: section, choose() {} };
  }
  const ladder = known.filter((item) => !item.entry || item.entry === entry);
  const xs = widened(known.map(({ shape }) => shape.neurons)), ys = widened(known.map(({ upper }) => upper));
  const label = `Proved error against neurons: ${known.map((item) => `${item.title}: ${item.shape.neurons}, ${upward(item.upper)}`).join("; ")}`;
  const plot = frame({ width: 420, height: 260, xs, ys, logarithmic: true, label });
  plot.inside.append(svg("path", { class: "ladder", d: line(ladder.map(({ shape }) => shape.neurons), ladder.map(({ upper }) => upper), plot) }));
  const marks = new Map(known.map((item) => {
    const mark = svg("circle", { class: item.entry ? "mark" : "rung", cx: plot.x(item.shape.neurons), cy: plot.y(item.upper), r: 4 },
      svg("title", {}, `${item.title}: ${plural(item.shape.neurons, "neuron")}, error at most ${upward(item.upper)}`));
    plot.inside.append(mark);
    return [item, mark];
  }));
  const head = (word) => element("th", { scope: "col" }, word), number = (word) => element("th", { scope: "col", class: "number" }, word);
  const rows = known.map((item) => element("tr", {}, element("th", { scope: "row" }, item.title),
    element("td", { class: "number" }, String(item.shape.neurons)), element("td", { class: "number" }, upward(item.upper))));
  section.append(element("p", { class: "note" }, "Proved error (up) against neurons (across). Filled: the spec's networks."), plot.node,
    element("details", {}, element("summary", {}, "As a table"), element("table", {},
      element("thead", {}, element("tr", {}, head("network"), number("neurons"), number("proved error"))), element("tbody", {}, rows))));
  const choose = (item) => marks.forEach((mark, other) => mark.classList.toggle("chosen", other === item));
  return { node: section, choose };
}

/** A range of positive numbers with room on both sides, on a logarithmic axis. */
function widened(list) {
  const lo = Math.min(...list), hi = Math.max(...list), room = Math.max(1.3, (hi / lo) ** 0.05);
  return [lo / room, hi * room];
}

/** The first weights, and how many there are. */
function weights(item) {
  const { ready: network, shape } = item;
  const title = element("h3", {}, `Weights of ${item.title}`), section = (...children) => element("section", { class: "weights" }, title, ...children);
  if (!network) return section(element("p", { class: "note" }, `${shape.parameters} weights and biases: too many for this page. The weight table of \`compile\` holds them.`));
  const table = (heads, rows, total) => section(
    element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col", class: "number" }, head)))),
      element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell) => element("td", { class: "number" }, cell))))))),
    element("p", { class: "note" }, total));
  const exact = (v) => String(v).replace(/-/g, "−");
  if (network.units) {
    const { list, c0, name } = network.units, last = network.layers[1].name;
    const rows = list.slice(0, ROWS).map(({ w, b, alpha }, k) => [String(k), words(-b / w, 7), exact(w), exact(b), exact(alpha)]);
    return table(["unit", "step at −b/w", "weight w", "bias b", "output weight"], rows,
      `${rows.length < list.length ? `The first ${rows.length} of ` : ""}${plural(list.length, "unit")}, ${name}; the output's bias is ${exact(c0)}. The network is ${last === "identity" ? "" : `the ${last} function of `}the bias plus the sum of output weight × s(w x + b).`);
  }
  const all = network.layers.flatMap((layer, place) => layer.entries.slice(0, ROWS).map((e) => [`${place + 1}, ${layer.name}`, String(e.row), String(layer.inputs[e.col]), exact(e.value)]));
  const total = network.layers.reduce((sum, layer) => sum + layer.entries.length, 0);
  return table(["layer", "unit", "from slot", "weight"], all.slice(0, 2 * ROWS),
    `${Math.min(all.length, 2 * ROWS)} of ${plural(total, "weight")} in ${plural(network.layers.length, "layer")}: ${network.layers.map(({ rows, name }) => `${rows} ${name}`).join(", ")}. Slots hold the inputs first, then the units in order.`);
}

/** All of it, for one row of the table. `drawn` is to be called when it stands in the page. */
function detail(subject, entry) {
  const choices = itemsOf(subject, entry), { items, start } = choices;
  const curves = curvePanel(subject), study = convergence(subject, entry, choices);
  const output = element("span", { class: "which" });
  const slider = element("input", { type: "range", min: 0, max: items.length - 1, step: 1, value: start, class: "resolution" });
  const pictures = element("div", { class: "pictures" }), table = element("div");
  const show = () => {
    const item = items[slider.value];
    output.textContent = `${item.title}: ${plural(item.shape.neurons, "neuron")}, error proved to be at most ${upward(item.upper)}`;
    slider.setAttribute("aria-valuetext", output.textContent);
    curves.show(item);
    study.choose(item);
    pictures.replaceChildren(...surface(subject, item));
    table.replaceChildren(weights(item));
  };
  slider.addEventListener("input", show);
  const chooser = element("label", { class: "chooser" }, "Network ", slider, output);
  chooser.hidden = items.length < 2;
  const node = element("div", { class: "detail" }, chooser, curves.node, pictures,
    element("div", { class: "facts" }, about(subject, entry), certificate(subject, entry), element("div", {}, accepted(entry), study.node)), table);
  return { node, drawn: show, resized: curves.draw };
}
