// The first minutes of a phone: signing in with network, an own password where the given one must go, a PIN.
import { call } from "./api.js";
import { h } from "./dom.js";
import { formOf, line } from "./fields.js";
import { pinLines } from "./pins.js";
import { reasonOf } from "./reason.js";
import { codeStep, wantsCode } from "./second_step.js";
import { persist } from "./store.js";
import * as vault from "./vault.js";
import { t } from "./words/index.js";

const view = (title, lead, ...rest) => h("section", { class: "form entrance" }, h("h1", {}, title), lead ? h("p", { class: "lead" }, lead) : "", rest);

// What stands between a phone and its first pack. before: words about why it must sign in (again). done(): after the PIN.
export function signIn(place, { before = "", done }) {
  const steps = { place, done, show: (node) => { place.replaceChildren(node); node.querySelector("h1")?.focus(); node.querySelector("input")?.focus(); } };
  return names(steps, before);
}

function names(steps, before) {
  const login = line("login", t("signin.login"), { autocomplete: "username" });
  const password = line("password", t("signin.password"), { kind: "password", autocomplete: "current-password" });
  const device = line("device", t("signin.device"), { hint: t("signin.device_hint"), value: guessName() });
  const done = async (say) => {
    if (!login.value().trim()) { login.complain(t("signin.need_login")); return; }
    if (!password.value()) { password.complain(t("signin.need_password")); return; }
    const json = { login: login.value().trim(), password: password.value(), device: device.value().trim() || guessName() };
    const enter = async (tell, code) => {
      const told = await asking(tell, () => call("POST", "/field/login", { token: "", json: { ...json, code } }));
      if (told && wantsCode(told)) steps.show(codeStep(enter, () => steps.show(names(steps, ""))));
      else if (told) await next(steps, { registered: told.json, password: json.password }, tell);
    };
    await enter(say, "");
  };
  return view(t("signin.title"), "", before ? h("p", { class: "warning", role: "status" }, before) : "", h("p", {}, t("signin.lead")),
    formOf([login, password, device], { go: t("signin.go"), working: t("signin.working"), done }));
}

// An answer, also that a code is still wanted, or null after saying what is wrong.
async function asking(say, ask) {
  try {
    const told = await ask();
    const good = told.ok || wantsCode(told);
    if (!good) say(reasonOf(told.json));
    return good ? told : null;
  } catch (error) {
    if (error.name !== "Offline") throw error;
    say(t("signin.offline"));
    return null;
  }
}

// The manifest comes first: it tells how long a PIN must be and how hard it is hashed.
async function next(steps, entry, say) {
  const { registered } = entry;
  if (registered.must_change) { steps.show(ownPassword(steps, entry)); return; }
  const told = await asking(say, () => call("GET", "/field/pack", { token: registered.token }));
  if (told) steps.show(choosePin(steps, { ...entry, lock: told.json.settings.lock }));
}

function ownPassword(steps, entry) {
  const [first, second] = [line("new", t("signin.next"), { kind: "password", autocomplete: "new-password" }), line("again", t("signin.again"), { kind: "password", autocomplete: "new-password" })];
  const done = async (say) => {
    if (first.value() !== second.value()) { second.complain(t("signin.differ")); return; }
    const told = await asking((words) => first.complain(words), () => call("POST", "/field/password", { token: entry.registered.token, json: { old: entry.password, new: first.value() } }));
    if (told) await next(steps, { registered: { ...entry.registered, must_change: false } }, say);
  };
  return view(t("signin.own_title"), t("signin.own_lead"), formOf([first, second], { go: t("signin.own_go"), done }));
}

function choosePin(steps, { registered, lock }) {
  const { lines, take } = pinLines(lock.pin_length);
  const done = async (say) => {
    const pin = take();
    if (pin === null) return;
    await persist();
    try { await vault.create({ pin, registered, lock }); } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      say(t("signin.no_room"));
      return;
    }
    await steps.done();
  };
  return view(t("signin.pin_title"), t("signin.pin_lead", { n: lock.pin_length }), formOf(lines, { go: t("signin.pin_go"), done }));
}

function guessName() {
  const brand = /Android [\d.]+; ([^;)]+)/.exec(navigator.userAgent)?.[1] ?? (/iPhone|iPad/.exec(navigator.userAgent)?.[0] ?? navigator.userAgentData?.platform ?? "");
  return brand.slice(0, 60);
}
