// Numbers: packed lists of them (see pack.rs), and how they are printed.

/** The integers of a packed list, as BigInt. */
function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const list = [];
  let at = 1;
  const varint = () => {
    // Four bytes at a time fit in a number; only what is longer needs BigInt arithmetic.
    let value = 0n, shift = 0n, part = 0, bits = 0, byte;
    do {
      byte = bytes[at++];
      part += (byte & 0x7f) * 2 ** bits;
      bits += 7;
      if (bits === 49 || byte < 0x80) {
        value += BigInt(part) << shift;
        shift += BigInt(bits);
        part = 0;
        bits = 0;
      }
    } while (byte >= 0x80);
    return value;
  };
  while (at < bytes.length) {
    const n = varint();
    list.push((n >> 1n) ^ -(n & 1n));
    if (n === 0n) for (let zeros = varint(); zeros > 0n; zeros--) list.push(0n);
  }
  for (let order = bytes[0]; order > 0; order--) {
    for (let k = 1; k < list.length; k++) list[k] = BigInt.asIntN(64, list[k] + list[k - 1]);
  }
  return list;
}

const integers = (text) => unpack(text).map(Number);

/** The binary64 numbers of a packed list. */
function floats(text) {
  const list = unpack(text);
  const values = new Float64Array(list.length);
  const bits = new BigInt64Array(values.buffer);
  const mask = (1n << 63n) - 1n;
  list.forEach((n, k) => { bits[k] = n < 0n ? n ^ mask : n; });
  return values;
}

/** One number for all, or a packed list: a function of the place. */
function values(packed) {
  if (typeof packed === "number") return () => packed;
  const list = floats(packed);
  return (k) => list[k];
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (k) => `10${[...String(k)].map((c) => RAISED[c]).join("")}`;

/** A number in so many digits, with a power of ten where it is large or small. */
function words(x, digits = 4) {
  if (!Number.isFinite(x)) return x === undefined || x === null ? "none" : String(x);
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e").map(Number);
  const plain = x === 0 || (exponent > -4 && exponent < 6);
  const text = plain ? String(Number(x.toPrecision(digits))) : `${mantissa}×${power(exponent)}`;
  return text.replace("-", "−");
}

/** A bound, never below itself. */
function upward(x) {
  if (!Number.isFinite(x) || x === 0) return words(x);
  const [mantissa, exponent] = x.toExponential(3).split("e");
  if (Number(`${mantissa}e${exponent}`) >= x) return words(x);
  const next = `${(Math.round(mantissa * 1000) + 1)}e${exponent - 3}`;
  return words(Number(next));
}

/** A bound, never above itself. */
const downward = (x) => words(-Number(negated(x)));
function negated(x) {
  if (!Number.isFinite(x) || x === 0) return -x;
  const [mantissa, exponent] = x.toExponential(3).split("e");
  if (Number(`${mantissa}e${exponent}`) <= x) return -Number(`${mantissa}e${exponent}`);
  return -Number(`${Math.round(mantissa * 1000) - 1}e${exponent - 3}`);
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
