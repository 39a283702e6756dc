// The outbox 待传箱: what was done at doors and is not yet with the server. On the disk, sealed, before the form that made it closes.
import * as store from "./store.js";
import { windows } from "./talk.js";
import * as vault from "./vault.js";

export const HOLD_MS = 10_000;
const RELOAD_MS = 200;
const listeners = new Set();
const talk = windows();
let entries = [];
let unread = [];
let sending = new Set();
let loaded = Promise.resolve();

export const onChange = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
function tell(also = true) {
  for (const listener of [...listeners]) listener();
  if (also) talk.say("outbox");
}

// Each {id, item, files: [{id, kind, evidence, type, bytes}], order, state: "waiting" | "refused", at, heldUntil, tries, nextAt, code,
// message}, in the order in which they were done.
export const items = async () => { await loaded; return [...entries]; };
export const entryOf = (id) => entries.find((one) => one.id === id);
// What reviewers decided and nobody has read here yet: {item, kind, status, words, place, at}.
export const verdicts = async () => { await loaded; return [...unread]; };
export const counts = () => ({ waiting: entries.filter((one) => one.state === "waiting").length,
  refused: entries.filter((one) => one.state === "refused").length, unread: unread.length });
export const isSending = (id) => sending.has(id);
export function setSending(ids) { sending = new Set(ids); tell(false); }

// From the disk, after the phone was opened and when another window changed something.
export function load() {
  loaded = (async () => {
    const [sent, told] = await Promise.all([store.all("outbox"), store.all("verdicts")]);
    entries = sent.map((one) => one.value).sort((one, other) => one.order - other.order);
    unread = told.map((one) => one.value).sort((one, other) => String(one.at).localeCompare(String(other.at)));
    tell(false);
  })();
  return loaded;
}

export const hexId = () => crypto.randomUUID().replaceAll("-", "");

// The beginning of an item about a door of the pack.
export const fresh = (kind, door) => ({ id: hexId(), kind, at: new Date().toISOString(), community: door.community, address: door.id, base: door.version ?? 0, fixes: [] });

// Resolves when the item and its files [{id, kind, blob, evidence}] are on the disk, all of them or none. Throws QuotaExceededError.
export async function add(item, files = [], { holdMs = HOLD_MS } = {}) {
  await loaded;
  const parts = await Promise.all(files.map(async ({ blob, ...file }) => ({ ...file, type: blob.type, data: new Uint8Array(await blob.arrayBuffer()) })));
  const entry = { id: item.id, item, order: Math.max(Date.now(), (entries.at(-1)?.order ?? 0) + 1), state: "waiting", at: item.at,
    heldUntil: Date.now() + holdMs, tries: 0, nextAt: 0, code: "", message: "", files: parts.map(({ data, ...file }) => ({ ...file, bytes: data.length })) };
  await store.putMany([...parts.map(({ id, data }) => ["files", id, data]), ["outbox", entry.id, entry]]);
  entries = [...entries.filter((one) => one.id !== entry.id), entry];
  tell();
}

export async function change(id, changes) {
  const before = entryOf(id);
  if (!before) return;
  const entry = { ...before, ...changes };
  await store.put("outbox", id, entry);
  entries = entries.map((one) => (one.id === id ? entry : one));
  tell();
}

// Away from the phone for good, with its files.
export async function drop(ids) {
  const gone = entries.filter((one) => ids.includes(one.id));
  await store.putMany(gone.flatMap((one) => [["outbox", one.id, undefined], ...one.files.map((file) => ["files", file.id, undefined])]));
  entries = entries.filter((one) => !ids.includes(one.id));
  if (gone.length) tell();
}

// false where it is on its way or gone: what the server has stays.
export async function undo(id) {
  await loaded;
  const found = entryOf(id);
  if (!found || sending.has(id)) return false;
  if (Date.now() >= found.heldUntil) return navigator.locks.request("doorplate-send", { ifAvailable: true }, async (lock) => (lock && entryOf(id) ? (await drop([id]), true) : false));
  await drop([id]);
  return true;
}

// Send a refused one again as it is.
export const retry = (id) => change(id, { state: "waiting", tries: 0, nextAt: 0, code: "", message: "" });
// A refused one whose reason was read.
export const discard = (id) => drop([id]);

export async function keepVerdicts(told) {
  const news = told.filter((one) => !unread.some((known) => known.item === one.item));
  if (!news.length) return;
  await store.putMany(news.map((one) => ["verdicts", one.item, one]));
  unread = [...unread, ...news];
  tell();
}

// The server hears that it was read; until then it would tell it again.
export async function markRead(item, { community }) {
  await add({ ...fresh("read", { community, id: null }), item }, [], { holdMs: 0 });
  await store.remove("verdicts", item);
  unread = unread.filter((one) => one.item !== item);
  tell();
}

vault.onChange((now) => { if (now !== "open") [entries, unread, sending] = [[], [], new Set()]; });

// While another window sends five hundred items it says so five hundred times.
let reload = 0;
talk.hear((word) => {
  if (word !== "outbox") return;
  clearTimeout(reload);
  reload = setTimeout(() => { if (vault.state() === "open") load(); }, RELOAD_MS);
});
