// The red stop before a wrong wall. There is no way past it on the phone.
import { wayTo } from "./places.js";
import { h } from "./dom.js";
import { button, codeGroups, plateFace } from "./parts.js";
import { tamperForm } from "./tamper.js";
import { t } from "./words/index.js";

const report = (place, about, words = t("mount.report_code")) => button(words, async () => {
  place.replaceChildren(await tamperForm(about));
  place.querySelector("h1")?.focus();
});

// code belongs to another door than the one in front: where it belongs, and how to get there.
export function mismatch({ code, belongs, door, again }) {
  const way = wayTo(door, belongs);
  const place = h("div", { class: "stop", role: "alert" });
  place.append(
    h("h1", { tabindex: "-1" }, t("mount.stop")),
    h("div", { class: "against" },
      h("figure", {}, h("figcaption", {}, t("mount.in_hand")), plateFace(belongs, code)),
      h("figure", {}, h("figcaption", {}, t("mount.this_wall")), plateFace(door))),
    h("p", { class: "lead" }, t("mount.belongs", { place: belongs.local })),
    h("p", {}, way ? t("mount.way", { m: way.m, towards: t(`towards.${way.towards}`) }) : t("mount.way_unknown")),
    h("a", { class: "act", href: `#door/${belongs.id}` }, t("mount.go_there")),
    button(t("mount.other_plate"), again),
    report(place, { seen: code, why: "other_door", plate: code, door }, t("mount.report")));
  return place;
}

// A code nobody may hang here: foreign, misread, unknown to this phone, or of a plate that was given up.
export function refusal({ code = "", seen = code, why, door = null, again = null }) {
  const place = h("div", { class: "stop", role: "alert" });
  place.append(h("h1", { tabindex: "-1" }, t(`mount.stop_${why}`)), code ? h("p", { class: "lead" }, codeGroups(code)) : "",
    h("p", {}, t(`tamper.why_${why}`)), ...(again ? [button(t("mount.other_plate"), again)] : []),
    why === "unproved" ? "" : report(place, { seen, why, plate: code, door }));
  return place;
}
