// The second look before a zone closes: every plate of the random sample is read again at its wall.
import { codeEntry } from "./code_entry.js";
import { itemOf, takeBack } from "./form.js";
import { note } from "./done.js";
import { add } from "./outbox.js";
import { byCode } from "./pack.js";
import { h } from "./dom.js";
import { button, plateFace, undoLine } from "./parts.js";
import { t } from "./words/index.js";

// "open" until every plate of the sample was looked at, then "passed" only when all are right.
export function roundState(sample, results) {
  if (!sample.every((code) => results.has(code))) return "open";
  return sample.every((code) => results.get(code) === "right") ? "passed" : "failed";
}

export async function recheckPart(zone, results, changed) {
  const { sample } = zone.round;
  const state = roundState(sample, results);
  const seen = sample.filter((code) => results.has(code)).length;
  const words = h("p", { class: state === "failed" ? "complaint" : state === "passed" ? "good" : "lead", role: "status" },
    t(`recheck.${state}`, { seen, n: sample.length }));
  return h("section", { class: "recheck" }, h("h2", {}, t("recheck.title")), words,
    h("p", { class: "hint" }, t(state === "open" && [...results.values()].some((one) => one !== "right") ? "recheck.bad" : "recheck.how")),
    h("ul", { class: "door-list" }, sample.map((code) => entryOf(zone.round, code, results.get(code), changed))));
}

// The code is not written here: who types it must have read it on the wall.
function entryOf(round, code, result, changed) {
  const door = byCode(code)?.door;
  const place = h("li", {});
  const show = () => place.replaceChildren(h("b", {}, door?.local ?? t("recheck.elsewhere")),
    result ? h("p", { class: result === "right" ? "good" : "complaint" }, t(`recheck.is_${result}`)) : button(t("recheck.look"), look));
  const say = async (found) => {
    const item = itemOf("recheck", door ?? null, { round: round.id, plate: code, result: found });
    await add(item, []);
    await note(item, { words: t(`recheck.told_${found}`, { place: door?.local ?? t("recheck.elsewhere") }), round: round.id, plate: code, result: found });
    result = found;
    show();
    place.append(undoLine(t(`recheck.is_${found}`), async () => { if (await takeBack(item.id)) { result = undefined; show(); } }, { after: changed }));
  };
  const look = () => {
    const entry = codeEntry({ asked: t("recheck.read"), onRead: async (read) => {
      if (read.code === code) { await say("right"); return; }
      entry.complain(t("recheck.another"));
      others.querySelector("button").hidden = false;
    } });
    const wrong = button(t("recheck.is_wrong"), () => say("wrong"));
    wrong.hidden = true;
    const others = h("div", { class: "acts" }, wrong, button(t("recheck.is_missing"), () => say("missing")), button(t("recheck.is_damaged"), () => say("damaged")));
    place.replaceChildren(door ? plateFace(door) : h("b", {}, t("recheck.elsewhere")), entry.node, others);
  };
  show();
  return place;
}
