// Where one writes: Enter sends, Shift+Enter breaks the line, @ offers names, / offers commands.

import { act, h } from "./dom.js";
import { icon } from "./icons.js";

/** A composer for a place. `place()` gives {viewer, channel, thread}; `world()` the workspace. */
export function composer(placeholder, place, world) {
  const field = h("textarea", { class: "write", rows: "1", placeholder, "aria-label": placeholder });
  const offers = h("ul", { class: "offers", hidden: true });
  const also = h("input", { type: "checkbox" });
  const inThread = Boolean(place().thread);
  const send = h("button", { type: "button", class: "send", title: "Send", "aria-label": "Send", onclick: () => submit() }, icon("send"));
  let chosen = 0;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 220)}px`;
    send.classList.toggle("ready", field.value.trim() !== "");
  };

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    const { viewer, channel, thread } = place();
    const command = commands(world()).find(({ name }) => text === name || text.startsWith(`${name} `));
    field.value = "";
    grow();
    const done = command
      ? await act("command", { as: viewer, app: command.app, channel, text: text.slice(command.name.length).trim() })
      : await act("say", { as: viewer, channel, thread, text, broadcast: also.checked });
    also.checked = false;
    if (!done && !field.value) {
      field.value = text;
      grow();
    }
  }

  /** What could be meant by the word before the cursor. */
  function meant() {
    const before = field.value.slice(0, field.selectionStart);
    const word = /(^|\s)([@/#][\w.-]*)$/.exec(before)?.[2];
    if (!word) return [];
    const part = word.slice(1).toLowerCase();
    const { users, groups, channels } = world();
    const of = (list) => list.filter(({ label }) => label.slice(1).toLowerCase().startsWith(part)).slice(0, 6);
    if (word[0] === "@") {
      const people = users.filter((user) => !user.deleted && user.id !== "USLACKBOT");
      return of([
        ...people.map((user) => ({ label: `@${user.name}`, detail: user.bot ? "App" : user.real_name, word })),
        ...groups.map((group) => ({ label: `@${group.handle}`, detail: "User group", word })),
      ]);
    }
    if (word[0] === "#") return of(channels.filter((c) => c.name).map((c) => ({ label: `#${c.name}`, detail: c.topic, word })));
    return before === word ? of(commands(world()).map(({ name, title }) => ({ label: name, detail: title, word }))) : [];
  }

  function offer() {
    const list = meant();
    chosen = Math.min(chosen, Math.max(0, list.length - 1));
    offers.hidden = list.length === 0;
    offers.replaceChildren(
      ...list.map((one, i) =>
        h("li", { class: i === chosen ? "chosen" : "", onpointerdown: (event) => { event.preventDefault(); take(one); } }, h("strong", {}, one.label), h("small", {}, one.detail)),
      ),
    );
    return list;
  }

  function take({ label, word }) {
    const at = field.selectionStart;
    field.value = `${field.value.slice(0, at - word.length)}${label} ${field.value.slice(at)}`;
    field.selectionStart = field.selectionEnd = at - word.length + label.length + 1;
    offers.hidden = true;
    grow();
  }

  field.addEventListener("input", () => { chosen = 0; offer(); grow(); });
  field.addEventListener("blur", () => { offers.hidden = true; });
  field.addEventListener("keydown", (event) => {
    const list = offers.hidden ? [] : meant();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.length > 0 && step) {
      event.preventDefault();
      chosen = (chosen + step + list.length) % list.length;
      offer();
    } else if (list.length > 0 && (event.key === "Tab" || event.key === "Enter") && list[chosen].label !== list[chosen].word) {
      event.preventDefault();
      take(list[chosen]);
    } else if (event.key === "Escape") {
      offers.hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });

  return h(
    "div",
    { class: "composer" },
    offers,
    field,
    h(
      "div",
      { class: "row between" },
      inThread ? h("label", { class: "also" }, also, "Also send to the channel") : h("small", {}, "Enter sends · @ names · / commands"),
      send,
    ),
  );
}

function commands({ apps }) {
  return apps.flatMap((app) => app.commands.map((name) => ({ name, app: app.id, title: app.display_name })));
}
