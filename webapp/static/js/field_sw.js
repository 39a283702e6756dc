// The worker of the officers' app: keeps one whole release of its shell and modules, so that it opens without network. What the
// app asks of the server goes past it and is never kept. RELEASE {version, shell, manifest, files} is written above this line.
const PREFIX = "field-app-";
const NAME = PREFIX + RELEASE.version;

// All or nothing: half an app without network is none.
async function fill() {
  const known = new Set(await caches.keys());
  const cache = await caches.open(NAME);
  try {
    const shell = await fetch(RELEASE.shell, { cache: "reload", credentials: "omit" });
    if (!shell.ok || shell.headers.get("X-Release") !== RELEASE.version) throw new Error("another release");
    await cache.addAll([RELEASE.manifest, ...RELEASE.files]);
    await cache.put(RELEASE.shell, shell);
  } catch (failure) {
    if (!known.has(NAME)) await caches.delete(NAME);
    throw failure;
  }
}

async function kept(address) {
  // caches.match makes no cache, so what was wiped stays wiped until the app is opened again.
  return caches.match(address, { ignoreVary: true });
}

// The page wiped the phone and begins anew: what it needs without network is fetched once more.
async function shell(event) {
  const page = await kept(RELEASE.shell);
  if (page) return page;
  event.waitUntil(fill().catch(() => undefined));
  return fetch(event.request);
}

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  await self.clients.claim();
})()));

// "take over": a new release waits until the person has said yes. "keep": after a wipe, who signs in anew works without network.
self.addEventListener("message", (event) => {
  const wish = event.data?.type;
  if (wish === "take over") self.skipWaiting();
  if (wish === "keep") event.waitUntil(kept(RELEASE.shell).then((page) => page ?? fill()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === RELEASE.shell) event.respondWith(shell(event));
  } else if (pathname === RELEASE.manifest || pathname.startsWith(`${RELEASE.shell}app/`)) {
    event.respondWith(kept(request).then((answer) => answer ?? fetch(request)));
  }
});
