// One door as a line of a list: a small plate, its address, how it stands, how far it is.
import { h } from "./dom.js";
import { stateChip } from "./record_parts.js";
import { numberOf } from "./parts.js";
import { t } from "./words/index.js";

// way: {m, towards} from the phone, or nothing.
export function doorRow(door, { state = "", outcome = "", way = null } = {}) {
  const told = [outcome ? t(`outcome.${outcome}`) : "", way ? wayWords(way) : ""].filter(Boolean).join(" · ");
  return h("a", { class: "door-row", href: `#door/${door.id}` },
    h("span", { class: "door-number", "aria-hidden": "true" }, numberOf({ ...door, local: "–" }).replace(/号.*/, "")),
    h("span", { class: "door-words" }, h("b", {}, door.local || door.name), h("small", {}, [door.local ? door.name : "", told].filter(Boolean).join(" · "))),
    state ? stateChip(state) : "");
}

const AT_HAND_M = 5;
const wayWords = ({ m, towards }) => (m < AT_HAND_M ? t("near.at_hand") : t("near.way", { m, towards: t(`near.to_${towards}`) }));
