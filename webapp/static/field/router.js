// Which view the address after # means, one at a time; whoever listens hears the heading of the new one.
import { h } from "./dom.js";
import { t } from "./words/index.js";

const HOME = "scan";
const routes = [];
let [place, guard, shown, turn] = [null, () => null, () => {}, 0];

// pattern: "door/:id/correct"; view(params) → Node or a promise of one. free: shown before there is a pack.
export function route(pattern, view, { free = false } = {}) {
  const names = [...pattern.matchAll(/:(\w+)/g)].map((found) => found[1]);
  routes.push({ reads: new RegExp(`^${pattern.replace(/:\w+/g, "([^/]+)")}$`), names, view, free });
}

export function go(hash) {
  if (current() === hash) show();
  else location.hash = hash;
}

export const current = () => location.hash.slice(1) || HOME;

export function back() {
  if (history.length > 1) history.back();
  else go(HOME);
}

// place: where views stand. guard(free): a view to show instead, or null. shown(hash): told after each.
export function begin(options) {
  ({ place, guard, shown } = options);
  addEventListener("hashchange", show);
}

export async function show() {
  const [mine, hash] = [turn += 1, current()];
  const node = await viewOf(hash);
  if (mine !== turn) return;
  place.replaceChildren(node);
  scrollTo(0, 0);
  const title = node.querySelector("h1");
  document.title = [title?.textContent, t("app.name")].filter(Boolean).join(" · ");
  title?.setAttribute("tabindex", "-1");
  title?.focus({ preventScroll: true });
  shown(hash);
}

async function viewOf(hash) {
  try {
    const [found, params] = meaning(hash);
    const instead = guard(found?.free ?? true);
    if (instead) return await instead();
    return found ? await found.view(params) : nothing(t("app.no_view"));
  } catch (error) {
    console.error(error);
    return nothing(t("app.failed"));
  }
}

function meaning(hash) {
  for (const one of routes) {
    const found = one.reads.exec(hash);
    if (found) return [one, Object.fromEntries(one.names.map((name, n) => [name, decoded(found[n + 1])]))];
  }
  return [null, {}];
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

const nothing = (words) => h("section", { class: "form" }, h("h1", {}, t("app.sorry")), h("p", { class: "lead" }, words),
  h("a", { class: "act primary", href: `#${HOME}` }, t("app.to_scan")));
