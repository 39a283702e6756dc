// Parts of the correction form that no other form has: the street chosen from the pack, the number pad, the point.
import { h } from "./dom.js";
import { gnssField } from "./gnss.js";
import { button, chips, fresh, part, writing } from "./parts.js";
import { tellChanged } from "./form.js";
import { find, indexOf } from "./search.js";
import { pickOnMap } from "./map_pick.js";
import { wayTo } from "./places.js";
import { t } from "./words/index.js";

const OFFERED = 6;

// The thoroughfares of the pack as pseudo-doors, so that a street is found as doors are.
export function streetsOf(doors) {
  const found = new Map();
  for (const { hamlet = "", street = "", lane = "", thoroughfareName = "", initials = "" } of doors) {
    if (thoroughfareName && !found.has(thoroughfareName)) found.set(thoroughfareName, { id: thoroughfareName, hamlet: street ? "" : hamlet, street, lane, thoroughfareName, initials });
  }
  return [...found.values()];
}

// value(): {hamlet, street, lane} of the chosen street, as its doors have them; null = none chosen.
export function streetPart(streets, first, suggested = []) {
  const index = indexOf(streets);
  const group = fresh();
  let chosen = streets.find((one) => one.thoroughfareName === first) ?? null;
  const field = h("input", { id: group, type: "search", autocomplete: "off", maxlength: "40", placeholder: t("correct.street_search"), "aria-label": t("correct.street_search") });
  const now = h("p", { class: "chosen", role: "status" });
  const offers = h("div", { class: "chips" });
  const whole = part(t("correct.street"), now, field, offers);
  const choose = (one) => { chosen = one; field.value = ""; show(); tellChanged(whole.node); };
  const offer = (one) => button(one.thoroughfareName, () => choose(one), "small");
  function show() {
    now.textContent = chosen ? chosen.thoroughfareName : t("correct.street_none");
    const query = field.value.trim();
    const found = query ? find(index, query, { most: OFFERED }) : suggested.map((name) => streets.find((one) => one.thoroughfareName === name)).filter(Boolean);
    offers.replaceChildren(...(found.length || !query ? found.filter((one) => one !== chosen).map(offer) : [h("p", { class: "hint" }, t("correct.street_unknown"))]));
  }
  field.addEventListener("input", show);
  show();
  return {
    ...whole,
    value: () => (chosen ? { hamlet: chosen.hamlet, street: chosen.street, lane: chosen.lane, name: chosen.thoroughfareName } : null),
    set: (kept) => { chosen = streets.find((one) => one.thoroughfareName === kept?.name) ?? null; show(); },
  };
}

// House number and 附号 by big keys or the phone's own. value(): {number, suffix}.
export function numberPart(first, expected = []) {
  const fields = ["number", "suffix"].map((name) => {
    const input = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "6", pattern: "[0-9]*", class: "number", "aria-label": t(`correct.${name}`) });
    input.value = first[name] ?? "";
    input.addEventListener("focus", () => { aimed = input; mark(); });
    input.addEventListener("input", () => { input.value = input.value.normalize("NFKC").replace(/\D/g, ""); });
    return input;
  });
  let [aimed] = fields;
  const mark = () => fields.forEach((one) => one.classList.toggle("aimed", one === aimed));
  const write = (text) => { aimed.value = text.slice(0, 6); tellChanged(whole.node); };
  const key = (words, act, label = words) => { const one = button(words, act, "key"); one.setAttribute("aria-label", label); return one; };
  const keys = h("div", { class: "pad", role: "group", "aria-label": t("correct.pad") },
    [..."123456789"].map((one) => key(one, () => write(aimed.value + one))),
    key("⌫", () => write(aimed.value.slice(0, -1)), t("correct.erase")), key("0", () => write(`${aimed.value}0`)),
    key(t("correct.to_suffix"), () => { aimed = fields[aimed === fields[0] ? 1 : 0]; mark(); }));
  const offered = expected.length ? h("div", { class: "offered" }, h("span", { class: "hint" }, t("correct.expected")),
    expected.map(({ number, words }) => button(words ?? number, () => { [aimed] = fields; mark(); write(String(number)); }, "small"))) : "";
  const whole = part(t("correct.number_asked"), h("div", { class: "number-line" }, fields[0], h("span", { class: "unit" }, t("correct.number_unit")), fields[1], h("span", { class: "unit" }, t("correct.suffix_unit"))), offered, keys);
  mark();
  const set = (kept) => fields.forEach((input, n) => { input.value = kept?.[["number", "suffix"][n]] ?? ""; });
  return { ...whole, value: () => ({ number: fields[0].value.trim(), suffix: fields[1].value.trim() }), set };
}

// The parts of an address that most doors do not have. value(): {compound, building, unit, floor, room}.
export function insidePart(first) {
  const names = ["compound", "building", "unit", "floor", "room"];
  const lines = names.map((name) => writing(t(`correct.${name}`), { most: 40, value: first[name] ?? "" }));
  const more = h("details", { class: "more" }, h("summary", {}, t("correct.inside")), lines.map((one) => one.node));
  more.open = names.some((name) => first[name]);
  const whole = part(t("correct.inside_asked"), more);
  return {
    ...whole,
    value: () => Object.fromEntries(names.map((name, n) => [name, lines[n].value()])),
    set: (kept) => names.forEach((name, n) => lines[n].set(kept?.[name] ?? "")),
  };
}

// Where the door stands: as it is, here (averaged while one stands still), or by hand on the map. value(): PointChange or null.
export function pointPart(door, area) {
  let byHand = null;
  let fixed = null;
  let gnss = null;
  const told = h("p", { class: "hint", role: "status" });
  const map = h("div", { class: "pick-map" });
  const keep = { id: "keep", words: t(door && Number.isFinite(door.lon) ? "correct.point_keep" : "correct.point_none") };
  const choice = chips(t("correct.point"), [keep, { id: "gnss", words: t("correct.point_here") }, { id: "map", words: t("correct.point_map") }], { chosen: "keep", onChange: (id) => show(id) });
  const now = () => (choice.value() === "map" ? byHand : choice.value() === "gnss" ? gnss?.point() ?? fixed : null);

  function tell() {
    const way = now() && door ? wayTo(now(), door) : null;
    told.textContent = way ? t("correct.moved", { m: way.m }) : choice.value() === "map" && byHand ? t("map.taken") : "";
  }

  gnss = gnssField({ onState: tell });
  choice.node.append(gnss.node, told, map);
  gnss.node.hidden = true;

  async function show(id) {
    gnss.node.hidden = id !== "gnss";
    map.hidden = id !== "map";
    tell();
    if (id !== "map" || map.childElementCount) return;
    map.append(h("p", { class: "hint" }, t("map.opening")));
    map.replaceChildren(await pickOnMap({ door, area, start: byHand ?? gnss.point(), onPick: (point) => { byHand = { ...point, by: "map", samples: 0 }; tell(); tellChanged(choice.node); } }));
  }

  return {
    ...choice,
    value: () => { const point = now(); return point ? { lon: point.lon, lat: point.lat, accuracy_m: point.accuracy_m ?? null, samples: point.samples ?? 0, by: point.by } : null; },
    set: (point) => { if (!point) return; choice.set(point.by); if (point.by === "map") byHand = point; else fixed = point; show(point.by); },
  };
}
