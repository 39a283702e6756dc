// Bytes kept for bad times. Browsers no longer tell how full a phone is, so the app finds out: when a write does not fit, the reserve is
// given back, the write is done after all, and whoever holds the phone is told while there is still room to send.
import { random } from "./sealing.js";
import { get, write } from "./shelf.js";

const PLACE = ["vault", "reserve"];
const BYTES = 12 * 2 ** 20;
const PIECE = 65536;
const [TRIES, WAIT_MS] = [8, 250];
const listeners = new Set();
let spent = false;

// Whether the phone is so full that the reserve is in use.
export const isSpent = () => spent;
export const onChange = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
const full = (error) => error.name === "QuotaExceededError";

function turn(next) {
  if (next === spent) return;
  spent = next;
  for (const listener of [...listeners]) listener();
}

// Puts it aside where there is room for it; at each start, and when something was sent.
export async function keep() {
  if (await get(...PLACE)) { turn(false); return; }
  const bytes = new Uint8Array(BYTES);
  // Noise: a database that packs what it keeps would make nothing of zeros.
  for (let at = 0; at < BYTES; at += PIECE) bytes.set(random(PIECE), at);
  try { await write([[...PLACE, bytes]]); turn(false); } catch (error) {
    if (!full(error)) throw error;
    turn(true);
  }
}

// A write that must not be lost for want of the last bytes. Throws QuotaExceededError when even the reserve does not do.
export async function writeAnyway(changes) {
  try { await write(changes); return; } catch (error) { if (!full(error) || !(await get(...PLACE))) throw error; }
  await write([[...PLACE, undefined]]);
  turn(true);
  for (let tries = 1; ; tries += 1) {
    try { await write(changes); return; } catch (error) { if (!full(error) || tries === TRIES) throw error; }
    // The bytes come back when the database has tidied up behind itself.
    await new Promise((done) => setTimeout(done, WAIT_MS));
  }
}
