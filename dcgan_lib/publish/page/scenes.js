// The page's scenes below the first face: wall, film, sliders, sums.

// --- the wall ---------------------------------------------------------------------------------
function hang() {
  const see = (number) => {
    showSeed(number, "push");
    find("one").scrollIntoView({ behavior: still.matches ? "auto" : "smooth" });
    find("face").focus({ preventScroll: true });
  };
  find("wall").querySelector(".tiles").replaceChildren(...someSeeds(24).map((one) => tile(one, see)));
}
find("rehang").onclick = hang;
whenSeen("wall", hang);

// --- two faces and a film between them --------------------------------------------------------
const STEPS = 24;
const ends = { from: undefined, to: undefined };
let frames = [], playing = false;
const way = find("way");

function setEnd(name, number) {
  ends[name] = number;
  const shown = tile(number, () => setEnd(name, anySeed()));
  const place = find(name);
  shown.id = name;
  shown.classList.add("slot");
  shown.setAttribute("aria-label", `${place.getAttribute("aria-label").split(":")[0]}: press for another`);
  const focused = document.activeElement === place;
  place.replaceWith(shown);
  if (focused) shown.focus();
  acceptDrops(shown, (dropped) => setEnd(name, dropped));
  if (ends.from !== undefined && ends.to !== undefined) shoot();
}

async function shoot() {
  const mine = (frames = []);
  const [a, b] = [zOf(ends.from), zOf(ends.to)];
  const middleFirst = [...Array(STEPS + 1).keys()].sort((i, j) => (j % 4 === 0) - (i % 4 === 0) || i - j);
  for (const step of middleFirst) {
    const image = await makeImage(arc(a, b, step / STEPS));
    if (mine !== frames) return;
    mine[step] = image;
    if (!playing) showFrame();
  }
}

// Two neighbouring frames, faded into each other; the nearest ones that are ready.
function showFrame() {
  const place = way.value * STEPS, low = Math.min(Math.floor(place), STEPS - 1);
  const [before, after] = [frames[low] ?? frames[low - (low % 4)], frames[low + 1]];
  if (before) paint(find("between"), before);
  if (after) paint(find("between"), after, before ? place - low : 1);
}

function play(begin) {
  playing = begin;
  find("play").textContent = begin ? "Pause" : "Play";
  find("play").setAttribute("aria-pressed", begin);
  if (!begin) return;
  const start = performance.now() - (Math.acos(1 - 2 * way.value) / Math.PI) * 3000;
  (function run(now) {
    if (!playing) return;
    way.value = (1 - Math.cos((Math.PI * (now - start)) / 3000)) / 2; // rests a little at both ends
    showFrame();
    requestAnimationFrame(run);
  })(performance.now());
}
way.oninput = () => { play(false); showFrame(); };
find("play").onclick = () => play(!playing);
whenSeen("film", () => {
  setEnd("from", anySeed());
  setEnd("to", anySeed());
  if (!still.matches) play(true);
});

// --- sliders along directions -----------------------------------------------------------------
const form = document.querySelector("#sliders form");
const latestPush = newest((z) => makeImage(z, true));
let inputs = [];

function pushBySliders() {
  if (!inputs.length) return;
  const amounts = inputs.map((input) => Number(input.value));
  const pushed = push(zOf(seed), sliders.map((slider) => slider.direction), amounts, noise);
  latestPush((image) => paint(find("pushed"), image), pushed);
}

function buildSliders() {
  for (const { less, more, title } of sliders) {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "range", min: -4, max: 4, step: 0.1, value: 0 });
    input.setAttribute("aria-label", title);
    input.oninput = pushBySliders;
    const [left, right] = [less, more].map((text) => Object.assign(document.createElement("span"), { textContent: text }));
    label.append(left, input, right);
    form.append(label);
  }
  const reset = Object.assign(document.createElement("button"), { type: "reset", textContent: "Back to the middle" });
  form.append(reset);
  form.onreset = () => setTimeout(pushBySliders);
  inputs = [...form.querySelectorAll("input")];
  pushBySliders();
}
whenSeen("sliders", buildSliders);

// --- arithmetic -------------------------------------------------------------------------------
const boxes = [...document.querySelectorAll(".box:not(.result)")];
const names = ["Faces to begin with", "Faces to take away", "Faces to add"];
const contents = [[], [], []];
const latestSum = newest((z) => makeImage(z));
const latestMean = boxes.map(() => newest((z) => makeImage(z)));
let inHand; // the button of a face that was pressed

function take(number, button) {
  const same = button === inHand;
  inHand?.setAttribute("aria-pressed", false);
  inHand = same ? undefined : button;
  inHand?.setAttribute("aria-pressed", true);
  find("sums").classList.toggle("holding", Boolean(inHand));
}

function put(index, number) {
  if (contents[index].length < 3) contents[index].push(number);
  else contents[index] = [...contents[index].slice(1), number];
  fill(index);
}

function fill(index) {
  const [place, list] = [boxes[index].querySelector(".mean"), boxes[index].querySelector(".held")];
  list.replaceChildren(...contents[index].map((number, at) => {
    const shown = tile(number, () => { contents[index].splice(at, 1); fill(index); });
    shown.setAttribute("aria-label", `Take out face number ${number}`);
    return shown;
  }));
  place.classList.toggle("empty", !contents[index].length);
  place.setAttribute("aria-label", `${names[index]}: ${contents[index].length || "none"} here. Press to put the chosen face in`);
  if (contents[index].length)
    latestMean[index]((image) => paint(place.firstChild, image), mean(contents[index].map(zOf)));
  find("sums").classList.toggle("whole", contents.every((held) => held.length));
  if (contents.every((held) => held.length)) {
    const total = addUp(...contents.map((held) => mean(held.map(zOf))), noise);
    latestSum((image) => paint(find("total"), image), total);
  }
}

boxes.forEach((box, index) => {
  const place = document.createElement("button");
  place.className = "mean face drawn empty";
  place.append(Object.assign(document.createElement("canvas"), { width: 256, height: 256 }));
  place.onclick = () => {
    if (!inHand) return;
    put(index, Number(inHand.dataset.seed));
    take(0, inHand);
  };
  box.append(place, Object.assign(document.createElement("div"), { className: "held" }));
  acceptDrops(box, (number) => put(index, number));
});

function deal() {
  take(0, inHand);
  find("sums").querySelector(".tray").replaceChildren(...someSeeds(12).map((one) => tile(one, take)));
}
find("deal").onclick = deal;
find("clear").onclick = () => contents.forEach((_, index) => { contents[index] = []; fill(index); });
whenSeen("sums", () => {
  deal();
  const dealt = [...document.querySelectorAll(".tray .face")].map((one) => Number(one.dataset.seed));
  contents.forEach((_, index) => put(index, dealt[index]));
});
