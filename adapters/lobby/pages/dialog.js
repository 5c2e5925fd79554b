// Dialogs and popovers: the browser's own, so that focus, Escape and the backdrop work as people know them.
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

/** Opens a modal dialog; it is removed when closed. `label` names it for screen readers. */
export function dialog(label, className, ...content) {
  const close = el(
    "button.icon-button.dialog-close",
    { type: "button", "aria-label": "Close", on: { click: () => box.close() } },
    icon("close"),
  );
  const box = el("dialog.dialog", { class: className, "aria-label": label }, ...content, close);
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

/** Asks before something that cannot be taken back. Resolves to true or false. */
export function confirm(title, text, doIt) {
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      resolve(yes);
      box.close();
    };
    const box = dialog(
      title,
      "confirm",
      el("h2", title),
      el("p.soft", text),
      el(
        "div.dialog-actions",
        el("button.button", { type: "button", on: { click: answer(false) } }, "Cancel"),
        el("button.button.primary", { type: "button", autofocus: true, on: { click: answer(true) } }, doIt),
      ),
    );
    box.addEventListener("close", () => resolve(false));
  });
}

/** A picture as large as the window allows. */
export function enlarge({ digest, alt }) {
  dialog(
    alt || "Picture",
    "lightbox",
    el("figure", el("img", { src: pictureUrl(digest), alt }), alt && el("figcaption", alt)),
  );
}

export const pictureUrl = (digest) => `/pictures/${encodeURIComponent(digest)}`;

let current = null;

/** Shows `content` beside `anchor` until a click elsewhere or Escape. Returns the box and what closes it. */
export function popover(anchor, label, className, content) {
  current?.hidePopover();
  const box = el("div.popover", { class: className, popover: "auto", role: "dialog", "aria-label": label });
  fill(box, content);
  document.body.append(box);
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (current === box) current = null;
    const inside = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  box.showPopover();
  current = box;
  place(box, anchor);
  return { close: () => box.isConnected && box.hidePopover(), box };
}

/** Below the anchor where there is room, else above; never outside the window. */
export function place(box, anchor) {
  const gap = 6;
  const edge = 8;
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = innerHeight - from.bottom >= height + gap + edge;
  const top = below ? from.bottom + gap : Math.max(edge, from.top - height - gap);
  const left = Math.min(Math.max(edge, from.left), innerWidth - width - edge);
  box.style.setProperty("top", `${top}px`);
  box.style.setProperty("left", `${Math.max(edge, left)}px`);
}
