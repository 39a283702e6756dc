// View "door/:id": one door as a plate, how it stands, what is on its way about it, what can be done. Other modules add sections.
import { knowledge } from "./door_state.js";
import { h } from "./dom.js";
import { itemOf, takeBack } from "./form.js";
import { follow } from "./gnss.js";
import { tooFar } from "./judge.js";
import { whenGone } from "./leaving.js";
import * as outbox from "./outbox.js";
import { door as doorOf, doors, households, onChange as onPack, settings, street } from "./pack.js";
import { button, platesOf, undoLine } from "./parts.js";
import { plateDrawing } from "./plate_drawing.js";
import { wayTo } from "./places.js";
import { changeLines, plateLines, stateChips } from "./record_parts.js";
import { route } from "./router.js";
import { SCANNED } from "./scan_marks.js";
import { beside } from "./walk_rules.js";
import { inWalkingOrder, streetOf } from "./walking.js";
import { t } from "./words/index.js";

const sections = [];

// Adds made(door) → Node or null to every record, in the order in which modules register.
export const section = (made) => sections.push(made);

function record({ id }) {
  const door = doorOf(id);
  if (!door) {
    return h("section", { class: "record" }, h("h1", { tabindex: "-1" }, t("record.none")), h("p", {}, t("record.none_words")),
      h("a", { class: "act", href: "#list" }, t("record.to_list")));
  }
  const retired = door.status === "retired";
  const state = h("div", { class: "record-state" });
  const pending = h("div", { class: "record-pending" });
  const place = h("section", { class: `record${retired ? " retired" : ""}` },
    plateDrawing(door, { code: platesOf(door)[0]?.code ?? "", words: t("record.plate", { place: door.local }) }),
    h("h1", { tabindex: "-1" }, door.local, door.name ? h("small", {}, ` ${door.name}`) : ""),
    state, farLine(door), pending, retired ? retiredActions(door) : actions(door, () => learn()),
    sections.map((made) => made(door)).filter(Boolean), facts(door), neighbours(door));
  const learn = async () => {
    const known = await knowledge();
    state.replaceChildren(stateChips(door, known.of(door)));
    pending.replaceChildren(...changeLines(known.changes(door.id)));
  };
  state.append(stateChips(door, null));
  learn();
  const heed = () => { if (place.isConnected) learn(); };
  const unheed = outbox.onChange(heed);
  // What a new pack says of this door is shown at once, unless something here can still be taken back.
  const unpack = onPack(() => {
    if (!place.isConnected || place.querySelector(".undo") || JSON.stringify(doorOf(id)) === JSON.stringify(door)) return;
    place.replaceWith(record({ id }));
  });
  whenGone(place, () => { unheed(); unpack(); });
  performance.mark("doorplate:record");
  if (performance.getEntriesByName(SCANNED).length) performance.measure("doorplate:scan-to-record", SCANNED, "doorplate:record");
  return place;
}

// How far the phone is, in words; a warning where that is too far to be this door.
function farLine(door) {
  const line = h("p", { class: "record-way", role: "status" });
  let told = "";
  const stop = follow((state) => {
    if (state.kind !== "fix") return;
    const [way, far] = [wayTo(state.point, door), tooFar(state.point, door, settings().gnss.far_m)];
    if (!way) return;
    const near = way.m <= Math.max(15, state.point.accuracy_m + (door.accuracy_m ?? 0));
    const words = far === null ? (near ? t("record.here") : t("record.away", { m: way.m, towards: t(`near.to_${way.towards}`) })) : t("record.far", { m: far, towards: t(`near.to_${way.towards}`) });
    line.classList.toggle("warned", far !== null);
    if (words !== told) line.textContent = told = words;
  });
  whenGone(line, stop);
  return line;
}

function actions(door, learn) {
  const place = h("div", { class: "record-acts" });
  const right = button(t("record.right"), () => verify(door, place, right, learn), "primary");
  place.append(right, h("a", { class: "act", href: `#door/${door.id}/correct` }, t("record.correct")));
  return place;
}

function retiredActions(door) {
  return h("div", { class: "record-acts" }, h("p", { class: "warning" }, t("record.retired_words")),
    h("a", { class: "act", href: `#door/${door.id}/tamper` }, t("record.retired_tamper")));
}

// 核对无误: done at once, taken back within some seconds.
async function verify(door, place, right, learn) {
  right.disabled = true;
  const reason = settings().correction.reasons.find((one) => one.operations.includes("verify"))?.zh ?? t("record.right");
  const item = itemOf("correction", door, { operation: "verify", changes: {}, reason });
  const fail = (error) => {
    right.disabled = false;
    place.append(h("p", { class: "complaint", role: "alert" }, t(error.name === "QuotaExceededError" ? "record.phone_full" : "record.not_stored")));
    if (error.name !== "QuotaExceededError") throw error;
  };
  try { await outbox.add(item, []); } catch (error) { fail(error); return; }
  const again = async () => {
    if (!(await takeBack(item.id))) { place.append(h("p", { class: "complaint", role: "alert" }, t("record.too_late"))); return; }
    right.disabled = false;
    learn();
  };
  place.prepend(undoLine(t("record.was_right"), again));
  const next = nextOpen(door);
  if (next && !place.querySelector(".record-next")) place.append(h("a", { class: "act record-next", href: `#door/${next.id}` }, t("record.go_next", { place: next.local })));
  learn();
}

const nextOpen = (door) => beside(orderOf(door), door, 1);

let ordered = { of: null, doors: [], length: 0 };
// The pack's living doors as one walks; sorted once for each state of the pack.
function orderOf(door) {
  const all = doors();
  if (ordered.of !== all || ordered.length !== all.length) ordered = { of: all, length: all.length, doors: inWalkingOrder(all.filter((one) => one.status !== "retired" || one.id === door.id)) };
  return ordered.doors;
}

function facts(door) {
  const rows = [
    ["record.street", streetOf(door)],
    ["record.grid", [door.gridName, door.gridCode].filter(Boolean).join(" ")],
    ["record.zone", door.zone],
    ["record.point", pointWords(door)],
    ["record.aliases", (door.aliases ?? []).join("、")],
    ["record.rule", street(streetOf(door))?.rule?.words ?? ""],
  ].filter(([, words]) => words);
  return h("section", { class: "record-facts" }, h("h2", {}, t("record.facts")),
    h("dl", {}, rows.map(([key, words]) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words)))), plateLines(door), homes(door));
}

const pointWords = (door) => (Number.isFinite(door.lon)
  ? `${door.lon.toFixed(6)}, ${door.lat.toFixed(6)} · ${door.accuracy_m ? t("record.accuracy", { m: Math.round(door.accuracy_m) }) : t("record.accuracy_unknown")}`
  : t("record.no_point"));

// Counts alone: names, even masked ones, are shown where looking at them is logged.
function homes(door) {
  const line = h("p", { class: "record-homes" });
  Promise.resolve(households(door.id)).then((found) => {
    const people = found.reduce((sum, one) => sum + (one.members ?? 0), 0);
    line.textContent = found.length ? t("record.homes", { n: found.length, people }) : t("record.no_homes");
  });
  return line;
}

function neighbours(door) {
  const link = (step, key) => {
    const other = beside(orderOf(door), door, step);
    return other ? h("a", { class: "act", href: `#door/${other.id}` }, h("small", {}, t(key)), h("b", {}, other.local)) : h("span", {});
  };
  return h("nav", { class: "record-neighbours", "aria-label": t("record.neighbours") }, link(-1, "record.before"), link(1, "record.next"),
    h("a", { class: "act record-walk", href: `#walk/${encodeURIComponent(streetOf(door))}` }, t("record.walk")));
}

route("door/:id", record);
