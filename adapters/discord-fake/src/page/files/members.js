// The members of the guild, by their highest role.

import { h } from "./dom.js";
import { face } from "./messages.js";

export const colorOf = (roles) => {
  const role = roles.find((role) => role.color);
  return role ? `#${role.color.toString(16).padStart(6, "0")}` : null;
};

export function members(world, openDirect) {
  const present = world.users.filter((user) => user.member);
  const row = (user) => {
    const roles = user.roles.map((id) => world.roles.find((role) => role.id === id)).filter(Boolean);
    const name = h("span", {}, user.shown);
    const color = colorOf(roles);
    if (color) name.style.color = color;
    return h("button", { type: "button", class: user.online ? "member" : "member away", title: roles.map((role) => role.name).join(", "), onclick: user.ours ? () => openDirect(user.id) : null },
      face({ id: user.id, name: user.shown }, "mid"), name, user.bot ? h("b", { class: "badge" }, "APP") : null);
  };
  const apps = present.filter((user) => user.bot);
  const people = present.filter((user) => !user.bot);
  return [
    h("h2", {}, `People — ${people.length}`), people.map(row),
    apps.length > 0 ? [h("h2", {}, `Apps — ${apps.length}`), apps.map(row)] : null,
  ];
}
