// Where doors are from here, and which comes next. Pure.
import { metres } from "./gnss.js";

const POINTS = 8;

// {m, towards (0 = north, 1 = north-east … 7)} from {lon, lat} to a door, null where one of them has no point.
export function wayTo(from, door) {
  if (!from || !Number.isFinite(door?.lon) || !Number.isFinite(door?.lat)) return null;
  const middle = (from.lat + door.lat) / 2 * Math.PI / 180;
  const angle = Math.atan2((door.lon - from.lon) * Math.cos(middle), door.lat - from.lat);
  return { m: Math.round(metres(from, door)), towards: (Math.round(angle / (2 * Math.PI) * POINTS) + POINTS) % POINTS };
}

const figures = (text) => (String(text ?? "").match(/\d+/g) ?? []).map(Number);

// As one walks: by street, then number, then what hangs on it; building, floor and room within.
export function inOrder(one, other) {
  const street = (one.thoroughfareName || one.hamlet || "").localeCompare(other.thoroughfareName || other.hamlet || "", "zh");
  if (street) return street;
  for (const field of ["number", "suffix", "building", "unit", "floor", "room"]) {
    const [a, b] = [figures(one[field]), figures(other[field])];
    for (let n = 0; n < Math.max(a.length, b.length); n += 1) if ((a[n] ?? 0) !== (b[n] ?? 0)) return (a[n] ?? 0) - (b[n] ?? 0);
    const words = String(one[field] ?? "").localeCompare(String(other[field] ?? ""), "zh");
    if (words) return words;
  }
  return 0;
}

// The door to go to after this one: the next of `open` along the same side of the same street, else the next at all, from the start again.
export function nextOf(door, open) {
  const others = open.filter((one) => one.id !== door.id).sort(inOrder);
  const side = (one) => (figures(one.number)[0] ?? 0) % 2;
  const ahead = others.filter((one) => inOrder(one, door) > 0);
  const along = ahead.find((one) => (one.thoroughfareName || one.hamlet) === (door.thoroughfareName || door.hamlet) && side(one) === side(door));
  return along ?? ahead[0] ?? others[0] ?? null;
}

// Doors nearest to {lon, lat} first; those without a point last; without a position as one walks.
export function byNearness(from, doors) {
  if (!from) return [...doors].sort(inOrder);
  return [...doors].map((door) => [wayTo(from, door)?.m ?? Infinity, door]).sort(([a, one], [b, other]) => a - b || inOrder(one, other)).map(([, door]) => door);
}
