// The phone's own database. What lies there is sealed before it comes here (store.js), but for the lock's own record (vault.js).
export const DATABASE = "doorplate-field";
export const TABLES = ["vault", "pack", "outbox", "files", "verdicts", "drafts", "diary"];
let opened = null;

async function shelf() {
  opened ??= open();
  try { return await opened; } catch (error) { opened = null; throw error; }
}

async function open() {
  const { openDB } = await import("../vendor/idb.js");
  return openDB(DATABASE, 1, {
    upgrade(db) { for (const table of TABLES) db.createObjectStore(table); },
    // Another tab deletes the database, or the browser took it away: the next call opens it again.
    blocking(_, __, event) { opened = null; event.target.close(); },
    terminated() { opened = null; },
  });
}

export const get = async (table, key) => (await shelf()).get(table, key);
export const keys = async (table) => (await shelf()).getAllKeys(table);

// [[key, value]…] of a whole table, as of one moment.
export async function entries(table) {
  const reading = (await shelf()).transaction(table);
  const [names, values] = await Promise.all([reading.store.getAllKeys(), reading.store.getAll()]);
  return names.map((name, n) => [name, values[n]]);
}

// changes: [[table, key, value]…], a value undefined removes. All or nothing, on the disk when it resolves (strict durability).
export async function write(changes) {
  if (!changes.length) return;
  const writing = (await shelf()).transaction([...new Set(changes.map(([table]) => table))], "readwrite", { durability: "strict" });
  const asked = [];
  try {
    for (const [table, key, value] of changes) {
      const store = writing.objectStore(table);
      asked.push(value === undefined ? store.delete(key) : store.put(value, key));
    }
  } catch (error) {
    writing.abort();
    await Promise.allSettled([writing.done, ...asked]);
    throw error;
  }
  // A refused put ends the transaction: its own reason (full disk) is told, not the bare abort.
  const [ended, ...each] = await Promise.allSettled([writing.done, ...asked]);
  const refused = [...each, ended].find((one) => one.status === "rejected" && one.reason?.name !== "AbortError");
  if (refused ?? ended.reason) throw (refused ?? ended).reason;
}

export async function destroy() {
  const { deleteDB } = await import("../vendor/idb.js");
  (await opened?.catch(() => null))?.close();
  opened = null;
  await deleteDB(DATABASE);
}
