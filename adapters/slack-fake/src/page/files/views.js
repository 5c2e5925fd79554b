// Views: an app's Home, and modals.

import { act, h } from "./dom.js";
import { blocks } from "./blocks.js";
import { plain } from "./text.js";

/** An app's Home. */
export function home(view, app, viewer) {
  const use = (action_id, value) => act("click", { as: viewer, app: app.id, action_id, value });
  if (!view) {
    return h("div", { class: "empty" }, h("p", {}, "This app has published nothing on its Home for you."), h("small", {}, "It was just told that you opened it."));
  }
  return h("div", { class: "home-view blocks" }, blocks(view.blocks, use));
}

let open = null;

/** Shows the topmost modal, if there is one that is not shown yet. */
export function modal(modals, viewer) {
  const top = modals.at(-1);
  const key = top ? JSON.stringify(top) : null;
  if (open?.key === key) return;
  open?.dialog.remove();
  open = null;
  if (!top) return;
  const fields = {};
  const { view } = top;
  const words = (given, otherwise) => (given ? plain(given.text) : [otherwise]);
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value()]).filter(([, value]) => value !== ""));
    await act("submit", { as: viewer, values });
  };
  const close = () => act("close_view", { as: viewer });
  const dialog = h(
    "dialog",
    { class: "modal", oncancel: close },
    h("form", { onsubmit: submit },
      h("h2", {}, ...words(view.title, "")),
      h("div", { class: "blocks" }, blocks(view.blocks, () => Promise.resolve({}), fields)),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button", onclick: close }, ...words(view.close, "Cancel")),
        view.submit ? h("button", { type: "submit", class: "button primary" }, ...words(view.submit)) : null,
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  open = { key, dialog };
}
