// The worker: sends what waits when the network is back, and opens a form again without one. It keeps pages that were opened,
// newest from the network first, and nothing anybody typed.
import { sendAll } from "./ask_sending.js";

const KEPT = "doorplate-pages";
const MOST = 24;
const PAGE = /^\/(follow|d\/[0-9A-Z]{13}(\/[a-z-]+)?)$/;

async function keep(request, answer) {
  const cache = await caches.open(KEPT);
  await cache.put(request, answer);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await cache.delete(old);
}

async function fromNetwork(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(request, answer.clone());
    return answer;
  } catch (failure) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw failure;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => {
  // A failure asks the browser to try again later.
  event.waitUntil(sendAll().then((waiting) => { if (waiting) throw new Error(`${waiting} waiting`); }));
});
self.addEventListener("message", (event) => {
  const wanted = event.data?.keep ?? [];
  event.waitUntil(Promise.all(wanted.map(async (url) => { const answer = await fetch(url); if (answer.ok) await keep(url, answer); })));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGE.test(pathname)) {
    event.respondWith(fromNetwork(request));
    event.waitUntil(sendAll());
  } else if (pathname.startsWith("/static/")) {
    // Named after their content: what is kept is right for ever.
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});
