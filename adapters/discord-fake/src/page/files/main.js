// The page: who looks, at what, and what is new.

import { act, get, h, later } from "./dom.js";
import { composer } from "./composer.js";
import { icon } from "./icons.js";
import { members } from "./members.js";
import { author, face, list } from "./messages.js";
import { modal } from "./modal.js";
import { sidebar } from "./sidebar.js";
import { prepare } from "./text.js";

const panes = { sidebar: document.getElementById("sidebar"), main: document.getElementById("main"), side: document.getElementById("side") };
const asked = new URLSearchParams(location.search);
const seen = new Map();
const lookups = {
  viewer: "", roles: [],
  user: (id) => world.users.find((user) => user.id === id)?.shown,
  channel: (id) => world.channels.find((channel) => channel.id === id)?.name,
  role: (id) => world.roles.find((role) => role.id === id),
  go: (id) => go({ channel: id }),
};
let world = null;
let viewer = asked.get("as") ?? sessionStorage.getItem("as") ?? "";
let place = {};
let lit = null;
let drawn = {};
let showMembers = localStorage.getItem("members") !== "no";

/** Puts nodes into an element, if they are not what it shows already. */
function draw(element, name, key, nodes) {
  if (drawn[name] === key) return false;
  drawn[name] = key;
  element.replaceChildren(...[nodes()].flat(Infinity).filter(Boolean));
  return true;
}

const name = (id) => world.users.find((user) => user.id === id)?.name ?? id;
const lineOf = (id) => world.channels.find((channel) => channel.id === id);

function go(where) {
  place = where;
  drawn = {};
  const channel = lineOf(place.channel);
  const query = new URLSearchParams(Object.entries({ as: name(viewer), channel: channel?.kind === 0 ? channel.name : place.channel, thread: place.thread }).filter(([, value]) => value));
  history.replaceState(null, "", `/?${query}`);
  show();
}

function become(id) {
  viewer = id;
  sessionStorage.setItem("as", name(id));
  go({ channel: place.channel });
}

/** The place that the address names. */
function addressed() {
  const path = /^\/channels\/\d+\/(\d+)(?:\/(\d+))?$/.exec(location.pathname);
  if (path) {
    lit = path[2] ?? null;
    return { channel: path[1] };
  }
  const wanted = asked.get("channel");
  const found = world.channels.find(({ id, name, kind }) => id === wanted || (kind === 0 && name === wanted));
  const first = world.channels.find((channel) => channel.kind === 0);
  return { channel: (found ?? first)?.id, thread: asked.get("thread") ?? undefined };
}

function unread(channel) {
  if (!channel.last || channel.id === place.channel || channel.id === place.thread) return false;
  const known = seen.get(`${viewer} ${channel.id}`);
  return channel.last_by !== viewer && later(channel.last, known);
}

async function load() {
  world = await get(`/preview/guild?as=${encodeURIComponent(viewer)}`);
  if (!world) return false;
  viewer = world.viewer;
  lookups.viewer = viewer;
  lookups.roles = world.users.find((user) => user.id === viewer)?.roles ?? [];
  return true;
}

async function show() {
  const channel = lineOf(place.channel);
  for (const open of [channel, lineOf(place.thread)]) if (open?.last) seen.set(`${viewer} ${open.id}`, open.last);
  draw(panes.sidebar, "sidebar", JSON.stringify({ world: { ...world, version: 0, modal: 0, commands: 0 }, place, unread: world.channels.map(unread) }), () => sidebar({ world, place, unread, go, become }));
  modal(world.modal, viewer);
  if (!channel) {
    draw(panes.main, "main", "none", () => h("div", { class: "empty" }, h("p", {}, "There is no channel here yet. Bots and people can make some.")));
    return;
  }
  const title = channel.name || name(channel.with);
  document.title = `${channel.kind === 1 ? "" : "#"}${title} · ${world.guild.name}`;
  const [stands, thread] = await Promise.all([
    get(`/preview/channels/${channel.id}?as=${viewer}`),
    place.thread ? get(`/preview/channels/${place.thread}?as=${viewer}`) : null,
  ]);
  if (!stands || place.channel !== channel.id) return;
  showChannel(channel, title, stands);
  if (place.thread && thread) showThread(thread);
  else showSide(channel);
}

/** Keeps a list at its end while one reads there, also when pictures come or the pane gets narrower. */
const follower = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scroller = target.closest(".scroller");
    if (scroller?.atEnd) scroller.scrollTop = scroller.scrollHeight;
  }
});

function fill(scroller, name, key, nodes) {
  const first = drawn[name] === undefined;
  if (!draw(scroller, name, key, nodes)) return;
  if (first) {
    scroller.atEnd = true;
    scroller.addEventListener("scroll", () => { scroller.atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80; });
    follower.observe(scroller);
  }
  follower.observe(scroller.firstElementChild);
  const wanted = lit ? scroller.querySelector(`[data-id="${lit}"]`) : null;
  if (wanted) {
    scroller.atEnd = false;
    wanted.scrollIntoView({ block: "center" });
    wanted.classList.add("lit");
    lit = null;
  } else if (scroller.atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function openThread(id) {
  place = { ...place, thread: id };
  delete drawn.side;
  delete drawn.sideList;
  load().then(show).then(() => panes.side.querySelector("textarea")?.focus());
}

function contextOf(pane, line, inThread) {
  const replyTo = (message) => pane.querySelector(".composer")?.replyTo(message, author(message, { world }).name);
  return { world, viewer, channel: line.id, kind: line.kind, inThread, openThread, replyTo };
}

const closed = (line) =>
  line.locked ? "This thread is locked." : line.archived && !line.may_post ? "This thread is archived." : line.may_post ? null : "You may not post here.";

function showChannel(channel, title, { messages, root }) {
  const words = channel.kind === 1 ? `@${title}` : `#${title}`;
  draw(panes.main, "main", JSON.stringify([channel.id, channel.name, channel.topic, channel.may_post, channel.locked, viewer]), () => [
    h("header", { class: "bar" },
      channel.kind === 1 ? face({ id: channel.with, name: title }, "small") : icon(channel.kind === 11 ? "thread" : "hash"),
      h("h1", {}, title),
      channel.topic ? h("p", {}, channel.topic) : h("p", {}),
      h("button", { type: "button", class: "quiet", title: "Members", "aria-label": "Members", onclick: () => { showMembers = !showMembers; localStorage.setItem("members", showMembers ? "yes" : "no"); place = { channel: place.channel }; show(); } }, icon("people")),
    ),
    h("div", { class: "scroller", tabindex: "0", "aria-label": "Messages" }),
    closed(channel) ? h("div", { class: "closed" }, closed(channel)) : composer(`Message ${words}`, () => ({ viewer, channel: channel.id }), () => world),
  ]);
  const all = root ? [root, ...messages] : messages;
  fill(panes.main.querySelector(".scroller"), "mainList", JSON.stringify([all, viewer, world.users, world.roles]), () => {
    const context = contextOf(panes.main, channel, channel.kind === 11);
    const beginning = h("div", { class: "beginning" }, h("span", { class: "crest" }, icon(channel.kind === 11 ? "thread" : "hash")), h("h2", {}, channel.kind === 0 ? `Welcome to ${words}!` : title), h("p", {}, channel.topic || `This is the start of ${words}.`));
    return h("div", { class: "list" }, beginning, list(all, context));
  });
}

function showThread({ line, root, messages }) {
  panes.side.hidden = false;
  panes.side.className = "as-thread";
  const close = () => { place = { channel: place.channel }; delete drawn.side; show(); };
  draw(panes.side, "side", JSON.stringify(["thread", line.id, line.name, line.locked, line.archived, viewer]), () => [
    h("header", { class: "bar" }, icon("thread"), h("h1", {}, line.name), h("p", {}), h("button", { type: "button", class: "quiet", title: "Close", "aria-label": "Close the thread", onclick: close }, icon("cross"))),
    h("div", { class: "scroller", tabindex: "0", "aria-label": "Messages of the thread" }),
    closed(line) ? h("div", { class: "closed" }, closed(line)) : composer(`Message "${line.name.slice(0, 24)}"`, () => ({ viewer, channel: line.id }), () => world),
  ]);
  const all = root ? [root, ...messages] : messages;
  fill(panes.side.querySelector(".scroller"), "sideList", JSON.stringify([all, viewer]), () => h("div", { class: "list" }, list(all, contextOf(panes.side, line, true))));
}

function showSide(channel) {
  panes.side.hidden = !showMembers || channel.kind === 1;
  panes.side.className = "as-members";
  if (panes.side.hidden) return;
  const openDirect = async (id) => { const made = await act("direct", { as: viewer, app: id }); if (made) go({ channel: made.done }); };
  draw(panes.side, "side", JSON.stringify(["members", world.users, world.roles]), () => h("div", { class: "scroller members" }, members(world, openDirect)));
}

async function follow() {
  for (;;) {
    try {
      const { version } = await get(`/preview/changes?after=${world.version}`);
      if (version !== world.version && (await load())) await show();
    } catch {
      // The stand-in was stopped, or is being started again.
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

prepare(lookups);
await load();
place = addressed();
await show();
follow();
