// Run the page's engine in Node: a packed generator, z and seeds in, faces out, all as JSON.
const { readFileSync } = require("fs");
const [engine, latent, asked] = process.argv.slice(2).map((name) => readFileSync(name, "utf-8"));
const page = new Function(
  `${engine}\n${latent}; return { unpack, makeFace, seedNoise, arc, push, mean, addUp };`,
)();
const { packed, z, seeds, length, noise, directions, amounts } = JSON.parse(asked);

page.unpack(packed).then((layers) => {
  const faces = z.map((row) => Array.from(page.makeFace(layers, row)));
  const start = process.cpuUsage();
  for (let i = 0; i < 10; i++) page.makeFace(layers, z[0]);
  const spent = process.cpuUsage(start);
  const answer = {
    faces,
    drawn: seeds.map((seed) => Array.from(page.seedNoise(seed, length, noise))),
    arcs: [0, 0.25, 0.5, 1].map((t) => page.arc(z[0], z[1], t)),
    pushed: page.push(z[0], directions, amounts, noise),
    sum: page.addUp(page.mean(z), z[0], z[1], noise),
    milliseconds: (spent.user + spent.system) / 10_000,
  };
  process.stdout.write(JSON.stringify(answer));
});
