// What is kept on this phone: drafts, what waits to be sent, receipts. Where the browser keeps nothing (private windows), it
// lives as long as the page.
const KEYS = { drafts: "key", outbox: "client_id", receipts: "receipt" };
const memory = { drafts: new Map(), outbox: new Map(), receipts: new Map() };
const DRAFT_LASTS_MS = 7 * 24 * 3600 * 1000;
let opening;

function opened() {
  opening ??= new Promise((done) => {
    try {
      const asked = indexedDB.open("doorplate", 1);
      asked.onupgradeneeded = () => Object.entries(KEYS).forEach(([name, keyPath]) => asked.result.createObjectStore(name, { keyPath }));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
    } catch { done(null); }
  });
  return opening;
}

async function ask(name, mode, question, inMemory) {
  const database = await opened();
  if (!database) return inMemory(memory[name]);
  return new Promise((done, failed) => {
    // "strict": on disk when it says so, not a while later.
    const act = database.transaction(name, mode, { durability: "strict" });
    const asked = question(act.objectStore(name));
    act.oncomplete = () => done(asked.result);
    act.onerror = act.onabort = () => failed(act.error);
  });
}

export const put = (name, value) => ask(name, "readwrite", (at) => at.put(value), (at) => at.set(value[KEYS[name]], value));
export const get = (name, key) => ask(name, "readonly", (at) => at.get(key), (at) => at.get(key));
export const all = (name) => ask(name, "readonly", (at) => at.getAll(), (at) => [...at.values()]);
export const remove = (name, key) => ask(name, "readwrite", (at) => at.delete(key), (at) => at.delete(key));
export const clear = (name) => ask(name, "readwrite", (at) => at.clear(), (at) => at.clear());

export async function forgetOldDrafts() {
  for (const draft of await all("drafts")) if (Date.now() - draft.changed > DRAFT_LASTS_MS) await remove("drafts", draft.key);
}
