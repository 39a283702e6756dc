import { hexId } from "./parts.js";
const listeners = [];
globalThis.SENT = [];
export const fresh = (kind, door) => ({ id: hexId(), kind, at: new Date().toISOString(), community: door.community, address: door.id, base: door.version, fixes: [] });
export async function add(item, files = []) {
  if (globalThis.FULL) throw new DOMException("full", "QuotaExceededError");
  globalThis.SENT.push({ item, files });
  listeners.forEach((listener) => listener());
}
export const items = async () => globalThis.SENT.map((one) => one.item);
export const onChange = (listener) => listeners.push(listener);
export async function undo(id) {
  if (globalThis.GONE) return false;
  globalThis.SENT = globalThis.SENT.filter((one) => one.item.id !== id);
  return true;
}
