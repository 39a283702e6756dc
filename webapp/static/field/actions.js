// What may be done at a door, as buttons on its record.
import { outcomes } from "./outcomes.js";
import { households } from "./pack.js";
import { section } from "./record.js";
import { h } from "./dom.js";
import { t } from "./words/index.js";

const link = (href, words, kind = "") => h("a", { class: `act ${kind}`.trim(), href }, words);

// Filled once it is known what hangs and who is listed; usable at once.
function actions(door) {
  const hang = link(`#door/${door.id}/mount`, t("actions.mount"), "primary");
  const homes = link(`#door/${door.id}/household`, t("household.title"));
  const node = h("section", { class: "door-actions" }, h("h2", {}, t("actions.title")), h("div", { class: "acts" },
    link(`#door/${door.id}/visit`, t("visit.title"), "primary"), homes, hang, link(`#door/${door.id}/tamper`, t("actions.tamper"))));
  outcomes().then((known) => {
    const outcome = known.get(door.id)?.outcome;
    if (outcome === "mounted") { hang.textContent = t("actions.hung"); hang.classList.remove("primary"); }
    else if (outcome) hang.textContent = t("actions.again", { outcome: t(`outcome.${outcome}`) });
  });
  Promise.resolve(households(door.id)).then((found) => { homes.textContent = t("actions.households", { n: found.length }); });
  return node;
}

section(actions);
