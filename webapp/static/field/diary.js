// The diary of a day: nobody types it, it is what was done.
import { dayOf, done } from "./done.js";
import { door as doorOf, person } from "./pack.js";
import { h } from "./dom.js";
import { button } from "./parts.js";
import { route } from "./router.js";
import { t } from "./words/index.js";

const clock = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
const COUNTED = ["visit", "mount", "correction", "household", "recheck", "tamper"];

function sentence({ facts, address }) {
  if (facts.words) return facts.words;
  return t(`diary.${facts.operation ?? "correct"}`, { place: facts.place || doorOf(address)?.local || t("tamper.nowhere") });
}

// The text of a day: head line with counts, then one line each.
export function dayText(day, entries, name) {
  const counts = COUNTED.map((kind) => [kind, entries.filter((one) => one.kind === kind).length]).filter(([, n]) => n)
    .map(([kind, n]) => t(`diary.count_${kind}`, { n })).join(t("form.and"));
  return [t("diary.head", { day, name, counts }), ...entries.map((one) => `${clock(one.at)} ${sentence(one)}`)].join("\n");
}

async function diary() {
  const entries = await done();
  const days = [...new Set([dayOf(Date.now()), ...entries.map((one) => one.day)])].sort().reverse();
  return h("section", { class: "diary" }, h("h1", { tabindex: "-1" }, t("diary.title")), h("p", { class: "hint" }, t("diary.by_itself")),
    days.map((day) => dayPart(day, entries.filter((one) => one.day === day))));
}

function dayPart(day, entries) {
  const said = h("span", { class: "hint", role: "status" });
  const copy = async () => {
    try { await navigator.clipboard.writeText(dayText(day, entries, person()?.name ?? "")); said.textContent = t("diary.copied"); }
    catch { said.textContent = t("diary.not_copied"); }
  };
  const list = h("ol", { class: "entries" }, entries.map((one) => h("li", {}, h("time", {}, clock(one.at)), h("span", {}, sentence(one)))));
  return h("section", { class: "day" }, h("h2", {}, day === dayOf(Date.now()) ? t("diary.today", { day }) : day),
    entries.length ? list : h("p", { class: "hint" }, t("diary.nothing")), entries.length ? button(t("diary.copy"), copy) : "", said);
}

route("diary", diary);
