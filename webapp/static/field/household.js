// 户: the households of a door, masked; counting one, with its consents. Nothing is asked before its purpose was read out.
import { formView, itemOf, tellChanged, Wrong } from "./form.js";
import { consentPart, purposesRead } from "./consents.js";
import { personsPart } from "./persons.js";
import { add } from "./outbox.js";
import { communities, door as doorOf, households, persons as personsOf, settings } from "./pack.js";
import { called, chips, counter, hexId, named, plateFace, writing } from "./parts.js";
import { route } from "./router.js";
import { unmasking } from "./unmask.js";
import { lookedToday, rememberLook } from "./looks.js";
import { h } from "./dom.js";
import { t } from "./words/index.js";

const PHONE = /^[0-9 +()-]{5,24}$/;
const rules = () => settings().household;

// "door/:id/household"
async function list({ id }) {
  const door = doorOf(id);
  if (!door) return unknown();
  const here = await households(id);
  try {
    for (const one of here) await looked(one, door);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    return unknown(t("household.not_told"));
  }
  return h("section", { class: "form" }, h("h1", { tabindex: "-1" }, t("household.title")), plateFace(door),
    h("p", { class: "hint" }, t("household.masked")),
    here.map((one, n) => card(one, door, n)),
    here.length ? "" : h("p", { class: "lead" }, t("household.none")),
    h("a", { class: "act", href: `#door/${id}/household/new` }, t("household.new")));
}

// Opening masked facts is told to the register too, once a day for each household.
async function looked(household, door) {
  if (await lookedToday(household.id)) return;
  await add({ ...itemOf("look", door, { household: household.id, why: "at_door", base: household.version }) }, []);
  await rememberLook(household.id);
}

function card(one, door, n) {
  const facts = [
    [t("household.members"), one.members === null ? t("household.not_said") : t("household.people", { n: one.members })],
    [t("household.tenure"), one.tenure ? named(rules().tenure, one.tenure) : t("household.not_said")],
    [t("household.needs"), one.needs.map((need) => named(rules().needs, need)).join(t("form.and")) || t("household.no_needs")],
    [t("household.head"), one.head || t("household.not_said")],
    [t("household.contact"), one.contact || t("household.no_contact")],
    [t("household.counted"), one.counted_on || t("household.never")],
  ];
  return h("article", { class: "household" }, h("h2", {}, t("household.one", { n: n + 1 })),
    h("dl", {}, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    unmasking(one), h("a", { class: "act primary", href: `#door/${door.id}/household/${one.id}` }, t("household.count")));
}

function unknown(words = t("household.no_door")) {
  return h("section", { class: "form" }, h("h1", { tabindex: "-1" }, t("household.title")), h("p", { class: "complaint" }, words));
}

// "door/:id/household/:household", household "new" for one nobody had listed.
async function count({ id, household }) {
  const door = doorOf(id);
  const before = household === "new" ? null : (await households(id)).find((one) => one.id === household);
  if (!door || before === undefined) return unknown();
  const persons = Boolean(communities().find((one) => one.code === door.community)?.population);
  const read = purposesRead(rules().purposes.filter(({ id: purpose }) => persons || ["contact", "sensitive"].includes(purpose)));
  const parts = partsOf(before, persons, before ? await personsOf(id, before.id) : []);
  const arrange = arrangement(parts, read, before);
  read.onRead(() => tellChanged(read.node));
  const form = await formView({
    key: `household/${id}/${household}`, kind: "household", door, parts: { read, ...parts }, arrange, submit: t("household.send"),
    stamp: before?.version ?? 0, typed: ["name", "phone", "note"],
    title: before ? t("household.count") : t("household.new"),
    build: (values) => built(values, before, persons),
    told: (item) => ({ words: t(before ? "household.told" : "household.told_new", { place: door.local }), fields: Object.keys(item.changes) }),
    after: () => [h("a", { class: "act", href: `#door/${id}/household` }, t("household.title"))],
  });
  return form;
}

function partsOf(before, persons, known) {
  const needs = rules().needs;
  const has = (purpose) => Boolean(before?.consents.includes(purpose));
  return {
    members: counter(t("household.members"), { value: before?.members ?? null, start: before?.members ?? 1, unit: t("household.unit") }),
    tenure: chips(t("household.tenure"), rules().tenure.map((one) => ({ id: one.id, words: called(one) })), { chosen: before?.tenure ?? "" }),
    needs: chips(t("household.ask_needs"), needs.filter((one) => !one.sensitive).map((one) => ({ id: one.id, words: called(one) })),
      { many: true, chosen: before?.needs ?? [] }),
    sensitive: consentPart("sensitive", t("household.sensitive_consent"), has("sensitive")),
    help: chips(t("household.ask_help"), needs.filter((one) => one.sensitive).map((one) => ({ id: one.id, words: called(one) })),
      { many: true, chosen: before?.needs ?? [] }),
    agreed: consentPart("contact", t("household.contact_consent"), has("contact")),
    keep: before?.contact ? chips(t("household.contact_now", { who: [before.head, before.contact].filter(Boolean).join(" ") }), ["keep", "change", "delete"]
      .map((one) => ({ id: one, words: t(`household.contact_${one}`) })), { chosen: "keep" }) : null,
    name: writing(t("household.name"), { most: 40 }),
    phone: writing(t("household.phone"), { kind: "tel", most: 24 }),
    ...(persons ? { people: personsPart(has("persons"), known) } : {}),
    note: writing(t("household.note"), { kind: "long", most: 1000, hint: t("household.note_hint") }),
  };
}

const stands = (consent, had) => (consent === "withdraw" || consent === "no" ? false : consent === "spoken" || consent === "signed" || had);

function arrangement(parts, read, before) {
  return (values) => {
    const open = read.value();
    for (const [name, one] of Object.entries(parts)) if (one) one.node.hidden = !open;
    if (!open) return;
    parts.help.node.hidden = !stands(values.sensitive, before?.consents.includes("sensitive"));
    const contact = stands(values.agreed, before?.consents.includes("contact"));
    if (parts.keep) parts.keep.node.hidden = !contact;
    for (const name of ["name", "phone"]) parts[name].node.hidden = !contact || (parts.keep !== null && values.keep !== "change");
  };
}

// The item's fields: only what changes, and the consents given or taken back with it.
export function built(values, before, persons) {
  if (!values.read) throw new Wrong("read", t("household.read_first"));
  const changes = {};
  const consents = [];
  const had = (purpose) => Boolean(before?.consents.includes(purpose));
  const decided = (purpose, said) => {
    const words = rules().purposes.find((one) => one.id === purpose).version;
    if (["spoken", "signed"].includes(said)) consents.push({ id: hexId(), purpose, words, how: said, given: true });
    if (said === "withdraw") consents.push({ id: hexId(), purpose, words, given: false });
    return stands(said, had(purpose));
  };
  if (values.members !== (before?.members ?? null)) changes.members = values.members;
  if (values.tenure && values.tenure !== (before?.tenure ?? "")) changes.tenure = values.tenure;
  const mayHelp = decided("sensitive", values.sensitive);
  const kept = values.sensitive === "withdraw" ? [] : sensitiveOf(before);
  const needs = difference(before?.needs ?? [], [...values.needs, ...(mayHelp ? values.help : kept)]);
  if (needs) changes.needs = needs;
  contactChange(values, before, decided("contact", values.agreed), changes);
  if (persons && values.people) Object.assign(changes, personChanges(values.people, consents, had("persons")));
  // Counted again and found the same is a count too.
  if (!Object.keys(changes).length && !consents.length) {
    if (values.members === null) throw new Wrong("members", t("household.need_members"));
    changes.members = values.members;
  }
  return { household: before?.id ?? null, base: before?.version ?? 0, changes, consents, note: values.note };
}

const sensitiveOf = (before) => (before?.needs ?? []).filter((id) => rules().needs.find((one) => one.id === id)?.sensitive);

function difference(before, now) {
  const add_ = now.filter((one) => !before.includes(one));
  const remove = before.filter((one) => !now.includes(one));
  return add_.length || remove.length ? { add: add_, remove } : null;
}

function contactChange(values, before, agreed, changes) {
  const had = Boolean(before?.contact);
  if (values.agreed === "withdraw" || (agreed && had && values.keep === "delete")) { changes.contact = null; return; }
  if (!agreed) return;
  if (had && values.keep !== "change") return;
  if (!values.name && !values.phone) {
    if (["spoken", "signed"].includes(values.agreed) || had) throw new Wrong("name", t("household.need_contact"));
    return;
  }
  if (values.phone && !PHONE.test(values.phone)) throw new Wrong("phone", t("household.bad_phone"));
  changes.contact = { name: values.name, phone: values.phone };
}

function personChanges({ consent, guardian, rows, left = [] }, consents, had) {
  const gone = left.map((id) => ({ id, left: true }));
  const added = newPersons({ consent, guardian, rows }, consents, had);
  return gone.length || added.length ? { persons: [...gone, ...added] } : {};
}

function newPersons({ consent, guardian, rows }, consents, had) {
  if (consent === "withdraw") consents.push({ id: hexId(), purpose: "persons", words: rules().purposes.find((it) => it.id === "persons").version, given: false });
  if (!rows.length || consent === "withdraw") return [];
  if (rows.some((row) => !row.birth_year)) throw new Wrong("people", t("persons.need_year"));
  const given = (purpose, how) => {
    const one = { id: hexId(), purpose, words: rules().purposes.find((it) => it.id === purpose).version, how, given: true };
    consents.push(one);
    return one.id;
  };
  if (!["spoken", "signed"].includes(consent)) throw new Wrong("people", t(had ? "persons.again" : "persons.need_consent"));
  const agreed = given("persons", consent);
  const young = rows.some((row) => isChild(row.birth_year));
  if (young && !["spoken", "signed"].includes(guardian)) throw new Wrong("people", t("persons.need_guardian"));
  const parent = young ? given("guardian", guardian) : null;
  return rows.map((row) => ({ id: hexId(), ...row, consent: agreed, ...(isChild(row.birth_year) ? { guardian_consent: parent } : {}) }));
}

// Whoever may still be under 14 this year counts as a child (PIPL art. 31).
export const isChild = (year) => Number.isInteger(year) && new Date().getFullYear() - year <= 14;

route("door/:id/household", list);
route("door/:id/household/:household", count);
