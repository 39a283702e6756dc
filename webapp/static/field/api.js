// Talking to the server. Without it every call throws Offline; a phone that is no longer let in is wiped before anybody is told.
import { lang } from "./words/index.js";
import * as vault from "./vault.js";

const ANSWERS_WITHIN_MS = 30_000;
const FILE_WITHIN_MS = 180_000;
// What a refusal says of this phone or its owner, and which word the bar has for it.
const TROUBLES = { "account.disabled": "disabled", "device.unknown": "unknown", "password.must_change": "must_change" };
const listeners = new Set();
let [reached, trouble] = [null, ""];

export class Offline extends Error { constructor() { super("offline"); this.name = "Offline"; } }

// true, false, or null while nobody asked yet.
export const reachable = () => (navigator.onLine === false ? false : reached);
// "", or why the server lets nothing through: "disabled", "unknown", "must_change".
export const troubled = () => trouble;
// listener(word): "reach" when that changed, "trouble" when this did.
export const onWord = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
const tell = (word) => { for (const listener of [...listeners]) listener(word); };

function reach(next) {
  if (next === reached) return;
  reached = next;
  tell("reach");
}

// {ok, status, json, headers}; json null where the answer is none. body: bytes of a file. token: "" for none, else the phone's own.
export async function call(method, path, { json, body, headers = {}, token = vault.secret()?.token } = {}) {
  const asked = { method, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    body: json === undefined ? body : JSON.stringify(json), signal: AbortSignal.timeout(body ? FILE_WITHIN_MS : ANSWERS_WITHIN_MS),
    headers: { Accept: "application/json", "Accept-Language": lang() === "en" ? "en" : "zh-CN", ...headers,
      ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...(token ? { Authorization: `Bearer ${token}` } : {}) } };
  let answer;
  let text;
  try {
    answer = await fetch(path, asked);
    text = await answer.text();
  } catch {
    reach(false);
    throw new Offline();
  }
  const told = { ok: answer.ok, status: answer.status, json: parsed(text), headers: answer.headers };
  // What stands before the server answers in its place while it is away, and not in our words.
  if ([502, 503, 504].includes(told.status) && !told.json) { reach(false); throw new Offline(); }
  reach(true);
  if (token && token === vault.secret()?.token) await heed(told);
  return told;
}

async function heed({ ok, status, json }) {
  if (status === 401 && json?.code === "device.revoked") { await vault.wipe("revoked"); return; }
  const next = ok || status === 304 ? "" : TROUBLES[json?.code] ?? trouble;
  if (next !== trouble) { trouble = next; tell("trouble"); }
  if (ok) await vault.touched();
}

function parsed(text) {
  try { return text ? JSON.parse(text) : null; } catch { return null; }
}

// A locked phone has no token at hand; it may still ask whether it was revoked.
export async function askState() {
  if (!vault.deviceId()) return;
  try {
    const { json } = await call("GET", `/field/devices/${vault.deviceId()}/state`, { token: "" });
    if (json?.state === "revoked") await vault.wipe("revoked");
  } catch (error) {
    if (error.name !== "Offline") throw error;
  }
}
