// Where work happens: a thread of the lobby, or a message on another platform, which opens there.

import { el } from "/assets/lobby/dom.js";
import { icon } from "/assets/lobby/icons.js";
import { toPlace } from "/assets/lobby/router.js";

/** Where a message of another platform opens, and what that platform is called; null for the lobby's own. */
export function elsewhere(channel, message) {
  const [platform, id] = String(channel ?? "").split(":");
  if (platform !== "slack" || !id) return null;
  const query = new URLSearchParams({ channel: id, ...(message && { message_ts: message }) });
  return { name: "Slack", url: `https://slack.com/app_redirect?${query}` };
}

/** A link to a message or its thread. */
export function placeLink(kind, channel, thread, message, label, ...mark) {
  const away = elsewhere(channel, message ?? thread);
  return away
    ? el(kind, { href: away.url, target: "_blank", rel: "noreferrer" }, ...mark, `${label} in ${away.name}`)
    : el(kind, { href: toPlace(channel, thread, message) }, ...mark, label);
}

/** What stands in the place of buttons for what is decided on another platform. */
export function decideThere(one) {
  const away = elsewhere(one.channel, one.message);
  return (
    away &&
    el(
      "p.small",
      el("a.button", { href: away.url, target: "_blank", rel: "noreferrer" }, icon("chat"), `Decide in ${away.name}`),
    )
  );
}
