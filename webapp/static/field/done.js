// What this phone has done, day by day: kept sealed after the outbox let it go, for the diary and for what the pack does not know yet.
import { all, put, remove } from "./store.js";
import { items, onChange } from "./outbox.js";
import { door as doorOf } from "./pack.js";

const TABLE = "diary";
const KEPT_DAYS = 14;
const KINDS = new Set(["visit", "mount", "correction", "household", "tamper", "recheck"]);

// The day of a moment in China, 2026-11-24.
export const dayOf = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(at));

// facts: {words, outcome?, plate?, round?, result?, purposes? …}, never a name or a telephone number.
export async function note(item, facts) {
  await put(TABLE, item.id, { id: item.id, kind: item.kind, at: item.at, day: dayOf(item.at), address: item.address, facts });
}

export const unnote = (id) => remove(TABLE, id);

// Everything kept, oldest first; what is older than a fortnight is forgotten.
export async function done() {
  const oldest = dayOf(Date.now() - KEPT_DAYS * 24 * 3600_000);
  const kept = [];
  for (const one of (await all(TABLE)).map((entry) => entry.value ?? entry)) {
    if (one.day < oldest) await remove(TABLE, one.id);
    else kept.push(one);
  }
  return kept.sort((one, other) => one.at.localeCompare(other.at));
}

const newPlace = ({ street = "", lane = "", hamlet = "", number = "" } = {}) => `${street || hamlet}${lane}${number ? `${number}号` : ""}`;
const known = new Set();

// Items of other views (corrections) come into the diary by themselves.
async function copy() {
  for (const entry of await items()) {
    const item = entry.item ?? entry;
    if (!KINDS.has(item.kind) || known.has(item.id)) continue;
    known.add(item.id);
    if (item.kind === "correction") await note(item, { operation: item.operation, place: doorOf(item.address)?.local ?? newPlace(item.changes) });
  }
}

onChange(() => { copy(); });
