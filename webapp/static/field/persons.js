// Persons of a household, only where the population module is on.
import { settings } from "./pack.js";
import { consentPart } from "./consents.js";
import { tellChanged } from "./form.js";
import { h } from "./dom.js";
import { button, called, chips, counter, named, part, undoLine, writing } from "./parts.js";
import { t } from "./words/index.js";

const MOST = 30;
const OLDEST = 1890;

// value(): {consent, guardian, rows: [{name, birth_year, relation}], left: [id]}. known: those listed, masked, who may have moved away.
export function personsPart(had, known = []) {
  const consent = consentPart("persons", t(had ? "persons.consent_new" : "persons.consent"), had, { again: had });
  const guardian = consentPart("guardian", t("persons.guardian"), false);
  const list = h("div", { class: "persons" });
  const more = button(t("persons.add"), () => { add(); tellChanged(list); });
  const told = ({ name, birth_year, relation }) => [name, birth_year, named(settings().household.relations, relation)].filter(Boolean).join(" · ");
  const gone = known.length ? chips(t("persons.gone"), known.map((one) => ({ id: one.id, words: told(one) })), { many: true }) : null;
  const whole = part(t("persons.title"), gone?.node ?? "", consent.node, list, more, guardian.node);
  let rows = [];

  function add(first = {}) {
    if (rows.length >= MOST) { whole.complain(t("persons.many", { n: MOST })); return; }
    const row = {
      name: writing(t("persons.name"), { most: 40, value: first.name ?? "" }),
      birth_year: counter(t("persons.year"), { least: OLDEST, most: new Date().getFullYear(), start: 1980, value: first.birth_year ?? null }),
      relation: chips(t("persons.relation"), settings().household.relations.map((one) => ({ id: one.id, words: called(one) })), { chosen: first.relation ?? "other" }),
    };
    row.node = h("section", { class: "person" }, row.name.node, row.birth_year.node, row.relation.node,
      button(t("persons.remove"), () => {
        const kept = values(row);
        rows = rows.filter((one) => one !== row);
        row.node.replaceWith(undoLine(t("persons.removed"), () => { add(kept); tellChanged(list); }));
        tellChanged(list);
      }, "small"));
    rows.push(row);
    list.append(row.node);
  }

  const values = (row) => ({ name: row.name.value(), birth_year: row.birth_year.value(), relation: row.relation.value() });
  const filled = (row) => row.name !== "" || row.birth_year !== null;
  return {
    ...whole,
    value: () => ({ consent: consent.value(), guardian: guardian.value(), rows: rows.map(values).filter(filled), left: gone?.value() ?? [] }),
    set(kept) {
      gone?.set(kept.left ?? []);
      consent.set(kept.consent);
      guardian.set(kept.guardian);
      rows = [];
      list.replaceChildren();
      kept.rows.forEach((row) => add(row));
    },
  };
}
