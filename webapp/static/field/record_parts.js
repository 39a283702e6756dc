// Pieces of a door's record: chips of its state, its plates, what this phone has on its way about it.
import { h } from "./dom.js";
import { platesOf } from "./parts.js";
import { grouped } from "./codes.js";
import { t } from "./words/index.js";

export const stateChip = (state) => h("span", { class: `state state-${state}` }, t(`state.${state}`));

// known: {state, marks, outcome} of knowledge(), null while it is looked up.
export function stateChips(door, known) {
  const marks = known ? [...known.marks] : [];
  return h("p", { class: "states" }, h("span", { class: `state status-${door.status}` }, t(`status.${door.status}`)),
    marks.filter((one) => one !== "retired").map(stateChip), known?.outcome ? h("span", { class: "state" }, t(`outcome.${known.outcome}`)) : "");
}

export function plateLines(door) {
  const plates = platesOf(door);
  if (!plates.length) return h("p", {}, t("record.no_plates"));
  return h("ul", { class: "record-plates" }, plates.map((plate) => h("li", {}, h("b", {}, grouped(plate.code)), " ", t(`plate.${plate.status}`))));
}

// One line each: what, when, where it stands. change: see knowledge().
export function changeLines(changes) {
  if (!changes.length) return [];
  return [h("h2", {}, t("record.own")), h("ul", { class: "record-changes" }, changes.map((change) =>
    h("li", { class: `change-${change.state}` }, h("b", {}, t(`change.${change.state}`)), " ", what(change), " ", h("small", {}, moment(change.at)),
      change.words ? h("p", {}, change.state === "rejected" ? t("change.reviewer", { words: change.words }) : change.words) : "",
      change.state === "stuck" || change.state === "rejected" ? h("a", { class: "act small", href: "#outbox" }, t("change.see")) : "")))];
}

const what = ({ kind, operation }) => (kind === "correction" && operation ? t(`operation.${operation}`) : t(`item.${kind}`));
const moment = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" }).format(new Date(at));
