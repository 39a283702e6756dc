// The order in which one walks: street by street, its lanes behind it, up the odd side and back down the even one (as
// doorplate/registry/walking.py); and where along a street, on which side, a door stands. Pure.
const DIGITS = "零一二三四五六七八九";
const EARTH_M = 6371008.8;
const radians = (degrees) => degrees * Math.PI / 180;

// 二 → 2, 十二 → 12, 第三巷 → 3; 0 where there is none.
export function numberIn(text) {
  const figures = /\d+/.exec(text.normalize("NFKC"));
  if (figures) return Number(figures[0]);
  const found = /[零一二三四五六七八九十]+/.exec(text);
  if (!found) return 0;
  const [tens, ones] = found[0].includes("十") ? found[0].split("十") : ["", found[0]];
  if (!found[0].includes("十")) return [...ones].reduce((sum, one) => sum * 10 + DIGITS.indexOf(one), 0);
  return (tens ? DIGITS.indexOf(tens) : 1) * 10 + (ones ? DIGITS.indexOf(ones) : 0);
}

export const figureOf = (text) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : 0);

function keyOf(door) {
  const number = figureOf(door.number);
  const direction = number % 2 ? 1 : -1;
  const inside = [door.building, door.unit, door.floor, door.room].map((one) => numberIn(one ?? ""));
  return [door.gridCode ?? "", door.street || door.hamlet || door.compound || "", numberIn(door.lane ?? ""), door.lane ?? "", -direction,
    direction * number, direction * figureOf(door.suffix), ...inside, door.local ?? "", door.id];
}

function compared(one, other) {
  for (let n = 0; n < one.length; n += 1) {
    if (one[n] < other[n]) return -1;
    if (one[n] > other[n]) return 1;
  }
  return 0;
}

// A new list in walking order.
export function inWalkingOrder(doors) {
  return doors.map((door) => [keyOf(door), door]).sort(([a], [b]) => compared(a, b)).map(([, door]) => door);
}

// [[street name, doors in walking order]…], the streets in walking order.
export function byStreet(ordered) {
  const streets = new Map();
  for (const door of ordered) {
    const name = streetOf(door);
    if (!streets.has(name)) streets.set(name, []);
    streets.get(name).push(door);
  }
  return [...streets];
}

export const streetOf = (door) => door.thoroughfareName || door.hamlet || door.compound || "";

// Metres east and north of `from` ([lon, lat]).
function metresFrom([lon, lat], [toLon, toLat]) {
  return [radians(toLon - lon) * Math.cos(radians(lat)) * EARTH_M, radians(toLat - lat) * EARTH_M];
}

// {along, beside} of a point on a street's line ([[lon, lat]…], in the direction numbers rise): metres from its start, and metres to
// its left (negative: right). null where there is no line or no point.
export function placeOn(line, point) {
  if (!line || line.length < 2 || !Number.isFinite(point?.lon) || !Number.isFinite(point?.lat)) return null;
  let [best, walked] = [null, 0];
  for (let n = 0; n + 1 < line.length; n += 1) {
    const [dx, dy] = metresFrom(line[n], line[n + 1]);
    const [px, py] = metresFrom(line[n], [point.lon, point.lat]);
    const length = Math.hypot(dx, dy) || 1e-9;
    const share = Math.min(1, Math.max(0, (px * dx + py * dy) / length ** 2));
    const away = Math.hypot(px - share * dx, py - share * dy);
    if (!best || away < best.away) best = { away, along: walked + share * length, left: dx * py - dy * px >= 0 };
    walked += length;
  }
  return { along: best.along, beside: best.left ? best.away : -best.away };
}
