// Who is typing where. A mark fades a few seconds after it was last heard.
import { el, fill } from "./dom.js";
import { emit, on } from "./state.js";

const FADES = 6_000;
const heard = new Map();

const placeKey = (channel, thread) => `${channel}/${thread ?? ""}`;

/** Takes a typing event, or a message, which ends its author's typing. */
export function takeTyping(event) {
  if (event.type === "typing") set(placeKey(event.channel, event.thread), event.name);
  if (event.type === "message") end(placeKey(event.message.channel, event.message.thread), event.message.author.name);
}

function set(place, name) {
  const names = heard.get(place) ?? new Map();
  clearTimeout(names.get(name));
  names.set(
    name,
    setTimeout(() => end(place, name), FADES),
  );
  heard.set(place, names);
  emit("typing", place);
}

function end(place, name) {
  const names = heard.get(place);
  if (!names?.has(name)) return;
  clearTimeout(names.get(name));
  names.delete(name);
  emit("typing", place);
}

/** A line under a conversation: `{node, stop}`. */
export function typingLine(channel, thread) {
  const place = placeKey(channel, thread);
  const node = el("p.typing");
  const draw = () => {
    const names = [...(heard.get(place)?.keys() ?? [])];
    const text =
      names.length > 2
        ? `${names.length} people are writing`
        : names.length
          ? `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} writing`
          : "";
    fill(node, text && [el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")), text]);
  };
  const stop = on("typing", (at) => at === place && draw());
  draw();
  return { node, stop };
}
