// The four things a photo may tell as evidence, from its EXIF: when, where, which way. Everything read is checked against the
// bytes there are; whatever does not fit is as if it were not there. (EXIF 2.32, TIFF 6.0)
const TIFF_SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const MOST_ENTRIES = 200;
const ORIGINAL = 0x9003;
const OFFSET = 0x9011;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;

// {taken_at (ISO, UTC), lon, lat (degrees), direction (degrees)} as far as told. bytes: a JPEG (Uint8Array); never throws.
export function readExif(bytes) {
  try {
    const tiff = exifOf(bytes);
    return tiff ? evidence(tiff) : {};
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

function exifOf(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xff) { at += 1; continue; }
    if (marker === 0xda || marker === 0xd9) return null;
    const length = bytes[at + 2] << 8 | bytes[at + 3];
    if (length < 2) return null;
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xe1 && String.fromCharCode(...body.subarray(0, 6)) === "Exif\0\0") return body.subarray(6);
    at += 2 + length;
  }
  return null;
}

function evidence(tiff) {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return {};
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return {};
  const first = entries(view, view.getUint32(4, little), little);
  const inside = first.has(EXIF_IFD) ? entries(view, numbers(view, first.get(EXIF_IFD), little)[0], little) : new Map();
  const gps = first.has(GPS_IFD) ? entries(view, numbers(view, first.get(GPS_IFD), little)[0], little) : new Map();
  return { ...taken(view, inside, little), ...placed(view, gps, little) };
}

function entries(view, at, little) {
  const found = new Map();
  if (!Number.isInteger(at) || at < 8 || at + 2 > view.byteLength) return found;
  const count = Math.min(view.getUint16(at, little), MOST_ENTRIES);
  for (let n = 0; n < count; n += 1) {
    const entry = at + 2 + n * 12;
    if (entry + 12 > view.byteLength) break;
    const type = view.getUint16(entry + 2, little);
    const amount = view.getUint32(entry + 4, little);
    const size = (TIFF_SIZES[type] ?? 0) * amount;
    if (!size) continue;
    const value = size <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    if (value + size <= view.byteLength) found.set(view.getUint16(entry, little), { type, amount, value });
  }
  return found;
}

function numbers(view, entry, little) {
  if (!entry) return [];
  return Array.from({ length: Math.min(entry.amount, 4) }, (_, n) => {
    if (entry.type === 3) return view.getUint16(entry.value + n * 2, little);
    if (entry.type === 4) return view.getUint32(entry.value + n * 4, little);
    if (entry.type === 5) return view.getUint32(entry.value + n * 8, little) / view.getUint32(entry.value + n * 8 + 4, little);
    return NaN;
  });
}

function letters(view, entry) {
  if (!entry || entry.type !== 2) return "";
  let text = "";
  for (let n = 0; n < Math.min(entry.amount, 40); n += 1) {
    const letter = view.getUint8(entry.value + n);
    if (!letter) break;
    text += String.fromCharCode(letter);
  }
  return text.trim();
}

// Without an offset the camera's clock is taken for this phone's own.
function taken(view, inside, little) {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(letters(view, inside.get(ORIGINAL)));
  if (!parts) return {};
  const offset = /^[+-]\d\d:\d\d$/.exec(letters(view, inside.get(OFFSET)))?.[0] ?? "";
  const [, year, month, day, hour, minute, second] = parts;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(at.getTime()) || at.getFullYear() < 1990 ? {} : { taken_at: at.toISOString() };
}

function degrees(view, gps, tags, little) {
  const [whole, minutes, seconds] = numbers(view, gps.get(tags.value), little);
  const sign = tags.minus.includes(letters(view, gps.get(tags.side)).toUpperCase()) ? -1 : 1;
  const found = sign * (whole + (minutes ?? 0) / 60 + (seconds ?? 0) / 3600);
  return Number.isFinite(found) && Math.abs(found) <= tags.most ? Math.round(found * 1e7) / 1e7 : null;
}

// Cameras without a fix write 0°, 0° or nothing.
function placed(view, gps, little) {
  const told = {};
  const lat = degrees(view, gps, { side: 1, value: 2, minus: ["S"], most: 90 }, little);
  const lon = degrees(view, gps, { side: 3, value: 4, minus: ["W"], most: 180 }, little);
  if (lat !== null && lon !== null && (lat !== 0 || lon !== 0)) Object.assign(told, { lon, lat });
  const [direction] = numbers(view, gps.get(17), little);
  if (direction >= 0 && direction <= 360) told.direction = Math.round(direction * 10) / 10;
  return told;
}
