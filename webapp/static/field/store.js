// What the app keeps, sealed: tables pack, outbox, files, verdicts, drafts, diary. Values are JSON, or a Uint8Array.
import { entries, get as read, keys, write } from "./shelf.js";
import { open, seal } from "./vault.js";

export { keys };

const about = (table, key) => `${table}/${key}`;

export async function get(table, key) {
  const sealed = await read(table, key);
  return sealed === undefined ? null : open(sealed, about(table, key));
}

// [{key, value}…] of a whole table.
export async function all(table) {
  const found = await entries(table);
  return Promise.all(found.map(async ([key, sealed]) => ({ key, value: await open(sealed, about(table, key)) })));
}

export const put = (table, key, value) => putMany([[table, key, value]]);
export const remove = (table, key) => write([[table, key, undefined]]);

// changes: [[table, key, value]…], undefined removes; all or none of them, on the disk when it resolves.
export async function putMany(changes) {
  const sealed = changes.map(async ([table, key, value]) => [table, key, value === undefined ? undefined : await seal(value, about(table, key))]);
  await write(await Promise.all(sealed));
}

// Bytes used and free for this app, and whether the browser promised not to clear them.
export async function usage() {
  const { usage: used = 0, quota = Infinity } = (await navigator.storage?.estimate?.()) ?? {};
  return { used, free: quota - used, persisted: (await navigator.storage?.persisted?.()) ?? false };
}

export const persist = async () => (await navigator.storage?.persist?.()) ?? false;
