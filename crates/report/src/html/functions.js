// The functions of the expression language and the activations, as `bumpnet_interval::elementary` defines them.
// `Math` is within a unit or so in the last place of it.

const SQRT_PI = Math.sqrt(Math.PI);

/** The error function: below 2 its series of positive terms, above the continued fraction of its complement. */
function erf(x) {
  const z = Math.abs(x);
  if (!(z < 2)) return Number.isNaN(x) ? x : Math.sign(x) * (z > 6 ? 1 : 1 - complement(z));
  let term = z, sum = z;
  // erf z = 2/sqrt(pi) e^(-z^2) sum z (2 z^2)^n / (1 * 3 * ... * (2n+1))
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= 2 * z * z / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * 2 / SQRT_PI * Math.exp(-z * z) * sum;
}

/** 1 - erf z for z >= 2, from below: z + (1/2)/(z + (2/2)/(z + ...)). 60 terms leave 1e-17 at z = 2. */
function complement(z) {
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / SQRT_PI / fraction;
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

const UNARY = {
  "-": (x) => -x, sqrt: Math.sqrt, cbrt: Math.cbrt, exp: Math.exp, exp2: (x) => 2 ** x, expm1: Math.expm1,
  ln: Math.log, log1p: Math.log1p, log2: Math.log2, log10: Math.log10, abs: Math.abs, sign: Math.sign,
  floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, sin: Math.sin, cos: Math.cos, tan: Math.tan,
  asin: Math.asin, acos: Math.acos, atan: Math.atan, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh,
  asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, erf, sigmoid,
  round: (x) => { const whole = Math.trunc(x); return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole; },
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  sinc: (x) => (x === 0 ? 1 : Math.sin(x) / x),
  step: (x) => (Number.isNaN(x) ? x : x >= 0 ? 1 : 0),
};

const BINARY = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b,
  // C's pow, which is 1 where either says so; a square is one multiplication.
  "^": (a, b) => (b === 2 ? a * a : a === 1 ? 1 : a ** b),
  min: Math.min, max: Math.max, hypot: (a, b) => Math.hypot(a, b), atan2: Math.atan2,
};

const COMPARISON = {
  "if<": (a, b) => a < b, "if<=": (a, b) => a <= b, "if>": (a, b) => a > b, "if>=": (a, b) => a >= b,
  "if==": (a, b) => a === b, "if!=": (a, b) => a !== b,
};

/** A target's program as a function of a point. */
function target(program) {
  const slots = new Float64Array(program.length);
  const node = (step) => {
    if (step === null) return () => NaN; // a literal that is no binary64
    if (typeof step === "number") return () => step;
    const [op, a, b, c, d] = step;
    if (op === "input") return (point) => point[a];
    if (op in COMPARISON) {
      const holds = COMPARISON[op];
      // An undefined condition makes the value undefined.
      return () => (Number.isNaN(slots[a]) || Number.isNaN(slots[b]) ? NaN : slots[holds(slots[a], slots[b]) ? c : d]);
    }
    if (step.length === 2) { const f = UNARY[op]; return () => f(slots[a]); }
    const f = BINARY[op];
    return () => f(slots[a], slots[b]);
  };
  const steps = program.map(node);
  return (point) => {
    steps.forEach((step, k) => { slots[k] = step(point); });
    return slots[slots.length - 1];
  };
}

const clip = (z) => Math.min(Math.max(0.5 * z + 0.5, 0), 1);
const INFINITE = [-Infinity, Infinity];

/** Each activation: its formula, the points from which on it counts as its limits, and those limits. */
const ACTIVATIONS = {
  heaviside: { apply: UNARY.step, saturation: [0, 0], formula: "0 for z < 0, else 1" },
  logistic: { apply: sigmoid, saturation: [-40, 40], formula: "1/(1+e^-z)" },
  "clipped-logistic": {
    apply: (z) => (z < -6 ? 0 : z > 6 ? 1 : sigmoid(z)), saturation: [-6, 6], formula: "1/(1+e^-z), 0 below -6, 1 above 6",
  },
  tanh: { apply: Math.tanh, saturation: [-20.5, 20.5], limits: [-1, 1], formula: "tanh z" },
  gompertz: { apply: (z) => Math.exp(-Math.exp(-z)), saturation: [-3.75, 40], formula: "exp(-e^-z)" },
  ogee: {
    apply: (z) => {
      const m = Math.min(Math.abs(z), 1), root = Math.sqrt(m * (2 - m));
      return z < -1 ? 0 : z > 1 ? 1 : 0.5 * (1 + (z < 0 ? -root : root));
    },
    saturation: [-1, 1], formula: "two quarter-ellipse arcs from 0 at -1 to 1 at 1",
  },
  smoothstep: {
    apply: (z) => { const t = clip(z); return t * t * (3 - 2 * t); },
    saturation: [-1, 1], formula: "3t²-2t³, t = clip(z/2+1/2, 0, 1)",
  },
  ramp: { apply: clip, saturation: [-1, 1], formula: "clip(z/2+1/2, 0, 1)" },
  erf: { apply: (z) => 0.5 * (1 + erf(z)), saturation: [-6.125, 6.125], formula: "(1+erf z)/2" },
  arctan: { apply: (z) => 0.5 + Math.atan(z) / Math.PI, saturation: INFINITE, formula: "1/2+atan(z)/pi" },
  identity: { apply: (z) => z, saturation: INFINITE, limits: INFINITE, formula: "z" },
};

/** The value as the evaluator computes it: the formula, cut off at the saturation points. */
function activate({ apply, saturation: [from, to], limits: [low, high] = [0, 1] }, z) {
  return z < from ? low : z > to ? high : apply(z);
}
