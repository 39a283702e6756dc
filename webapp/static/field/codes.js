// The public code of a plate, read as doorplate/plates/code.py reads it (ISO/IEC 7064 MOD 37,36 over Crockford base 32). Pure.
export const LENGTH = 13;
const ISO_7064 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const WRITTEN = /^[0-9A-HJKMNP-TV-Z]{13}$/;
const SEPARATORS = /[\s\x1c-\x1f\x85\p{Pd}\-_\u00ad\u200b-\u200d\u2060\ufeff]/gu;
const MISREAD = { O: "0", I: "1", L: "1" };
const LONGEST = 500;
const READING = "(?:/[a-z]{2}(?:-large)?|/large)?"; // language and type size of a page, webapp/reading.py
const PLATE_PATH = new RegExp(`^/d/([^/]{1,40})${READING}/?$`, "i");
const ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

// The check character of digits and capital letters; throws a RangeError at anything else.
export function checkCharacter(text) {
  let product = 36;
  for (const character of text) {
    const value = ISO_7064.indexOf(character);
    if (value < 0) throw new RangeError("outside the alphabet");
    product = ((product + value) % 36 || 36) * 2 % 37;
  }
  return ISO_7064[(37 - product) % 36];
}

export const isValid = (code) => WRITTEN.test(code) && checkCharacter(code.slice(0, -1)) === code.at(-1);

// As people type, dictate or paste it → the written form, null when it cannot be one. The check character is not looked at.
export function normalise(text) {
  const kept = text.normalize("NFKC").replace(SEPARATORS, "").toUpperCase().replace(/[OIL]/g, (letter) => MISREAD[letter]);
  return WRITTEN.test(kept) ? kept : null;
}

// "ABCD EFGH JKMN P", as printed.
export const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1 ");

function judged(text) {
  const code = normalise(text);
  if (code === null) return { problem: "foreign" };
  return isValid(code) ? { code } : { problem: "check" };
}

function addressOf(text) {
  try { return new URL(text); } catch { return null; }
}

function unescaped(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

// What a camera read or a person typed: {code} of a plate of ours, or {problem}: "host" leads elsewhere, "check" ours but altered or
// misread, "foreign" no plate's code at all. Nothing read is ever opened.
export function parseScanned(text, { baseUrl }) {
  const given = text.trim();
  if (!given || given.length > LONGEST) return { problem: "foreign" };
  if (!ADDRESS.test(given)) return judged(given);
  const [ours, read] = [addressOf(baseUrl), addressOf(given)];
  if (!read || !/^https?:$/.test(read.protocol)) return { problem: "foreign" };
  if (!ours || read.host !== ours.host || read.username || read.password) return { problem: "host" };
  const folder = ours.pathname.replace(/\/$/, "");
  const inside = read.pathname.startsWith(folder) ? read.pathname.slice(folder.length) : "";
  const found = PLATE_PATH.exec(inside);
  return found ? judged(unescaped(found[1])) : { problem: "foreign" };
}
