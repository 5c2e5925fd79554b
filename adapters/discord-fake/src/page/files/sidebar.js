// The guild: who one is, categories, channels with their threads, direct conversations.

import { act, h } from "./dom.js";
import { icon } from "./icons.js";
import { face } from "./messages.js";

/** `view`: {world, place, unread, go, become}. */
export function sidebar({ world, place, unread, go, become }) {
  const byPlace = (a, b) => a.position - b.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
  const channels = world.channels.filter((c) => [0, 5].includes(c.kind)).toSorted(byPlace);
  const categories = world.channels.filter((c) => c.kind === 4).toSorted(byPlace);
  const threads = (parent) => world.channels.filter((c) => c.kind === 11 && c.parent === parent && !c.archived);
  const user = (id) => world.users.find((user) => user.id === id);

  const line = (channel) => {
    const current = place.channel === channel.id;
    const looks = `line${unread(channel) ? " unread" : ""}${channel.kind === 11 ? " thread" : ""}`;
    return h(
      "button",
      { type: "button", class: looks, "aria-current": current ? "page" : null, onclick: () => go({ channel: channel.id }) },
      icon(channel.kind === 11 ? "thread" : "hash"),
      h("span", {}, channel.name),
      channel.locked ? icon("lock") : null,
    );
  };
  const withThreads = (channel) => [line(channel), threads(channel.id).slice(-5).map(line)];
  const free = channels.filter((c) => !categories.some(({ id }) => id === c.parent));
  const openDirect = async (id) => {
    const made = await act("direct", { as: world.viewer, app: id });
    if (made) go({ channel: made.done });
  };
  const directs = world.users.filter((user) => user.id !== world.viewer && user.ours && user.member);
  const people = world.users.filter((user) => !user.bot && user.member);

  return [
    h("header", { class: "guild" }, h("strong", {}, world.guild.name), icon("down")),
    h("div", { class: "lists" },
      free.length > 0 ? h("section", {}, free.map(withThreads)) : null,
      categories.map((category) => {
        const inside = channels.filter((c) => c.parent === category.id);
        return inside.length > 0 ? h("section", {}, h("h2", {}, category.name), inside.map(withThreads)) : null;
      }),
      h("section", {}, h("h2", {}, "Direct messages"),
        directs.map((bot) => {
          const channel = world.channels.find((c) => c.kind === 1 && c.with === bot.id);
          const current = channel && place.channel === channel.id;
          return h("button", { type: "button", class: `line${channel && unread(channel) ? " unread" : ""}`, "aria-current": current ? "page" : null, onclick: () => openDirect(bot.id) },
            face({ id: bot.id, name: bot.shown }, "small"), h("span", {}, bot.shown), h("i", { class: bot.online ? "dot on" : "dot", title: bot.online ? "online" : "not connected" }));
        }),
      ),
    ),
    h("label", { class: "who" },
      face({ id: world.viewer, name: user(world.viewer)?.shown ?? "?" }, "mid"),
      h("span", {}, h("small", {}, "You are"),
        h("select", { "aria-label": "Who you are", onchange: (event) => become(event.target.value) },
          people.map((person) => h("option", { value: person.id, selected: person.id === world.viewer }, person.shown)))),
    ),
    h("footer", {}, "A stand-in for Discord, on this machine. Nothing is kept."),
  ];
}
