// The transport: playing, stepping, speed.

const play = () => command({ kind: state.running ? "pause" : "play" });
const stepEvent = () => command({ kind: "event", text: $("kinds").value });
function toggleHelp() {
  $("help-text").hidden = !$("help-text").hidden;
  $("help").setAttribute("aria-expanded", String(!$("help-text").hidden));
}

// At full speed the machine is held for a moment at what the diagram on stage is about, unless the reader does not want it.
function slow() {
  const stage = stages.find((s) => s.id === state.stage);
  $("slow-label").hidden = !stage.slow;
  $("slow-what").textContent = stage.slow;
  if (state.worker) command({ kind: "slow", mask: stage.slow && $("slow").checked ? stage.kinds : 0, n: stage.ms });
}

// setSpeed is the API's: instructions per second, 0 full speed. The control shows the nearest that it knows.
function setSpeed(n) {
  $("speed").value = n === 0 ? 100 : Math.min(Math.max(Math.log10(n) / 7.2 * 100, 0), 99);
  command({ kind: "speed", n });
}

// The speed control is logarithmic: 1 instruction a second to 10 million, then full speed.
function speed() {
  const v = Number($("speed").value);
  command({ kind: "speed", n: v >= 100 ? 0 : Math.round(10 ** (v / 100 * 7.2)) });
}
