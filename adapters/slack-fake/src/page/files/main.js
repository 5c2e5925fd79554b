// The page: who looks, at what, and what is new.

import { act, get, h } from "./dom.js";
import { composer } from "./composer.js";
import { icon } from "./icons.js";
import { face, list } from "./messages.js";
import { sidebar } from "./sidebar.js";
import { prepare } from "./text.js";
import { home, modal } from "./views.js";

const panes = { sidebar: document.getElementById("sidebar"), main: document.getElementById("main"), thread: document.getElementById("thread") };
const asked = new URLSearchParams(location.search);
const seen = new Map();
let world = null;
let viewer = asked.get("as") ?? sessionStorage.getItem("as") ?? "";
let place = {};
let lit = null;
let drawn = {};

/** Puts nodes into an element, if they are not what it shows already. */
function draw(element, name, key, nodes) {
  if (drawn[name] === key) return false;
  drawn[name] = key;
  element.replaceChildren(...[nodes()].flat(Infinity).filter(Boolean));
  return true;
}

function theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

function go(where) {
  place = where;
  drawn = {};
  const query = new URLSearchParams(Object.entries({ as: name(viewer), ...place, channel: channelName(place.channel) }).filter(([, value]) => value));
  history.replaceState(null, "", `/?${query}`);
  if (place.home) act("open_home", { as: viewer, app: place.home });
  show();
}

const name = (id) => world.users.find((user) => user.id === id)?.name ?? id;
const channelName = (id) => world.channels.find((channel) => channel.id === id)?.name || id;

function become(id) {
  viewer = id;
  sessionStorage.setItem("as", name(id));
  go(place.home ? place : { channel: place.channel });
}

/** The place that the address names. */
function addressed() {
  const archive = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(location.pathname);
  if (archive) {
    lit = `${archive[2]}.${archive[3]}`;
    return { channel: archive[1], thread: asked.get("thread_ts") ?? undefined };
  }
  const app = world.apps.find(({ id, name }) => [id, name].includes(asked.get("home")));
  if (app) return { home: app.id };
  const wanted = asked.get("channel");
  const found = world.channels.find(({ id, name }) => id === wanted || name === wanted);
  const first = world.channels.find((channel) => channel.member && channel.sort !== "im") ?? world.channels[0];
  return { channel: (found ?? first)?.id, thread: asked.get("thread") ?? undefined };
}

function unread(channel) {
  if (!channel.latest || !channel.member || channel.id === place.channel) return false;
  return channel.latest_by !== viewer && channel.latest > (seen.get(`${viewer} ${channel.id}`) ?? "");
}

async function load() {
  world = await get(`/preview/workspace?as=${encodeURIComponent(viewer)}`);
  if (!world) return false;
  viewer = world.viewer;
  return true;
}

async function show() {
  const people = new Map(world.users.map((user) => [user.id, user]));
  prepare.lookups.viewer = viewer;
  const channel = world.channels.find(({ id }) => id === place.channel);
  if (channel?.latest) seen.set(`${viewer} ${channel.id}`, channel.latest);
  const lines = { world: { ...world, version: 0 }, place, dark: isDark(), unread: world.channels.map(unread) };
  draw(panes.sidebar, "sidebar", JSON.stringify(lines), () =>
    sidebar({ world, place, unread, go, become, dark: isDark(), theme: () => { theme(!isDark()); localStorage.setItem("theme", isDark() ? "dark" : "light"); show(); } }),
  );
  modal(world.modals, viewer);
  if (place.home) return showHome(people);
  if (!channel) return draw(panes.main, "main", "none", () => h("div", { class: "empty" }, h("p", {}, "There is no channel here yet. Apps and people can make some.")));
  document.title = `${channel.name || name(channel.with)} · ${world.team}`;
  const stands = await get(`/preview/channels/${channel.id}?as=${viewer}`);
  if (!stands || place.channel !== channel.id) return null;
  stands.messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
  showChannel(channel, stands, people);
  showThread(channel, stands, people);
  return null;
}

/** A list that stays at its end while one reads there. */
function fill(scroller, name, key, nodes) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  const first = drawn[name] === undefined;
  if (!draw(scroller, name, key, nodes)) return;
  if (lit) {
    const wanted = scroller.querySelector(`[data-ts="${lit}"]`);
    if (wanted) {
      wanted.scrollIntoView({ block: "center" });
      wanted.classList.add("lit");
      lit = null;
      return;
    }
  }
  if (atEnd || first) {
    scroller.scrollTop = scroller.scrollHeight;
    // Pictures come later, and make it longer.
    for (const picture of scroller.querySelectorAll("img")) {
      picture.addEventListener("load", () => { scroller.scrollTop = scroller.scrollHeight; }, { once: true });
    }
  }
}

function openThread(ts) {
  place = { ...place, thread: ts };
  delete drawn.threadFrame;
  delete drawn.thread;
  show().then(() => panes.thread.querySelector("textarea")?.focus());
}

const status = ({ status }) => h("div", { class: "status" }, h("span", { class: "pulse" }, h("i"), h("i"), h("i")), status);

function showChannel(channel, { messages }, people) {
  const other = channel.with ? people.get(channel.with) : null;
  const app = other?.app;
  const title = channel.name || (other ? (other.bot ? other.real_name : other.name) : "");
  draw(panes.main, "frame", JSON.stringify([channel.id, channel.name, channel.topic, channel.purpose, channel.members, channel.archived, viewer]), () => [
    h(
      "header",
      { class: "bar" },
      channel.sort === "im" ? face({ id: channel.with, name: title }) : icon(channel.sort === "group" ? "lock" : "hash"),
      h("div", { class: "grow" }, h("h1", {}, title, channel.shared ? h("span", { class: "badge soft" }, "shared") : null), h("p", {}, channel.topic || channel.purpose || "")),
      app ? h("button", { type: "button", class: "button", onclick: () => go({ home: app }) }, icon("home"), "Home") : null,
      channel.sort === "im" ? null : h("span", { class: "members", title: channel.members.map(name).join(", ") }, icon("people"), String(channel.members.length)),
    ),
    h("div", { class: "scroller", tabindex: "0", "aria-label": "Messages" }),
    channel.archived
      ? h("div", { class: "join" }, "This channel is archived.")
      : channel.member
        ? composer(`Message ${channel.sort === "im" ? title : `#${title}`}`, () => ({ viewer, channel: channel.id }), () => world)
        : h("div", { class: "join" }, h("span", {}, "You are not in ", h("strong", {}, `#${title}`)), h("button", { type: "button", class: "button primary", onclick: () => act("join", { as: viewer, channel: channel.id }) }, "Join")),
  ]);
  const top = messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === "thread_broadcast");
  const replies = (ts) => messages.filter((m) => m.thread_ts === ts && m.ts !== ts);
  const context = { viewer, channel: channel.id, people, openThread, replies };
  fill(panes.main.querySelector(".scroller"), "main", JSON.stringify([top, viewer]), () =>
    top.length > 0 ? h("div", { class: "list" }, list(top, context)) : h("div", { class: "empty" }, h("p", {}, `This is the beginning of ${title}.`), h("small", {}, channel.topic || "Say something below.")),
  );
}

function showThread(channel, { messages, statuses }, people) {
  panes.thread.hidden = !place.thread;
  if (!place.thread) return;
  const inside = messages.filter((m) => m.ts === place.thread || m.thread_ts === place.thread);
  const close = () => { place = { channel: place.channel }; panes.thread.hidden = true; delete drawn.thread; delete drawn.threadFrame; };
  draw(panes.thread, "threadFrame", JSON.stringify([channel.id, place.thread, viewer, channel.archived, channel.member]), () => [
    h("header", { class: "bar" }, h("div", { class: "grow" }, h("h1", {}, "Thread"), h("p", {}, channel.name ? `#${channel.name}` : "")), h("button", { type: "button", class: "quiet", title: "Close", "aria-label": "Close the thread", onclick: close }, icon("cross"))),
    h("div", { class: "scroller", tabindex: "0", "aria-label": "Messages of the thread" }),
    channel.member && !channel.archived ? composer("Reply…", () => ({ viewer, channel: channel.id, thread: place.thread }), () => world) : null,
  ]);
  const context = { viewer, channel: channel.id, people, thread: true, openThread };
  const now = statuses.filter(({ thread }) => thread === place.thread);
  fill(panes.thread.querySelector(".scroller"), "thread", JSON.stringify([inside, now, viewer]), () => {
    const [root, ...replies] = inside;
    if (!root) return h("div", { class: "empty" }, "There is no such thread.");
    const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
    return h("div", { class: "list" }, list([root], context), h("div", { class: "day" }, h("span", {}, count)), list(replies, context), now.map(status));
  });
}

async function showHome(people) {
  panes.thread.hidden = true;
  const app = world.apps.find(({ id }) => id === place.home);
  if (!app) return;
  const view = await get(`/preview/home/${app.id}?as=${viewer}`);
  const title = people.get(app.bot_user)?.real_name ?? app.name;
  document.title = `${title} · ${world.team}`;
  const messages = async () => {
    const made = await act("direct", { as: viewer, name: app.bot_user });
    if (made) go({ channel: made.done });
  };
  draw(panes.main, "main", JSON.stringify([view, app.id, viewer]), () => [
    h("header", { class: "bar" }, face({ id: app.bot_user, name: title }), h("div", { class: "grow" }, h("h1", {}, title, h("span", { class: "badge" }, "APP")), h("p", {}, app.commands.join(" "))), h("button", { type: "button", class: "button", onclick: messages }, icon("reply"), "Messages")),
    h("div", { class: "scroller" }, home(view, app, viewer)),
  ]);
}

/** Waits for news, for as long as the page is open. */
async function follow() {
  for (;;) {
    try {
      await get(`/preview/changes?after=${world.version}`);
      if (await load()) await show();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

const wanted = asked.get("theme") ?? localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
theme(wanted === "dark");
prepare.lookups = {
  viewer,
  user: (id) => { const user = world.users.find((user) => user.id === id); return user && (user.bot ? user.real_name : user.name); },
  channel: (id) => world.channels.find((channel) => channel.id === id)?.name,
  group: (id) => world.groups.find((group) => group.id === id),
  go: (id) => go({ channel: id }),
};
const [allEmoji] = await Promise.all([get("/preview/emoji"), load()]);
prepare(allEmoji, prepare.lookups);
place = addressed();
if (place.home) act("open_home", { as: viewer, app: place.home });
await show();
follow();
