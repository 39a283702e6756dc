// Views "door/:id/correct" and "new": what is true about an address is proposed to be changed. Only what changes is sent.
import { insidePart, numberPart, pointPart, streetPart, streetsOf } from "./correct_parts.js";
import { doubtWords } from "./doubt_words.js";
import { formView, Wrong } from "./form.js";
import { here } from "./gnss.js";
import { h } from "./dom.js";
import { communities, door as doorOf, doors, settings, street as streetNamed } from "./pack.js";
import { called, chips, writing } from "./parts.js";
import { photoField } from "./photos.js";
import { takeOffer } from "./prefill.js";
import { go, route } from "./router.js";
import { voiceField } from "./voice.js";
import { doubtsAbout, nextExpected } from "./walk_rules.js";
import { figureOf, streetOf } from "./walking.js";
import { t } from "./words/index.js";

const OPERATIONS = ["correct", "retire", "verify"];
const TEXTS = ["hamlet", "street", "lane", "number", "suffix", "compound", "building", "unit", "floor", "room", "name"];
const sameStreet = (name) => doors().filter((door) => streetOf(door) === name);

function atDoor({ id }) {
  const door = doorOf(id);
  if (!door) return h("section", { class: "form" }, h("h1", { tabindex: "-1" }, t("correct.title")), h("p", { class: "complaint" }, t("record.none_words")));
  const offer = takeOffer(id);
  if (offer?.operation === "assign") { go("new"); return h("section", {}, h("h1", { tabindex: "-1" }, t("correct.new"))); }
  return correction({ door, operation: offer?.operation ?? "correct", prefill: offer?.prefill ?? {} });
}

function atNew() {
  const offer = takeOffer("new");
  const near = here();
  const beside = near ? nearest(near) : null;
  const prefill = offer?.prefill ?? (beside ? { hamlet: beside.street ? "" : beside.hamlet, street: beside.street, lane: beside.lane } : {});
  return correction({ door: null, operation: "assign", prefill });
}

function nearest({ lon, lat }) {
  const away = (door) => (door.lon - lon) ** 2 + (door.lat - lat) ** 2;
  return doors().filter((door) => Number.isFinite(door.lon) && door.status !== "retired").reduce((best, one) => (!best || away(one) < away(best) ? one : best), null);
}

function correction({ door, operation, prefill }) {
  const first = { ...Object.fromEntries(TEXTS.map((name) => [name, door?.[name] ?? ""])), ...prefill };
  const named = (first.street || first.hamlet) ? `${first.street}${first.lane}` || first.hamlet : "";
  const name = door && !prefill.street ? streetOf(door) : named;
  const parts = partsOf({ door, operation, first, name });
  const doubts = h("div", { class: "doubts", role: "status" });
  const head = door ? [] : [h("p", { class: "hint" }, t("correct.new_words"))];
  return formView({
    key: `correct/${door?.id ?? "new"}${prefill.number ? `/${prefill.number}` : ""}`,
    kind: "correction",
    title: t(door ? "correct.title" : "correct.new"),
    door,
    head,
    stamp: door?.version ?? 0,
    parts: { ...parts, doubts: { node: doubts } },
    arrange: (values) => arrange({ values, parts, door, doubts, operation }),
    build: (values) => built({ values, door, operation: values.operation ?? operation }),
    told: (item) => ({ words: t(`told.${item.operation}`, { place: door?.local ?? newPlace(item.changes) }), operation: item.operation, place: door?.local ?? newPlace(item.changes) }),
    after: () => [h("a", { class: "act", href: door ? `#door/${door.id}` : "#list" }, t(door ? "correct.back_to_door" : "correct.back_to_list"))],
    submit: t("correct.send"),
  });
}

const newPlace = ({ hamlet = "", street = "", lane = "", number = "", suffix = "" }) => `${street ? street + lane : hamlet}${number ? `${number}号` : ""}${suffix ? `附${suffix}号` : ""}`;

function partsOf({ door, operation, first, name }) {
  const about = streetNamed(name);
  const expected = expectedOf(about, name, door);
  const place = door?.kind ?? "household";
  return {
    operation: door ? chips(t("correct.operation"), OPERATIONS.map((one) => ({ id: one, words: t(`operation.${one}`), hint: t(`operation.${one}_hint`) })), { chosen: operation }) : null,
    street: streetPart(streetsOf(doors()), name, name ? [name] : []),
    number: numberPart(first, expected),
    inside: insidePart(first),
    point: pointPart(door, door?.community ?? communities()[0]?.code),
    place: chips(t("correct.place_kind"), ["household", "public"].map((id) => ({ id, words: t(`place.${id}`) })), { chosen: place }),
    name: writing(t("correct.name"), { most: 40, hint: t("correct.name_hint"), value: first.name }),
    reason: chips(t("correct.reason"), settings().correction.reasons.map((one) => ({ id: one.id, words: called(one) }))),
    words: writing(t("correct.words"), { most: 160 }),
    photos: photoField(),
    voice: voiceField(),
  };
}

function expectedOf(street, name, door) {
  const inside = sameStreet(name);
  const next = nextExpected(street, inside, { number: figureOf(door?.number), point: here() });
  const gaps = (street?.expected ?? []).map((gap) => figureOf(gap.number)).filter((number) => !inside.some((one) => figureOf(one.number) === number));
  const near = [...gaps].sort((a, b) => Math.abs(a - figureOf(door?.number)) - Math.abs(b - figureOf(door?.number))).slice(0, 3);
  return [...new Set([...(next?.gap ? [next.number] : []), ...near])].map((number) => ({ number }));
}

// Only the fields that matter for the operation stand on the screen; what seems odd about the number is said at once.
function arrange({ values, parts, door, doubts, operation }) {
  const doing = values.operation ?? operation;
  const changing = doing === "correct" || doing === "assign";
  for (const one of ["street", "number", "inside", "point", "place"]) parts[one].node.hidden = !changing;
  parts.name.node.hidden = !changing || values.place !== "public";
  const offered = settings().correction.reasons.filter((one) => one.operations.includes(doing));
  for (const input of parts.reason.node.querySelectorAll("input")) {
    const fits = offered.some((one) => one.id === input.value);
    input.closest("label").hidden = !fits;
    if (!fits) input.checked = false;
  }
  if (offered.length === 1 && !parts.reason.value()) parts.reason.set(offered[0].id);
  doubts.replaceChildren(...(changing ? doubtWords(doubtsOf(values, door)) : []));
}

function doubtsOf({ street, number, inside, point }, door) {
  if (!street) return [];
  const changed = !door || street.name !== streetOf(door) || number.number !== door.number || number.suffix !== door.suffix || point;
  if (!changed) return [];
  const wanted = { ...number, ...inside, hamlet: street.hamlet || (street.street === door?.street ? door?.hamlet ?? "" : "") };
  return doubtsAbout(streetNamed(street.name), sameStreet(street.name), wanted, { self: door?.id ?? null, point: point ?? door });
}

// The item's own fields: changes hold what differs from the pack and nothing else.
function built({ values, door, operation }) {
  const changing = operation === "correct" || operation === "assign";
  const changes = changing ? changesOf(values, door) : {};
  if (operation === "assign" && !values.street) throw new Wrong("street", t("correct.need_street"));
  if (operation === "assign" && !changes.number && !changes.building) throw new Wrong("number", t("correct.need_number"));
  if (changing && values.place === "public" && !values.name && !door?.name) throw new Wrong("name", t("correct.need_name"));
  if (changing && !Object.keys(changes).length) throw new Wrong("", t("correct.nothing"));
  const chosen = settings().correction.reasons.find((one) => one.id === values.reason);
  const reason = [chosen?.zh, values.words].filter(Boolean).join("：");
  if (!reason) throw new Wrong("reason", t("correct.need_reason"));
  const own = { operation, changes, reason };
  return door ? own : { ...own, address: null, base: 0, community: communityOf(values.street) };
}

const communityOf = (street) => sameStreet(street?.name)[0]?.community ?? communities()[0].code;

function changesOf({ street, number, inside, point, place, name }, door) {
  const chosen = street && street.name !== (door ? streetOf(door) : "") ? { street: street.street, lane: street.lane, ...(street.hamlet || !street.street ? { hamlet: street.hamlet } : {}) } : {};
  const wanted = { ...chosen, ...number, ...inside, ...(place === "public" ? { name } : {}) };
  const changes = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => value !== (door?.[key] ?? "")));
  if (place !== (door?.kind ?? "household")) changes.place_kind = place;
  if (point) changes.point = point;
  return changes;
}

route("door/:id/correct", atDoor);
route("new", atNew);
