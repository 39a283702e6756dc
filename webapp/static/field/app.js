// The officers' app: opens the lock, shows one view at a time between two bars, and keeps pack and outbox going in the background.
import { askState, onWord, troubled } from "./api.js";
import * as autolock from "./autolock.js";
import { bars } from "./bars.js";
import "./doors.js";
import { h } from "./dom.js";
import "./forms.js";
import { lockedView } from "./locked.js";
import "./me.js";
import * as outbox from "./outbox.js";
import "./outbox_view.js";
import { sendByItself } from "./outbox_send.js";
import * as pack from "./pack.js";
import { reasonOf } from "./reason.js";
import * as reserve from "./reserve.js";
import * as router from "./router.js";
import { signIn } from "./signin.js";
import * as updating from "./updating.js";
import * as vault from "./vault.js";
import { choose, lang, t } from "./words/index.js";

const FRESH_MS = 15 * 60_000;
const LOOK_MS = 60_000;
const main = h("main", { id: "view", tabindex: "-1" });

async function start() {
  choose(lang());
  if (!globalThis.isSecureContext || !crypto.subtle) { fail(t("app.not_secure")); return; }
  try { await vault.begin(); } catch (error) {
    console.error(error);
    fail(t(error instanceof TypeError ? "app.no_parts" : "app.no_database", { part: "idb" }));
    return;
  }
  frame();
  router.begin({ place: main, guard, shown: (hash) => around.show(hash) });
  vault.onChange(turned);
  document.addEventListener("doorplate:language", frame);
  onWord(() => { if (troubled() === "must_change") router.go("me"); });
  autolock.begin();
  sendByItself();
  keepFresh();
  updating.begin();
  await router.show();
}

const fail = (words) => place().replaceChildren(h("main", {}, h("section", { class: "form" }, h("h1", {}, t("app.name")), h("p", { class: "warning", role: "alert" }, words))));
const place = () => document.getElementById("app");

let around = null;
function frame() {
  around?.end();
  around = bars();
  place().replaceChildren(h("a", { class: "skip", href: "#view", onclick: (event) => { event.preventDefault(); main.focus(); } }, t("app.skip")), around.top, main, around.bottom);
  around.show(router.current());
}

// What stands there instead of a view while the phone is new, locked, or has no pack yet.
function guard(free) {
  if (vault.state() === "new") return async () => { const before = vault.wipedFor(); return inside((node) => node.append(signIn(node, { before: before ? t(`wiped.${before}`) : "", done: () => { updating.keepAll(); return router.show(); } }))); };
  if (vault.state() === "locked") return async () => { const node = h("div", { class: "whole" }); node.append(await lockedView((next) => node.replaceChildren(next))); return node; };
  if (free || pack.ready()) return null;
  return async () => waiting();
}

function inside(fill) {
  const node = h("div", { class: "whole" });
  fill(node);
  return node;
}

// No pack yet: it is being fetched, or says why not.
function waiting() {
  const [words, again] = [h("p", { class: "lead", role: "status" }, t("pack.getting")), h("button", { type: "button", class: "act primary", hidden: true }, t("pack.retry"))];
  const bar = h("progress", { max: 1, "aria-label": t("pack.title") });
  const node = h("section", { class: "form waiting" }, h("h1", {}, t("pack.title")), words, bar, again);
  const tell = pack.onChange(() => {
    if (!node.isConnected) { tell(); return; }
    const { step } = pack.state();
    if (step?.of) [bar.max, bar.value, words.textContent] = [step.of, step.done, t("pack.step", step)];
  });
  const fetch = async () => {
    [again.hidden, bar.hidden, words.textContent] = [true, false, t("pack.getting")];
    try { await pack.refresh(); } catch (error) {
      if (!["Offline", "Refused", "QuotaExceededError"].includes(error.name)) throw error;
      words.textContent = error.name === "Offline" ? t("pack.offline") : error.name === "Refused" ? t("pack.refused", { words: reasonOf(error) }) : t("signin.no_room");
      [again.hidden, bar.hidden] = [false, true];
      return;
    }
    tell();
    if (node.isConnected) router.show();
  };
  again.addEventListener("click", fetch);
  setTimeout(fetch, 0);
  addEventListener("online", () => { if (node.isConnected && !again.hidden) fetch(); }, { once: true });
  return node;
}

async function turned(now) {
  if (now === "open") {
    await Promise.all([pack.load(), outbox.load()]);
    reserve.keep();
    if (pack.ready()) refreshQuietly();
  } else if (now === "locked") askState();
  await router.show();
}

function keepFresh() {
  const look = () => { if (vault.state() === "open" && pack.ready() && !document.hidden && Date.now() - pack.state().madeAt > FRESH_MS) refreshQuietly(); };
  setInterval(look, LOOK_MS);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  setInterval(() => { if (vault.state() === "locked") askState(); }, LOOK_MS);
}

function refreshQuietly() {
  if (navigator.onLine === false || pack.state().updating) return;
  pack.refresh().catch((error) => { if (!["Offline", "Refused", "Locked"].includes(error.name)) throw error; });
}

start();
