// View "outbox" 待传箱: what waits, what was refused and why, what reviewers decided; each to be sent again, taken back or put away.
import { reachable } from "./api.js";
import { momentOf } from "./bars.js";
import { h } from "./dom.js";
import { takeBack } from "./form.js";
import { whenGone } from "./leaving.js";
import * as outbox from "./outbox.js";
import { flush } from "./outbox_send.js";
import { communities, door as doorOf } from "./pack.js";
import { button } from "./parts.js";
import { reasonOf } from "./reason.js";
import { route } from "./router.js";
import { usage } from "./store.js";
import { t } from "./words/index.js";

const PAGE = 50;
const megabytes = (bytes) => (bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
export const spaceWords = async () => { const { used, free } = await usage(); return t("outbox.used", { used: megabytes(used), free: Number.isFinite(free) ? megabytes(free) : "—" }); };

async function view() {
  let shown = PAGE;
  const body = h("div", { class: "outbox-body" });
  const place = h("section", { class: "form outbox" }, h("h1", {}, t("outbox.title")), body);
  const draw = async () => {
    const [entries, verdicts] = [await outbox.items(), await outbox.verdicts()];
    const [refused, waiting] = [entries.filter((one) => one.state === "refused"), entries.filter((one) => one.state === "waiting")];
    body.replaceChildren(
      entries.length + verdicts.length ? h("p", { class: "hint" }, t("outbox.lead")) : h("p", { class: "good" }, t(reachable() === false ? "outbox.empty_offline" : "outbox.empty")),
      group("outbox.refused_title", refused, refusedRow), group("outbox.verdicts_title", verdicts, verdictRow),
      waiting.length ? sender() : "", group("outbox.waiting_title", waiting.slice(0, shown), waitingRow, waiting.length),
      waiting.length > shown ? button(t("outbox.more", { n: Math.min(PAGE, waiting.length - shown) }), () => { shown += PAGE; draw(); }) : "", await space());
  };
  const ends = [outbox.onChange(() => { if (place.isConnected) draw(); })];
  const timer = setInterval(draw, 5000);
  whenGone(place, () => { ends.forEach((end) => end()); clearInterval(timer); });
  await draw();
  return place;
}

const group = (title, list, row, n = list.length) => (list.length ? h("section", {}, h("h2", {}, t(title, { n })), h("ul", { class: "outbox-list" }, list.map(row))) : "");

function sender() {
  if (reachable() === false || navigator.onLine === false) return h("p", { class: "hint", role: "status" }, t("outbox.offline"));
  return button(t("outbox.send"), () => flush({ now: true }), "primary");
}

const placeOf = ({ address }) => (address && doorOf(address)?.local) || "";
const kindOf = ({ kind, operation }) => (kind === "correction" && operation ? t(`operation.${operation}`) : t(`item.${kind}`));
const head = (item) => [h("p", { class: "outbox-head" }, h("b", {}, kindOf(item)), " ", placeOf(item), " ", h("small", {}, momentOf(item.at)))];

function filesOf(entry) {
  const bytes = entry.files.reduce((sum, one) => sum + one.bytes, 0);
  return entry.files.length ? h("p", { class: "hint" }, t("outbox.files", { n: entry.files.length, size: megabytes(bytes) })) : "";
}

function waitingRow(entry) {
  const held = entry.heldUntil > Date.now();
  const words = outbox.isSending(entry.id) ? t("outbox.sending") : held ? t("outbox.held") : entry.tries ? t("outbox.again", { n: entry.tries, time: momentOf(entry.nextAt) }) : t("outbox.waiting");
  return h("li", {}, head(entry.item), h("p", { class: "outbox-state" }, words), entry.tries && (entry.message || entry.code) ? h("p", { class: "hint" }, whyOf(entry)) : "", filesOf(entry),
    outbox.isSending(entry.id) ? "" : button(t("outbox.undo"), () => takeBack(entry.id), "small"));
}

const whyOf = (entry) => reasonOf(entry, "outbox.unknown_why");

function refusedRow(entry) {
  return h("li", { class: "outbox-refused" }, head(entry.item), h("p", { class: "complaint" }, t("outbox.why", { words: whyOf(entry) })), filesOf(entry),
    h("div", { class: "acts" }, doorLink(entry.item.address), button(t("outbox.retry"), async () => { await outbox.retry(entry.id); flush({ now: true }); }, "small"),
      button(t("outbox.discard"), () => outbox.discard(entry.id), "small")));
}

function verdictRow(verdict) {
  return h("li", { class: `outbox-${verdict.status}` }, h("p", { class: "outbox-head" }, h("b", {}, t(`outbox.${verdict.status}`)), " ", t(`item.${verdict.kind}`), " ", verdict.place, " ", h("small", {}, momentOf(verdict.at))),
    verdict.words ? h("p", { class: "outbox-words" }, verdict.words) : "",
    h("div", { class: "acts" }, doorLink(verdict.address), button(t("outbox.read"), () => outbox.markRead(verdict.item, { community: communities()[0]?.code }), "small")));
}

const doorLink = (address) => (address && doorOf(address) ? h("a", { class: "act small", href: `#door/${address}` }, t("outbox.open_door")) : "");

async function space() {
  const { persisted } = await usage();
  return h("p", { class: "hint" }, await spaceWords(), persisted ? "" : ` ${t("outbox.not_kept")}`);
}

route("outbox", view, { free: true });
