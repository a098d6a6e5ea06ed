// Networks of two inputs from above: the network and its error as colours.

/** Points of each axis. */
const PIXELS = 64;

/** From dark blue to yellow, as bright as the value is large (anchors of matplotlib's viridis, by Smith and van der Walt). */
const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
/** From blue by white to orange: negative, zero, positive. */
const SIGNED = [[0, 90, 160], [140, 190, 220], [245, 245, 245], [245, 180, 120], [190, 80, 0]];

function colour(scale, part) {
  const place = Math.min(Math.max(part, 0), 1) * (scale.length - 1), k = Math.min(Math.floor(place), scale.length - 2);
  return scale[k].map((from, c) => Math.round(from + (scale[k + 1][c] - from) * (place - k)));
}

/** A picture of values over the box, its caption beneath. */
function picture(name, values, [lo, hi], scale, inputs) {
  const canvas = element("canvas", { width: PIXELS, height: PIXELS, role: "img",
    "aria-label": `${name} over ${inputs[0].name} (across) and ${inputs[1].name} (up), from ${words(lo)} to ${words(hi)}` });
  const context = canvas.getContext("2d"), image = context.createImageData(PIXELS, PIXELS);
  values.forEach((value, k) => {
    const rgb = Number.isFinite(value) ? colour(scale, hi > lo ? (value - lo) / (hi - lo) : 0.5) : [128, 128, 128];
    image.data.set([...rgb, 255], 4 * k);
  });
  context.putImageData(image, 0, 0);
  const ends = (input) => `${input.name} from ${words(input.lo)} to ${words(input.hi)}`;
  return element("figure", {}, canvas, element("figcaption", {}, element("b", {}, name), ` ${words(lo, 3)} to ${words(hi, 3)}`,
    element("br"), `across: ${ends(inputs[0])}; up: ${ends(inputs[1])}`));
}

/** The pictures of a network of two inputs whose weights the page holds; or nothing. */
function surface(subject, item) {
  if (subject.domain.length !== 2 || !item.ready) return [];
  const [across, up] = subject.domain.map((input) => samples(PIXELS, [input.lo, input.hi]));
  const wanted = target(subject.target.program), network = [], error = [];
  for (let row = PIXELS - 1; row >= 0; row--) {
    for (let column = 0; column < PIXELS; column++) {
      const point = [across[column], up[row]], value = item.ready.eval(point);
      network.push(value);
      error.push(value - wanted(point));
    }
  }
  const size = Math.max(...error.filter(Number.isFinite).map(Math.abs), 0);
  return [picture("network", network, range([network], 0), SCALE, subject.domain),
    picture("error", error, [-size, size], SIGNED, subject.domain)];
}
