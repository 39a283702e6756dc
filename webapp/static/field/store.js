// What the app keeps, sealed: tables pack, outbox, files, verdicts, drafts, diary. Values are JSON, or a Uint8Array.
import { writeAnyway } from "./reserve.js";
import { entries, get as read, keys } from "./shelf.js";
import { windows } from "./talk.js";
import { onChange, open, seal } from "./vault.js";

export { keys };

const about = (table, key) => `${table}/${key}`;

export async function get(table, key) {
  const sealed = await read(table, key);
  return sealed === undefined ? null : open(sealed, about(table, key));
}

// Small tables that are read whole again and again stay open in memory, table → promise of key → value, while the phone is open.
const OFTEN = new Set(["diary"]);
const held = new Map();
const talk = windows();

// [{key, value}…] of a whole table.
export async function all(table) {
  const found = OFTEN.has(table) ? await (held.get(table) ?? hold(table)) : await opened(table);
  return [...found].map(([key, value]) => ({ key, value }));
}

async function opened(table) {
  const found = await entries(table);
  return new Map(await Promise.all(found.map(async ([key, sealed]) => [key, await open(sealed, about(table, key))])));
}

function hold(table) {
  held.set(table, opened(table));
  held.get(table).catch(() => held.delete(table));
  return held.get(table);
}

async function heed(changes) {
  for (const [table, key, value] of changes.filter(([name]) => held.has(name))) {
    const kept = await held.get(table);
    if (value === undefined) kept.delete(key);
    else kept.set(key, structuredClone(value));
  }
  for (const table of OFTEN) if (changes.some(([name]) => name === table)) talk.say(`store ${table}`);
}

onChange((now) => { if (now !== "open") held.clear(); });
talk.hear((word) => { if (typeof word === "string" && word.startsWith("store ")) held.delete(word.slice(6)); });

export const put = (table, key, value) => putMany([[table, key, value]]);
export const remove = (table, key) => putMany([[table, key, undefined]]);

// changes: [[table, key, value]…], undefined removes; all or none of them, on the disk when it resolves.
export async function putMany(changes) {
  const sealed = changes.map(async ([table, key, value]) => [table, key, value === undefined ? undefined : await seal(value, about(table, key))]);
  await writeAnyway(await Promise.all(sealed));
  await heed(changes);
}

// Bytes used and free for this app, and whether the browser promised not to clear them.
export async function usage() {
  const { usage: used = 0, quota = Infinity } = (await navigator.storage?.estimate?.()) ?? {};
  return { used, free: quota - used, persisted: (await navigator.storage?.persisted?.()) ?? false };
}

export const persist = async () => (await navigator.storage?.persist?.()) ?? false;
