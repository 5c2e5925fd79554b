// Elements of Block Kit that a person uses: buttons, menus, inputs.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./text.js";

/** An element; `use(action_id, value)` tells the app and resolves when it has answered. */
export function element(given, use) {
  switch (given.type) {
    case "button":
      return button(given, use);
    case "overflow":
      return overflow(given, use);
    case "static_select":
    case "multi_static_select":
      return menu(given, use, given.options ?? given.option_groups.flatMap((group) => group.options));
    case "radio_buttons":
    case "checkboxes":
      return choices(given, use);
    case "datepicker":
    case "timepicker":
      return picker(given, use);
    case "image":
      return h("img", { class: "accessory-picture", src: picture(given), alt: given.alt_text, title: given.alt_text });
    default:
      return h("span", { class: "unknown" }, `(${given.type})`);
  }
}

/** Where a picture is. */
export function picture(given) {
  return given.image_url ?? given.slack_file?.url ?? `/files/${given.slack_file?.id}/picture`;
}

/** Shows that an app is being told, until it has answered. */
async function waiting(control, told) {
  control.classList.add("waiting");
  control.disabled = true;
  const done = await told;
  control.disabled = false;
  control.classList.remove("waiting");
  if (done === null) {
    control.classList.add("unanswered");
    control.title = "The app did not answer";
  }
}

function button(given, use) {
  const control = h(
    "button",
    {
      type: "button",
      class: `button ${given.style ?? ""}`,
      "aria-label": given.accessibility_label,
      onclick: async () => {
        if (given.confirm && !(await sure(given.confirm))) return;
        if (given.url) window.open(given.url, "_blank", "noreferrer");
        waiting(control, use(given.action_id));
      },
    },
    ...plain(given.text.text),
    given.url ? icon("link") : null,
  );
  return control;
}

/** Asks before something is done. */
export function sure({ title, text, confirm, deny, style }) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { class: "confirm", onclose: () => dialog.remove() },
      h("h2", {}, ...plain(title.text)),
      h("p", {}, ...plain(text.text)),
      h(
        "form",
        { method: "dialog", class: "row end" },
        h("button", { class: "button", onclick: () => resolve(false) }, ...plain(deny.text)),
        h("button", { class: `button ${style ?? "primary"}`, onclick: () => resolve(true) }, ...plain(confirm.text)),
      ),
    );
    dialog.addEventListener("cancel", () => resolve(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}

function overflow(given, use) {
  const select = menu(given, use, given.options);
  select.classList.add("overflow");
  select.options[0].textContent = "⋯";
  return select;
}

function menu(given, use, options) {
  const select = h(
    "select",
    {
      class: "select",
      "aria-label": given.placeholder?.text ?? "Choose",
      onchange: () => {
        const option = options[select.selectedIndex - 1];
        if (option?.url) window.open(option.url, "_blank", "noreferrer");
        waiting(select, use(given.action_id, select.value));
      },
    },
    h("option", { value: "", disabled: true, selected: !given.initial_option }, given.placeholder?.text ?? "Choose an option"),
    options.map((option) =>
      h("option", { value: option.value, selected: option.value === given.initial_option?.value }, ...plain(option.text.text)),
    ),
  );
  return select;
}

function choices(given, use) {
  const kind = given.type === "checkboxes" ? "checkbox" : "radio";
  const chosen = (given.initial_options ?? [given.initial_option]).map((option) => option?.value);
  return h(
    "div",
    { class: "choices" },
    given.options.map((option) =>
      h(
        "label",
        {},
        h("input", {
          type: kind,
          name: given.action_id,
          value: option.value,
          checked: chosen.includes(option.value),
          onchange: () => use(given.action_id, option.value),
        }),
        h("span", {}, ...plain(option.text.text), option.description ? h("small", {}, ...plain(option.description.text)) : null),
      ),
    ),
  );
}

function picker(given, use) {
  const control = h("input", {
    type: given.type === "datepicker" ? "date" : "time",
    class: "select",
    value: given.initial_date ?? given.initial_time ?? "",
    onchange: () => waiting(control, use(given.action_id, control.value)),
  });
  return control;
}

/** An input of a modal: the control, and how to read it. */
export function input(given) {
  const id = `input-${given.action_id}`;
  if (given.type === "static_select" || given.type === "radio_buttons") {
    const control = menu(given, () => Promise.resolve({}), given.options);
    control.id = id;
    return { id, control, value: () => control.value };
  }
  const tag = given.multiline ? "textarea" : "input";
  const control = h(tag, { id, class: "field", placeholder: given.placeholder?.text ?? "" });
  control.value = given.initial_value ?? "";
  return { id, control, value: () => control.value };
}
