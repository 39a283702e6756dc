// Hanging a plate: the plate in the hand and the door in front must be the same, or nothing can be sent.
import { codeEntry } from "./code_entry.js";
import { formView, Wrong } from "./form.js";
import { gnssField, here } from "./gnss.js";
import { mismatch, refusal } from "./mount_stop.js";
import { OUTCOMES, outcomes } from "./outcomes.js";
import { byNearness, nextOf, wayTo } from "./places.js";
import { byCode, door as doorOf, doors, settings } from "./pack.js";
import { photoField } from "./photos.js";
import { presenceAt } from "./presence.js";
import { called, chips, counter, numberOf, plateFace, platesOf, writing } from "./parts.js";
import { heightDrawing } from "./height.js";
import { route } from "./router.js";
import { h } from "./dom.js";
import { t } from "./words/index.js";

const NEIGHBOURS = 5;
// As registry/field/mountings: what may not hang, and outcomes that say nothing without a reason.
const GONE = new Set(["damaged", "lost", "retired", "reissued"]);
const UNPROVED = new Set(["planned", "printed"]);
const NEEDS_WORDS = new Set(["refused", "no_place", "damaged", "lost"]);

// "door/:id/mount": the door is known, the plate is read here.
async function atDoor({ id }) {
  const door = doorOf(id);
  const place = h("section", { class: "form" });
  if (!door) return notHere(place);
  const start = () => {
    const entry = codeEntry({ asked: t("mount.read"), onRead: async (read) => { place.replaceChildren(await judged(read, door, start)); place.querySelector("h1")?.focus(); } });
    place.replaceChildren(h("h1", { tabindex: "-1" }, t("mount.title")), h("p", { class: "hint" }, t("mount.at_door")), plateFace(door), entry.node,
      h("p", {}, h("a", { class: "act", href: `#door/${door.id}/mount/without` }, t("mount.without"))));
  };
  start();
  return place;
}

// "mount/:code": the plate is known; whoever holds it says which door they see, before the plate's own is named to them.
async function inHand({ code }) {
  const place = h("section", { class: "form" });
  const found = byCode(code);
  const no = notToHang(found?.plate);
  if (no) { place.append(refusal({ code, why: no, door: found?.door ?? null })); return place; }
  const near = byNearness(here() ?? found.door, doors()).filter((door) => door.id !== found.door.id).slice(0, NEIGHBOURS);
  const choose = async (door) => {
    const read = { code, scanned: presenceAt(found.door.id) === "scan" };
    place.replaceChildren(await judged(read, door, show));
    place.querySelector("h1")?.focus();
  };
  const show = () => place.replaceChildren(
    h("h1", { tabindex: "-1" }, t("mount.which_door")), h("p", { class: "hint" }, t("mount.look_up")),
    h("div", { class: "doors" }, [found.door, ...near].sort((one, other) => numberOf(one).localeCompare(numberOf(other), "zh", { numeric: true }))
      .map((door) => { const pick = h("button", { class: "door-pick" }, plateFace(door)); pick.type = "button"; pick.addEventListener("click", () => choose(door)); return pick; })));
  show();
  return place;
}

function notToHang(plate) {
  if (!plate) return "unknown";
  if (GONE.has(plate.status)) return "retired";
  return UNPROVED.has(plate.status) ? "unproved" : "";
}

async function judged(read, door, again) {
  if (read.problem) return refusal({ seen: read.seen, why: read.problem === "foreign" ? "host" : read.problem, door });
  const found = byCode(read.code);
  const no = notToHang(found?.plate);
  if (no) return refusal({ code: read.code, why: no, door, again });
  if (found.door.id !== door.id) return mismatch({ code: read.code, belongs: found.door, door, again });
  return mountForm(door, found.plate, read.scanned);
}

// "door/:id/mount/without": nothing hung, and no plate in the hand to read.
async function without({ id }) {
  const door = doorOf(id);
  const plate = door && plateOf(door);
  if (!plate) return notHere(h("section", { class: "form" }));
  return mountForm(door, plate, false, OUTCOMES.filter((one) => one !== "mounted"));
}

const plateOf = (door) => platesOf(door).find((plate) => !GONE.has(plate.status)) ?? null;

function notHere(place) {
  place.append(h("h1", { tabindex: "-1" }, t("mount.title")), h("p", { class: "complaint" }, t("mount.no_door")));
  return place;
}

function mountForm(door, plate, scanned, offered = OUTCOMES) {
  const { height_mm, height_tolerance_mm, sides } = settings().mount;
  const rule = height_mm[plate.kind] ?? height_mm.other;
  const warning = h("p", { class: "warning" });
  warning.hidden = true;
  const parts = {
    outcome: chips(t("mount.outcome"), offered.map((id) => ({ id, words: t(`outcome.${id}`) })), { chosen: offered.includes("mounted") ? "mounted" : "" }),
    height: counter(t("mount.height"), { least: 0, most: 1000, step: 5, start: Math.round(rule / 10), unit: t("mount.cm"), onChange: drawn }),
    side: chips(t("mount.side"), sides.map((one) => ({ id: one.id, words: called(one) }))),
    photos: photoField({ asked: t("mount.photos") }),
    note: writing(t("mount.note"), { kind: "long" }),
  };
  const drawing = heightDrawing(rule, height_tolerance_mm);
  parts.height.node.append(drawing.node);
  function drawn(cm) { drawing.show(cm === null ? null : cm * 10); }
  function far(state) {
    const way = state.kind === "fix" ? wayTo(state.point, door) : null;
    const wrong = Boolean(way) && way.m > settings().gnss.far_m + state.point.accuracy_m;
    if (warning.hidden === wrong) warning.hidden = !wrong;
    if (wrong) warning.textContent = t("mount.far", { m: way.m });
  }
  const gnss = gnssField({ onState: far });
  return formView({
    key: `mount/${door.id}/${plate.code}`, kind: "mount", title: t("mount.title"), door, parts, submit: t("mount.send"),
    head: [scanned ? h("p", { class: "good" }, t("mount.matches", { place: door.local })) : "", gnss.node, warning],
    arrange({ outcome }) {
      for (const name of ["height", "side"]) parts[name].node.hidden = outcome !== "mounted";
      drawn(parts.height.value());
    },
    build: (values, files) => built(values, files, { plate, scanned, point: gnss.point() }),
    told: (item) => ({ words: t(`mount.told_${item.outcome}`, { place: door.local }), outcome: item.outcome, plate: plate.code }),
    after: (item) => [nextUp(door, item)],
  });
}

function built({ outcome, height, side, note }, files, { plate, scanned, point }) {
  if (!outcome) throw new Wrong("outcome", t("mount.need_outcome"));
  const hung = outcome === "mounted";
  if (hung && height === null) throw new Wrong("height", t("mount.need_height"));
  if (hung && !side) throw new Wrong("side", t("mount.need_side"));
  if (hung && !files.some((file) => file.kind === "photo")) throw new Wrong("photos", t("mount.need_photo"));
  if (NEEDS_WORDS.has(outcome) && !note) throw new Wrong("note", t("mount.need_note"));
  return { plate: plate.code, outcome, scanned, note, ...(hung ? { height_mm: height * 10, side } : {}), ...(point ? { point } : {}) };
}

function nextUp(door, item) {
  const place = h("div", { class: "next" });
  outcomes().then((known) => {
    known.set(door.id, { outcome: item.outcome });
    const next = nextOf(door, doors().filter((one) => one.zone === door.zone && !known.has(one.id)));
    place.replaceChildren(...(next
      ? [h("h2", {}, t("mount.next")), plateFace(next), h("a", { class: "act primary", href: `#door/${next.id}/mount` }, t("mount.go_next"))]
      : [h("p", { class: "good" }, t("mount.none_left")), h("a", { class: "act primary", href: "#zones" }, t("zones.title"))]));
  });
  return place;
}

route("door/:id/mount", atDoor);
route("door/:id/mount/without", without);
route("mount/:code", inHand);
