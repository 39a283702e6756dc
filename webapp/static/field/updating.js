// The worker that keeps the app on the phone, and a newer version of it that waits until the officer lets it in.
const LOOK_EVERY_MS = 60 * 60_000;
const listeners = new Set();
let waiting = null;
let taking = false;

export const onChange = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
export const waits = () => waiting !== null;

function found(worker) {
  waiting = worker;
  for (const listener of [...listeners]) listener();
}

export async function begin() {
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (taking) location.reload(); });
  const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" }).catch(() => null);
  if (!registration) return;
  if (registration.waiting && navigator.serviceWorker.controller) found(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next.addEventListener("statechange", () => { if (next.state === "installed" && navigator.serviceWorker.controller) found(next); });
  });
  const look = () => registration.update().catch(() => null);
  setInterval(look, LOOK_EVERY_MS);
  addEventListener("online", look);
}

// What is typed lies in its draft and comes back after the reload and the PIN.
export function takeOver() {
  taking = true;
  waiting?.postMessage({ type: "take over" });
}

// After everything was erased and somebody signs in again without reloading: the app itself must be kept again.
export const keepAll = () => navigator.serviceWorker?.controller?.postMessage({ type: "keep" });
