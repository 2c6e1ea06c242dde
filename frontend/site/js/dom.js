// Elements without HTML strings: text stays text, so nothing that people type can become markup. Bars, focus, buttons, hands,
// and which screen an address names: small things that the first page needs come together, as each file costs a request.

/**
 * h("p", {class: "note", hidden: true, onclick: f}, "text", node, [more])
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {object | null} [props]
 * @param {unknown[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

/** Appends strings, numbers, nodes and lists of them; null and false are left out. */
export function add(parent, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (Array.isArray(child)) add(parent, child);
    else parent.append(child);
  }
  return parent;
}

/** Replaces the element's content with `children`. */
export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

/** A number to call. */
export const phoneLink = (line) => h("a", { class: "unbroken", href: `tel:${line.replace(/[^\d+]/g, "")}` }, line);

/** `text` with the number `line` in it to be called by a tap. */
export const withPhone = (text, line) => (line ? text.split(line).flatMap((part, at) => (at ? [phoneLink(line), part] : [part])) : text);

/** Moves the focus to a heading: the view scrolls to it, or to the top of the page for a new screen. */
export function focusOn(element, { top = false } = {}) {
  if (!element) return;
  if (element.tabIndex < 0) element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: true });
  if (top) scrollTo(0, 0);
  else element.scrollIntoView({ block: "start" });
}

/** Runs an async action once, however often its button is pressed; the button shows that it is busy. */
export function once(button, action) {
  let running = false;
  return async (event) => {
    if (event) event.preventDefault();
    if (running) return;
    running = true;
    button.setAttribute("aria-disabled", "true");
    button.classList.add("busy");
    try {
      await action(event);
    } finally {
      running = false;
      button.removeAttribute("aria-disabled");
      button.classList.remove("busy");
    }
  };
}

const CLICK_WITHIN_MS = 500; // after a finger leaves the screen; one that has wandered off clicks nothing

/**
 * Watches the hands on `page` and returns `afterClick(action)`, which runs the action now or, while a finger or a button is
 * down, once after its click is delivered. Anything that appears, moves or goes by itself waits like this: it could pull the
 * target from under the finger. A tap is pointerdown and pointerup and then, in a separate task, mousedown, blur, change,
 * mouseup and click; a finger that scrolls or stays too long ends without a click.
 */
export function watchHands(page, timers = globalThis) {
  const waiting = new Set();
  let down = false;
  /** @type {any} */
  let timer = null;
  const lifted = () => {
    down = false;
    const due = [...waiting];
    waiting.clear();
    for (const action of due) action();
  };
  const on = (types, wait) => types.forEach((type) => page.addEventListener(type, (event) => {
    if (event.detail === 0 && type === "click") return; // from a key: the finger is still down
    timers.clearTimeout(timer);
    if (wait === null) down = true;
    else timer = timers.setTimeout(lifted, wait);
  }, true));
  on(["pointerdown", "mousedown"], null);
  on(["pointerup", "mouseup"], CLICK_WITHIN_MS);
  on(["click", "pointercancel", "contextmenu"], 0); // 0: after all listeners of the click and their changes
  return (action) => {
    if (down) waiting.add(action);
    else action();
  };
}

export const afterClick = watchHands(typeof window === "undefined" ? new EventTarget() : window); // none in unit tests

/* A bar chart that is a list first: label and number are text, the bar beside them is only to look at. */
const SVG = "http://www.w3.org/2000/svg";

function bar(share) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "bar-line");
  drawing.setAttribute("aria-hidden", "true");
  for (const [name, width] of /** @type {[string, number][]} */ ([["track", 100], ["value", share > 0 ? Math.max(share * 100, 0.5) : 0]])) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", name);
    rect.setAttribute("width", `${width}%`);
    rect.setAttribute("height", "100%");
    drawing.append(rect);
  }
  return drawing;
}

/** `rows`: [{label, value, text}] with `value` from 0; the longest bar is `most`, or the largest value. */
export function barList(rows, most = Math.max(...rows.map(({ value }) => value), 0)) {
  return h("ol", { class: "bars" }, rows.map(({ label, value, text }) =>
    h("li", null, h("span", { class: "label" }, label), h("strong", null, text), bar(most > 0 ? value / most : 0))));
}

/** A cut-off "%" stays as it is: a link that a chat program broke still opens its screen. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return text;
  }
}

/** `#/paper/123?x=1` → {name: "paper", argument: "123", query} */
export function parseRoute(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [name, argument = ""] = path.split("/");
  return { name, argument: decoded(argument), query: new URLSearchParams(query || "") };
}
