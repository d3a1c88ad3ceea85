/* The consent banner of Riserbo (Apache License 2.0). Documentation: docs/banner.md.
   It is served as it is written, with the catalogue of GET /v1/cookies at its end. */
/* version */
(function (carried) {
  "use strict";

  if (window.riserbo) return;

  // Google's tags read this queue: until a yes they may use nothing.
  window.dataLayer = window.dataLayer || [];
  function gtag() {
    window.dataLayer.push(arguments);
  }
  const GRANTED = "granted";
  const DENIED = "denied";
  gtag("consent", "default", {
    ad_storage: DENIED,
    ad_user_data: DENIED,
    ad_personalization: DENIED,
    analytics_storage: DENIED,
    functionality_storage: DENIED,
    personalization_storage: DENIED,
    security_storage: GRANTED,
  });

  const KEY = "riserbo";
  const own = document.currentScript || document.querySelector('script[src*="/v1/sdk"]');
  const base = own.src.replace(/\/v1\/sdk[^/]*$/, "");
  const signal = navigator.globalPrivacyControl;
  const rules = { createScript: (text) => text, createScriptURL: (url) => url };
  const policy = window.trustedTypes ? window.trustedTypes.createPolicy(KEY, rules) : rules;

  let catalogue = null; // the answer of GET /v1/cookies, with `evidence` by locale
  let locale = "";
  let state = null; // what was chosen in this browser; null before a first choice

  // ---- What the browser remembers

  function token() {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  // Takes over what another tab wrote. Where storage is refused, this page remembers alone.
  function refresh() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      const entries = Object.values(found.decisions);
      const dates = [found, ...entries].map((one) => Date.parse(one.at) - Date.now());
      const sound = found.visitor.length > 21 && found.waiting.length >= 0;
      // A choice from days ahead would never end.
      if (sound && dates.every((one) => one < 864e5) && entries.every((one) => one.version)) state = found;
    } catch {}
  }

  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
    } catch {}
  }

  // ---- What is allowed

  const kindOf = (id) => catalogue.classes.find((one) => one.id === id);
  const asking = () => catalogue.classes.filter((one) => !one.exempt);
  const purposes = () => [...new Set(asking().flatMap((one) => one.purposes))];
  const signalled = (purpose) => signal && catalogue.signal?.purposes.includes(purpose);

  // True when a length of time, such as {"months": 6}, has passed since an instant.
  function over(instant, { years = 0, months = 0, days = 0 }) {
    const date = new Date(instant);
    const day = date.getUTCDate();
    date.setUTCMonth(date.getUTCMonth() + years * 12 + months);
    if (date.getUTCDate() !== day) date.setUTCDate(0); // that month has no 31st: its last day
    return date.getTime() + days * 864e5 <= Date.now();
  }

  // What versions after the one that was agreed to ("2026-11-01", or "2026-11-01.2") changed.
  function since(purpose, changes) {
    const order = (version) => version.split(".").map((part) => part.padStart(10, "0")).join();
    const agreed = order(state.decisions[purpose].version);
    return catalogue.purposes[purpose][changes].filter((one) => order(one.version) > agreed);
  }

  const additions = (purpose) => since(purpose, "asks_since");

  // How a purpose stands: granted, denied, ended (a yes whose time is over), widened (a yes to less
  // than the notice says now) or open.
  function standing(purpose) {
    const said = state?.decisions[purpose];
    if (!said) return "open";
    if (said.decision !== GRANTED || (signalled(purpose) && !(said.at >= state.signal_at))) return DENIED;
    // A yes from before a version that lets it hold longer still ends at its first date.
    const times = [{ lasts: catalogue.purposes[purpose].consent_lasts }, ...since(purpose, "consent_lasted")];
    if (times.some(({ lasts }) => lasts && over(said.at, lasts))) return "ended";
    return additions(purpose).length ? "widened" : GRANTED;
  }

  // True where what an id names, a class of cookies or a purpose, may be done now.
  function allowed(id) {
    const kind = kindOf(id);
    if (kind) return kind.exempt || kind.purposes.every((one) => standing(one) === GRANTED);
    const purpose = Object.hasOwn(catalogue.purposes, id) && catalogue.purposes[id];
    return Boolean(purpose) && (!purpose.needs_consent || standing(id) === GRANTED);
  }

  // What to ask now: purposes, why again, what is new; null for nothing.
  function question() {
    const all = purposes();
    if (!state) return { all, why: [], added: [] };
    const { ask_again = { months: 6 } } = catalogue.banner;
    if (over(state.at, ask_again)) return { all, why: ["again_time"], added: [] };
    const those = (how) => all.filter((one) => standing(one) === how);
    const why = ["ended", "widened"].filter((how) => those(how).length);
    const added = those("widened").flatMap(additions).flatMap((one) => one.new);
    return why.length ? { all: why.flatMap(those), why: why.map((how) => "again_" + how), added } : null;
  }

  // ---- What the person decides

  // Records {purpose: true or false} in the browser at once, and sends it.
  function decide(yes, source) {
    const at = new Date().toISOString();
    refresh();
    const first = !state || undefined; // what is undefined is not sent
    state ||= { format: 1, visitor: token(), at, decisions: {}, waiting: [] };
    if (signal && !state.signal_at) state.signal_at = at;
    if (source !== "signal") state.at = at;
    const decisions = {};
    for (const purpose of Object.keys(yes)) {
      decisions[purpose] = yes[purpose] ? GRANTED : DENIED;
      state.decisions[purpose] = { decision: decisions[purpose], at, version: catalogue.version };
    }
    const message = { notice_version: catalogue.version, decisions, source, locale, event_id: token(), first };
    state.waiting = [...state.waiting, { ...message, evidence: catalogue.evidence[locale] }].slice(-20);
    keep();
    send();
    if (dialog || layer) tell(words("saved"));
    apply(true);
    close();
  }

  // "Accept all" says nothing of what the browser's signal refuses: the signal decides that.
  function decideAll(yes, ids) {
    const own = ids.filter((one) => !yes || !signalled(one));
    const said = own.length ? own.map((one) => [one, yes]) : ids.map((one) => [one, false]);
    decide(Object.fromEntries(said), "banner");
  }

  // A signal that came after a yes takes it back.
  function heedSignal() {
    if (!signal || !state || state.signal_at) return;
    const said = Object.entries(state.decisions).filter(([one, { decision }]) => signalled(one) && decision === GRANTED);
    if (said.length) decide(Object.fromEntries(said.map(([one]) => [one, false])), "signal");
  }

  // ---- Sending: in order, one message at a time

  let sending = false;
  let pause = 0;

  async function send() {
    if (sending || !state?.waiting.length) return;
    sending = true;
    // One tab at a time; a message that two of them sent would still count once.
    await (navigator.locks ? navigator.locks.request(KEY, drain) : drain()).catch(() => {});
    sending = false;
  }

  async function drain() {
    for (refresh(); state.waiting.length; refresh()) {
      const [message] = state.waiting;
      const wait = Date.parse(state.not_before) - Date.now();
      if (wait > 0) return setTimeout(send, wait);
      const answer = await fetch(base + "/v1/consents", {
        method: "POST",
        keepalive: true,
        credentials: "omit",
        headers: { "Content-Type": "application/json", "Riserbo-Visitor": state.visitor },
        body: JSON.stringify(message),
      }).catch(() => null);
      if (!answer && !pause) console.warn(`Riserbo: ${base} is away, or its CorsOrigins lacks ${location.origin}`);
      if (!answer || answer.status >= 500 || [408, 409, 429].includes(answer.status)) {
        const asked = answer && Number(answer.headers.get("Retry-After"));
        pause = Math.min(pause * 2 || 2e3, 3e5);
        if (!asked) return setTimeout(send, pause * (0.5 + Math.random() / 2));
        refresh();
        state.not_before = new Date(Date.now() + asked * 1e3).toISOString();
        keep();
        continue;
      }
      pause = 0;
      const said = answer.ok && (await answer.json().catch(() => null));
      refresh();
      state.waiting = state.waiting.filter((one) => one.event_id !== message.event_id);
      if (said && !state.waiting.length) heed(said.standing || {}, message.decisions);
      keep();
      apply();
    }
  }

  // Takes over what the service says stands. It never turns a no that was just said into a yes.
  function heed(stands, sent) {
    for (const purpose of purposes().filter((one) => Object.hasOwn(stands, one))) {
      const { decision, recorded, decided_at: at, notice_version: version } = stands[purpose];
      const yes = decision === GRANTED;
      const was = state.decisions[purpose];
      // A yes that ended or is too narrow is no refusal: `standing` finds out by itself.
      const settled = yes ? sent[purpose] === DENIED : recorded === GRANTED;
      if (settled || (was && yes === (was.decision === GRANTED))) continue;
      state.decisions[purpose] = { decision: yes ? GRANTED : DENIED, at, version };
    }
  }

  // ---- What the page may do now

  const started = new WeakSet(); // elements that run or wait for their turn
  const ran = new Set(); // the classes and purposes of what ran on this page
  const frames = new Map(); // what stands in the place of a frame that waits
  let queue = Promise.resolve();
  let before = "";

  // Does what is allowed now and no more. `chosen` says that somebody just decided.
  function apply(chosen) {
    const ids = [...catalogue.classes.map((one) => one.id), ...Object.keys(catalogue.purposes)];
    const now = Object.fromEntries(ids.map((id) => [id, allowed(id)]));
    const first = !before;
    const changed = chosen || before !== JSON.stringify(now);
    before = JSON.stringify(now);
    if (changed && state) {
      update();
      forget();
    }
    if (changed && !first) {
      document.dispatchEvent(new CustomEvent("riserbo:change", { detail: { allowed: now } }));
    }
    // What ran cannot be undone: the page says that it reloads, and does.
    if ([...ran].every(allowed)) activate();
    else if (changed) {
      tell(words("reload"), "told");
      setTimeout(() => location.reload(), 1500);
    }
    show();
  }

  // One update of Google's consent mode, as the notice maps it.
  function update() {
    const mode = catalogue.consent_mode;
    if (!mode) return;
    const granted = Object.entries(mode.update).map(([type, one]) => [type, allowed(one) ? GRANTED : DENIED]);
    gtag("consent", "update", { ...mode.default, ...Object.fromEntries(granted) });
  }

  function activate() {
    for (const element of document.querySelectorAll("[data-riserbo]")) {
      const id = element.dataset.riserbo;
      if (started.has(element)) continue;
      if (!allowed(id)) {
        if (element.localName === "iframe") hold(element);
        continue;
      }
      started.add(element);
      if (element.localName === "script") {
        queue = queue.then(() => run(element)).catch(() => {});
        continue;
      }
      ran.add(id);
      if (frames.has(element)) {
        frames.get(element).remove();
        element.hidden = false;
      }
      for (const name of ["src", "href"]) if (element.dataset[name]) element[name] = element.dataset[name];
    }
  }

  // Runs a script that waited; the promise ends when it ran, so that the next may rely on it.
  function run(waiting) {
    const { riserbo: id, src, type = "" } = waiting.dataset;
    if (!waiting.isConnected || !allowed(id)) {
      started.delete(waiting);
      return;
    }
    ran.add(id);
    const script = document.createElement("script");
    for (const { name, value } of waiting.attributes) {
      if (/^(type|nonce|data-(riserbo|src|type))$/.test(name)) continue;
      script.setAttribute(name, name.startsWith("on") ? policy.createScript(value) : value);
    }
    script.nonce = waiting.nonce;
    script.type = type;
    script.async = waiting.hasAttribute("async");
    if (src) script.src = policy.createScriptURL(src);
    else script.text = policy.createScript(waiting.textContent);
    return new Promise((resolve) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", resolve);
      waiting.replaceWith(script);
      // One that never arrives does not hold up the others for good.
      setTimeout(resolve, src && !script.async ? 1e4 : 0);
    });
  }

  // Removes the first-party cookies and stored keys of what is refused.
  function forget() {
    const may = (one) => allowed(one.class) && allowed(one.purpose);
    // How closely a declaration names a cookie: by its whole name, by its beginning, or not (-1).
    const fit = (one, name) => {
      const [start, ...open] = (one.pattern || one.name).split("*");
      return name === start && !open.length ? Infinity : open.length && name.startsWith(start) ? start.length : -1;
    };
    for (const one of catalogue.cookies.filter((each) => each.party === "first" && !may(each))) {
      const closer = (name) => (other) => may(other) && fit(other, name) >= fit(one, name);
      const gone = (name) => fit(one, name) >= 0 && !catalogue.cookies.some(closer(name));
      const names = document.cookie.split(/; */).map((pair) => pair.split("=")[0]);
      [...names, one.name].filter(gone).forEach((name) => expire(name, one.path || "/"));
      try {
        for (const storage of one.means === "local_storage" ? [localStorage, sessionStorage] : []) {
          Object.keys(storage).filter(gone).forEach((name) => storage.removeItem(name));
        }
      } catch {}
    }
  }

  // Ends a cookie on every domain up to the registrable one, and on every path up to the page's.
  function expire(name, declared) {
    const labels = location.hostname.split(".");
    const domains = labels.slice(1).map((_, index) => "; Domain=" + labels.slice(index).join("."));
    const steps = location.pathname.split("/");
    const paths = steps.map((_, index) => steps.slice(0, index + 1).join("/") || "/");
    const secure = location.protocol === "https:" ? "; Secure" : "";
    for (const domain of ["", ...domains]) {
      for (const path of [declared, ...paths]) {
        document.cookie = `${name}=; Max-Age=0; Path=${path}${domain}${secure}`;
      }
    }
  }

  // ---- What people see

  const STYLE = `
:host { all: initial !important; display: block !important; }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
section, dialog, .corner, .told, .box {
  font: 1em/1.5 system-ui, sans-serif; overflow-wrap: anywhere; color: var(--text); background: var(--surface);
  border: 1px solid var(--line); border-radius: var(--radius);
}
h2, p, ul { margin: 0 0 .4em; }
h2 { font-size: 1.15em; padding-inline-end: 2em; }
a { color: inherit; }
button {
  font: inherit; font-weight: 600; min-block-size: 44px; min-inline-size: 44px; padding: .5em; cursor: pointer;
  color: var(--on-button); background: var(--button); border: 1px solid var(--text); border-radius: var(--radius);
}
.plain { color: var(--text); background: none; }
.close { position: absolute; inset-block-start: .4em; inset-inline-end: .4em; border: 0; }
:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
section {
  position: fixed; z-index: 2147483647; inset: auto 0 0; max-block-size: 75vh; overflow: auto;
  padding: 1.2em max(1.2em, 50% - 36em); box-shadow: 0 0 2em #0004; border-radius: 0;
}
section.over { inset: 0 0 auto; }
.choices { display: grid; gap: .6em; grid-template-columns: repeat(auto-fit, minmax(8em, 1fr)); }
dialog .choices { grid-template-columns: 1fr; }
@media (min-width: 38em) { dialog .choices { grid-template-columns: repeat(3, 1fr); } }
@media (min-width: 60em) {
  .bottom { display: grid; grid-template-columns: 40em 1fr; gap: 2em; align-items: center; padding-inline-end: max(4em, 50% - 36em); }
  .bottom-left, .bottom-right { inline-size: 27em; margin: 1em; padding: 1.2em; border-radius: var(--radius); }
  .bottom-right { inset-inline-start: auto; }
}
@media (max-width: 60em) { .choices { margin-block-start: .8em; } .wide { grid-column: 1 / -1; } }
dialog { inline-size: min(42em, 100% - 1em); max-block-size: calc(100dvh - 1em); padding: 1em 1.4em; overflow: hidden; }
dialog[open] { display: flex; flex-direction: column; }
dialog > * { flex: none; }
dialog > .classes { flex: 0 1 auto; overflow: auto; margin-block-end: .8em; }
dialog::backdrop { background: #0009; }
.class { border-block-start: 1px solid var(--line); padding-block: .8em; }
label { display: block; margin-block-end: .4em; font-weight: 600; cursor: pointer; }
input { inline-size: 1.5em; block-size: 1.5em; vertical-align: -.4em; accent-color: var(--button); }
summary { padding-block: .4em; }
.corner {
  position: fixed; z-index: 2147483647; inset: auto auto .8em .8em; padding-inline: 1em;
  color: var(--text); background: var(--surface);
}
.right { inset-inline: auto .8em; }
.told { position: fixed; z-index: 2147483647; inset: auto 1em 1em; padding: 1em; }
.spoken { position: fixed; clip-path: inset(50%); }
.box { block-size: 100%; padding: 1em; overflow: auto; }
.probe {
  color: var(--riserbo-background, #0000); background: var(--riserbo-text, #0000);
  outline-color: var(--riserbo-button, #0000);
}`;

  const text = (byLocale) => byLocale?.[locale] || "";
  const words = (name) => text(catalogue.banner.words[name]);

  function languageOf(locales) {
    const wanted = [own.dataset.lang, document.documentElement.lang, ...navigator.languages].filter(Boolean);
    const primary = (tag) => tag.toLowerCase().split("-")[0];
    const near = (tag) =>
      locales.find((one) => one.toLowerCase() === tag.toLowerCase()) ||
      locales.find((one) => primary(one) === primary(tag));
    return wanted.map(near).find(Boolean) || locales[0];
  }

  function make(tag, properties, ...children) {
    const node = document.createElement(tag);
    for (const name in properties) {
      if (name in node) node[name] = properties[name];
      else node.setAttribute(name, properties[name]);
    }
    node.append(...children.filter(Boolean));
    return node;
  }

  const button = (label, onclick, className = "") => make("button", { type: "button", onclick, className }, label);

  function cross(name, onclick) {
    const made = button("✕", onclick, "plain close");
    made.setAttribute("aria-label", words(name));
    return made;
  }

  const styles = [new CSSStyleSheet(), new CSSStyleSheet()]; // what never changes, and the colours
  const room = new CSSStyleSheet(); // lets the page scroll until its end stands above the first layer
  const host = make("riserbo-banner");
  const shadow = host.attachShadow({ mode: "open" });
  const told = make("p", { className: "spoken", role: "status" });
  let layer = null; // the first layer
  let dialog = null; // the second layer
  let corner = null;
  let cameFrom = null; // what had the focus in the page last

  function put() {
    if (host.isConnected) return;
    host.lang = locale;
    if (!corner) shadow.append(told, (corner = button(words("settings"), open, "corner")));
    document.body.prepend(host);
    paint();
  }

  function tell(message, className = "spoken") {
    told.className = className;
    told.textContent = message;
  }

  // ---- Colours: the site's, where people can read them

  // Contrast of two colours (WCAG 2.2, "contrast ratio").
  function contrast(...colours) {
    const [dark, light] = colours
      .map((colour) => {
        const [r, g, b] = colour.map((part) => (part <= 10 ? part / 3295 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      })
      .sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  function paint() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const [black, white] = [[26, 29, 33], [255, 255, 255]];
    const probe = make("i", { className: "probe" });
    shadow.append(probe);
    const { color, backgroundColor, outlineColor } = getComputedStyle(probe);
    const [given, written, pressed] = [color, backgroundColor, outlineColor].map((one) => {
      const found = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(one);
      return found && found.slice(1).map(Number);
    });
    probe.remove();
    const better = (on) => (contrast(on, white) > contrast(on, black) ? white : black);
    let surface = given || (dark ? black : white);
    let ink = written || better(surface);
    if (contrast(surface, ink) < 4.5) [surface, ink] = dark ? [black, white] : [white, black];
    const press = pressed || ink;
    const on = contrast(press, better(press)) < 4.5 ? [0, 0, 0] : better(press);
    const values = Object.entries({ surface, text: ink, button: press, "on-button": on });
    styles[1].replaceSync(
      `:host { --radius: var(--riserbo-radius, 8px) !important;
      --line: color-mix(in srgb, var(--text) 25%, var(--surface)) !important; color-scheme: ${dark ? "dark" : "light"} !important;
      ${values.map(([name, one]) => `--${name}: rgb(${one}) !important;`).join("")} }`,
    );
  }

  // ---- The first layer

  function show() {
    if (!document.body || !catalogue.banner || !purposes().length) return;
    put();
    const asked = question();
    if (asked && !layer) ask(asked);
    if (!asked) hide();
    showCorner();
  }

  function ask({ all, why, added }) {
    const heard = signal && catalogue.banner.signal;
    const refuse = () => decideAll(false, all);
    layer = make(
      "section",
      { dir: "auto", className: own.dataset.position || "bottom", "aria-labelledby": "title" },
      make(
        "div",
        null,
        make("h2", { id: "title" }, words("title")),
        ...why.map((one) => make("p", null, words(one))),
        added.length && make("ul", null, ...added.map((one) => make("li", null, text(one)))),
        make("p", null, words("text"), " ", make("a", { href: `${catalogue.links.notice}?lang=${locale}` }, words("policy"))),
        heard && make("p", null, text(heard)),
        make("p", null, words("close_effect")),
      ),
      make(
        "div",
        { className: "choices" },
        button(words("refuse_all"), refuse),
        button(words("accept_all"), () => decideAll(true, all)),
        button(words("choose"), open, "plain wide"),
      ),
      cross("close", refuse),
    );
    shadow.prepend(layer);
    makeRoom();
  }

  function makeRoom() {
    const pixels = layer && !layer.matches(".over") ? layer.offsetHeight : 0;
    const after = `html::after { content: ""; display: block; block-size: ${pixels}px; }`;
    room.replaceSync(pixels ? `html { scroll-padding-block-end: ${pixels}px; } ${after}` : "");
  }

  // The first layer never lies over what has the focus (WCAG 2.2, 2.4.11).
  function uncover(event) {
    if (event.target === host) return;
    const [target] = event.composedPath();
    if (!(target instanceof Element)) return;
    cameFrom = target;
    if (!layer) return;
    const covered = () => {
      const [one, other] = [target, layer].map((each) => each.getBoundingClientRect());
      const beside = one.right <= other.left || one.left >= other.right;
      return !beside && one.bottom > other.top && one.top < other.bottom && one.bottom - other.top + 8;
    };
    if (covered() && !layer.matches(".over")) window.scrollBy({ top: covered(), behavior: "instant" });
    if (covered()) layer.classList.toggle("over");
    makeRoom();
  }

  function hide() {
    layer?.remove();
    layer = null;
    makeRoom();
  }

  // Closes both layers; the focus goes back to where it was.
  function close() {
    const inside = document.activeElement === host;
    dialog?.close();
    hide();
    showCorner();
    if (!inside || document.activeElement !== document.body) return;
    (cameFrom?.isConnected ? cameFrom : corner).focus({ preventScroll: true });
  }

  // The small button by which one changes one's mind, where the page has none of its own.
  function showCorner() {
    if (!corner) return;
    const yes = asking().filter((one) => allowed(one.id)).length;
    const share = !state ? "open" : !yes ? "none" : yes === asking().length ? "all" : "some";
    corner.setAttribute("aria-label", `${words("settings")}: ${words("state_" + share)}`);
    corner.classList.toggle("right", getComputedStyle(host).getPropertyValue("--riserbo-corner").trim() === "right");
    corner.hidden = layer || "noButton" in own.dataset || document.querySelector("[data-riserbo-settings]");
  }

  // ---- The second layer

  function open() {
    if (!catalogue.banner || !document.body || dialog) return;
    put();
    const boxes = new Map(asking().map((kind) => [kind, make("input", { type: "checkbox", checked: allowed(kind.id) })]));
    for (const [kind, box] of boxes) {
      // Classes that share a purpose are switched together.
      const shares = ([other]) => other.purposes.some((one) => kind.purposes.includes(one));
      box.onchange = () => [...boxes].filter(shares).forEach(([, twin]) => (twin.checked = box.checked));
    }
    const save = () => {
      const chosen = [...boxes].flatMap(([kind, box]) => kind.purposes.map((one) => [one, box.checked]));
      decide(Object.fromEntries(chosen), "preference_centre");
    };
    dialog = make(
      "dialog",
      { dir: "auto", "aria-labelledby": "settings" },
      make("h2", { id: "settings" }, words("settings")),
      make("div", { className: "classes" }, ...catalogue.classes.map((kind) => described(kind, boxes.get(kind)))),
      make(
        "div",
        { className: "choices" },
        button(words("refuse_all"), () => decideAll(false, purposes())),
        button(words("accept_all"), () => decideAll(true, purposes())),
        button(words("save"), save),
      ),
      cross("close_settings", () => dialog.close()),
    );
    dialog.onclose = () => {
      dialog.remove();
      dialog = null;
      if (location.hash === "#riserbo-settings") history.replaceState(history.state, "", location.pathname + location.search);
    };
    shadow.append(dialog);
    dialog.showModal();
  }

  // A class of cookies: its switch, its purposes, its cookies with lifetime and provider.
  function described(kind, box = make("input", { type: "checkbox", checked: true, disabled: true })) {
    const about = [kind, ...kind.purposes.map((one) => catalogue.purposes[one])];
    const cookies = catalogue.cookies.filter((one) => one.class === kind.id);
    const id = "about-" + kind.id;
    box.setAttribute("aria-describedby", id);
    return make(
      "div",
      { className: "class" },
      make("label", null, box, text(kind.title), kind.exempt && ` · ${words("always_on")}`),
      make("p", { id }, about.map((one) => text(one.description)).join(" ")),
      cookies.length &&
        make(
          "details",
          null,
          make("summary", null, `${words("cookies")} (${cookies.length})`),
          make("ul", null, ...cookies.map(listed)),
        ),
    );
  }

  function listed(cookie) {
    const { name, notice: href } = catalogue.providers[cookie.provider] || {};
    return make(
      "li",
      null,
      make("strong", null, cookie.pattern || cookie.name),
      ...[cookie.title, cookie.lasts].map(text).filter(Boolean).map((one) => " · " + one),
      name && ` · ${words("provider")}: `,
      name && (href ? make("a", { href, rel: "noreferrer" }, text(name)) : text(name)),
    );
  }

  // What stands in the place of a frame that waits: its title, why, and the way to the choices.
  function hold(frame) {
    if (frames.has(frame) || !catalogue.banner) return;
    const named = kindOf(frame.dataset.riserbo) || catalogue.purposes[frame.dataset.riserbo];
    const place = make("riserbo-frame", { lang: locale });
    // It takes the frame's place, so that nothing on the page moves.
    const { offsetWidth: width, offsetHeight: height } = frame;
    const display = getComputedStyle(frame).display.replace(/^inline$/, "inline-block");
    const size = new CSSStyleSheet();
    size.replaceSync(`:host { display: ${display} !important; width: ${width || 300}px !important;
      height: ${height || 150}px !important; max-width: 100% !important; overflow: hidden !important; }`);
    const inside = place.attachShadow({ mode: "open" });
    inside.adoptedStyleSheets = [...styles, size];
    inside.append(
      make(
        "div",
        { className: "box" },
        make("strong", null, frame.title),
        make("p", null, words("frame_waits").replace("{class}", () => text(named?.title))),
        button(words("settings"), open),
      ),
    );
    frames.set(frame, place);
    frame.hidden = true;
    frame.before(place);
  }

  // ---- From the first line to a page that is ready

  async function obtain() {
    if (carried) return carried;
    const tag = own.dataset.lang || document.documentElement.lang || navigator.language;
    const answer = await fetch(`${base}/v1/cookies?lang=${encodeURIComponent(tag)}`, { credentials: "omit" });
    if (!answer.ok) throw Error(`${answer.status} of ${base}`);
    const [language, proof] = ["Content-Language", "Riserbo-Notice-Evidence"].map((one) => answer.headers.get(one));
    return { ...(await answer.json()), evidence: { [language]: proof } };
  }

  const openByAddress = () => location.hash === "#riserbo-settings" && open();

  async function start() {
    catalogue = await obtain();
    locale = languageOf(catalogue.locales);
    styles[0].replaceSync(STYLE);
    shadow.adoptedStyleSheets = styles;
    document.adoptedStyleSheets.push(room);
    // Another tab wrote, or the page comes back: a choice made meanwhile closes what asks for it.
    const follow = () => {
      const { at } = state || {};
      refresh();
      if (state && state.at !== at) close();
      apply();
    };
    refresh();
    heedSignal();
    apply();
    send();
    new MutationObserver(() => {
      activate();
      if (!host.isConnected) show();
      showCorner();
    }).observe(document.documentElement, { childList: true, subtree: true });
    addEventListener("storage", ({ key }) => (key === KEY || key === null) && follow());
    addEventListener("pageshow", ({ persisted }) => persisted && follow());
    addEventListener("online", send);
    addEventListener("resize", makeRoom);
    addEventListener("hashchange", openByAddress);
    document.addEventListener("focusin", uncover);
    document.addEventListener("DOMContentLoaded", openByAddress);
    document.addEventListener("click", (event) => {
      if (!event.composedPath().some((one) => one.matches?.("[data-riserbo-settings]"))) return;
      event.preventDefault();
      open();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    openByAddress();
  }

  const ready = start();
  ready.catch((problem) => console.warn(`Riserbo: ${problem.message}`));
  window.riserbo = Object.freeze({
    ready,
    allowed: (id) => ready.then(() => allowed(id)).catch(() => false),
    settings: () => ready.then(open),
    version: () => catalogue && catalogue.version,
  });
})(
  /* catalogue */ null
);
