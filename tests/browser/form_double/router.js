const routes = [];
export function route(pattern, view) {
  const names = [...pattern.matchAll(/:(\w+)/g)].map((one) => one[1]);
  routes.push([new RegExp(`^${pattern.replace(/:\w+/g, "([^/]+)")}$`), names, view]);
}
export const go = (hash) => { location.hash = hash; };
export async function show() {
  const hash = decodeURIComponent(location.hash.slice(1));
  for (const [pattern, names, view] of routes) {
    const found = pattern.exec(hash);
    if (!found) continue;
    document.querySelector("main").replaceChildren(await view(Object.fromEntries(names.map((name, n) => [name, found[n + 1]]))));
    document.querySelector("h1").focus();
    return;
  }
}
