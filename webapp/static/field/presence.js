// How the door somebody works at was told: by its plate in front of the camera, by the code typed, or picked from a list or map.
const LASTS_MS = 15 * 60_000;
let last = { door: "", how: "picked", at: 0 };

// how: "scan" | "typed" | "picked". Picking a door again does not undo that its plate was read a moment ago.
export function wasAt(door, how) {
  if (how === "picked" && presenceAt(door) !== "picked") return;
  last = { door, how, at: Date.now() };
}

export const presenceAt = (door) => (last.door === door && Date.now() - last.at < LASTS_MS ? last.how : "picked");
