// The workspace: who one is, channels, direct conversations, apps.

import { act, h } from "./dom.js";
import { icon } from "./icons.js";
import { face } from "./messages.js";

/** `view`: {world, place, unread, go, become, theme}. */
export function sidebar({ world, place, unread, go, become, dark, theme }) {
  const people = new Map(world.users.map((user) => [user.id, user]));
  const channels = world.channels.filter((channel) => channel.sort !== "im" && !channel.archived);
  const archived = world.channels.filter((channel) => channel.sort !== "im" && channel.archived);
  const byName = (a, b) => a.name.localeCompare(b.name);
  const line = (current, attributes, ...children) =>
    h("button", { type: "button", class: "line", "aria-current": current ? "page" : null, ...attributes }, ...children);
  const channelLine = (channel) =>
    line(
      place.channel === channel.id,
      { onclick: () => go({ channel: channel.id }), class: `line${unread(channel) ? " unread" : ""}${channel.member ? "" : " outside"}` },
      icon(channel.sort === "group" ? "lock" : "hash"),
      h("span", {}, channel.name),
    );
  const others = world.users.filter((user) => !user.bot && user.id !== world.viewer && user.id !== "USLACKBOT" && !user.deleted);
  const direct = (user) => world.channels.find((channel) => channel.sort === "im" && channel.with === user);
  const openDirect = async (user) => {
    const made = await act("direct", { as: world.viewer, name: user });
    if (made) go({ channel: made.done });
  };

  return [
    h("header", { class: "team" }, h("span", { class: "crest" }, world.team.slice(0, 1).toUpperCase()), h("strong", {}, world.team), h("button", { type: "button", class: "quiet", title: dark ? "Light" : "Dark", "aria-label": dark ? "Light theme" : "Dark theme", onclick: theme }, icon(dark ? "sun" : "moon"))),
    h(
      "label",
      { class: "who" },
      face({ id: world.viewer, name: "?" }, true),
      h("span", {}, "You are"),
      h(
        "select",
        { "aria-label": "Who you are", onchange: (event) => become(event.target.value) },
        world.users
          .filter((user) => !user.bot && user.id !== "USLACKBOT" && !user.deleted)
          .map((user) => h("option", { value: user.id, selected: user.id === world.viewer }, user.guest ? `${user.name} (guest)` : user.name)),
      ),
    ),
    h("div", { class: "lists" },
      section("Channels", channels.toSorted(byName).map(channelLine)),
      archived.length > 0 ? section("Archived", archived.toSorted(byName).map(channelLine)) : null,
      section(
        "Direct messages",
        others.map((user) => {
          const channel = direct(user.id);
          return line(channel && place.channel === channel.id, { onclick: () => openDirect(user.id), class: `line${channel && unread(channel) ? " unread" : ""}` }, face({ id: user.id, name: user.name }, true), h("span", {}, user.name), user.guest ? h("small", {}, "guest") : user.stranger ? h("small", {}, "external") : null);
        }),
      ),
      section(
        "Apps",
        world.apps.map((app) => {
          const channel = direct(app.bot_user);
          const bot = people.get(app.bot_user);
          const alive = app.by_http || app.connections > 0;
          return line(
            place.home === app.id || (channel && place.channel === channel.id),
            { onclick: () => go({ home: app.id }), class: `line${channel && unread(channel) ? " unread" : ""}` },
            face({ id: app.bot_user, name: app.name }, true),
            h("span", {}, bot?.real_name ?? app.name),
            h("i", { class: alive ? "dot on" : "dot", title: app.by_http ? "told over HTTP" : `${app.connections} Socket Mode connection(s)` }),
          );
        }),
      ),
    ),
    h("footer", {}, "A stand-in for Slack, on this machine. Nothing is kept."),
  ];
}

function section(title, lines) {
  return h("section", {}, h("h2", {}, title), lines);
}
