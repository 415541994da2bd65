// Files of the reader's, dropped on the page or chosen: told apart by what they contain.

const latin = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

// fileKind is "link" (.vitrine), "address" (a text with a link in it), "kernel", "program", or "" for anything else.
function fileKind(bytes) {
  if (latin(bytes, 0, 8) === "vitrine\n") return "link";
  if (kindOf(bytes)) return "kernel";
  const begin = latin(bytes, 0, 4);
  if (begin.startsWith("#!") || begin === "\x7fELF") return "program";
  return bytes.length < 65536 && linkIn(new TextDecoder().decode(bytes)) ? "address" : "";
}

const readFiles = (list) => Promise.all([...list].map(async (f) => ({ name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) })));

// openFiles opens what was dropped: a kernel with its initrd, a moment, a program, or the image of a disk.
async function openFiles(list) {
  const dropped = await readFiles(list);
  const kinds = dropped.map((f) => fileKind(f.bytes));
  const first = dropped[0];
  if (kinds.includes("kernel") || dropped.length === 2 && !kinds.some((k) => k === "link")) { chooseAmong(dropped); return; }
  if (dropped.length > 1) { note("One file at a time, please, or a kernel with its initrd."); return; }
  switch (kinds[0]) {
    case "link": openLink({ file: first.bytes, name: first.name }); break;
    case "address": openLink({ link: linkIn(new TextDecoder().decode(first.bytes)) }); break;
    default: runProgram(first);
  }
}

// runProgram has a fresh machine run a file at its first prompt. What it is and why it cannot be run, the machine says.
function runProgram(program) {
  note(`Running ${program.name} …`, { busy: true });
  startWorker({ program });
}

// isDisk tells the image of a disk by its file system or its first sector, as the machine does.
const isDisk = ({ bytes }) => fileKind(bytes) !== "program" && (bytes[1080] === 0x53 && bytes[1081] === 0xef || bytes.length % 512 === 0 && bytes[510] === 0x55 && bytes[511] === 0xaa);

function programStarted(program) {
  if (isDisk(program)) note(`${program.name} is the second disk of a fresh machine, /dev/sdb, and mounted on /mnt.`);
  else note(`${program.name} is on the disk of a fresh machine, in /root. A link of any moment of it carries it along while it is small; a file always.`);
}

function programRefused(program, why) { note(`${program.name}: ${why}.`); }
