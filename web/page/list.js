// The list of scenes: by chapter of the article, with pictures made from the real runs.

function openList() {
  hush();
  fillList();
  if (!$("list").open) $("list").showModal();
  const here = $("list-body").querySelector("[aria-current]") || $("list-body").querySelector("a");
  if (here) { here.focus({ preventScroll: true }); here.scrollIntoView({ block: "nearest" }); }
}

function closeList() { if ($("list").open) $("list").close(); }

// fillList is called each time: the theme, what was seen and which scene is open may be others.
function fillList() {
  const seen = new Set((recalled("scenes") || "").split(" ")), shown = shownScenes;
  const count = shown.filter((s) => seen.has(s.id)).length;
  setText("list-said", `${shown.length} scenes${count ? `, ${count} of them seen` : ""}`);
  const parts = [machineCard()];
  for (const [n, chapter] of chapters.entries()) {
    const own = shown.filter((s) => s.chapter === n);
    if (!own.length) continue;
    const section = document.createElement("section"), head = document.createElement("h3"), cards = document.createElement("ul");
    head.append(element("span", String(n)), ` ${chapter.title}`);
    cards.append(...own.map((s) => card(s, seen.has(s.id))));
    section.append(head, cards);
    parts.push(section);
  }
  $("list-body").replaceChildren(...parts);
}

// entry is a link to a scene, an ordinary one: it can be opened in a tab of its own.
function entry(id) {
  const a = document.createElement("a");
  a.href = `#scene=${id}`;
  a.className = "list-entry";
  a.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    closeList();
    document.activeElement.blur(); // the button that opened the list: what is left of the Enter key would open it again
    chooseScene(id);
  };
  return a;
}

function card(scene, seen) {
  const li = document.createElement("li"), a = entry(scene.id), picture = document.createElement("img"), words = document.createElement("span");
  Object.assign(picture, { loading: "lazy", width: 680, height: 460, alt: "", src: pictureOf(scene.id, "-small") });
  words.className = "list-words";
  words.append(element("b", scene.title), worded("span", scene.brief));
  if (seen) { const mark = element("i", "seen"); mark.className = "list-seen"; words.append(mark); }
  if (story.scene && story.scene.id === scene.id) a.setAttribute("aria-current", "true");
  a.append(picture, words);
  li.append(a);
  return li;
}

function machineCard() {
  const a = entry("machine");
  a.classList.add("list-machine");
  a.append(element("b", "Just the machine"), element("span", "A prompt and every part, nothing told. Type what you like; drop your own programs or kernels on the page."));
  return a;
}

// listKey goes with the arrow keys to the nearest entry in a direction.
function listKey(event) {
  const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] || [];
  const from = event.target.closest(".list-entry");
  if (dx === undefined || !from) return;
  event.preventDefault();
  const middle = (e) => { const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
  const [x, y] = middle(from);
  let best = null, least = Infinity;
  for (const e of $("list-body").querySelectorAll(".list-entry")) {
    const [ex, ey] = middle(e), along = (ex - x) * dx + (ey - y) * dy, aside = Math.abs((ex - x) * dy) + Math.abs((ey - y) * dx);
    if (along < 8 || dx && aside > 40) continue;
    const far = along + aside * 2;
    if (far < least) { least = far; best = e; }
  }
  if (best) best.focus();
}

function wireList() {
  $("list-open").onclick = openList;
  $("list-close").onclick = closeList;
  $("list").addEventListener("keydown", listKey);
  $("list").addEventListener("pointerdown", (event) => { if (besideDialog($("list"), event)) closeList(); });
}
