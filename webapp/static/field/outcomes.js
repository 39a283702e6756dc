// What is known of mounting at each door: from the pack, and from this phone since then.
import { done } from "./done.js";
import { doors, work } from "./pack.js";

export const OUTCOMES = ["mounted", "absent", "refused", "no_place", "damaged", "lost"];
// An outcome after which nothing is left to do at a door (refused and no_place come with their reason).
export const FINAL = new Set(["mounted", "refused", "no_place"]);
// After which somebody must come again to the same door.
export const AGAIN = new Set(["absent", "refused", "no_place"]);

// address → {outcome, at}. The later of pack and phone holds.
export async function outcomes() {
  const known = new Map();
  for (const door of doors()) if (door.outcome) known.set(door.id, { outcome: door.outcome, at: "" });
  for (const { address, outcome, at } of work().revisit ?? []) known.set(address, { outcome, at });
  for (const { kind, address, at, facts } of await done()) {
    if (kind === "mount" && address && (known.get(address)?.at ?? "") <= at) known.set(address, { outcome: facts.outcome, at });
  }
  return known;
}

const WORST = ["missing", "damaged", "wrong", "right"];
const worse = (one, other) => WORST.find((result) => result === one || result === other);

// code → result of a round: what the pack has, then what this phone saw since.
export async function resultsOf(round) {
  const results = new Map(Object.entries(round.results ?? {}));
  for (const { kind, facts } of await done()) {
    if (kind === "recheck" && facts.round === round.id) results.set(facts.plate, worse(results.get(facts.plate), facts.result));
  }
  return results;
}
