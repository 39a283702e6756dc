// Installation zones: how far each is, which doors have no outcome yet, and closing one.
import { call } from "./api.js";
import { AGAIN, FINAL, outcomes, resultsOf } from "./outcomes.js";
import { here } from "./gnss.js";
import { door as doorOf, doors, refresh, work } from "./pack.js";
import { byNearness, inOrder, wayTo } from "./places.js";
import { reasonOf } from "./reason.js";
import { recheckPart } from "./recheck.js";
import { route } from "./router.js";
import { h } from "./dom.js";
import { button } from "./parts.js";
import { t } from "./words/index.js";

// {total, hung, explained, again, open: [door]} of a zone, by what pack and phone know together; open: what keeps it from closing.
export function progressOf(zone, known, all = doors()) {
  const inside = all.filter((door) => door.zone === zone.code);
  const ended = (door) => known.get(door.id)?.outcome ?? "";
  const hung = inside.filter((door) => ended(door) === "mounted").length;
  const open = inside.filter((door) => !FINAL.has(ended(door))).sort(inOrder);
  const again = open.filter((door) => ended(door)).length;
  if (!inside.length) return { total: zone.doors, hung: zone.done, explained: 0, again: 0, fresh: zone.doors - zone.done, open: [] };
  return { total: inside.length, hung, explained: inside.length - hung - open.length, again, fresh: open.length - again, open };
}

function bar({ total, hung, explained, again, fresh }) {
  const words = t("zones.words", { hung, explained, again, fresh, total });
  const meter = h("progress", { "aria-label": words });
  Object.assign(meter, { max: Math.max(1, total), value: hung + explained });
  return h("div", { class: "zone-bar" }, h("p", { class: "big" }, h("b", {}, String(hung + explained)), ` / ${total}`), meter, h("p", {}, words));
}

async function zones() {
  const known = await outcomes();
  const listed = work().zones ?? [];
  return h("section", { class: "zones" }, h("h1", { tabindex: "-1" }, t("zones.title")),
    h("p", { class: "acts" }, h("a", { class: "act", href: "#revisit" }, t("revisit.title"))),
    listed.length ? listed.map((zone) => h("a", { class: "zone", href: `#zones/${zone.id}` }, h("h2", {}, zone.name || zone.code), bar(progressOf(zone, known)),
      zone.round ? h("p", { class: "hint" }, t("zones.in_round")) : "")) : h("p", { class: "hint" }, t("zones.none")));
}

async function zone({ id }) {
  const place = h("section", { class: "zones" });
  const show = async () => {
    const found = (work().zones ?? []).find((one) => one.id === id);
    if (!found) { place.replaceChildren(h("h1", { tabindex: "-1" }, t("zones.title")), h("p", { class: "complaint" }, t("zones.unknown"))); return; }
    const known = await outcomes();
    const progress = progressOf(found, known);
    place.replaceChildren(h("h1", { tabindex: "-1" }, found.name || found.code), bar(progress),
      found.round?.status !== "failed" && found.round ? await recheckPart(found, await resultsOf(found.round), show) : closing(found, progress, show),
      openDoors(progress.open, known));
  };
  await show();
  return place;
}

function openDoors(open, known) {
  if (!open.length) return h("p", { class: "good" }, t("zones.all_done"));
  return h("section", {}, h("h2", {}, t("zones.open", { n: open.length })), h("ul", { class: "door-list" }, open.map((door) =>
    h("li", {}, h("a", { href: `#door/${door.id}/mount` }, door.local, known.has(door.id) ? h("small", {}, t(`outcome.${known.get(door.id).outcome}`)) : "")))));
}

// Asking for the sample needs the network: it is drawn where nobody at the doors can choose it.
function closing(found, { open }, show) {
  const said = h("p", { class: "complaint", role: "alert" });
  const ask = async () => {
    said.textContent = "";
    asking.disabled = true;
    try {
      const answer = await call("POST", `/field/zones/${found.id}/round`);
      if (!answer.ok) { said.textContent = reasonOf(answer.json, "zones.failed"); return; }
      found.round = answer.json;
      await show();
      await refresh({ force: true });
    } catch (error) {
      if (error.name !== "Offline") throw error;
      said.textContent = t("zones.offline");
    } finally { asking.disabled = false; }
  };
  const asking = button(t("zones.close"), ask, "primary");
  asking.hidden = open.length > 0;
  return h("section", { class: "closing" }, h("p", {}, t(open.length ? "zones.not_yet" : "zones.ready", { n: open.length })), asking, said);
}

async function revisit() {
  const known = await outcomes();
  const from = here();
  const again = byNearness(from, [...known].filter(([, { outcome }]) => AGAIN.has(outcome)).map(([id]) => doorOf(id)).filter(Boolean));
  return h("section", { class: "zones" }, h("h1", { tabindex: "-1" }, t("revisit.title")),
    h("p", { class: "hint" }, t(from ? "revisit.by_nearness" : "revisit.by_order")),
    again.length ? h("ul", { class: "door-list" }, again.map((door) => {
      const { outcome, at } = known.get(door.id);
      const way = wayTo(from, door);
      return h("li", {}, h("a", { href: `#door/${door.id}/mount` }, h("b", {}, door.local),
        h("small", {}, [t(`outcome.${outcome}`), at ? at.slice(0, 10) : "", way ? t("revisit.away", { m: way.m }) : ""].filter(Boolean).join(" · "))));
    })) : h("p", { class: "good" }, t("revisit.none")));
}

route("zones", zones);
route("zones/:id", zone);
route("revisit", revisit);
