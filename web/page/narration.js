// What is told of the scene that is open: its text at the depth that the reader wants, its moments as steps. Before any scene is
// chosen it says what this page is, and where one might begin.

const chapters = JSON.parse($("chapters").textContent); // of the article: title, url; the first is about none

// Where a stranger might begin: a question, and the scene that answers it.
const ways = [["How does a program run?", "M03"], ["Who decides whose turn it is?", "M09"], ["What does fork() copy?", "M38"]];

let chosenDepth = 0; // 1 to 3, 0 when the reader has not chosen
const littleRoom = matchMedia("(max-height: 800px), (max-width: 760px)");
const textDepth = () => chosenDepth || (littleRoom.matches ? 1 : 2);

// worded is an element with a text in which `this` is code.
function worded(kind, text) {
  const e = document.createElement(kind);
  e.append(...text.split("`").map((part, i) => i % 2 ? element("code", part) : part));
  return e;
}

// inWords puts a text into an element; an empty line begins a paragraph.
function inWords(host, text) { host.replaceChildren(...text.split(/\n\s*\n/).filter(Boolean).map((part) => worded("p", part))); }

const lessonWanted = () => embed ? shows("narration") && embed.narration > 0 : $("show-lesson").checked;
const introWanted = () => !embed && !state.kernel && !asked().has("r") && recalled("intro") !== "seen";

// showLesson shows the scene that is open, or what the page is.
function showLesson() {
  const { scene } = story, told = scene && lessonWanted(), intro = !scene && !story.fetching && introWanted();
  $("lesson").hidden = !told && !intro;
  $("theater").dataset.lesson = $("lesson").hidden ? "" : scene ? "scene" : "intro";
  $("moment-nav").hidden = !scene;
  $("list-open").classList.toggle("strong", !scene && !intro);
  $("lesson-ways").hidden = !intro;
  for (const id of ["depths", "lesson-foot", "lesson-now", "lesson-all", "lesson-article"]) $(id).hidden = !scene;
  if (scene) showScene(scene);
  else {
    document.title = "Vitrine · a computer behind glass";
    for (const id of ["lesson-why", "lesson-loose"]) $(id).hidden = true;
    crumbs("", "");
    if (intro) showIntro();
  }
  if (told) showMoment();
  settings();
  shareScene();
}

function showIntro() {
  setText("lesson-title", "A whole computer, running in this page");
  inWords($("lesson-text"), "A real PC with a small Linux-like kernel: nothing here is a film. Watch it start, type into its console, stop it at any instruction, go back.");
  const begin = ways.filter(([, id]) => sceneById(id)), first = neighbour("", 1);
  const choices = (begin.length || !first ? begin : [[first.title, first.id]]).map(([question, id]) => [question, () => chooseScene(id)]);
  $("lesson-ways").replaceChildren(...choices.map(([text, does]) => button(text, does)), button("All scenes", openList));
}

// showComing shows the title of a scene that is being fetched.
function showComing(listed) {
  crumbs(listed.chapter, listed.title);
  note(`Opening “${listed.title}” …`, { busy: true });
}

function crumbs(chapter, title) {
  setText("crumb", chapter ? `${chapter}  ${chapters[chapter].title}` : "");
  $("crumb").hidden = $("crumb-scene").hidden = !chapter;
  $("chapter").hidden = Boolean(chapter);
  setText("crumb-scene", title);
}

// showScene writes all but what belongs to a moment.
function showScene(scene) {
  const { id, title, chapter } = scene;
  document.title = `${title} · Vitrine`;
  crumbs(chapter, title);
  setText("lesson-title", title);
  showText(scene);
  for (const [part, text] of [["lesson-why", scene.why], ["lesson-loose", scene.loose]]) {
    inWords($(part).querySelector("div"), text || "");
  }
  $("article").href = chapters[chapter].url;
  setText("article", `In the article: ${chapters[chapter].title} ↗`);
  $("steps").replaceChildren(...scene.moments.map((m, n) => {
    const li = document.createElement("li");
    li.append(button(m.name, () => goMoment(n)));
    return li;
  }));
  $("dots").replaceChildren(...scene.moments.map((m, n) => {
    const dot = button("", () => goMoment(n));
    dot.title = `${n + 1}. ${m.name}`;
    dot.setAttribute("aria-label", `Moment ${n + 1} of ${scene.moments.length}: ${m.name}`);
    return dot;
  }));
  const seen = new Set((recalled("scenes") || "").split(" "));
  keep("scenes", [...seen.add(id)].filter(Boolean).slice(-99).join(" "));
}

// showText writes as much of the scene's text as is wanted; after a line of it a button gives more.
function showText(scene) {
  const depth = textDepth(), texts = [scene.brief, scene.text, scene.deep];
  inWords($("lesson-text"), texts[depth - 1] || scene.text || scene.brief);
  for (const b of $("depths").children) b.setAttribute("aria-pressed", String(Number(b.dataset.depth) === depth));
  for (const [part, text] of [["lesson-why", scene.why], ["lesson-loose", scene.loose]]) $(part).hidden = !text || depth < 2;
  $("lesson").toggleAttribute("data-brief", depth === 1);
  if (depth > 1 || !scene.text || embed) return;
  const more = button("more", () => { setDepth(2); $("lesson-body").focus({ preventScroll: true }); });
  more.className = "lesson-longer";
  more.setAttribute("aria-label", "More of the text");
  $("lesson-text").lastElementChild.append(" ", more);
}

// showMoment tells of the moment that the machine has come to. Between two of them the machine's own sentence stands there.
function showMoment() {
  const { scene, at, exact } = story;
  if (!scene) return;
  const current = Math.max(at, 0), moment = scene.moments[current], of = scene.moments.length;
  for (const [n, b] of [...$("steps").querySelectorAll("button").entries(), ...[...$("dots").children].entries()]) {
    b.toggleAttribute("data-done", n < at);
    if (n === at) b.setAttribute("aria-current", "step"); else b.removeAttribute("aria-current");
  }
  const next = scene.moments[at + 1], after = neighbour(scene.id, 1);
  $("step-before").disabled = $("moment-before").disabled = at < 0 || at === 0 && exact;
  $("moment-after").disabled = !next;
  setText("step-after", next ? `Next: ${next.name}` : after ? `Next scene: ${after.title}` : "All scenes");
  setText("step-number", String(current + 1));
  setText("step-name", at < 0 ? `Before: ${moment.name}` : exact ? moment.name : `After: ${moment.name}`);
  $("lesson-now").toggleAttribute("data-between", !exact);
  $("theater").toggleAttribute("data-later", at > 0);
  if (exact) {
    inWords($("step-text"), moment.text);
    setText("step-said", `${at + 1} of ${of}: ${moment.name}. ${moment.text.replaceAll("`", "")}`);
    $("lesson-now").scrollTop = 0;
  } else tellLive(state.story || "");
  askToPredict();
}

function momentBefore() { goMoment(story.exact ? story.at - 1 : story.at); }
function momentAfter() { goMoment(story.at + 1); }

// leadOn is the button that always leads on: to the next moment, to the next scene.
function leadOn() {
  const { scene, at } = story, after = neighbour(scene.id, 1);
  if (scene.moments[at + 1]) momentAfter();
  else if (after) chooseScene(after.id);
  else openList();
}

// tellLive shows the machine's own sentence while it stands at no moment of the scene. While it runs a sentence stays for a while.
let liveTold = 0;
function tellLive(text) {
  if (!story.scene || story.exact || state.running && performance.now() - liveTold < 700) return;
  liveTold = performance.now();
  if ($("step-text").textContent !== text) inWords($("step-text"), text);
}

function setDepth(n) {
  chosenDepth = n;
  keep("depth", n);
  if (story.scene) showText(story.scene);
}

// placeLesson puts the text into the place that the picture leaves for it, in CSS pixels; without an area it stands above the picture.
function placeLesson({ x, y, w, h }) {
  if (embed) return;
  $("theater").toggleAttribute("data-placed", w > 0 && h > 0);
  for (const [name, v] of [["x", x], ["y", y], ["w", w], ["h", h]]) $("theater").style.setProperty(`--story-${name}`, `${v}px`);
}

// Until the picture says so, or where there is none, the place follows from the window's width.
const wideEnough = matchMedia("(min-width: 1100px)");
function placeByWidth() { if (!state.canvas) $("theater").toggleAttribute("data-placed", wideEnough.matches && !embed); }

function wireLesson() {
  chosenDepth = embed ? Math.min(Math.max(embed.narration, 1), 3) || 2 : Number(/^[123]$/.exec(recalled("depth")) || 0);
  littleRoom.addEventListener("change", () => { if (story.scene) showText(story.scene); });
  for (const b of $("depths").children) b.onclick = () => setDepth(Number(b.dataset.depth));
  $("moment-before").onclick = $("step-before").onclick = momentBefore;
  $("moment-after").onclick = momentAfter;
  $("step-after").onclick = leadOn;
  $("lesson-close").onclick = () => {
    if (story.scene) $("show-lesson").click(); // the settings have it
    else keep("intro", "seen");
    showLesson();
    $("list-open").focus({ preventScroll: true });
  };
  $("lesson").addEventListener("keydown", (event) => {
    if (!event.target.matches("summary, a") && event.key !== " ") machineKey(event);
  });
  wideEnough.addEventListener("change", placeByWidth);
  placeByWidth();
  const band = new ResizeObserver(() => document.documentElement.style.setProperty("--band", `${$("machine").offsetTop}px`));
  for (const id of ["theater", "lesson"]) band.observe($(id));
}
