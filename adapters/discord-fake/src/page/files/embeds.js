// What hangs on a message: embeds, files, rows of buttons and menus.

import { h, link, picture } from "./dom.js";
import { icon } from "./icons.js";
import { inline, markdown } from "./text.js";

const hex = (color) => `#${color.toString(16).padStart(6, "0")}`;

export function embed(given) {
  const small = (url) => picture(url, { class: "tiny" });
  const fields = (given.fields ?? []).map((field) =>
    h("div", { class: field.inline ? "field inline" : "field" }, h("strong", {}, ...inline(field.name)), h("div", { class: "prose" }, markdown(field.value))),
  );
  const shown = h(
    "article",
    { class: "embed" },
    h(
      "div",
      { class: "embed-words" },
      given.author ? h("div", { class: "embed-author" }, small(given.author.icon_url), given.author.url ? link(given.author.url, given.author.name) : given.author.name) : null,
      given.title ? h("div", { class: "embed-title" }, given.url ? link(given.url, ...inline(given.title)) : inline(given.title)) : null,
      given.description ? h("div", { class: "prose" }, markdown(given.description)) : null,
      fields.length > 0 ? h("div", { class: "fields" }, fields) : null,
      picture(given.image?.url, { class: "embed-image", loading: "lazy" }),
      given.footer || given.timestamp
        ? h("footer", {}, small(given.footer?.icon_url), [given.footer?.text, given.timestamp ? new Date(given.timestamp).toLocaleString() : null].filter(Boolean).join(" • "))
        : null,
    ),
    picture(given.thumbnail?.url, { class: "embed-thumb", loading: "lazy" }),
  );
  if (given.color !== undefined && given.color !== null) shown.style.borderLeftColor = hex(given.color);
  return shown;
}

export function file(given) {
  const isPicture = (given.content_type ?? "").startsWith("image/") && given.content_type !== "image/svg+xml";
  if (isPicture) return picture(new URL(given.url).pathname, { class: "attached", alt: given.description ?? given.filename, title: given.description, loading: "lazy" });
  const size = given.size < 1024 ? `${given.size} bytes` : `${(given.size / 1024).toFixed(1)} KB`;
  return h("a", { class: "file", href: new URL(given.url).pathname, download: given.filename }, icon("file"), h("span", {}, h("b", {}, given.filename), h("small", {}, size)));
}

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/** Rows of components. `use(custom_id, chosen)` is told what a person does. */
export function rows(components, use) {
  return components.map((component) => {
    if (component.type === 1) return h("div", { class: "actions" }, component.components.map((inner) => control(inner, use)));
    if (component.type === 10) return h("div", { class: "prose" }, markdown(component.content));
    return h("small", {}, `(a component of type ${component.type})`);
  });
}

function control(component, use) {
  if (component.type === 2) return button(component, use);
  if (component.type !== 3) return h("small", {}, `(a component of type ${component.type})`);
  const choose = (event) => use(component.custom_id, [event.target.value]);
  return h(
    "select",
    { class: "menu", disabled: component.disabled === true, onchange: choose, "aria-label": component.placeholder ?? "Choose" },
    h("option", { value: "", disabled: true, selected: true }, component.placeholder ?? "Make a selection"),
    (component.options ?? []).map((option) => h("option", { value: option.value }, option.label)),
  );
}

function button(component, use) {
  const emoji = component.emoji ? h("span", { class: "emoji" }, component.emoji.id ? `:${component.emoji.name}:` : component.emoji.name) : null;
  if (component.style === 5) return h("span", { class: "button secondary" }, emoji, link(component.url, component.label ?? component.url));
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.classList.add("waiting");
    await use(component.custom_id);
    pressed.classList.remove("waiting");
  };
  return h("button", { type: "button", class: `button ${STYLES[component.style]}`, disabled: component.disabled === true, onclick: press }, emoji, component.label);
}
