// View "walk/:street", the walking assistant: both sides of a street in order, what comes next, what is odd, and what to do about it.
import { doorRow } from "./door_row.js";
import { knowledge } from "./door_state.js";
import { h } from "./dom.js";
import { follow } from "./gnss.js";
import { whenGone } from "./leaving.js";
import { doors, street as streetNamed } from "./pack.js";
import { button } from "./parts.js";
import { offer } from "./prefill.js";
import { go, route } from "./router.js";
import { findingsOf, living, nextExpected, sideOfNumber } from "./walk_rules.js";
import { figureOf, inWalkingOrder, streetOf } from "./walking.js";
import { t } from "./words/index.js";

export * from "./walk_rules.js";
const SHOWN = 12;
const KINDS = ["gap", "side", "twice", "nameless", "unvisited"];

async function walk({ street: name }) {
  const street = streetNamed(name);
  const inside = inWalkingOrder(doors().filter((door) => streetOf(door) === name));
  const title = h("h1", { tabindex: "-1" }, name || t("list.no_street"));
  if (!inside.length) return h("section", { class: "walk" }, title, h("p", {}, t("walk.none")), h("a", { class: "act", href: "#list" }, t("record.to_list")));
  const known = await knowledge();
  const visited = (door) => known.of(door).marks.has("done");
  const alive = living(inside);
  const open = alive.filter((door) => !visited(door));
  const next = h("div", { class: "walk-next", role: "status" });
  const place = h("section", { class: "walk" }, title, progress(alive.length - open.length, alive.length), rule(street), next,
    oddities(street, inside, visited), sides(street, alive, known));
  nextLine({ next, street, alive, open });
  return place;
}

function progress(done, all) {
  const words = t("list.progress", { done, all });
  const bar = h("progress", { "aria-label": words });
  Object.assign(bar, { max: Math.max(1, all), value: done });
  return h("div", { class: "walk-progress" }, bar, h("p", {}, words));
}

function rule(street) {
  if (!street?.rule) return h("p", { class: "hint" }, t("walk.no_rule"));
  const odd = street.rule.odd;
  return h("p", { class: "walk-rule" }, odd ? t("walk.odd_side", { side: t(`side.${odd}`) }) : "", street.rule.sure ? "" : ` ${t("walk.unsure")}`, street.rule.words ? h("small", {}, street.rule.words) : "");
}

// Told from where the phone is; before that from the first door nobody was at.
function nextLine({ next, street, alive, open }) {
  let shown = "";
  const show = (point) => {
    const here = point ? nextExpected(street, alive, { point }) : null;
    const found = here ?? (open[0] && figureOf(open[0].number) ? { number: figureOf(open[0].number), side: sideOfNumber(street, figureOf(open[0].number)), gap: false, door: open[0] } : null);
    const key = found ? `${found.number}${found.gap}` : "";
    if (key === shown && next.childElementCount) return;
    shown = key;
    next.replaceChildren(...(found ? nextWords(found, street, alive) : [h("p", { class: "good" }, t("walk.all_seen"))]));
  };
  show(null);
  whenGone(next, follow((state) => { if (state.kind === "fix") show(state.point); }));
}

function nextWords({ number, side, gap, end, door }, street, alive) {
  const head = h("p", { class: "walk-number" }, h("small", {}, t("walk.next")), h("b", {}, String(number)), h("span", {}, side ? t(`side.${side}`) : ""));
  if (door) return [head, h("a", { class: "act primary", href: `#door/${door.id}` }, t("walk.open", { place: door.local }))];
  const proposal = { operation: "assign", prefill: { hamlet: alive[0].street ? "" : alive[0].hamlet, street: alive[0].street, lane: alive[0].lane, number: String(number) } };
  return [head, h("p", {}, t(end ? "walk.beyond" : gap ? "walk.missing" : "walk.next")), propose("new", proposal)];
}

const propose = (about, proposal) => button(t(`walk.propose_${proposal.operation}`), () => { offer(about, proposal); go(about === "new" ? "new" : `door/${about}/correct`); }, "small");

function oddities(street, inside, visited) {
  const found = findingsOf(street, inside, visited);
  const groups = KINDS.map((kind) => [kind, found.filter((one) => one.kind === kind)]).filter(([, ones]) => ones.length);
  if (!groups.length) return h("p", { class: "good" }, t("walk.nothing_odd"));
  return h("section", { class: "walk-odd" }, h("h2", {}, t("walk.odd")), groups.map(([kind, ones]) => {
    const details = h("details", {}, h("summary", {}, t(`walk.${kind}`), " ", h("b", {}, String(ones.length))),
      h("ul", { class: "walk-findings" }, ones.slice(0, SHOWN).map(oddity)), ones.length > SHOWN ? h("p", { class: "hint" }, t("walk.more", { n: ones.length - SHOWN })) : "");
    details.open = kind !== "unvisited";
    return details;
  }));
}

function oddity({ kind, door, number, after, side, with: other, proposal }) {
  const words = t(`walk.${kind}_words`, { number: number ?? "", after: after ?? "", place: door?.local ?? "", other: other?.local ?? "", side: side ? t(`side.${side}`) : t("side.unknown") });
  const acts = kind === "unvisited" ? [h("a", { class: "act small", href: `#door/${door.id}` }, t("walk.open_short"))]
    : [propose(door?.id ?? "new", proposal), ...(door ? [h("a", { class: "act small", href: `#door/${door.id}` }, t("walk.open_short"))] : [])];
  return h("li", {}, h("span", {}, words), h("span", { class: "walk-acts" }, acts));
}

function sides(street, alive, known) {
  const odd = alive.filter((door) => figureOf(door.number) % 2);
  const even = alive.filter((door) => figureOf(door.number) && figureOf(door.number) % 2 === 0).reverse();
  const rest = alive.filter((door) => !figureOf(door.number));
  const column = (key, list) => (list.length ? h("section", {}, h("h2", {}, t(key), " ", h("small", {}, sideWord(street, list))),
    h("div", { class: "walk-doors" }, list.map((door) => doorRow(door, known.of(door))))) : "");
  return h("div", { class: "walk-sides" }, column("walk.odd_numbers", odd), column("walk.even_numbers", even), column("walk.no_numbers", rest));
}

function sideWord(street, list) {
  const side = sideOfNumber(street, figureOf(list[0].number));
  return side ? t(`side.${side}`) : "";
}

route("walk/:street", walk);
