// Keeps what is typed, and writes the table that `report --marks` reads. Nothing is sent.
const data = JSON.parse(document.getElementById("data").textContent);
const storage = "marks by hand";  // of every class that this browser marks, by row
const sections = [...document.querySelectorAll(".answer")]
  .sort((one, other) => one.dataset.row - other.dataset.row);
const find = (section, name) => section.querySelector(`[name=${name}]`);
const ticks = section => [...section.querySelectorAll("[name=rubric]")];
let typed = {};  // by row: what differs from what the report wrote
let elsewhere = {};  // the same for rows that this page doesn't have

function state(section) {
  return {
    score: find(section, "score").value,
    bonus: find(section, "bonus").value,
    excused: find(section, "excused").checked,
    rubric: ticks(section).filter(one => one.checked).map(one => one.value),
    comment: find(section, "comment").value.trim(),
  };
}

function show(section, values) {
  find(section, "score").value = values.score;
  find(section, "bonus").value = values.bonus;
  find(section, "excused").checked = values.excused;
  find(section, "comment").value = values.comment;
  ticks(section).forEach(one => { one.checked = values.rubric.includes(one.value); });
  showRubricPoints(section);
}

const written = row => (({score, bonus, excused, rubric, comment}) =>
  ({score, bonus, excused, rubric, comment}))(row);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isEmpty = one => !(one.score || one.bonus || one.excused || one.rubric.length || one.comment);
const isMarked = one => one.score !== "" || one.bonus !== "" || one.excused || one.rubric.length;

function keep(section) {
  const row = data.rows[section.dataset.row];
  if (same(state(section), written(row))) delete typed[row.id];
  else typed[row.id] = state(section);
  save();
}

function save() {
  const kept = JSON.stringify({...elsewhere, ...typed});
  try { localStorage.setItem(storage, kept); } catch { /* a browser may refuse */ }
}

function bringBack() {
  try { elsewhere = JSON.parse(localStorage.getItem(storage)) || {}; } catch { /* none is kept */ }
  sections.forEach(section => {
    const row = data.rows[section.dataset.row], before = elsewhere[row.id];
    delete elsewhere[row.id];
    show(section, row);
    if (before && !same(before, written(row))) {
      typed[row.id] = before;
      show(section, before);
    }
  });
  const count = Object.keys(typed).length;
  const line = document.getElementById("brought");
  line.hidden = count === 0;
  line.firstElementChild.textContent = count === 1
    ? "1 mark that you typed earlier, and that is in no report yet, was brought back."
    : `${count} marks that you typed earlier, and that are in no report yet, were brought back.`;
  save();
}

function showRubricPoints(section) {  // what the ticks give, where no points are typed
  const input = find(section, "score"), ticked = ticks(section).filter(one => one.checked);
  const sum = ticked.reduce((total, one) => total + Number(one.dataset.points), 0);
  const bounded = Math.min(Number(input.max), Math.max(0, sum));
  input.placeholder = ticked.length ? bounded : input.dataset.automatic;
}

function count() {
  const open = sections.filter(section => !section.closest("details"));
  const marked = open.filter(section =>
    isMarked(state(section)) && find(section, "score").validity.valid);
  document.getElementById("count").textContent = `${marked.length} of ${open.length} are marked`;
}

function offer(section) {  // comments of the policy, and those given to the same exercise
  const exercise = data.rows[section.dataset.row].exercise;
  const comments = sections
    .filter(one => data.rows[one.dataset.row].exercise === exercise && one !== section)
    .map(one => state(one).comment);
  const own = find(section, "comment");
  const offered = [...new Set([...data.comments, ...comments])].filter(text => text);
  const buttons = offered.slice(0, 12).map(text => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      own.value = own.value.trim() ? `${own.value.trim()} ${text}` : text;
      own.dispatchEvent(new Event("input", {bubbles: true}));
    });
    return button;
  });
  section.querySelector(".offers").replaceChildren(...buttons);
}

function field(text) {  // no cell may begin as a formula does, nor what a semicolon makes one
  const sign = "[=+\\-@＝＋－＠]";
  const cells = text.replace(new RegExp(`([;\\t\\r\\n])(?=\\s*${sign})`, "g"), "$1'");
  const safe = new RegExp(`^\\s*${sign}`).test(text) ? "'" + cells : cells;
  return quoted(safe);
}
const quoted = text => `"${text.replaceAll('"', '""')}"`;

function table() {
  const lines = ["student,chapter,grade_id,title,answer,answer_id,points,automatic,"
    + "score,bonus,excused,rubric,comment"];
  sections.forEach(section => {
    const row = data.rows[section.dataset.row], now = state(section);
    if (!row.kept && isEmpty(now)) return;
    const texts = [now.excused ? "yes" : "", now.rubric.join(" | "), now.comment];
    lines.push([...row.fields.map(quoted), now.score, now.bonus, ...texts.map(field)].join(","));
  });
  return "\ufeff" + lines.join("\n") + "\n";
}

document.addEventListener("input", event => {
  const section = event.target.closest(".answer");
  if (section) {
    showRubricPoints(section);
    keep(section);
  }
  count();
});
document.addEventListener("focusin", event => {
  const section = event.target.closest(".answer");
  if (section && event.target.name === "comment") offer(section);
});
document.getElementById("forget").addEventListener("click", () => {
  typed = {};
  save();
  sections.forEach(section => show(section, data.rows[section.dataset.row]));
  document.getElementById("brought").hidden = true;
  count();
});
document.getElementById("save").addEventListener("click", () => {
  for (const section of sections) {
    for (const name of ["score", "bonus"]) {
      const input = find(section, name);
      if (input.validity.valid) continue;
      if (section.closest("details")) section.closest("details").open = true;
      input.reportValidity();
      return;
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table()], {type: "text/csv"}));
  link.download = "marks_by_hand.csv";
  link.click();
});
bringBack();
count();
