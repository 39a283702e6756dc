// Keys and sealed bytes, all by the browser's own WebCrypto: AES-256-GCM under a key nobody can take out, wrapped by the PIN and the
// server's part together: HKDF-SHA-256(PBKDF2-SHA-256(PIN, salt, iterations) ‖ part).
const IV_BYTES = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const [JSON_MARK, RAW_MARK] = [0, 1];

export const random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// The key that opens the data key.
export async function wrappingKey(pin, part, { salt, iterations }) {
  const typed = await crypto.subtle.importKey("raw", encoder.encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
  const own = new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed, 256));
  const both = new Uint8Array(own.length + part.length);
  both.set(own);
  both.set(part, own.length);
  const base = await crypto.subtle.importKey("raw", both, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info: encoder.encode("doorplate field lock") }, base,
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// {key, raw}: a new data key; raw only long enough to be wrapped.
export async function newDataKey() {
  const raw = random(32);
  return { key: await dataKey(raw), raw };
}

export const dataKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

// bytes sealed for one place: moved elsewhere they do not open. about: that place, "outbox/7f3…".
export async function sealBytes(key, bytes, about) {
  const iv = random(IV_BYTES);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(about) }, key, bytes));
  const whole = new Uint8Array(IV_BYTES + sealed.length);
  whole.set(iv);
  whole.set(sealed, IV_BYTES);
  return whole;
}

// Raises OperationError where key, place or bytes are not those of the sealing.
export async function openBytes(key, whole, about) {
  const iv = whole.subarray(0, IV_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(about) }, key, whole.subarray(IV_BYTES)));
}

// A JSON value or a Uint8Array ↔ bytes.
export function toBytes(value) {
  const raw = value instanceof Uint8Array;
  const body = raw ? value : encoder.encode(JSON.stringify(value));
  const whole = new Uint8Array(body.length + 1);
  whole[0] = raw ? RAW_MARK : JSON_MARK;
  whole.set(body, 1);
  return whole;
}

export const fromBytes = (whole) => (whole[0] === RAW_MARK ? whole.slice(1) : JSON.parse(decoder.decode(whole.subarray(1))));

export async function sha256(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...sum].map((one) => one.toString(16).padStart(2, "0")).join("");
}
