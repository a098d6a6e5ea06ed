// Networks evaluated from their weights, in the order of sums that `bumpnet_runner` has.

/** A layer with its lists unpacked. */
function unpackLayer(layer) {
  const [value, bias] = [values(layer.value), values(layer.bias)];
  const [row, col] = [integers(layer.row), integers(layer.col)];
  return {
    name: layer.activation, activation: ACTIVATIONS[layer.activation], rows: layer.rows, bias,
    entries: row.map((r, k) => ({ row: r, col: col[k], value: value(k) })), inputs: integers(layer.inputs),
  };
}

/** A network made ready; `null` where the page does not hold its weights. */
function ready(shape, inputs) {
  if (!shape.layers) return null;
  const layers = shape.layers.map(unpackLayer);
  const round = shape.precision === "f32" ? Math.fround : (x) => x;
  const units = oneHiddenLayer(layers, inputs);
  const window = units && openWindow(units, round, shape.precision === "f32" ? 2 ** -24 : 2 ** -53);
  const output = layers[layers.length - 1].activation;
  const hidden = window ? (point) => window(point[0]) : (point) => direct(layers, point, round);
  return { layers, units, hidden, eval: (point) => round(activate(output, hidden(point))) };
}

/** One hidden layer over one input as a list of units `alpha s(w x + b)`; `null` for another form. */
function oneHiddenLayer(layers, inputs) {
  const [hidden, output] = layers;
  const fits = layers.length === 2 && inputs === 1 && String(hidden.inputs) === "0" && !output.inputs.includes(0);
  if (!fits) return null;
  const units = Array.from({ length: hidden.rows }, (_, k) => ({ w: 0, b: hidden.bias(k), alpha: 0 }));
  hidden.entries.forEach(({ row, value }) => { units[row].w += value; });
  output.entries.forEach(({ col, value }) => { units[output.inputs[col] - 1].alpha += value; });
  return { list: units, c0: output.bias(0), activation: hidden.activation, name: hidden.name };
}

/** An exact enough running sum: double-double. */
class Sum {
  high = 0;
  low = 0;
  add(term) {
    const high = this.high + term, part = high - this.high;
    this.low += (this.high - (high - part)) + (term - part);
    this.high = high;
  }
  value() { return this.high + this.low; }
}

/** Where a unit is active, generously, and its limits left and right of that. */
function active({ w, b, alpha }, activation, roundoff) {
  const [low, high] = activation.limits || [0, 1], [from, to] = activation.saturation;
  if (!Number.isFinite(from) || w === 0) return { w, b, alpha, left: 0, right: 0, from: -Infinity, to: Infinity };
  const ends = [(from - b) / w, (to - b) / w];
  const [start, end, left, right] = w > 0 ? [ends[0], ends[1], low, high] : [ends[1], ends[0], high, low];
  const slack = 8 * roundoff * ((Math.abs(b) + 40) / Math.abs(w) + Math.max(Math.abs(start), Math.abs(end)));
  return { w, b, alpha, left, right, from: start - slack, to: end + slack };
}

/** The sum of units at a point: those that are saturated there were summed before, once. */
function openWindow({ list, c0, activation }, round, roundoff) {
  const units = list.map((unit) => active(unit, activation, roundoff));
  units.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  let furthest = -Infinity;
  const ends = units.map((unit) => (furthest = Math.max(furthest, unit.to)));
  const sum = new Sum();
  sum.add(c0);
  units.forEach((unit) => sum.add(unit.alpha * unit.left));
  const base = [round(sum.value())];
  for (const unit of units) {
    sum.add(unit.alpha * unit.right);
    sum.add(-(unit.alpha * unit.left));
    base.push(round(sum.value()));
  }
  return (at) => {
    const x = round(at);
    if (Number.isNaN(x)) return x;
    let k = first(ends, (end) => !(end < x));
    let value = base[k];
    for (; k < units.length && units[k].from <= x; k++) {
      const { w, b, alpha, left } = units[k];
      const rise = round(round(activate(activation, round(round(w * x) + b))) - left);
      value = round(value + round(alpha * rise));
    }
    return value;
  };
}

/** The first place of a sorted list at which a condition holds. */
function first(list, holds) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) high = middle; else low = middle + 1;
  }
  return low;
}

/** The last layer's sum, layer by layer; its own activation is not applied. */
function direct(layers, point, round) {
  const slots = point.map((x) => round(x));
  let sums = [];
  layers.forEach((layer, place) => {
    sums = Array.from({ length: layer.rows }, (_, k) => layer.bias(k));
    for (const { row, col, value } of layer.entries) {
      sums[row] = round(sums[row] + round(value * slots[layer.inputs[col]]));
    }
    if (place + 1 < layers.length) for (const z of sums) slots.push(round(layer.activation.apply(z)));
  });
  return sums[0];
}
