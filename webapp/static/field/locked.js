// What a locked phone shows: the PIN, the password after too long without network, and the way out for who forgot the PIN.
import { askState, call } from "./api.js";
import { h } from "./dom.js";
import { formOf, line } from "./fields.js";
import { reasonOf } from "./reason.js";
import { codeStep, wantsCode } from "./second_step.js";
import { keys } from "./store.js";
import * as vault from "./vault.js";
import { t } from "./words/index.js";

export async function lockedView(show) {
  askState();
  return (await vault.hasPart()) ? withPin(show) : withPassword(show);
}

async function withPin(show) {
  const pin = line("pin", t("lock.pin"), { kind: "pin", autocomplete: "current-password" });
  const waiting = (await keys("outbox")).length;
  const done = async () => {
    if (!pin.value()) { pin.complain(t("lock.lead_none")); return; }
    const found = await vault.unlock(pin.value());
    if (found === "stale") show(await withPassword(show));
    if (found !== "wrong") return;
    pin.input.value = "";
    pin.complain(vault.triesLeft() > 1 ? t("lock.wrong", { n: vault.triesLeft() }) : t("lock.wrong_last"));
  };
  const place = h("section", { class: "form entrance locked" }, h("h1", {}, t("lock.title")), h("p", { class: "lead" }, waiting ? t("lock.lead", { n: waiting }) : t("lock.lead_none")),
    formOf([pin], { go: t("lock.go"), working: t("lock.working"), done }), forgotten());
  return place;
}

async function withPassword(show) {
  const [login, password] = [line("login", t("signin.login"), { autocomplete: "username" }), line("password", t("signin.password"), { kind: "password", autocomplete: "current-password" })];
  const enter = async (say, code) => {
    try {
      const told = await call("POST", "/field/part", { token: "", json: { device_id: vault.deviceId(), login: login.value().trim(), password: password.value(), code } });
      if (wantsCode(told)) { show(codeStep(enter, async () => show(await withPassword(show)))); return; }
      if (!told.ok) { if (told.json?.code === "device.revoked") await vault.wipe("revoked"); else say(reasonOf(told.json)); return; }
      await vault.renew(told.json.part);
      show(await withPin(show));
    } catch (error) {
      if (error.name !== "Offline") throw error;
      say(t("lock.stale_offline"));
    }
  };
  return h("section", { class: "form entrance locked" }, h("h1", {}, t("lock.stale_title")), h("p", { class: "lead" }, t("lock.stale", { hours: vault.rules().offline_hours })),
    formOf([login, password], { go: t("lock.stale_go"), working: t("signin.working"), done: (say) => enter(say, "") }), forgotten());
}

function forgotten() {
  const wipe = h("button", { type: "button", class: "act alarm", onclick: () => vault.wipe("asked") }, t("lock.forgot_wipe"));
  const details = h("details", { class: "forgot" }, h("summary", {}, t("lock.forgot")), h("p", { class: "hint" }, t("lock.forgot_words")), wipe);
  details.append(h("button", { type: "button", class: "act", onclick: () => { details.open = false; } }, t("lock.forgot_leave")));
  return details;
}
