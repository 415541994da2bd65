// The disk, in the machine's thread: an index, and chunks that are fetched as the guest reads them. What the boot reads comes
// first, in one piece, and the chunks around that when the machine rests; with a chunk that was asked for come its neighbours, and
// what a program reads that is known to have read it.
"use strict";

const atOnce = 6;      // downloads that nobody waits for yet
const neighbours = 2;  // fetched ahead with a chunk that was asked for
const patience = 2;    // failures of one chunk after which the reader is told
const silent = 30000;  // ms after which a download counts as failed; each time for twice as long

class Disk {
  // fetchPacked fetches and unpacks a file; take is given a chunk and says whether it is the right one; tell hears {pending,
  // problem} when one of them changes.
  constructor(file, index, fetchPacked, take, tell) {
    Object.assign(this, { file, index, fetchPacked, take, tell, here: new Set(), coming: new Map(), ahead: [], early: [], asked: -1, problem: "", hurry: null, first: null, rested: false });
    if (![index.sums, index.boot, index.runs].every(Array.isArray)) throw new Error(`${file.url}: not the index of a disk`);
    if (index.first && !file.parts) this.first = this.fetchFirst();
    else this.queue(index.boot);
    self.addEventListener("online", () => { if (this.hurry) this.hurry(); });
  }

  // opened hands over what came before the machine was there.
  opened(take) {
    this.take = take;
    for (const [n, content] of this.early.splice(0)) {
      if (take(n, content)) continue;
      this.here.delete(n);
      this.queue(n < 0 ? this.index.boot : [n]);
    }
  }

  // fetchFirst gets what the boot reads, of which the chunks are a few times as large. They are all that is needed when it fails.
  async fetchFirst() {
    try {
      const content = new Uint8Array(await (await this.fetchPacked({ url: this.address(`chunks/${this.index.first.sum}.gz`) }, "disk", undefined, { signal: AbortSignal.timeout(silent) })).arrayBuffer());
      if (!this.take) this.early.push([-1, content]);
      else if (!this.take(-1, content)) throw new Error("damaged");
    } catch { this.queue(this.index.boot); }
    this.first = null;
  }

  // rest is called when the machine has nothing to do: what is likely to be read next is fetched.
  rest() {
    if (this.rested) return;
    this.rested = true;
    this.queue(this.index.boot);
  }

  queue(list) {
    for (const n of list) if (this.index.sums[n] && !this.here.has(n) && !this.coming.has(n)) this.ahead.push(n);
    this.pump();
  }

  pump() {
    while (this.coming.size < atOnce && this.ahead.length) {
      const n = this.ahead.shift();
      if (!this.here.has(n) && !this.coming.has(n)) this.fetch(n, 0).catch(() => {}); // whoever needs it asks again
    }
  }

  // demand fetches a chunk until it is there, however long that takes.
  async demand(n) {
    if (this.first) { await this.first; return; } // it may be in there
    this.asked = n;
    this.queue(this.with(n));
    for (let failures = 0; !this.here.has(n); ) {
      try {
        await (this.coming.get(n) || this.fetch(n, failures));
      } catch (error) {
        if (++failures >= patience) this.say(`The disk cannot be read: ${error.message || error}`);
        await this.pause(Math.min(250 * 2 ** failures, 10000));
      }
    }
    this.asked = -1;
    this.say("");
  }

  // with is what will be asked for next: a program's chunks when only that one reads n.
  with(n) {
    const runs = this.index.runs.filter((run) => run.includes(n));
    return [n, ...Array.from({ length: neighbours }, (_, i) => n + 1 + i), ...(runs.length === 1 ? runs[0] : [])];
  }

  pause(ms) { return new Promise((done) => { this.hurry = done; setTimeout(done, ms); }); }

  // address is where a chunk is: beside the index, or in the page when that is one file.
  address(name) {
    if (!this.file.parts) return new URL(name, this.file.url).href;
    return this.file.parts[name] && URL.createObjectURL(this.file.parts[name]);
  }

  // fetch gets one chunk. What was wrong once is not taken from the browser's cache again.
  fetch(n, failures) {
    const url = this.address(`chunks/${this.index.sums[n]}.gz`);
    if (!url) return Promise.reject(new Error("the page as one file does not have this part of the disk"));
    const how = { cache: failures ? "reload" : "default", signal: AbortSignal.timeout(silent * 2 ** failures) };
    const work = this.fetchPacked({ url }, "disk", undefined, how).then((r) => r.arrayBuffer()).then((buffer) => {
      const content = new Uint8Array(buffer);
      if (!this.take) this.early.push([n, content]);
      else if (!this.take(n, content)) throw new Error(`${url}: its content is not what its name says`);
      this.here.add(n);
    }).finally(() => { if (this.file.parts) URL.revokeObjectURL(url); this.coming.delete(n); this.pump(); this.report(); });
    this.coming.set(n, work);
    this.report();
    return work;
  }

  say(problem) {
    this.problem = problem;
    this.report();
  }

  report() { this.tell({ pending: this.coming.size, waiting: this.asked >= 0, problem: this.problem }); }
}
