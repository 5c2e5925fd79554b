// Opens the page: session, people, channels, the live connection; then shows what the address names.
import "./theme.js";
import { connect } from "./live.js";
import { channelOf, home, menuButton, openConversation, openThread } from "./conversation.js";
import { atMostEvery, el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { help, shortcuts } from "./keys.js";
import { callsMe } from "./mention.js";
import { forgetAll, take } from "./messages.js";
import { notices } from "./notices.js";
import { rail } from "./rail.js";
import { route } from "./router.js";
import { sidebar } from "./sidebar.js";
import { channel, emit, loadChannels, loadCounts, loadPersonas, loadSession, on, state } from "./state.js";
import { switcher } from "./switcher.js";
import { takeTyping } from "./typing.js";

const main = document.getElementById("main");
const side = document.getElementById("thread");
const views = await consoleViews();

/** What is open: its key, and what takes it down. */
const shown = { main: null, closeMain: null, thread: null, closeThread: null };

/** The console's views; the lobby works without them. */
async function consoleViews() {
  try {
    const { VIEWS } = await import("/assets/console/views.js");
    return VIEWS;
  } catch {
    return [];
  }
}

function show() {
  const place = route();
  if (place.view === "home") {
    const hash = home();
    if (hash) location.replace(hash);
    return;
  }
  emit("drawer", false);
  if (place.view === "conversation") showConversation(place);
  else showView(place);
}

function showConversation(place) {
  const one = channelOf(place);
  if (!one) return setMain(`missing ${place.channel}`, () => lost("There is no channel by that name."));
  localStorage.setItem("bullpen.last", one.id);
  setMain(`c ${one.id}`, () => openConversation(main, one));
  setThread(place.thread && `${one.id} ${place.thread} ${place.message ?? ""}`, () =>
    openThread(side, one, place.thread, place.message),
  );
  return undefined;
}

function showView(place) {
  setThread(null);
  const view = views.find((known) => known.name === place.view || known.also?.includes(place.view));
  setMain(`v ${place.view} ${place.id ?? ""}`, () => {
    if (!view) return lost("There is nothing at this address.");
    document.title = `${view.title} · Bullpen`;
    return view.open(main, { ...place, menu: menuButton() });
  });
}

function lost(text) {
  fill(
    main,
    el("header.pane-head", menuButton()),
    el("div.empty", icon("search"), el("h2", text), el("p", "It may have been renamed, or the link is old.")),
  );
  return null;
}

function setMain(key, open) {
  if (shown.main === key) return;
  shown.closeMain?.();
  shown.main = key;
  setThread(null);
  shown.closeMain = open();
}

function setThread(key, open) {
  if (shown.thread === key) return;
  const hadFocus = side.contains(document.activeElement);
  shown.closeThread?.();
  shown.thread = key;
  shown.closeThread = key ? open() : null;
  document.body.classList.toggle("thread-open", Boolean(key));
  if (!key && hadFocus) main.querySelector("textarea")?.focus({ preventScroll: true });
}

function drawer(opened) {
  document.body.classList.toggle("drawer-open", opened);
  document.getElementById("scrim").hidden = !opened;
  if (opened) document.querySelector("#sidebar [aria-current], #rail [aria-current]")?.focus();
}

/** A new message elsewhere makes its channel unread. */
function countUnread(one) {
  const mine = one.author.kind === "member" && one.author.name === state.me;
  const place = channel(one.channel);
  if (!place || mine) return;
  place.unread += 1;
  if (callsMe(one) || place.direct) place.mentions += 1;
  emit("channels");
}

/** While the department works, changes are told several times a second; how often each list is asked for again, in ms. */
const REFRESH = 1_000;
/** A refresh that fails is made good by the next one; a lost connection shows anyway. */
const quietly = (load) => atMostEvery(REFRESH, () => load().catch(() => {}));
const refresh = {
  personas: quietly(loadPersonas),
  channels: quietly(loadChannels),
  counts: quietly(loadCounts),
  session: quietly(loadSession),
};

function changed(what) {
  if (what.includes("personas") || what.includes("tasks")) refresh.personas();
  if (what.includes("channels")) refresh.channels();
  if (what.some((one) => one === "approvals" || one === "dead-letters")) refresh.counts();
  if (what.includes("session")) refresh.session();
  emit("changed", what);
}

/** What may have been missed is loaded anew. */
function catchUp(all) {
  refresh.personas();
  refresh.channels();
  refresh.counts();
  refresh.session();
  if (all) {
    forgetAll();
    shown.main = null;
    shown.thread = null;
    show();
  }
  emit("changed", ["tasks", "approvals", "personas", "decisions", "escalations", "costs", "dead-letters"]);
}

async function start() {
  on("live", (event) => {
    takeTyping(event);
    take(event);
    if (event.type === "changed") changed(event.what ?? []);
    if (event.type === "reset") catchUp(true);
  });
  on("reconnected", ({ resumed }) => catchUp(!resumed));
  on("arrived", countUnread);
  on("route", show);
  on("drawer", drawer);
  on("help", help);
  on("switcher", () => switcher(views));
  document.getElementById("scrim").addEventListener("click", () => drawer(false));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  shortcuts({
    focusComposer: () =>
      (document.querySelector("#thread textarea") ?? document.querySelector("#main textarea"))?.focus(),
    focusLast: () => [...(side.hidden ? main : side).querySelectorAll(".message[data-id]")].at(-1)?.focus(),
  });
  rail(document.getElementById("rail"), views);
  sidebar(document.getElementById("sidebar"));
  notices(document.getElementById("notices"));
  await loadSession();
  connect();
  await Promise.all([loadPersonas(), loadChannels()]);
  refresh.counts();
  emit("route");
}

function failed(failure) {
  const again = el("button.button.primary", { type: "button", on: { click: () => location.reload() } }, "Try again");
  fill(main, el("div.empty", icon("warn"), el("h2", "The lobby could not be opened"), el("p", failure.message), again));
}

start().catch(failed);
