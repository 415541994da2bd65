// Branches: typing in the past begins a new future, and the old one is kept.

const branches = { list: [], cur: 0 };

// branched is told of every picture's branches; it says so when a new one has begun.
function branched({ branches: list, branch: cur }) {
  const before = branches.list, known = JSON.stringify([before.map((b) => [b.name, b.from, b.parent]), branches.cur]);
  branches.list = list;
  branches.cur = cur;
  if (before.length && list.length > before.length && cur !== before.length - 1) say("A new branch begins here; the old future is kept.");
  if (known === JSON.stringify([list.map((b) => [b.name, b.from, b.parent]), cur])) return;
  $("branches-open").hidden = list.length < 2;
  setText("branches-open", `${list.length} branches`);
  if (!$("branches").hidden) listBranches();
}

// depth is how many branches a branch came from.
function depth(i) {
  let n = 0;
  for (let p = branches.list[i].parent; p >= 0 && n < 8; p = branches.list[p].parent) n++;
  return n;
}

// inOrder lists each branch behind the one that it came from.
function inOrder(parent = -1) {
  const own = branches.list.map((b, i) => i).filter((i) => branches.list[i].parent === parent);
  return own.sort((a, b) => branches.list[a].from - branches.list[b].from).flatMap((i) => [i, ...inOrder(i)]);
}

function branchButton(text, title, does, off) {
  const b = document.createElement("button");
  b.type = "button"; b.textContent = text; b.title = title; b.className = "small"; b.disabled = off;
  b.setAttribute("aria-label", title);
  b.onclick = does;
  return b;
}

function listBranches() {
  if (document.activeElement.closest("#branches input")) return; // a name is being written
  const focused = document.activeElement.closest("#branch-list button");
  const place = focused && [...$("branch-list").querySelectorAll("button")].indexOf(focused);
  $("branch-list").replaceChildren(...inOrder().map((i) => {
    const b = branches.list[i], item = document.createElement("li"), name = document.createElement("input"), about = document.createElement("span");
    item.className = `depth${Math.min(depth(i), 4)}`;
    name.value = b.name; name.maxLength = 60; name.setAttribute("aria-label", `Name of ${b.name}`);
    name.onchange = () => { command({ kind: "rename", n: i, text: name.value }); name.blur(); };
    name.onkeydown = (event) => { if (event.key === "Enter") name.blur(); };
    about.className = "quiet";
    about.textContent = `${b.parent < 0 ? "from power-on" : `from ${ms(b.from)}`} to ${ms(b.end)}`;
    const here = i === branches.cur, parent = branches.list.some((o) => o.parent === i);
    if (here) item.setAttribute("aria-current", "true");
    item.append(name, branchButton(here ? "here" : "go", here ? "the present branch" : `Go to the end of ${b.name}`, () => travels({ kind: "branch", n: i }), here),
      branchButton("forget", parent ? "Another branch came from this one" : here ? "The present branch cannot be forgotten" : `Forget ${b.name}`, () => command({ kind: "forget", n: i }), here || parent), about);
    return item;
  }));
  if (focused) { const list = $("branch-list").querySelectorAll("button"); if (list[place]) list[place].focus(); }
}

function wireBranches() { pop($("branches-open"), $("branches"), listBranches); }
