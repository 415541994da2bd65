// A lesson's program as a teacher would write it: it must compile. What must not stands behind @ts-expect-error.
import type { Message, Request, State, VitrineMachine } from "../../embed";

const pc = document.querySelector("vitrine-machine")!;
const made: VitrineMachine = document.createElement("vitrine-machine");
made.stage = "walk";
made.lock = true;
const stage: string | null = made.stage;

async function lesson(): Promise<State> {
  const { methods, kinds } = await pc.ready;
  console.log(methods.includes("seek"), kinds.length, stage);
  await pc.step(3);
  await pc.back({ n: 2 });
  await pc.stepEvent("cow");
  await pc.seek({ now: 12 });
  await pc.seek(1000);
  await pc.load({ file: new Uint8Array(3) });
  await pc.subscribe({ kinds: ["cow", "fork"] });
  pc.addEventListener("event", ({ detail }) => console.log(detail.kind, detail.data.from));
  pc.addEventListener("verdict", ({ detail }) => console.log(detail.verdict === "verified"));
  pc.addEventListener("click", (event) => console.log(event.type));
  const { url } = await pc.getLink();
  console.log(url.length, (await pc.getConsole()).text);
  // @ts-expect-error: no such diagram
  await pc.setStage("nowhere");
  // @ts-expect-error: a moment is a number
  await pc.seek("soon");
  // @ts-expect-error: type needs its text
  await pc.type();
  const state = await pc.getState();
  console.log(state.registers.rip, state.task?.name, state.timeline.branches[0]);
  return state;
}

const request: Request = { vitrine: 1, id: 7, method: "step", params: { n: 2 } };
// @ts-expect-error: another method's parameter
const wrong: Request = { vitrine: 1, id: 7, method: "step", params: { text: "" } };

function heard(message: Message) {
  if ("event" in message && message.event === "moment") console.log(message.data.instruction);
  else if ("error" in message) console.log(message.error);
}

export { heard, lesson, request, wrong };
