// Sends what waits, from the page or from the worker: never two at once, and always with the client_id it was written under, so
// that however often it is sent it is one matter.
import { all, get, put, remove } from "./ask_store.js";

const SLOWEST_BYTES_PER_S = 4000;
const PATIENCE_MS = 60000;
const NEWS = "doorplate";

export function news(heard) {
  if (!globalThis.BroadcastChannel) return null;
  const channel = new BroadcastChannel(NEWS);
  if (heard) channel.onmessage = (event) => heard(event.data);
  return channel;
}

function tell(message) {
  const channel = news();
  channel?.postMessage(message);
  channel?.close();
}

function body(item) {
  const form = new FormData();
  for (const [name, value] of item.fields) form.append(name, value);
  form.append("client_id", item.client_id);
  item.photos.forEach((photo, n) => form.append("photos", photo, `photo-${n + 1}.jpg`));
  if (item.voice) form.append("voice", item.voice, "voice");
  form.append(item.token.field, item.token.value);
  return form;
}

async function freshToken() {
  const answer = await fetch("/form-token", { cache: "no-store" });
  const { field, token, wait_ms } = await answer.json();
  await new Promise((done) => setTimeout(done, wait_ms));
  return { field, value: token };
}

async function post(item) {
  const bytes = [...item.photos, item.voice].reduce((sum, one) => sum + (one?.size ?? 0), 0);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS + (bytes / SLOWEST_BYTES_PER_S) * 1000);
  try {
    return await fetch(item.url, { method: "POST", body: body(item), headers: { Accept: "application/json" }, signal: stop.signal });
  } finally { clearTimeout(timer); }
}

// "sent", "refused" (a person must change something) or "waiting".
async function sendOne(item) {
  try {
    let answer = await post(item);
    let said = await answer.json();
    if (said.code?.startsWith("form.") && answer.status !== 413 && answer.status !== 415) {
      item.token = await freshToken();
      answer = await post(item);
      said = await answer.json();
    }
    if (answer.status === 201) {
      const { client_id, key, address, title } = item;
      await put("receipts", { receipt: said.receipt, pin: said.pin, asked_at: said.asked_at, repeated: said.repeated, client_id, address, title });
      await remove("outbox", client_id);
      if ((await get("drafts", key))?.client_id === client_id) await remove("drafts", key);
      tell({ client_id });
      return "sent";
    }
    if (answer.status >= 500 || answer.status === 429) {
      await put("outbox", { ...item, busy: true });
      return "waiting";
    }
    await put("outbox", { ...item, problem: said });
    tell({ client_id: item.client_id });
    return "refused";
  } catch {
    return "waiting";
  }
}

async function sendWaiting() {
  let waiting = 0;
  for (const item of await all("outbox")) if (!item.problem && (await sendOne(item)) === "waiting") waiting += 1;
  return waiting;
}

// How many are still waiting afterwards.
export function sendAll() {
  return navigator.locks ? navigator.locks.request("doorplate-send", sendWaiting) : sendWaiting();
}
