// What is always visible: how it stands (network, outbox, pack) in words at the top, the four places to go at the bottom.
import { onWord, reachable, troubled } from "./api.js";
import { h, icon } from "./dom.js";
import * as outbox from "./outbox.js";
import * as pack from "./pack.js";
import * as reserve from "./reserve.js";
import { usage } from "./store.js";
import * as updating from "./updating.js";
import * as vault from "./vault.js";
import { t } from "./words/index.js";

const PLACES = ["scan", "near", "list", "outbox", "me"];
const EVERY_MS = 30_000;
let low = 0;

export const hourOf = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
const dayOf = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(at));
// 10:05 today, else 11-23 10:05.
export const momentOf = (at) => (dayOf(at) === dayOf(Date.now()) ? hourOf(at) : `${dayOf(at).slice(5)} ${hourOf(at)}`);

// {top, bottom, show(hash), end()}.
export function bars() {
  const words = h("p", { class: "bar-words", role: "status" });
  const update = h("div", { class: "bar-update", role: "status", hidden: true });
  const top = h("header", { class: "bar-top" }, words, update);
  const places = PLACES.map((name) => h("a", { href: `#${name}`, class: "bar-place" }, icon(name), h("span", {}, t(`nav.${name}`)), h("b", { class: "bar-count", hidden: true })));
  const bottom = h("nav", { class: "bar-bottom", "aria-label": t("app.nav") }, places);
  const tell = () => {
    const open = vault.state() === "open";
    top.hidden = bottom.hidden = !open;
    if (!open) return;
    words.replaceChildren(...sentence().map(([kind, text]) => h("span", { class: `bar-${kind}` }, text)));
    showCount(places[PLACES.indexOf("outbox")]);
    showUpdate(update);
  };
  const ends = [outbox.onChange, pack.onChange, reserve.onChange, vault.onChange, updating.onChange].map((listen) => listen(tell));
  ends.push(onWord(tell));
  const ending = new AbortController();
  for (const event of ["online", "offline"]) addEventListener(event, tell, { signal: ending.signal });
  const timer = setInterval(async () => { await lookAtSpace(); tell(); }, EVERY_MS);
  const end = () => { ends.forEach((one) => one()); ending.abort(); clearInterval(timer); };
  lookAtSpace().then(tell);
  const show = (hash) => places.forEach((one, n) => (hash.split("/")[0] === PLACES[n] ? one.setAttribute("aria-current", "page") : one.removeAttribute("aria-current")));
  return { top, bottom, show, end };
}

async function lookAtSpace() {
  const [{ free }, least] = [await usage(), pack.settings()?.sync.warn_free_mb ?? 0];
  low = free < least * 2 ** 20 ? Math.max(1, Math.floor(free / 2 ** 20)) : 0;
}

function sentence() {
  const { waiting, refused, unread } = outbox.counts();
  const told = [reachable() === false ? ["offline", t("bar.offline")] : ["online", t("bar.online")]];
  if (troubled()) told.push(["trouble", t(`bar.${troubled()}`)]);
  if (waiting) told.push(["waiting", t("bar.waiting", { n: waiting })]);
  if (refused) told.push(["trouble", t("bar.refused", { n: refused })]);
  if (unread) told.push(["waiting", t("bar.unread", { n: unread })]);
  if (reserve.isSpent()) told.push(["trouble", t("bar.full")]);
  else if (low) told.push(["trouble", t("bar.low", { mb: low })]);
  const { madeAt, expired, step, updating: busy } = pack.state();
  if (busy && step?.of) told.push(["pack", t("bar.updating_step", step)]);
  else if (busy) told.push(["pack", t("bar.updating")]);
  else if (expired) told.push(["trouble", t("bar.expired")]);
  else told.push(["pack", madeAt ? t("bar.pack", { time: momentOf(madeAt) }) : t("bar.no_pack")]);
  return told;
}

function showCount(link) {
  const { waiting, refused, unread } = outbox.counts();
  const badge = link.querySelector(".bar-count");
  badge.hidden = !(waiting + refused + unread);
  badge.textContent = String(waiting + refused + unread);
  badge.classList.toggle("alarmed", refused > 0);
}

// A new version waits until it is asked for: it never replaces the app in the middle of a form.
function showUpdate(place) {
  if (place.hidden !== !updating.waits()) place.replaceChildren(...(updating.waits() ? [h("span", {}, t("bar.update")),
    h("button", { type: "button", class: "act small", onclick: () => updating.takeOver() }, t("bar.update_now"))] : []));
  place.hidden = !updating.waits();
}
