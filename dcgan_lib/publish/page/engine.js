// A generator in the reader's own browser: chapter 4 once more. The same in NumPy: engine.py.
"use strict";

// One layer. Every value stamps a kernel, times itself; where stamps overlap, they are added.
// maps: side × side × in, row by row; kernel: in × size × size × out; result: side × side × out.
function up(layer, maps) {
  const { in: inputs, out, size, stride, crop, side, slope, tanh, kernel, bias } = layer;
  const before = Math.sqrt(maps.length / inputs); // side of the maps that come in
  const whole = stride * (before - 1) + size; // side of all stamps together
  const width = size * out; // a row of a stamp lies in one piece, here and in the kernel
  const sums = new Float32Array(whole * whole * out);
  for (let i = 0; i < maps.length; i++) {
    const value = maps[i];
    if (value === 0) continue; // as ReLU left half of them
    const channel = i % inputs, pixel = (i - channel) / inputs, left = pixel % before;
    const corner = stride * (((pixel - left) / before) * whole + left);
    for (let row = 0; row < size; row++)
      add(sums, (corner + row * whole) * out, kernel, (channel * size + row) * width, width, value);
  }
  const result = new Float32Array(side * side * out);
  for (let row = 0, i = 0; row < side; row++) {
    const from = ((row + crop) * whole + crop) * out;
    for (let j = 0; j < side * out; j++, i++) {
      const sum = sums[from + j] + bias[j % out];
      result[i] = tanh ? Math.tanh(sum) : sum < 0 ? slope * sum : sum;
    }
  }
  return result;
}

// sums[to …] += value · kernel[from …]; four at a time, which browsers do twice as fast as one.
function add(sums, to, kernel, from, width, value) {
  const end = from + width;
  for (; from + 3 < end; from += 4, to += 4) {
    sums[to] += value * kernel[from];
    sums[to + 1] += value * kernel[from + 1];
    sums[to + 2] += value * kernel[from + 2];
    sums[to + 3] += value * kernel[from + 3];
  }
  for (; from < end; from++, to++) sums[to] += value * kernel[from];
}

// z → red, green, blue and opacity of each pixel, 0 to 255, as a canvas wants them.
function makeFace(layers, z) {
  const colours = layers.reduce((maps, layer) => up(layer, maps), Float32Array.from(z));
  const pixels = new Uint8ClampedArray((colours.length / 3) * 4).fill(255);
  colours.forEach((value, i) => {
    pixels[Math.floor(i / 3) * 4 + (i % 3)] = (value + 1) * 127.5;
  });
  return pixels;
}

// The z of a face's number, the same in every browser and in Python (mulberry32).
function seedNoise(seed, length, noise) {
  let state = seed;
  const share = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return Float32Array.from({ length }, noise === "normal" ? normal : () => 2 * share() - 1);
}

// The layers with their weights, from the text that packing.py wrote.
async function unpack({ bits, layers, weights }) {
  const text = atob(weights), zipped = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) zipped[i] = text.charCodeAt(i);
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = await new Response(stream).arrayBuffer();
  const channels = layers.reduce((sum, layer) => sum + layer.out, 0);
  const numbers = new Float32Array(bytes, 0, bits === 16 ? channels : 2 * channels);
  const low = new Uint8Array(bytes, numbers.byteLength);
  const high = low.subarray(low.length / 2); // of 16 bits: their second plane
  const halves = Float32Array.from({ length: 65536 }, (_, code) => half(code));
  let number = 0, weight = 0;
  return layers.map((layer) => {
    const bias = numbers.subarray(number, (number += layer.out));
    const factors = bits === 16 ? null : numbers.subarray(number, (number += layer.out));
    const kernel = new Float32Array(layer.in * layer.size ** 2 * layer.out);
    for (let i = 0; i < kernel.length; i++, weight++)
      kernel[i] = factors
        ? ((low[weight] << 24) >> 24) * factors[i % layer.out]
        : halves[low[weight] | (high[weight] << 8)];
    return { ...layer, bias, kernel };
  });
}

// A number of IEEE's half precision: sign, five bits of exponent, ten of fraction.
function half(code) {
  const exponent = (code >> 10) & 31, fraction = code & 1023;
  const size = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
  return code >> 15 ? -size : size;
}
