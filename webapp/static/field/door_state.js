// How a door stands, for the chips of the list, the legend of the map and the head of its record.
import { done } from "./done.js";
import { AGAIN, outcomes } from "./outcomes.js";
import * as outbox from "./outbox.js";
import { door as doorOf } from "./pack.js";
import { put } from "./store.js";
import { platesOf } from "./parts.js";

// In the order in which one of them is shown where there is room for one only.
export const STATES = ["retired", "problem", "waiting", "revisit", "bare", "unvisited", "done"];
const HANGS = new Set(["mounted", "checked"]);
const BROKEN = new Set(["damaged", "lost"]);
const ABOUT_TRUTH = new Set(["correction", "household"]);
const SEEN = new Set(["visit", "mount", "correction", "household", "recheck"]);

export const itemIn = (entry) => entry.item ?? entry;
export const hangs = (door, outcome) => outcome === "mounted" || platesOf(door).some((plate) => HANGS.has(plate.status));

// What this phone knows of every door beside the pack, looked up once: {of(door) → {state, marks, outcome}, changes(id) → [change]}.
// change: {id, kind, at, state: "sending" | "stuck" | "review" | "rejected", words, item?, operation?}.
export async function knowledge() {
  const [ended, diary, waiting, verdicts] = await Promise.all([outcomes(), done(), outbox.items(), outbox.verdicts()]);
  await remember(diary, verdicts);
  const [changes, seen] = [new Map(), new Set()];
  const keep = (address, change) => { if (address) changes.set(address, [...(changes.get(address) ?? []), change]); };
  const inOutbox = new Set();
  for (const entry of waiting) {
    const item = itemIn(entry);
    inOutbox.add(item.id);
    if (SEEN.has(item.kind)) seen.add(item.address);
    if (item.kind !== "look" && item.kind !== "read") {
      const refused = entry.state === "refused";
      keep(item.address, { id: item.id, kind: item.kind, at: item.at, item, operation: item.operation ?? "", state: refused ? "stuck" : "sending", words: refused ? entry.message ?? entry.error ?? "" : "" });
    }
  }
  for (const entry of diary) {
    if (SEEN.has(entry.kind)) seen.add(entry.address);
    if (inOutbox.has(entry.id) || !ABOUT_TRUTH.has(entry.kind)) continue;
    const change = { id: entry.id, kind: entry.kind, at: entry.at, operation: entry.facts?.operation ?? "", words: entry.verdict?.words ?? "" };
    if (entry.verdict?.status === "rejected") keep(entry.address, { ...change, state: "rejected" });
    else if (!entry.verdict) keep(entry.address, { ...change, state: "review" });
  }
  return { changes: (id) => changes.get(id) ?? [], of: (door) => standing(door, { outcome: ended.get(door.id)?.outcome ?? "", changes: changes.get(door.id) ?? [], seen: seen.has(door.id) }) };
}

// A verdict that was read leaves the outbox; the diary keeps it.
async function remember(diary, verdicts) {
  for (const verdict of verdicts ?? []) {
    const entry = diary.find((one) => one.id === verdict.item);
    if (!entry || entry.verdict) continue;
    entry.verdict = { status: verdict.status, words: verdict.words };
    await put("diary", entry.id, entry);
  }
}

// {state, marks: Set of states that hold, outcome}. Pure.
export function standing(door, { outcome, changes, seen }) {
  const marks = new Set();
  if (door.status === "retired") marks.add("retired");
  else {
    const broken = BROKEN.has(outcome) || platesOf(door).some((plate) => BROKEN.has(plate.status));
    if (broken || outcome === "refused" || changes.some((one) => one.state === "rejected" || one.state === "stuck")) marks.add("problem");
    if (changes.some((one) => one.state === "sending" || one.state === "review")) marks.add("waiting");
    if (AGAIN.has(outcome)) marks.add("revisit");
    if (!hangs(door, outcome)) marks.add("bare");
    marks.add(seen || outcome ? "done" : "unvisited");
  }
  return { state: STATES.find((one) => marks.has(one)), marks, outcome };
}

export const placeOf = (id) => doorOf(id)?.local ?? "";
