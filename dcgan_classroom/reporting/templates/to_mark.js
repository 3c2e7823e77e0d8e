// Counts what is marked, and writes the table that `report --marks` reads. Nothing is sent.
const rows = JSON.parse(document.getElementById("rows").textContent);
const answers = [...document.querySelectorAll(".answer")];
const points = answers.map(answer => answer.querySelector("input"));
const comments = answers.map(answer => answer.querySelector("textarea"));
let unsaved = false;

function count() {
  const marked = points.filter(input => input.value !== "" && input.validity.valid).length;
  document.getElementById("count").textContent = `${marked} of ${rows.length} are marked`;
}

function field(text) {  // no cell may begin as a formula does
  const safe = /^\s*[=+\-@＝＋－＠]/.test(text) ? "'" + text : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function table() {
  const lines = ["student,chapter,grade_id,title,answer,points,score,comment"];
  rows.forEach((row, at) => {
    const own = [points[at].value, comments[at].value.trim()];
    lines.push([...row.map(text => `"${text.replaceAll('"', '""')}"`), ...own.map(field)].join(","));
  });
  return "\ufeff" + lines.join("\n") + "\n";
}

document.addEventListener("input", () => { unsaved = true; count(); });
window.addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });
document.getElementById("save").addEventListener("click", () => {
  const wrong = points.find(input => !input.reportValidity());
  if (wrong) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table()], {type: "text/csv"}));
  link.download = "marks_by_hand.csv";
  link.click();
  unsaved = false;
});
count();
