// The lesson's own script: what a teacher would write around the machines.
"use strict";
const $ = (id) => document.getElementById(id);

// Under each machine stands the line that made it.
for (const machine of document.querySelectorAll("vitrine-machine")) {
  const line = document.createElement("pre"), code = document.createElement("code");
  const attributes = [...machine.attributes].filter((a) => a.name !== "style" && (a.name !== "id" || machine.closest("figure").querySelector("output")));
  code.textContent = `<vitrine-machine ${attributes.map((a) => a.value ? `${a.name}="${a.value.replace(/&/g, "&amp;")}"` : a.name).join(" ")}></vitrine-machine>`;
  line.className = "code line";
  line.tabIndex = 0;
  line.setAttribute("aria-label", "The line that made it");
  line.append(code);
  machine.closest("figure").append(line);
}

// Light or dark, for the page and all that is in it.
const dark = matchMedia("(prefers-color-scheme: dark)");
function paint(name) {
  document.documentElement.dataset.theme = name;
  for (const machine of document.querySelectorAll("vitrine-machine")) machine.theme = name;
}
document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
$("theme").onclick = () => paint(document.documentElement.dataset.theme === "dark" ? "light" : "dark");

// The machine that the buttons drive. One after the other: a button waits until the machine is where it was sent.
const driven = $("driven");
function leads(id, way) {
  $(id).onclick = async () => {
    for (const button of document.querySelectorAll(".buttons button")) button.disabled = true;
    try {
      const { instruction, registers, story } = await way();
      $("told").textContent = `${story} Instruction ${instruction.toLocaleString("en")}, RIP ${registers.rip}.`;
    } catch (error) {
      $("told").textContent = error.message;
    }
    for (const button of document.querySelectorAll(".buttons button")) button.disabled = false;
    $(id).focus({ preventScroll: true });
  };
}
leads("copy-back", () => driven.backEvent("cow"));
leads("copy-on", () => driven.stepEvent("cow"));
leads("one-back", () => driven.back());
leads("one-on", () => driven.step());

// The machine that tells: the last twelve happenings become rows of the table.
$("telling").addEventListener("event", ({ detail }) => {
  const row = document.createElement("tr");
  const numbers = Object.entries(detail.data).map(([name, value]) => `${name} ${value}`).join(", ");
  for (const text of [`${(detail.now / 1e5).toFixed(2)} ms`, detail.task || "", detail.text, numbers]) {
    const cell = document.createElement("td");
    cell.textContent = text;
    row.append(cell);
  }
  const rows = $("happened");
  if (!rows.dataset.told) rows.replaceChildren();
  rows.dataset.told = "1";
  rows.append(row);
  while (rows.children.length > 12) rows.firstChild.remove();
});
