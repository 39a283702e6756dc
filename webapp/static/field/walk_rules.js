// What stands out on one street, and what may be done about it: missing numbers, wrong side, twice, not yet visited. Pure.
import { figureOf, inWalkingOrder, placeOn } from "./walking.js";

const SURE_M = 4; // (D) nearer to the middle of a street than this, a phone cannot tell the side
const OTHER = { left: "right", right: "left" };

export const living = (doors) => doors.filter((door) => door.status !== "retired");
const houseOf = (door) => `${figureOf(door.number)}/${figureOf(door.suffix)}`;
const insideOf = (door) => ["hamlet", "compound", "building", "unit", "floor", "room"].map((name) => door[name] ?? "").join("/");

// The side a number belongs to by the street's rule: "left" | "right" | "" where no rule is sure.
export function sideOfNumber(street, number) {
  const odd = street?.rule?.sure ? street.rule.odd : "";
  if (!odd || !number) return "";
  return number % 2 ? odd : OTHER[odd];
}

// The side a point stands on, "" where that cannot be told.
export function sideOfPoint(street, point) {
  const place = placeOn(street?.line, point);
  if (!place || Math.abs(place.beside) < Math.max(SURE_M, Math.min(point.accuracy_m ?? 0, 30))) return "";
  return place.beside > 0 ? "left" : "right";
}

// The door to go to from this one in walking order (step 1 or -1) among `ordered`, null at either end.
export function beside(ordered, door, step) {
  const at = ordered.findIndex((one) => one.id === door.id);
  return at < 0 ? null : ordered[at + step] ?? null;
}

const openGaps = (street, doors) => {
  const have = new Set(doors.map((door) => figureOf(door.number)));
  return (street?.expected ?? []).filter(({ number }) => !have.has(figureOf(number)));
};

// What number comes next on the side of `number` (or of the point): {number, side, gap, door}: gap: no door has it, door: who has it.
export function nextExpected(street, doors, { number = 0, point = null } = {}) {
  const known = living(doors);
  const here = number || nearestNumber(known, street, point);
  if (!here) return null;
  const parity = here % 2;
  const numbers = [...new Set(known.map((door) => figureOf(door.number)))].filter((one) => one > here && one % 2 === parity);
  const missing = openGaps(street, doors).map((gap) => figureOf(gap.number)).filter((one) => one > here && one % 2 === parity);
  const next = Math.min(...numbers, ...missing);
  const side = sideOfNumber(street, here);
  if (!Number.isFinite(next)) return { number: here + 2, side, gap: true, end: true, door: null };
  return { number: next, side, gap: !numbers.includes(next), end: false, door: known.find((door) => figureOf(door.number) === next) ?? null };
}

function nearestNumber(doors, street, point) {
  const here = placeOn(street?.line, point);
  if (!here) return 0;
  const side = sideOfPoint(street, point);
  const passed = doors.map((door) => ({ door, at: placeOn(street.line, door) }))
    .filter(({ door, at }) => at && at.along <= here.along && figureOf(door.number) && (!side || sideOfNumber(street, figureOf(door.number)) === side));
  passed.sort((a, b) => b.at.along - a.at.along);
  return passed.length ? figureOf(passed[0].door.number) : 0;
}

// Everything a walker should look at on a street, in walking order: {kind: "gap" | "side" | "twice" | "nameless" | "unvisited", door?,
// number?, after?, side?, with?, proposal: {operation, door?, prefill}}. visited: door id → whether somebody was there.
export function findingsOf(street, doors, visited = () => false) {
  const known = inWalkingOrder(living(doors));
  return [...gaps(street, doors), ...wrongSides(street, known), ...doubles(known), ...nameless(known),
    ...known.filter((door) => !visited(door)).map((door) => ({ kind: "unvisited", door, proposal: { operation: "verify", door, prefill: {} } }))];
}

const gaps = (street, doors) => openGaps(street, doors).map(({ number, after, side }) => (
  { kind: "gap", number, after, side, proposal: { operation: "assign", prefill: { ...partsOf(street, doors), number } } }));

function wrongSides(street, doors) {
  return doors.filter((door) => {
    const [should, stands] = [sideOfNumber(street, figureOf(door.number)), sideOfPoint(street, door)];
    return should && stands && should !== stands;
  }).map((door) => ({ kind: "side", door, side: sideOfPoint(street, door), proposal: { operation: "correct", door, prefill: { number: "" } } }));
}

function doubles(doors) {
  const first = new Map();
  const found = [];
  for (const door of doors.filter((one) => figureOf(one.number))) {
    const key = `${houseOf(door)}/${insideOf(door)}`;
    if (first.has(key)) found.push({ kind: "twice", door, with: first.get(key), proposal: { operation: "correct", door, prefill: { number: "" } } });
    else first.set(key, door);
  }
  return found;
}

const nameless = (doors) => doors.filter((door) => !door.number && !door.building && door.kind !== "public")
  .map((door) => ({ kind: "nameless", door, proposal: { operation: "correct", door, prefill: {} } }));

// The parts of an address that say on which street it stands, for a new door beside `doors`.
export function partsOf(street, doors) {
  const [one] = doors;
  if (one) return { hamlet: one.hamlet ?? "", street: one.street ?? "", lane: one.lane ?? "" };
  return { hamlet: street?.hamlet ?? "", street: street?.name ?? "", lane: "" };
}

// What is odd about a number somebody wants to give: [{code, with?, expected?}] of "taken" | "spent" | "side" | "gap" | "same_door".
// wanted: {number, suffix, building, unit, floor, room, hamlet, compound}; point: where the door stands, if known.
export function doubtsAbout(street, doors, wanted, { self = null, point = null } = {}) {
  const others = doors.filter((door) => door.id !== self);
  const number = figureOf(wanted.number);
  if (!number) return [];
  const same = others.filter((door) => `${houseOf(door)}/${insideOf(door)}` === `${houseOf(wanted)}/${insideOf(wanted)}`);
  const holder = same.find((door) => door.status !== "retired");
  const doubts = [];
  if (holder) doubts.push({ code: "taken", with: holder });
  else if (same.length) doubts.push({ code: "spent", with: same[0] });
  const [should, stands] = [sideOfNumber(street, number), sideOfPoint(street, point)];
  if (should && stands && should !== stands) doubts.push({ code: "side", side: stands });
  const gap = leap(living(others), street, number);
  if (gap) doubts.push({ code: "gap", expected: gap });
  return doubts;
}

// A number that leaves others out behind it: the first one left out, 0 where none is.
function leap(doors, street, number) {
  const step = street?.rule?.odd ? 2 : 1;
  const numbers = doors.map((door) => figureOf(door.number)).filter((one) => one && (step === 1 || one % 2 === number % 2));
  const below = Math.max(0, ...numbers.filter((one) => one < number));
  const beyond = !numbers.some((one) => one >= number);
  return beyond && below && number > below + step ? below + step : 0;
}
