// <vitrine-machine>: a computer behind glass in any page. It holds a frame with Vitrine in it, made when it is about to be
// seen, and drives it with messages. What it takes and gives: embed.d.ts, and EMBED.md of the project.
(() => {
  "use strict";
  // Where this script came from; a module knows it only by an error's stack.
  const stack = /\w+:\/\/[^\s()]+?\/embed[^\s()/]*?\.js/.exec(new Error().stack);
  const home = document.currentScript?.src || stack?.[0] || document.baseURI;

  const words = (text) => text.split(" ");
  // Each method with the name of its first parameter, which may be given alone.
  const methods = words("play pause step:n stepEvent:kind back:n backEvent:kind seek:instruction toMoment:n setSpeed:speed setStage:stage " +
    "setTheme:theme load:link type:text getState getConsole getLink subscribe:events unsubscribe:events");
  const events = words("ready state moment event progress verdict end error");
  // Attributes that become parameters of the page's address, and those of the frame around it.
  const parameters = words("link scene moment at start end panels speed autoplay theme controls narration lock markers stage boot mem disk run date paused text");
  const frames = words("kinds width height aspect loading title base");
  const setters = { speed: "setSpeed", stage: "setStage", theme: "setTheme" }; // need no new page

  class VitrineMachine extends HTMLElement {
    static observedAttributes = [...parameters, ...frames];
    #frame = null;
    #calls = new Map(); // by id: what waits for its answer
    #next = 1;
    #later = [];   // messages until the page has answered hello
    #greeted = false;
    #greeting = 0; // the timer that says hello
    #seen = null;  // the observer that waits until it is about to be seen
    #ready = null; // fulfils the promise, until it has
    #wanted = [];  // kinds subscribed to, for another frame
    #inside = [];  // what the element held: a link, for pages without scripts
    #hear = (event) => this.#heard(event);
    state = null;

    constructor() {
      super();
      this.#await();
    }

    connectedCallback() {
      this.#size();
      window.addEventListener("message", this.#hear);
      if (this.loading === "eager" || this.#later.length) return this.#begin();
      this.#seen = new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) this.#begin(); }, { rootMargin: "300px" });
      this.#seen.observe(this);
    }

    // A frame that leaves the document loses its page; one that is moved by moveBefore does not.
    disconnectedCallback() {
      window.removeEventListener("message", this.#hear);
      this.#end("the machine was taken out of the page");
    }

    connectedMoveCallback() {}

    attributeChangedCallback(name, before, now) {
      if (before === now || !this.isConnected) return;
      if (["width", "height", "aspect"].includes(name)) this.#size();
      else if (!this.#frame || name === "loading") return;
      else if (name === "title") this.#frame.title = now;
      else if (name === "kinds") this.#subscribe();
      else if (setters[name] && now) this[setters[name]](name === "speed" ? Number(now) : now).catch(() => {});
      else {
        this.#end("the machine begins anew");
        this.#begin();
      }
    }

    // src is the address of the page that the attributes ask for.
    get src() {
      const asked = new URLSearchParams({ embed: "1" });
      for (const name of parameters) {
        const value = this.getAttribute(name);
        if (value === null) continue;
        if (name !== "link") asked.set(name, /^(true)?$/.test(value) ? "1" : value === "false" ? "0" : value);
        else if (!/[#=]/.test(value)) asked.set("r", value);
        else for (const [key, part] of new URLSearchParams(value.slice(value.indexOf("#") + 1))) if (!asked.has(key)) asked.set(key, part);
      }
      if (origin.startsWith("http")) asked.set("origin", origin);
      return new URL(`index.html#${asked}`, new URL(this.base || ".", home)).href;
    }

    #size() {
      const css = (value) => isNaN(value) ? value : `${value}px`;
      const { width, height, aspect } = this;
      Object.assign(this.style, { display: "block", maxWidth: "100%", width: css(width || "100%"),
        height: css(height || (aspect ? "auto" : 560)), aspectRatio: aspect || "auto" });
    }

    #begin() {
      this.#seen?.disconnect();
      if (this.#frame || !this.isConnected) return;
      const frame = this.#frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.allow = "fullscreen; clipboard-write";
      Object.assign(frame.style, { display: "block", width: "100%", height: "100%", border: "0" });
      frame.title = this.title || "A computer behind glass";
      frame.src = this.src;
      this.#inside = [...this.childNodes];
      this.replaceChildren(frame);
      this.#greeting = setInterval(() => this.#post({ id: 0, method: "hello" }), 200); // until it is answered
    }

    #end(why) {
      this.#seen?.disconnect();
      clearInterval(this.#greeting);
      if (this.#frame) this.replaceChildren(...this.#inside);
      this.#frame = this.state = null;
      this.#greeted = false;
      this.#later = [];
      for (const { fail } of this.#calls.values()) fail(new Error(why));
      this.#calls.clear();
      if (!this.#ready) this.#await(); // otherwise who waits goes on waiting
    }

    #await() { this.ready = new Promise((done) => { this.#ready = done; }); }

    // The page, being sandboxed, has no origin that could be named; nothing secret is said to it.
    #post(message) { this.#frame?.contentWindow?.postMessage({ vitrine: 1, ...message }, "*"); }

    #heard({ source, data }) {
      if (!this.#frame || source !== this.#frame.contentWindow || data?.vitrine !== 1) return;
      if (data.event) return this.#happened(data.event, data.data);
      if (data.id === 0) return this.#greet();
      const call = this.#calls.get(data.id);
      this.#calls.delete(data.id);
      if (data.error !== undefined) return call?.fail(new Error(data.error));
      if (call?.method.endsWith("subscribe")) this.#wanted = data.result.kinds;
      call?.done(data.result);
    }

    #greet() {
      clearInterval(this.#greeting);
      if (this.#greeted) return;
      this.#greeted = true;
      this.#subscribe();
      for (const message of this.#later.splice(0)) this.#post(message);
    }

    // Everything is listened to but what happens in the machine: kinds= or subscribe choose of that.
    #subscribe() {
      const kinds = (this.kinds || "").split(/[\s,]+/).filter(Boolean);
      this.subscribe({ events: events.filter((name) => name !== "event"), kinds: [...kinds, ...this.#wanted] })
        .catch((error) => this.#happened("error", { text: error.message }));
    }

    #happened(name, data) {
      if (name === "state" || name === "moment") this.state = data;
      if (name === "ready" && this.#ready) this.#ready = this.#ready(data);
      this.dispatchEvent(new CustomEvent(name, { detail: data }));
    }

    // call asks for a method, and gives a promise of its result.
    call(method, params = {}) {
      return new Promise((done, fail) => {
        const message = { id: this.#next++, method, params };
        this.#calls.set(message.id, { method, done, fail });
        if (this.#greeted) return this.#post(message);
        this.#later.push(message);
        if (this.isConnected) this.#begin();
      });
    }
  }

  for (const [name, first] of methods.map((method) => method.split(":"))) {
    VitrineMachine.prototype[name] = function (given = {}) {
      return this.call(name, Object(given) === given && !Array.isArray(given) ? given : { [first]: given });
    };
  }
  for (const name of VitrineMachine.observedAttributes) {
    if (name !== "title") Object.defineProperty(VitrineMachine.prototype, name, {
      get() { return this.getAttribute(name); },
      set(value) { if (value === null) this.removeAttribute(name); else this.setAttribute(name, value); },
    });
  }
  if (!customElements.get("vitrine-machine")) customElements.define("vitrine-machine", VitrineMachine);
})();
