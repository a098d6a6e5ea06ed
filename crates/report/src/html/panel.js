// The curves under the reader's hands: what part of the domain is seen, and where values are read. Every view is computed
// anew from the weights.

/** Points of the uniform part of a curve: about two for each pixel. */
const GRID = 1200;

/** What a panel shows at the moment, of one subject. */
class View {
  item = null;
  axis = 0;
  span = null;
  /** The pointer, as a part of the span. */
  cursor = 0.5;
  mode = "boxes";
  constructor(subject) {
    this.subject = subject;
    this.goal = target(subject.target.program);
    this.span = this.whole;
  }
  get input() { return this.subject.domain[this.axis]; }
  get whole() { return [this.input.lo, this.input.hi]; }
  /** The values known of a network whose weights the page does not hold. */
  get line() { return this.item.lines[this.axis]; }

  /** The point at `x` on the line through where the item's error is largest. */
  point(x) { return this.item.argmax.map((v, k) => (k === this.axis ? x : v)); }
  wanted(x) { return this.goal(this.point(x)); }
  value(x) { return this.item.ready ? this.item.ready.eval(this.point(x)) : between(this.line, this.whole, x); }

  /** Where the pointer is: an abscissa at which the network's value is known. */
  get at() {
    const [lo, hi] = this.span, x = this.cursor === 1 ? hi : lo + (hi - lo) * this.cursor;
    if (this.item.ready) return x;
    const known = samples(this.line.length, this.whole);
    return known[Math.round((x - this.input.lo) / (this.input.hi - this.input.lo) * (known.length - 1))];
  }

  zoom(factor) {
    const [lo, hi] = this.span, { lo: low, hi: high } = this.input, width = (hi - lo) * factor;
    if (width >= high - low) { this.span = this.whole; return; }
    // Closer than this neighbouring numbers show, or there is but a handful of known values.
    if (width < (this.item.ready ? 1e-9 : 8 / this.line.length) * (high - low)) return;
    const start = Math.min(Math.max(low, this.at - this.cursor * width), high - width);
    this.span = [start, start + width];
  }

  move(part) {
    const [lo, hi] = this.span, shift = Math.max(this.input.lo - lo, Math.min((hi - lo) * part, this.input.hi - hi));
    this.span = [lo + shift, hi + shift];
  }

  /** The abscissae of the curves. */
  abscissae() {
    const [lo, hi] = this.span, { ready: network } = this.item;
    if (!network) return samples(this.line.length, this.whole).filter((x) => x >= lo && x <= hi);
    const steps = network.units ? aroundSteps(network.units, this.span) : [];
    return Float64Array.from([...samples(GRID + 1, this.span), ...steps]).sort();
  }

  /** All that the plots are made of. */
  compute(width) {
    const { item, span, mode } = this, x = this.abscissae(), peak = item.argmax[this.axis];
    const network = Array.from(x, (v) => this.value(v)), goal = Array.from(x, (v) => this.wanted(v));
    const known = item.proved && item.ready && peak >= span[0] && peak <= span[1];
    return {
      item, span, mode, width, x, network, goal, name: this.input.name, error: network.map((v, k) => v - goal[k]),
      peak: known ? [peak, this.value(peak) - this.wanted(peak)] : null,
    };
  }

  /** What must be said beneath the plots. */
  remark() {
    const { item, subject: { domain } } = this;
    const where = item.proved ? ", where the error is largest" : "";
    const cut = domain.length > 1 ? `A cut through ${place(domain, item.argmax)}${where}. ` : "";
    return cut + (item.ready ? "" : `The ${item.shape.parameters} weights and biases of ${item.title} are left out of this `
      + `page: the curves join its values at ${this.line.length} points. `);
  }
}

/** The panel for a subject: its node, and functions that show one of its networks and draw anew. */
function curvePanel(subject) {
  const view = new View(subject);
  const plots = element("div", { class: "plots" }), values = element("div", { class: "values" });
  const note = element("p", { class: "note" });
  const cursor = element("input", { type: "range", min: 0, max: 1000, "aria-label": "Pointer: where the values are read" });
  const option = (value, said) => element("option", { value }, said);
  const mode = element("select", {}, option("boxes", "bumps"), option("units", "each hidden unit"));
  const axes = element("select", {}, subject.domain.map(({ name }, k) => option(k, name)));
  const modes = element("label", {}, "Show ", mode);
  const inner = () => view.width - MARGIN.left - MARGIN.right;

  function read() {
    const x = view.at, wanted = view.wanted(x), value = view.value(x);
    const shown = [["at", view.input.name, x, 9], ["target", "target", wanted, 9], ["network", "network", value, 9],
      ["error", "error", value - wanted, 4]];
    values.replaceChildren(...shown.map(([kind, name, v, digits]) => element("span", { class: kind }, `${name} = ${words(v, digits)}`)));
    const to = `translate(${MARGIN.left + view.cursor * inner()} 0)`;
    for (const each of plots.querySelectorAll(".hair")) each.setAttribute("transform", to);
    cursor.value = view.cursor * 1000;
    cursor.setAttribute("aria-valuetext", values.textContent);
  }

  function draw() {
    view.width = Math.max(300, plots.clientWidth || 760);
    const computed = view.compute(view.width);
    plots.replaceChildren(...functionPlot(computed), ...bumpPlot(computed), ...errorPlot(computed));
    modes.hidden = !(view.item.ready && view.item.ready.units);
    note.textContent = view.remark();
    note.hidden = !note.textContent;
    read();
  }

  const button = (label, title, act) => {
    const node = element("button", { type: "button", title, "aria-label": title }, label);
    node.addEventListener("click", () => { act(); draw(); });
    return node;
  };
  cursor.addEventListener("input", () => { view.cursor = cursor.value / 1000; read(); });
  mode.addEventListener("change", () => { view.mode = mode.value; draw(); });
  axes.addEventListener("change", () => { view.axis = Number(axes.value); view.span = view.whole; draw(); });
  const toolbar = element("div", { class: "toolbar", role: "group", "aria-label": "View" },
    subject.domain.length > 1 ? element("label", {}, "Along ", axes) : null,
    button("+", "Zoom in at the pointer", () => view.zoom(0.5)), button("−", "Zoom out", () => view.zoom(2)),
    button("◀", "Move left", () => view.move(-0.25)), button("▶", "Move right", () => view.move(0.25)),
    button("Whole domain", "Show the whole domain", () => { view.span = view.whole; }),
    element("label", { class: "grow" }, "Pointer ", cursor), modes);
  const stage = element("div", { class: "stage" }, plots);
  point(stage, view, { inner, read, draw });
  const show = (item) => { view.item = item; draw(); };
  return { node: element("div", { class: "curves" }, toolbar, values, stage, note), show, draw };
}

/** The pointer reads values; dragging chooses what to see; a double click shows the whole domain again. */
function point(stage, view, { inner, read, draw }) {
  const band = element("div", { class: "band", hidden: "" });
  stage.append(band);
  let from = null;
  const part = ({ clientX }) => Math.min(1, Math.max(0, (clientX - stage.getBoundingClientRect().left - MARGIN.left) / inner()));
  const wide = () => from !== null && Math.abs(view.cursor - from) >= 0.01;
  const mark = () => {
    band.hidden = !wide();
    band.style.left = `${MARGIN.left + Math.min(from, view.cursor) * inner()}px`;
    band.style.width = `${Math.abs(view.cursor - from) * inner()}px`;
  };
  const drop = () => { from = null; band.hidden = true; };
  stage.addEventListener("pointerdown", (event) => { if (event.pointerType !== "touch") from = part(event); });
  stage.addEventListener("pointermove", (event) => { view.cursor = part(event); mark(); read(); });
  stage.addEventListener("pointerleave", drop);
  stage.addEventListener("pointerup", (event) => {
    view.cursor = part(event);
    const [lo, hi] = view.span, chosen = wide() ? [from, view.cursor].sort((a, b) => a - b) : null;
    drop();
    if (chosen) { view.span = chosen.map((share) => lo + share * (hi - lo)); draw(); }
  });
  stage.addEventListener("dblclick", () => { view.span = view.whole; draw(); });
}
