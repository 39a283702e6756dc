// What seems odd about a proposed number, as sentences. Nothing of it forbids: whoever stands at the door knows better.
import { h } from "./dom.js";
import { t } from "./words/index.js";

// doubts: of walk_rules.doubtsAbout.
export const doubtWords = (doubts) => doubts.map(({ code, with: other, expected, side }) => h("p", { class: "warning" },
  t(`doubt.${code}`, { place: other?.local ?? "", n: expected ?? "", side: side ? t(`side.${side}`) : "" }),
  other ? h("a", { href: `#door/${other.id}` }, t("doubt.look", { place: other.local })) : ""));
