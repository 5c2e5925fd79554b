// Builds elements. Text always goes in as text: nothing here parses HTML.

/**
 * `el("button.primary", {type: "button", on: {click}}, "Save", icon)`.
 * Properties: `on` (listeners), `data` (data-*), `vars` (CSS custom properties), anything else is an attribute;
 * `false`, `null` and `undefined` leave an attribute out.
 */
export function el(selector, props, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  if (props && (typeof props !== "object" || props instanceof Node || Array.isArray(props))) {
    children.unshift(props);
    props = null;
  }
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "vars") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else if (name === "class") node.className = `${node.className} ${value}`.trim();
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(node, child);
    else if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

/** Replaces everything in `node`. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/**
 * Brings `container` to the rows `[{key, mark, build}]`: a row whose key and mark are unchanged keeps its element, so
 * that focus, selection and scroll survive; of a rebuilt row the focused part (by `data-focus`) gets the focus back.
 */
export function reconcile(container, rows) {
  const old = new Map();
  for (const node of container.children) if (node.dataset.row) old.set(node.dataset.row, node);
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const focusRow = focused?.closest("[data-row]")?.dataset.row;
  const focusPart = focused?.dataset.focus;
  let refocus = null;
  let at = container.firstElementChild;
  for (const row of rows) {
    let node = old.get(row.key);
    if (!node || node.rowMark !== row.mark) {
      const fresh = row.build();
      fresh.dataset.row = row.key;
      fresh.rowMark = row.mark;
      if (node) {
        if (focusRow === row.key) refocus = fresh;
        if (at === node) at = node.nextElementSibling;
        node.remove();
      }
      node = fresh;
    }
    old.delete(row.key);
    if (node === at) at = at.nextElementSibling;
    else container.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
  if (refocus) {
    const part = focusPart ? refocus.querySelector(`[data-focus="${CSS.escape(focusPart)}"]`) : null;
    (part ?? refocus).focus({ preventScroll: true });
  }
}

/** Calls `run` once, `wait` ms after the last call. */
export function settle(run, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), wait);
  };
}

/**
 * Calls `run` at most once in `wait` ms, the last call always after it; not while nobody looks at the page, but as soon
 * as somebody does.
 */
export function atMostEvery(wait, run) {
  let planned = false;
  let last = 0;
  const go = () => {
    if (document.hidden) {
      document.addEventListener("visibilitychange", go, { once: true });
      return;
    }
    planned = false;
    last = Date.now();
    run();
  };
  return () => {
    if (planned) return;
    planned = true;
    setTimeout(go, Math.max(60, last + wait - Date.now()));
  };
}

/** Arrow keys, Home and End move the focus among `items()` of `container`; only one of them is a tab stop. */
export function roving(container, items, { horizontal = false } = {}) {
  const [previous, next] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  container.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const list = items();
    const at = list.indexOf(document.activeElement);
    if (at < 0) return;
    const to = { [previous]: at - 1, [next]: at + 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined || !list[to]) return;
    event.preventDefault();
    list[to].focus();
  });
  container.addEventListener("focusin", (event) => {
    const list = items();
    if (!list.includes(event.target)) return;
    for (const item of list) item.tabIndex = item === event.target ? 0 : -1;
  });
}
