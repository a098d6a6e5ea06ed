// The details of a network: the slider over networks, curves, what it is, certificate, lock, convergence, weights.

/** A network to show: one of the spec's (`entry`), or a smaller one made by the same method. */
function itemOf({ domain }, shape, title, about, entry) {
  const middle = domain.map(({ lo, hi }) => lo + (hi - lo) / 2);
  const proved = about.argmax !== undefined && about.argmax.length === middle.length;
  const { lower, upper, evaluated } = about;
  let made, lines;
  return {
    entry, shape, title, proved, lower, upper, evaluated, word: about.stated ? "stated" : "proved", argmax: proved ? about.argmax : middle,
    /** `null` where the page does not hold its weights; then `lines` has its values. */
    get ready() { return made === undefined ? (made = ready(shape, domain.length)) : made; },
    get lines() { return lines || (lines = (shape.lines || []).map(floats)); },
  };
}

/** All that the slider of an entry goes over, in the order of size. */
function itemsOf(subject, entry) {
  const own = subject.networks.map((network) => itemOf(subject, network, network.name, { ...network.certificate, stated: network.stated }, network));
  const rungs = entry.ladder.map((k) => subject.ladder[k]);
  const smaller = rungs.map((rung) => itemOf(subject, rung, `${entry.method}, resolution ${rung.resolution}`, rung));
  return [...smaller, ...own].sort((a, b) => a.shape.neurons - b.shape.neurons);
}

/** A list of terms and what they are; those without a value are left out. */
function facts(title, pairs) {
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return element("section", {}, element("h3", {}, title),
    element("dl", {}, rows.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)])));
}

const place = (domain, at) => domain.map(({ name }, k) => `${name} = ${words(at[k], 7)}`).join(", ");
const enclosed = ([lower, upper]) => `in [${downward(lower)}, ${upward(upper)}]`;
const format = ({ precision }) => (precision === "f32" ? "binary32" : "binary64");

function about({ target: { text }, domain, description, source, file }, entry) {
  const kinds = [...new Set((entry.layers || []).map(({ activation }) => activation))].filter((name) => name !== "identity");
  return facts("Network", [
    ["target", element("code", {}, text)],
    ["domain", domain.map(({ name, lo, hi }) => `${name} in [${words(lo, 7)}, ${words(hi, 7)}]`).join(", ")],
    ["what it is", description], ["source", source], ["file", file], ["construction", entry.construction],
    ["activation", kinds.map((name) => `${name}: s(z) = ${ACTIVATIONS[name].formula}`).join("; ")],
    ["size", `${plural(entry.neurons, "neuron")}, ${entry.parameters} weights and biases`],
    ["precision", format(entry)], ["outside", entry.outside],
  ]);
}

function certificate({ domain }, entry) {
  const { certificate: proof, gate, stated } = entry;
  const accepts = ["gate", gate === undefined ? "none" : `at most ${gate}`], missed = ["missed", entry.missed];
  const nothing = stated ? "nothing: the weight table has no certificate" : "nothing: no error of this network could be proved";
  if (!proof) return facts("Certificate", [["proved", nothing], accepts, missed]);
  const standing = stated && "stated by the weight table, not proved again; `bumpnet verify` does that";
  return facts("Certificate", [
    ["all of this is", standing],
    ["sup |error|", `${enclosed([proof.lower, proof.upper])}, over the whole domain`],
    ["largest at", place(domain, proof.argmax)], ["RMS error", enclosed(proof.rms)],
    ["as evaluated", `at most ${upward(proof.evaluated)} in ${format(entry)}, rounding included`],
    [entry.measure, proof.measured && `${enclosed([proof.measured.lower, proof.measured.upper])}, as evaluated at most ${upward(proof.measured.evaluated)}`],
    ["before the output", proof.hidden && enclosed([proof.hidden.lower, proof.hidden.upper])],
    ["method", `${proof.method}, ${plural(proof.cells, "cell")}`], ["note", proof.note], accepts, missed,
  ]);
}

function accepted({ accepted: lock }) {
  if (!lock) return facts("Lock", [["verdict", "no bumpnet.lock to compare with"]]);
  const kind = lock.fails ? "bad" : lock.verdict === "ok" ? "good" : "none";
  const size = lock.neurons === null ? "" : `, ${plural(lock.neurons, "neuron")}`;
  return facts("Lock", [
    ["verdict", element("span", { class: kind }, lock.verdict)], ["that is", lock.message],
    ["accepted", lock.upper === null ? null : `error at most ${upward(lock.upper)}${size}`],
  ]);
}

/** All of it, for one row of the table. `drawn` is to be called when it stands in the page. */
function detail(subject, entry) {
  const items = itemsOf(subject, entry), start = items.findIndex((item) => item.entry === entry);
  const curves = curvePanel(subject), study = convergence(entry, items);
  const pictures = element("div", { class: "pictures" }), table = element("div"), which = element("span", { class: "which" });
  const slider = element("input", { type: "range", class: "resolution", min: 0, max: items.length - 1, step: 1, value: start });
  const show = () => {
    const item = items[slider.value];
    which.textContent = `${item.title}: ${plural(item.shape.neurons, "neuron")}, error ${item.word} to be at most ${upward(item.upper)}`;
    slider.setAttribute("aria-valuetext", which.textContent);
    curves.show(item);
    study.choose(item);
    pictures.replaceChildren(...surface(subject, item));
    table.replaceChildren(weights(item));
  };
  slider.addEventListener("input", show);
  const chooser = element("label", { class: "chooser" }, "Network ", slider, which);
  chooser.hidden = items.length < 2;
  const node = element("div", { class: "detail" }, chooser, curves.node, pictures,
    element("div", { class: "facts" }, about(subject, entry), certificate(subject, entry),
      element("div", {}, accepted(entry), study.node)), table);
  return { node, drawn: show, resized: curves.draw };
}
