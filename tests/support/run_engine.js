// Run the page's engine in Node: packed generator and seeds or z in, faces out, all as JSON.
const { readFileSync } = require("fs");
const [engine, input] = process.argv.slice(2).map((name) => readFileSync(name, "utf-8"));
const { unpack, makeFace, seedNoise } = new Function(
  `${engine}; return { unpack, makeFace, seedNoise };`,
)();
const { packed, z, seeds, latent, noise } = JSON.parse(input);

unpack(packed).then((layers) => {
  const faces = z.map((row) => Array.from(makeFace(layers, row)));
  const drawn = seeds.map((seed) => Array.from(seedNoise(seed, latent, noise)));
  const start = performance.now();
  for (let i = 0; i < 20; i++) makeFace(layers, z[0]);
  const milliseconds = (performance.now() - start) / 20;
  process.stdout.write(JSON.stringify({ faces, drawn, milliseconds }));
});
