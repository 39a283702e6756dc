// The whole screen, when a code is not what it should be: what was read, what it means, what to do.
import { grouped } from "./codes.js";
import { h } from "./dom.js";
import { button, numberOf } from "./parts.js";
import { plateDrawing } from "./plate_drawing.js";
import { streetOf } from "./walking.js";
import { tamperForm } from "./tamper.js";
import { t } from "./words/index.js";

const MOST_SEEN = 120;
const REPORTED = { foreign: "host" };
const CALM = new Set(["unknown", "retired", "far"]);
const metresWords = (m) => (m < 1000 ? t("near.m", { m }) : t("near.km", { km: (m / 1000).toFixed(1) }));

// found: what judge() said; again(): scan on; open(): to the record all the same; refresh(): fetch the pack, null where there is no network.
export function warning(found, { again, open, refresh = null }) {
  const { why, seen, code, door, plate } = found;
  const place = h("section", { class: `scan-warning ${CALM.has(why) ? "calm" : "alarm"}`, role: "alert" });
  const told = why === "unknown" ? (refresh ? "unknown_online" : "unknown_offline") : why;
  const painted = door ? `${streetOf(door)}${numberOf(door)}` : "";
  place.append(
    h("p", { class: "scan-sign", "aria-hidden": "true" }, CALM.has(why) ? "?" : "✕"),
    h("h1", { tabindex: "-1" }, t(`warn.${why}`)),
    door ? plateDrawing(door, { code }) : h("p", { class: "scan-seen" }, h("b", {}, t("warn.seen")), " ", h("span", {}, code ? grouped(code) : seen.slice(0, MOST_SEEN))),
    h("p", { class: "scan-told" }, t(`warn.${told}_words`, { place: painted, far: metresWords(found.m ?? 0), status: plate ? t(`plate.${plate.status ?? plate[3]}`) : "" })),
    h("ol", { class: "scan-steps" }, ["a", "b"].map((step) => h("li", {}, t(`warn.${why}_${step}`)))));
  const report = async () => {
    const form = await tamperForm({ seen, why: REPORTED[why] ?? why, plate: code, door: door ?? null });
    place.replaceWith(form);
    form.querySelector("h1")?.focus();
  };
  place.append(h("div", { class: "scan-acts" }, acts(found, { again, open, refresh, report })));
  return place;
}

function acts({ why, door }, { again, open, refresh, report }) {
  const first = CALM.has(why) ? "" : "primary";
  const list = [button(t("warn.report"), report, first)];
  if (why === "far") list.unshift(button(t("warn.open_far"), () => open("typed"), "primary"));
  if (why === "retired") list.unshift(h("a", { class: "act primary", href: `#door/${door.id}` }, t("warn.open_retired")));
  if (why === "unknown" && refresh) list.unshift(button(t("warn.refresh"), refresh, "primary"));
  if (why === "unknown") list.push(h("a", { class: "act", href: "#near" }, t("warn.pick_near")), h("a", { class: "act", href: "#list" }, t("warn.pick_list")));
  list.push(button(t("warn.again"), again));
  return list;
}
