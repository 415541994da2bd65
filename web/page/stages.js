// What is on stage: a menu of the diagrams, each with a small picture and what it answers.

// Of each diagram: the lines of its picture, in a square of 20, and what it shows.
const stageFaces = {
  machine: ["M3 4h6v6H3zM12 4h5v6h-5zM3 13h14v3H3zM9 7h3", "every part at once"],
  instructions: ["M4 5h12M4 8.5h7M4 12h9M4 15.5h6M14.5 10.5l2.5 1.5-2.5 1.5", "what the CPU executes, byte by byte"],
  rings: ["M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 1 0 0-15M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7M10 2.5v4", "programs, the kernel, the doors between"],
  time: ["M3 5h6M9 9.5h5M5 14h4M14 14h3M9 3v13", "who has the CPU, and for how long"],
  walk: ["M3 4h3v3H3zM8.5 8.5h3v3h-3zM14 13h3v3h-3zM6 5.5h4v3M11.5 10h4v3", "how an address finds its memory"],
  memory: ["M3 3h4v4H3zM8 3h4v4H8zM13 3h4v4h-4zM3 8h4v4H3zM8 8h4v4H8zM13 8h4v4h-4zM3 13h4v4H3zM8 13h4v4H8z", "whose each frame of memory is"],
  cow: ["M3 4h5v12H3zM12 4h5v12h-5zM8 7h4M8 13l4-2", "two processes, the pages they share"],
  exec: ["M4 3h7l4 4v10H4zM11 3v4h4M7 11h5M7 14h5", "how a file becomes a running program"],
  boot: ["M10 3v7M6 5.5a6 6 0 1 0 8 0", "from power-on to the prompt"],
  processes: ["M8 3h4v3.5H8zM3 13h4v3.5H3zM13 13h4v3.5h-4zM10 6.5V10M5 13v-3h10v3", "the tree, open files, pipes, signals"],
  console: ["M3 4h14v12H3zM6 8l2.5 2L6 12M10.5 12.5H14", "the terminal, large"],
};

const faceOf = (id) => stageFaces[id] || [stageFaces.machine[0], ""];
const stageName = (s) => s.id === "machine" ? "The whole machine" : s.title;

// iconOf is the small picture of a diagram.
function iconOf(id) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", faceOf(id)[0]);
  svg.append(path);
  return svg;
}

function setStage(id) {
  if (locked() && state.begun) id = state.stage;
  state.stage = stages.some((s) => s.id === id) ? id : "machine";
  for (const b of $("stages").children) b.setAttribute("aria-pressed", String(b.dataset.stage === state.stage));
  setText("stage-name", stageName(stages.find((s) => s.id === state.stage)));
  $("stage-icon").setAttribute("d", faceOf(state.stage)[0]);
  slow();
  settings();
}

function wireStages() {
  let close = () => {};
  for (const s of stages) {
    const b = button("", () => { setStage(s.id); close(); $("stage-open").focus({ preventScroll: true }); }), words = document.createElement("span");
    b.dataset.stage = s.id;
    words.append(element("b", stageName(s)), element("span", faceOf(s.id)[1]));
    b.append(iconOf(s.id), words);
    $("stages").append(b);
  }
  close = pop($("stage-open"), $("stages"), () => $("stages").querySelector("[aria-pressed=true]").focus({ preventScroll: true }));
  $("stages").addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...$("stages").children], at = all.indexOf(document.activeElement);
    all[(at + by + all.length) % all.length].focus();
  });
}
