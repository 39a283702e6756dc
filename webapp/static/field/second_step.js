// The second step of signing in: the code on the authenticator, or one of the recovery codes.
import { h } from "./dom.js";
import { formOf, line } from "./fields.js";
import { t } from "./words/index.js";

export const wantsCode = (told) => told.json?.code === "signin.code_wanted";

// enter(say, code) tries again with the code; back() leads to the names.
export function codeStep(enter, back) {
  const code = line("code", t("signin.code"), { hint: t("signin.code_hint"), autocomplete: "one-time-code" });
  const done = async (say) => {
    if (!code.value().trim()) { code.complain(t("signin.need_code")); return; }
    await enter((words) => { say(""); code.complain(words); }, code.value().trim());
  };
  return h("section", { class: "form entrance" }, h("h1", {}, t("signin.code_title")), h("p", { class: "lead" }, t("signin.code_lead")),
    formOf([code], { go: t("signin.go"), working: t("signin.working"), done }),
    h("button", { type: "button", class: "act", onclick: back }, t("signin.code_back")));
}
