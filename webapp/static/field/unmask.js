// A name and a telephone number in clear: for a reason, with the network, for half a minute.
import { call } from "./api.js";
import { h } from "./dom.js";
import { settings } from "./pack.js";
import { button, called, part } from "./parts.js";
import { reasonOf } from "./reason.js";
import { t } from "./words/index.js";

const SHOWN_MS = 30_000;

export function unmasking(household) {
  const place = h("div", { class: "unmask" });
  const closed = () => place.replaceChildren(...(household.head || household.contact ? [button(t("unmask.open"), why)] : []));

  function why() {
    const asked = part(t("unmask.why"), h("p", { class: "hint" }, t("unmask.logged")), h("div", { class: "chips" },
      settings().household.looks.map((reason) => button(called(reason), () => ask(reason.id, asked)))), button(t("unmask.leave"), closed));
    place.replaceChildren(asked.node);
  }

  async function ask(reason, asked) {
    asked.complain("");
    try {
      const answer = await call("POST", `/field/households/${household.id}/unmask`, { json: { why: reason } });
      if (answer.ok) show(answer.json);
      else asked.complain(reasonOf(answer.json, "unmask.failed"));
    } catch (error) {
      if (error.name !== "Offline") throw error;
      asked.complain(t("unmask.offline"));
    }
  }

  function show({ head, name, phone }) {
    const left = h("span", { class: "clock", "aria-hidden": "true" });
    const until = Date.now() + SHOWN_MS;
    const call_ = phone ? h("a", { class: "act", href: `tel:${phone.replace(/[^0-9+]/g, "")}` }, phone) : "";
    place.replaceChildren(h("p", { class: "clear", role: "status" }, h("b", {}, [...new Set([head, name].filter(Boolean))].join(" / "))), call_, left, button(t("unmask.hide"), end));
    const count = () => { const s = Math.ceil((until - Date.now()) / 1000); left.textContent = t("unmask.left", { s }); if (s <= 0 || !place.isConnected) end(); };
    const timer = setInterval(count, 500);
    const hidden = () => { if (document.hidden) end(); };
    function end() { clearInterval(timer); document.removeEventListener("visibilitychange", hidden); closed(); }
    document.addEventListener("visibilitychange", hidden);
    count();
  }

  closed();
  return place;
}
