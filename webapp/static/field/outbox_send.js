// Emptying the outbox: files first, then the items that name them, in batches; one window sends at a time. An item leaves the phone
// only when the server says it has it (accepted, duplicate).
import { Offline, call } from "./api.js";
import * as outbox from "./outbox.js";
import { refresh, settings } from "./pack.js";
import { isSpent, keep } from "./reserve.js";
import { sha256 } from "./sealing.js";
import { get } from "./store.js";
import * as vault from "./vault.js";

const LOCK = "doorplate-send";
const [FIRST_WAIT_MS, MOST_WAIT_MS] = [5_000, 300_000];
const EVERY_MS = 5 * 60_000;
const TAKEN = new Set(["accepted", "duplicate"]);
const BATCH = 20;
let timer = 0;
let failures = 0;
let asked = 0;

const waitAfter = (tries) => Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);

// Sends what is due; also asks what reviewers decided. Resolves when that is done or cannot be; never throws for lack of network.
export async function flush({ now = false } = {}) {
  clearTimeout(timer);
  if (vault.state() !== "open" || navigator.onLine === false) { later(EVERY_MS); return; }
  try {
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      try { await sendAll(now); } finally { outbox.setSending([]); }
    });
    failures = 0;
  } catch (error) {
    if (!(error instanceof Offline) && error.name !== "Locked") throw error;
    failures += 1;
  }
  await planNext();
}

async function sendAll(now) {
  const due = (entry) => entry.state === "waiting" && entry.heldUntil <= Date.now() && (now || entry.nextAt <= Date.now());
  let rest = (await outbox.items()).filter(due);
  if (!rest.length && !now && Date.now() - asked < EVERY_MS) return;
  do {
    const batch = rest.slice(0, settings()?.sync.batch ?? BATCH);
    rest = rest.slice(batch.length);
    await sendBatch(batch);
  } while (rest.length);
}

async function sendBatch(batch) {
  outbox.setSending(batch.map((one) => one.id));
  const whole = [];
  for (const entry of batch) if (await sendFiles(entry)) whole.push(entry);
  await sendItems(whole);
}

// false: a file was refused, so the item cannot go.
async function sendFiles(entry) {
  for (const file of entry.files.filter((one) => !one.sent)) {
    const data = await get("files", file.id);
    if (!data) { await outbox.change(entry.id, { state: "refused", code: "file.gone", message: "" }); return false; }
    const answer = await call("PUT", `/field/files/${file.id}`, { body: data, headers: { "Content-Type": "application/octet-stream", "X-Kind": file.kind,
      "X-Sha256": await sha256(data), "X-Evidence": JSON.stringify(file.evidence ?? {}) } });
    if (!TAKEN.has(answer.json?.result)) { await heedRefusal(entry, answer.json ?? {}, answer.status); return false; }
    file.sent = true;
  }
  return true;
}

async function sendItems(batch) {
  asked = Date.now();
  const answer = await call("POST", "/field/sync", { json: { clock: new Date().toISOString(), items: batch.map((entry) => entry.item) } });
  if (!answer.ok) return unheard(batch, answer);
  await outbox.keepVerdicts(answer.json.verdicts ?? []);
  const receipts = new Map((answer.json.receipts ?? []).map((one) => [one.id, one]));
  const before = outbox.counts().waiting;
  await outbox.drop(batch.filter((entry) => TAKEN.has(receipts.get(entry.id)?.result)).map((entry) => entry.id));
  if (isSpent() && outbox.counts().waiting < before) await keep();
  for (const entry of batch) {
    const told = receipts.get(entry.id);
    if (!told || !TAKEN.has(told.result)) await heedRefusal(entry, told ?? { retry: true }, 200);
  }
  if ((answer.json.verdicts ?? []).some((one) => one.status !== "rejected")) refresh().catch(ignoreOffline);
  return undefined;
}

const ignoreOffline = (error) => { if (!["Offline", "Refused", "Locked"].includes(error.name)) throw error; };

// The whole batch was not taken. One that poisons it is found by sending each alone; a server that is busy is left in peace.
async function unheard(batch, { status, json, headers }) {
  if ([401, 403].includes(status)) return;
  if (status === 429 || status >= 500) {
    const wait = Number(headers.get("Retry-After")) * 1000 || waitAfter(batch[0]?.tries ?? 0);
    for (const entry of batch) await outbox.change(entry.id, { tries: entry.tries + 1, nextAt: Date.now() + wait, code: json?.code ?? "", message: json?.message ?? "" });
    return;
  }
  if (batch.length > 1) for (const entry of batch) await sendItems([entry]);
  else if (batch.length) await heedRefusal(batch[0], json ?? {}, status);
}

// retry: the same goes again by itself; else it stays, with the reason, until somebody has read it.
async function heedRefusal(entry, { code = "", message = "", retry = false, result = "" }, status) {
  if ([401, 403].includes(status) && !result) return;
  const again = retry || (!result && (status === 429 || status >= 500));
  const files = again && (code.startsWith("file.") || code === "item.file_missing") ? entry.files.map(({ sent, ...file }) => file) : entry.files;
  await outbox.change(entry.id, again ? { files, tries: entry.tries + 1, nextAt: Date.now() + waitAfter(entry.tries), code, message } : { state: "refused", code, message });
}

async function planNext() {
  const waiting = (await outbox.items()).filter((one) => one.state === "waiting");
  const next = Math.min(Date.now() + EVERY_MS, ...waiting.map((one) => Math.max(one.heldUntil, one.nextAt)));
  later(Math.max(failures ? waitAfter(failures - 1) : 250, next - Date.now()));
}

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
}

// From now on by itself: when something is added, when the network comes back, when the app is looked at, and every few minutes.
export function sendByItself() {
  outbox.onChange(() => { if (vault.state() === "open" && outbox.counts().waiting) planSoon(); });
  addEventListener("online", () => { failures = 0; flush({ now: true }); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  vault.onChange((now) => { if (now === "open") later(1000); else clearTimeout(timer); });
}

let soon = 0;
function planSoon() {
  clearTimeout(soon);
  soon = setTimeout(planNext, 100);
}
