// Locks the phone when nobody touched it for some minutes, also when the app was out of sight meanwhile.
import * as vault from "./vault.js";

const TOUCHES = ["pointerdown", "keydown", "scroll", "input"];
const LOOK_MS = 5_000;
const FIRST_MINUTES = 5;
let touchedAt = Date.now();

function look() {
  if (vault.state() !== "open") return;
  const idle = Date.now() - touchedAt;
  // A clock that jumped back must not keep it open for ever.
  if (idle < 0) touchedAt = Date.now();
  if (idle > (vault.rules()?.minutes ?? FIRST_MINUTES) * 60_000) vault.lock();
}

export function begin() {
  for (const touch of TOUCHES) addEventListener(touch, () => { look(); touchedAt = Date.now(); }, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  vault.onChange((now) => { if (now === "open") touchedAt = Date.now(); });
  setInterval(look, LOOK_MS);
}
