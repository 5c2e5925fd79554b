// A form that is open before a person.

import { act, h } from "./dom.js";
import { markdown } from "./text.js";

let open = null;

/** Shows the form, if there is one that is not shown yet. */
export function modal(given, viewer) {
  const key = given ? `${viewer} ${given.interaction}` : null;
  if (open?.key === key) return;
  open?.dialog.remove();
  open = null;
  if (!given) return;
  const inputs = {};
  const close = () => act("close_modal", { as: viewer });
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
    await act("submit", { as: viewer, values });
  };
  const row = (component) => {
    if (component.type === 10) return h("div", { class: "prose" }, markdown(component.content));
    const given = component.type === 18 ? component.component : component.components[0];
    const required = given.required !== false;
    const input = h(given.style === 2 ? "textarea" : "input", {
      class: "typed", rows: given.style === 2 ? "4" : null, required, maxlength: String(given.max_length ?? 4000),
      minlength: given.min_length ? String(given.min_length) : null, placeholder: given.placeholder,
    });
    input.value = given.value ?? "";
    inputs[given.custom_id] = input;
    const label = component.label ?? given.label;
    return h("label", {}, h("span", {}, label, required ? h("i", { title: "required" }, " *") : null), component.description ? h("small", {}, component.description) : null, input);
  };
  const dialog = h(
    "dialog",
    { class: "modal", oncancel: close },
    h("form", { onsubmit: submit },
      h("h2", {}, given.title),
      given.components.map(row),
      h("div", { class: "row end" },
        h("button", { type: "button", class: "button quiet-button", onclick: close }, "Cancel"),
        h("button", { type: "submit", class: "button primary" }, "Submit"),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  open = { key, dialog };
}
