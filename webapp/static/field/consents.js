// What is read out to a household before it is asked anything, and what it agreed to.
import { h } from "./dom.js";
import { button, chips, part } from "./parts.js";
import { t } from "./words/index.js";

// The purposes in the page's language, large, and in the other one beneath for whom it serves better. value(): whether they were read out.
export function purposesRead(purposes) {
  const english = document.documentElement.lang.startsWith("en");
  let read = false;
  let tell = () => {};
  const state = h("p", { class: "good", role: "status" });
  const whole = part(t("household.read_out"), h("ol", { class: "purposes" }, purposes.map(({ zh, en }) =>
    h("li", {}, h("p", { lang: english ? "en" : "zh-CN" }, english ? en : zh), h("p", { class: "hint", lang: english ? "zh-CN" : "en" }, english ? zh : en)))));
  const done = button(t("household.was_read"), () => { set(true); tell(); }, "primary");
  const set = (now) => { read = now; done.hidden = now; state.textContent = now ? t("household.read_done") : ""; };
  whole.node.append(done, state);
  return { ...whole, value: () => read, set, onRead: (fn) => { tell = fn; } };
}

// value(): "" (not asked) | "spoken" | "signed" | "no" | "withdraw". had: it agreed before; again: and is asked anew for what is added.
export function consentPart(purpose, asked, had, { again = false } = {}) {
  const offered = had ? ["", ...(again ? ["spoken", "signed"] : []), "withdraw"] : ["no", "spoken", "signed"];
  const one = chips(asked, offered.map((id) => ({ id, words: t(`consent.${id || "stands"}`) })), { chosen: had ? "" : "no" });
  one.node.dataset.purpose = purpose;
  return one;
}
