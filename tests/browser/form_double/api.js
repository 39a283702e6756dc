export class Offline extends Error { constructor() { super("offline"); this.name = "Offline"; } }
export async function call(method, path, { json } = {}) {
  if (!globalThis.ANSWERS) throw new Offline();
  (globalThis.CALLED ??= []).push({ method, path, json });
  return globalThis.ANSWERS[path];
}
