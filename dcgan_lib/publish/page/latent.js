// Ways through the space of z, as in chapter 9: arcs, pushes and sums.

const length = (z) => Math.hypot(...z);

// The point at t, 0 to 1, of the arc from a to b; the length passes evenly from one to the other.
function arc(a, b, t) {
  const [lengthA, lengthB] = [length(a), length(b)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / (lengthA * lengthB);
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const [shareA, shareB] =
    angle < 1e-6 ? [1 - t, t] : [Math.sin((1 - t) * angle), Math.sin(t * angle)].map((x) => x / Math.sin(angle));
  const kept = (1 - t) * lengthA + t * lengthB;
  return a.map((value, i) => kept * ((shareA * value) / lengthA + (shareB * b[i]) / lengthB));
}

// z pushed along directions, each by its amount.
function push(z, directions, amounts, noise) {
  const pushed = (value, i) =>
    directions.reduce((sum, direction, k) => sum + amounts[k] * direction[i], value);
  return z.map((value, i) => within(pushed(value, i), noise));
}

// The mean of some z.
const mean = (rows) => rows[0].map((_, i) => rows.reduce((sum, z) => sum + z[i], 0) / rows.length);

// plus - minus + other
const addUp = (plus, minus, other, noise) =>
  plus.map((value, i) => within(value - minus[i] + other[i], noise));

// Where z is uniform, G never saw a number outside [-1, 1].
const within = (value, noise) => (noise === "normal" ? value : Math.max(-1, Math.min(1, value)));
