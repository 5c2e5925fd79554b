// Where one writes: Enter sends, Shift+Enter breaks the line, @ offers names, / offers commands and their options.

import { act, h } from "./dom.js";
import { icon } from "./icons.js";

/** A composer for a place. `place()` gives {viewer, channel}; `world()` the guild. */
export function composer(placeholder, place, world) {
  const field = h("textarea", { class: "write", rows: "1", placeholder, "aria-label": placeholder });
  const offers = h("ul", { class: "offers", hidden: true });
  const replying = h("div", { class: "replying", hidden: true });
  let chosen = 0;
  let offered = [];
  let turn = 0;
  let reply = null;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 240)}px`;
  };

  function replyTo(message, name) {
    reply = message;
    replying.hidden = !message;
    if (message) {
      replying.replaceChildren(h("span", {}, "Replying to ", h("strong", {}, name)), h("button", { type: "button", "aria-label": "Do not reply", onclick: () => replyTo(null) }, icon("cross")));
      field.focus();
    }
  }

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    const { viewer, channel } = place();
    const command = typedCommand(text, world());
    field.value = "";
    grow();
    const done = command
      ? await act("command", { as: viewer, app: command.app, channel, text: command.line, options: command.options })
      : await act("say", { as: viewer, channel, text, message: reply?.id ?? "" });
    if (done) replyTo(null);
    else if (!field.value) {
      field.value = text;
      grow();
    }
  }

  /** What could be meant by what stands before the cursor. */
  async function meant() {
    const before = field.value.slice(0, field.selectionStart);
    const now = world();
    if (before.startsWith("/")) return commandOffers(before, now, place());
    const word = /(^|\s)([@#][\w.-]*)$/.exec(before)?.[2];
    if (!word) return [];
    const part = word.slice(1).toLowerCase();
    const of = (list) => list.filter(({ label }) => label.slice(1).toLowerCase().startsWith(part)).slice(0, 8).map((one) => ({ ...one, replaces: word, put: one.label }));
    if (word[0] === "#") return of(now.channels.filter((c) => c.name && c.kind !== 4).map((c) => ({ label: `#${c.name}`, detail: c.topic ?? "" })));
    return of([
      ...now.users.filter((user) => user.member).map((user) => ({ label: `@${user.shown}`, detail: user.bot ? "App" : user.name })),
      ...now.roles.filter((role) => role.mentionable || role.bot).map((role) => ({ label: `@${role.name.replace(/^@/, "")}`, detail: role.bot ? "Role of an app" : "Role" })),
    ]);
  }

  async function offer() {
    turn += 1;
    const mine = turn;
    const found = await meant();
    if (mine !== turn) return;
    offered = found;
    chosen = Math.min(chosen, Math.max(0, offered.length - 1));
    offers.hidden = offered.length === 0;
    offers.replaceChildren(
      ...offered.map((one, i) =>
        h("li", { class: i === chosen ? "chosen" : "", onpointerdown: (event) => { event.preventDefault(); take(one); } }, h("strong", {}, one.label), h("small", {}, one.detail)),
      ),
    );
  }

  function take({ put, replaces }) {
    const at = field.selectionStart;
    const open = put.endsWith(":");
    field.value = `${field.value.slice(0, at - replaces.length)}${put}${open ? "" : " "}${field.value.slice(at)}`;
    field.selectionStart = field.selectionEnd = at - replaces.length + put.length + (open ? 0 : 1);
    offers.hidden = true;
    chosen = 0;
    grow();
    offer();
  }

  field.addEventListener("input", () => { chosen = 0; offer(); grow(); });
  field.addEventListener("blur", () => { offers.hidden = true; });
  field.addEventListener("keydown", (event) => {
    const list = offers.hidden ? [] : offered;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const fresh = list[chosen] && list[chosen].put !== list[chosen].replaces;
    if (list.length > 0 && step) {
      event.preventDefault();
      chosen = (chosen + step + list.length) % list.length;
      [...offers.children].forEach((row, i) => row.classList.toggle("chosen", i === chosen));
    } else if (fresh && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) {
      event.preventDefault();
      take(list[chosen]);
    } else if (event.key === "Escape") {
      offers.hidden = true;
      replyTo(null);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });

  const element = h("div", { class: "composer" }, offers, replying, h("div", { class: "field-of" }, field));
  element.replyTo = replyTo;
  return element;
}

/** All ways to call a command: its name with subcommands, and the options of that way. */
function ways({ commands }) {
  return commands.flatMap(({ app, command }) => {
    const walk = (one, path) => {
      const inner = (one.options ?? []).filter((option) => option.type <= 2);
      if (inner.length > 0) return inner.flatMap((option) => walk(option, [...path, option.name]));
      return [{ app, line: path.join(" "), detail: one.description ?? "", options: one.options ?? [] }];
    };
    return walk(command, [command.name]);
  });
}

/** The longest way that a text begins with, and what follows it. */
function typedWay(text, world) {
  const typed = text.slice(1);
  const fits = ways(world).filter(({ line }) => typed === line || typed.startsWith(`${line} `));
  const way = fits.toSorted((a, b) => b.line.length - a.line.length)[0];
  return way ? { way, rest: typed.slice(way.line.length) } : null;
}

/** `name: value` pairs. What stands without a name belongs to the first option. */
function typedOptions(way, rest) {
  const names = way.options.map(({ name }) => name);
  const found = {};
  const pattern = new RegExp(`(^|\\s)(${names.join("|") || "$^"}):`, "g");
  const marks = [...rest.matchAll(pattern)];
  const free = (marks[0] ? rest.slice(0, marks[0].index) : rest).trim();
  if (free && names.length > 0) found[names[0]] = free;
  marks.forEach((mark, i) => {
    found[mark[2]] = rest.slice(mark.index + mark[0].length, marks[i + 1]?.index).trim();
  });
  return found;
}

function valueOf(option, text, world) {
  if (option.type === 4 || option.type === 10) return Number(text);
  if (option.type === 5) return /^(true|yes|1)$/i.test(text);
  const bare = text.replace(/^[@#]/, "");
  if (option.type === 6) return world.users.find((user) => [user.name, user.shown].includes(bare))?.id ?? text;
  if (option.type === 7) return world.channels.find((channel) => channel.name === bare)?.id ?? text;
  if (option.type === 8) return world.roles.find((role) => role.name === bare)?.id ?? text;
  return text;
}

function typedCommand(text, world) {
  if (!text.startsWith("/")) return null;
  const typed = typedWay(text, world);
  if (!typed) return null;
  const given = typedOptions(typed.way, typed.rest);
  const options = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, valueOf(typed.way.options.find((o) => o.name === name), value, world)]));
  return { app: typed.way.app, line: typed.way.line, options };
}

async function commandOffers(before, world, { viewer, channel }) {
  const typed = typedWay(before, world);
  if (!typed || (!typed.rest && typed.way.options.length === 0)) {
    const name = (app) => world.users.find((user) => user.id === app)?.shown ?? "";
    return ways(world).filter(({ line }) => `/${line}`.startsWith(before)).slice(0, 10).map(({ line, detail, app }) => ({ label: `/${line}`, detail: `${detail} · ${name(app)}`, replaces: before, put: `/${line}` }));
  }
  const { way, rest } = typed;
  const given = typedOptions(way, rest);
  const open = /(^|\s)(\w[\w-]*):\s?([^:]*)$/.exec(rest);
  const option = open && way.options.find(({ name }) => name === open[2]);
  if (option) {
    const part = open[3];
    if (option.choices) return option.choices.filter((choice) => choice.name.toLowerCase().startsWith(part.toLowerCase())).map((choice) => ({ label: choice.name, detail: "", replaces: part, put: String(choice.value) }));
    if (!option.autocomplete) return [];
    const answer = await act("complete", { as: viewer, app: way.app, channel, text: way.line, options: { ...given, [option.name]: part }, focused: option.name }, true);
    return (answer?.done ?? []).map(([label, value]) => ({ label, detail: String(value) === label ? "" : String(value), replaces: part, put: String(value) }));
  }
  if (!/\s$/.test(rest)) return [];
  return way.options.filter(({ name }) => !(name in given)).map((option) => ({ label: `${option.name}:`, detail: `${option.description ?? ""}${option.required ? "" : " (optional)"}`, replaces: "", put: `${option.name}:` }));
}
