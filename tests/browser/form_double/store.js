const name = (table, key) => `${table}|${key}`;
const entries = (table) => Object.keys(localStorage).filter((key) => key.startsWith(`${table}|`));
export const put = async (table, key, value) => { if (globalThis.FULL) throw new DOMException("full", "QuotaExceededError"); localStorage[name(table, key)] = JSON.stringify(value); };
export const get = async (table, key) => JSON.parse(localStorage[name(table, key)] ?? "null");
export const all = async (table) => entries(table).map((key) => JSON.parse(localStorage[key]));
export const remove = async (table, key) => { delete localStorage[name(table, key)]; };
export const usage = async () => ({ used: 0, free: globalThis.FREE ?? 5e9, persisted: true });
