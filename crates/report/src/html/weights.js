// The first weights of a network, and how many there are.

/** Rows of a weight table that are shown: of each layer. */
const ROWS = 12;

/** All digits of a weight. */
const exact = (v) => String(v).replace(/-/g, "−");

/** A network's weights as a section. */
function weights({ ready: network, shape, title }) {
  const { heads, rows, total } = network ? (network.units ? unitRows(network) : layerRows(network)) : leftOut(shape);
  const cell = (tag, attributes) => (word) => element(tag, { class: "number", ...attributes }, word);
  const table = rows.length === 0 ? null : element("div", { class: "scroll" }, element("table", {},
    element("thead", {}, element("tr", {}, heads.map(cell("th", { scope: "col" })))),
    element("tbody", {}, rows.map((words) => element("tr", {}, words.map(cell("td")))))));
  return element("section", { class: "weights" }, element("h3", {}, `Weights of ${title}`), table, element("p", { class: "note" }, total));
}

const leftOut = ({ parameters }) => ({
  heads: [], rows: [], total: `${parameters} weights and biases: too many for this page. The weight table that compile writes holds them.`,
});

/** Of one hidden layer over one input. */
function unitRows({ layers, units: { list, c0, name } }) {
  const rows = list.slice(0, ROWS).map(({ w, b, alpha }, k) => [String(k), words(-b / w, 7), exact(w), exact(b), exact(alpha)]);
  const outer = layers[1].name === "identity" ? "" : `the ${layers[1].name} function of `;
  const part = rows.length < list.length ? `The first ${rows.length} of ` : "";
  return {
    heads: ["unit", "step at −b/w", "weight w", "bias b", "output weight"], rows,
    total: `${part}${plural(list.length, "unit")}, ${name}; the output's bias is ${exact(c0)}. `
      + `The network is ${outer}the bias plus the sum of output weight × s(w x + b).`,
  };
}

/** Of layers over slots. */
function layerRows({ layers }) {
  const rows = layers.flatMap(({ name, entries, inputs }, k) =>
    entries.slice(0, ROWS).map(({ row, col, value }) => [`${k + 1}, ${name}`, String(row), String(inputs[col]), exact(value)]));
  const all = layers.reduce((sum, { entries }) => sum + entries.length, 0);
  const sizes = layers.map(({ rows: units, name }) => `${units} ${name}`).join(", ");
  const part = rows.length < all ? `The first of each layer, ${rows.length} of ` : "";
  return {
    heads: ["layer", "unit", "from slot", "weight"], rows,
    total: `${part}${plural(all, "weight")} in ${plural(layers.length, "layer")}: `
      + `${sizes}. Slots hold the inputs first, then the units in order.`,
  };
}
