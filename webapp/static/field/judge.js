// What a code read in front of a door means: the door to open, or why not. Pure but for the pack it is handed.
import { parseScanned } from "./codes.js";
import { wayTo } from "./places.js";

export const GONE = new Set(["retired", "reissued", "lost", "damaged"]);

// {door, plate, code} · {why, seen, code, door?, plate?, m?}; why: host | check | foreign | unknown | retired | far.
// here: {lon, lat, accuracy_m} of the phone or null; farM: metres beyond which a plate is not where it belongs.
export function judge(text, { baseUrl, byCode, here, farM }) {
  const read = parseScanned(text, { baseUrl });
  if (read.problem) return { why: read.problem, seen: text, code: "" };
  const { code } = read;
  const found = byCode(code);
  if (!found) return { why: "unknown", seen: text, code };
  const { door, plate } = found;
  const status = plate.status ?? plate[3];
  if (GONE.has(status) || door.status === "retired") return { why: "retired", seen: text, code, door, plate, status };
  const m = tooFar(here, door, farM);
  return m === null ? { door, plate, code } : { why: "far", seen: text, code, door, plate, m };
}

// Metres between phone and door where that is too far even if both are as badly known as they say, else null.
export function tooFar(here, door, farM) {
  const way = wayTo(here, door);
  if (!way) return null;
  const doubt = (here.accuracy_m ?? 0) + (door.accuracy_m ?? 0);
  return way.m - doubt > farM ? way.m : null;
}
