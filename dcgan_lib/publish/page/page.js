// What the reader sees and presses. Every face comes from the worker, the most urgent one first.

const data = JSON.parse(document.getElementById("data").textContent);
const { side, latent, noise, sliders } = data;
const find = (name) => document.getElementById(name);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const pad = Object.assign(document.createElement("canvas"), { width: side, height: side });

// --- the worker -------------------------------------------------------------------------------
const source = ["engine", "worker"].map((name) => find(name).textContent).join("\n");
const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
const waiting = [];
let atWork = null;
worker.postMessage({ packed: data.packed });
worker.onerror = give_up;
worker.onmessage = ({ data: { pixels, milliseconds, error } }) => {
  if (error) return give_up();
  atWork.done(new ImageData(pixels, side));
  atWork = null;
  find("speed").textContent = `The last face took ${Math.max(1, Math.round(milliseconds))} ms on this device.`;
  next();
};

function makeImage(z, urgent = false) {
  return new Promise((done) => {
    waiting[urgent ? "unshift" : "push"]({ z, done });
    next();
  });
}

function next() {
  if (atWork || !waiting.length) return;
  atWork = waiting.shift();
  worker.postMessage({ z: atWork.z });
}

// A function whose newest call alone counts: results of older ones are dropped.
function newest(make) {
  let last = 0;
  return async (show, ...values) => {
    const mine = ++last;
    const image = await make(...values);
    if (mine === last) show(image);
  };
}

function paint(canvas, image, opacity = 1) {
  pad.getContext("2d").putImageData(image, 0, 0);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.globalAlpha = opacity;
  pen.globalCompositeOperation = opacity < 1 ? "source-over" : "copy"; // nothing shines through
  pen.drawImage(pad, 0, 0, canvas.width, canvas.height);
}

const zOf = (seed) => seedNoise(seed, latent, noise);
const anySeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
const say = (text) => { find("said").textContent = text; };

// --- one face, and its number in the address --------------------------------------------------
let seed;
const large = find("large");
const latestFace = newest((z) => makeImage(z, true));

function seedInAddress() {
  const number = /^#(\d{1,10})$/.exec(location.hash)?.[1];
  return number !== undefined && number < 2 ** 32 ? Number(number) : undefined;
}

function writeAddress(how, number) {
  try {
    history[how](null, "", `#${number}`);
  } catch {
    // a frame without an address of its own: the face is shown, and has no link
  }
}

function showSeed(number, remember) {
  seed = number;
  if (remember) writeAddress(`${remember}State`, number);
  find("number").textContent = number;
  latestFace(showImage, zOf(number));
  pushBySliders();
}

function showImage(image) {
  window.drawn = true;
  document.documentElement.classList.add("drawn");
  large.setAttribute("aria-label", `Generated face number ${seed}`);
  if (still.matches) return paint(large, image);
  const before = performance.now(), shown = seed;
  (function fade(now) {
    const share = Math.min(1, Math.max(0.15, (now - before) / 260));
    paint(large, image, share);
    if (share < 1 && shown === seed) requestAnimationFrame(fade);
  })(before);
}

function another() {
  showSeed(anySeed(), "push");
  say(`Face number ${seed}`);
}

find("face").onclick = another;
find("another").onclick = another;
addEventListener("keydown", (event) => {
  const inUse = event.target.closest("button, input, a, [tabindex]");
  if (event.key !== " " || (inUse && inUse.id !== "face")) return;
  event.preventDefault();
  if (!event.repeat) another();
});
addEventListener("popstate", () => showSeed(seedInAddress() ?? anySeed(), null));
find("link").onclick = async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch {
    say(`Copy this: ${location.href}`);
  }
};
find("save").onclick = async () => {
  const blob = await markedPng(large, `Generated face ${seed}. Nobody looks like this.`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `nobody-${seed}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  say("Saved, with its mark.");
};

// --- faces that can be pressed and dragged ----------------------------------------------------
function tile(number, press) {
  const button = document.createElement("button");
  const canvas = Object.assign(document.createElement("canvas"), { width: 192, height: 192 });
  button.className = "face";
  button.draggable = true;
  button.dataset.seed = number;
  button.setAttribute("aria-label", `Face number ${number}`);
  button.append(canvas);
  button.onclick = () => press(number, button);
  button.ondragstart = (event) => event.dataTransfer.setData("text/plain", number);
  makeImage(zOf(number)).then((image) => { paint(canvas, image); button.classList.add("drawn"); });
  return button;
}

function acceptDrops(element, take) {
  element.ondragover = (event) => { event.preventDefault(); element.classList.add("over"); };
  element.ondragleave = () => element.classList.remove("over");
  element.ondrop = (event) => {
    event.preventDefault();
    element.classList.remove("over");
    const number = event.dataTransfer.getData("text/plain");
    if (/^\d{1,10}$/.test(number)) take(Number(number));
  };
}

const someSeeds = (count) => Array.from({ length: count }, anySeed);

function whenSeen(name, begin) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    begin();
  }, { rootMargin: "200px" });
  watch.observe(find(name));
}

function begin() {
  const asked = seedInAddress();
  showSeed(asked ?? anySeed(), asked === undefined ? "replace" : null);
}
