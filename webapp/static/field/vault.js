// The lock of the phone: nothing of the pack, the outbox or the photos can be read without PIN and server part together. The part
// lies here only while the phone is in touch with the server; what was lost with it is fetched again with the password.
import { windows } from "./talk.js";
import { dataKey, fromBase64, fromBytes, newDataKey, openBytes, random, sealBytes, toBytes, wrappingKey } from "./sealing.js";
import { destroy, get, write } from "./shelf.js";

const [RECORD, SECRET] = [["vault", "lock"], ["vault", "secret"]];
const TOUCH_EVERY_MS = 60_000;
const listeners = new Set();
const talk = windows();
let [now, key, told, record, wiped] = ["", null, null, null, ""];

export const state = () => now;
export const secret = () => told;
export const deviceId = () => record?.deviceId ?? "";
export const onChange = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
// Why this phone was wiped while the app was open: "revoked", "tries", "asked", or "".
export const wipedFor = () => wiped;
export const triesLeft = () => (record ? record.rules.tries - record.failed : 0);
export const rules = () => record?.rules;

function turn(next) {
  now = next;
  for (const listener of [...listeners]) listener(next);
}

// Looks at what lies on the phone: "new" or "locked".
export async function begin() {
  record = (await get(...RECORD)) ?? null;
  turn(record ? "locked" : "new");
  return now;
}

// A phone that has just signed in. registered: of POST /field/login; lock: settings.lock.
export async function create({ pin, registered, lock: { iterations, tries, minutes, offline_hours } }) {
  const { key: fresh, raw } = await newDataKey();
  const base = { version: 1, deviceId: registered.device_id, salt: random(16), iterations, failed: 0, contactAt: Date.now(),
    part: fromBase64(registered.part), rules: { tries, minutes, offline_hours } };
  const wrapped = await sealBytes(await wrappingKey(pin, base.part, base), raw, base.deviceId);
  raw.fill(0);
  record = { ...base, wrapped };
  told = { token: registered.token, deviceId: registered.device_id, person: registered.person };
  await write([[...RECORD, record], [...SECRET, await sealBytes(fresh, toBytes(told), SECRET.join("/"))]]);
  [key, wiped] = [fresh, ""];
  turn("open");
}

// Whether the server's part is still here; without it even the right PIN opens nothing.
export async function hasPart() {
  await heedTime();
  return Boolean(record?.part);
}

async function heedTime() {
  if (!record?.part) return;
  const away = Date.now() - record.contactAt;
  // A clock that was set back tells nothing; one set far ahead costs a password, never data.
  if (away > record.rules.offline_hours * 3600_000) await keep({ part: null });
  else if (away < 0) await keepIfRoom({ contactAt: Date.now() });
}

async function keep(changes) {
  record = { ...record, ...changes };
  await write([[...RECORD, record]]);
}

// Who must unlock to send and so make room is not kept out because there is none.
const keepIfRoom = (changes) => keep(changes).catch((error) => { if (error.name !== "QuotaExceededError") throw error; });

// "open", "wrong", "stale" (the part is gone) or "wiped". A try is counted before it is made, so that ending the app wins nothing.
export async function unlock(pin) {
  if (!(await hasPart())) return "stale";
  await keepIfRoom({ failed: record.failed + 1 });
  let raw;
  try {
    raw = await openBytes(await wrappingKey(pin, record.part, record), record.wrapped, record.deviceId);
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    if (record.failed < record.rules.tries) return "wrong";
    await wipe("tries");
    return "wiped";
  }
  const found = await dataKey(raw);
  raw.fill(0);
  told = fromBytes(await openBytes(found, await get(...SECRET), SECRET.join("/")));
  key = found;
  await keepIfRoom({ failed: 0 });
  turn("open");
  return "open";
}

// The server's part again, base64, after signing in with the password.
export const renew = (part) => keep({ part: fromBase64(part), contactAt: Date.now() });

// Another PIN for the same data. false: the old one is not right.
export async function changePin(old, next) {
  try {
    const raw = await openBytes(await wrappingKey(old, record.part, record), record.wrapped, record.deviceId);
    const salt = random(16);
    const wrapped = await sealBytes(await wrappingKey(next, record.part, { ...record, salt }), raw, record.deviceId);
    raw.fill(0);
    await keep({ salt, wrapped });
    return true;
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    return false;
  }
}

// The server answered: the part may stay for another while. The office's rules of the lock hold from now on.
export async function touched(lock = null) {
  if (now !== "open") return;
  const rules = lock ? { tries: lock.tries, minutes: lock.minutes, offline_hours: lock.offline_hours } : record.rules;
  if (Date.now() - record.contactAt >= TOUCH_EVERY_MS || Date.now() < record.contactAt || lock) await keepIfRoom({ contactAt: Date.now(), rules });
}

export function lock() {
  if (now !== "open") return;
  [key, told] = [null, null];
  turn("locked");
  talk.say("lock");
}

talk.hear((word) => { if (word === "lock") lock(); else if (word === "wiped") gone("asked"); });

class Locked extends Error { constructor() { super("locked"); this.name = "Locked"; } }

export async function seal(value, about) {
  if (!key) throw new Locked();
  return sealBytes(key, toBytes(value), about);
}

export async function open(bytes, about) {
  if (!key) throw new Locked();
  return fromBytes(await openBytes(key, bytes, about));
}

// Everything of this app goes from the phone: database, caches, worker. why: "revoked", "tries" or "asked".
export async function wipe(why) {
  gone(why);
  talk.say("wiped");
  await destroy();
  for (const name of await caches.keys()) await caches.delete(name);
}

function gone(why) {
  [key, told, record, wiped] = [null, null, null, why];
  turn("new");
}
