// Two moments side by side: one is marked as A, the other is the present one.

function mark() {
  if (!state.twin) return;
  state.mark = { now: state.twin.timeline.now, count: $("count").textContent };
  setText("marked", `A is at ${state.mark.count}. Go to another moment and compare.`);
  $("compare").disabled = false;
}

function compare() {
  stand($("compare").parentNode.parentNode);
  question({ kind: "compare", at: state.mark.now }, "Comparing …");
}

// table is a part of a comparison, with its title.
function table({ title, head, rows, more, frame }) {
  const box = document.createElement("details"), wide = document.createElement("div"), t = document.createElement("table");
  const line = (cells, kind) => {
    const tr = document.createElement("tr");
    tr.append(...cells.map((text) => element(kind, text)));
    t.append(tr);
    return tr;
  };
  box.className = "difference";
  box.open = rows.length <= 12;
  box.append(element("summary", `${title} (${rows.length + more})`));
  line(head, "th");
  rows.forEach((row, i) => {
    const tr = line(row, "td");
    if (frame) tr.lastChild.append(" ", button("bytes", () => question({ kind: "compare", at: state.mark.now, frame: frame[i] }, "Comparing …")));
  });
  wide.className = "scrolls";
  wide.append(t);
  box.append(wide);
  if (more) box.append(element("p", `and ${more} more`));
  return box;
}

function wireCompare() {
  $("mark").onclick = mark;
  $("compare").onclick = compare;
}
