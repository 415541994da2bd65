// Run until, and back until: the CPU comes to an address, something is written, a register changes.

const untilLabels = { break: "address or symbol", write: "address, and how many bytes", register: "which register" };
const untilHints = { break: "cow:main, or 401136", write: "7ffff7ff8000 8", register: "rax" };

function untilKind() {
  const kind = $("until-kind").value;
  $("until-label").textContent = untilLabels[kind];
  $("until-what").placeholder = untilHints[kind];
  setText("until-problem", "");
}

// until asks the machine where that is, and runs there.
async function until(direction) {
  const kind = $("until-kind").value, [what, length] = $("until-what").value.trim().split(/[\s,]+/);
  setText("until-problem", "");
  try {
    if (!what) throw new Error("Say what to wait for.");
    const text = `${kind} ${what}${kind === "write" && length ? ` ${length}` : ""}`;
    await ask({ kind: "aim", text });
    closeUntil();
    travels({ kind: direction, text });
  } catch (error) {
    setText("until-problem", error.message);
  }
}

let closeUntil = () => {};

function wireUntil() {
  closeUntil = pop($("until-open"), $("until-panel"), () => { untilKind(); $("until-what").focus(); });
  $("until-kind").onchange = untilKind;
  onSubmit($("until-panel"), () => until("until"));
  $("until-back").onclick = () => until("backuntil");
}
