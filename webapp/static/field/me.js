// View "me" 我的: today's work, the pack, language, lock, password, PIN, this phone, and erasing it.
import { call } from "./api.js";
import { momentOf } from "./bars.js";
import { h } from "./dom.js";
import { formOf, line } from "./fields.js";
import * as outbox from "./outbox.js";
import { spaceWords } from "./outbox_view.js";
import * as pack from "./pack.js";
import { button } from "./parts.js";
import { pinLines } from "./pins.js";
import { reasonOf } from "./reason.js";
import { route, show } from "./router.js";
import { persist, usage } from "./store.js";
import * as vault from "./vault.js";
import { choose, lang, t } from "./words/index.js";

const fold = (title, ...inside) => h("details", { class: "me-fold" }, h("summary", {}, title), h("div", { class: "me-inside" }, inside));
const says = () => h("p", { class: "hint", role: "status" });

async function me() {
  const person = pack.person();
  return h("section", { class: "form me" }, h("h1", {}, person?.name ?? t("me.title")), person?.roles?.length ? h("p", { class: "hint" }, roles(person)) : "",
    h("div", { class: "acts" }, ["today", "zones", "revisit"].map((name) => h("a", { class: "act", href: `#${name === "today" ? "diary" : name}` }, t(`me.${name}`)))),
    thePack(), h("div", { class: "acts" }, button(t("me.lock"), () => vault.lock(), "primary"), language()),
    fold(t("me.password"), password()), fold(t("me.pin"), pin()), fold(t("me.device"), await device()), fold(t("me.install"), h("p", {}, t("me.install_words"))), fold(t("me.wipe"), erase()));
}

const roles = ({ roles: list }) => list.map((one) => t(`role.${one}`)).join(lang() === "en" ? ", " : "、");

function thePack() {
  const { madeAt, expiresAt, expired, doors } = pack.state();
  const words = h("p", { role: "status" }, madeAt ? t(expired ? "me.pack_expired" : "me.pack_of", { time: momentOf(madeAt), n: doors, ends: momentOf(expiresAt) }) : t("bar.no_pack"));
  const ask = button(t("me.pack_refresh"), async () => {
    ask.disabled = true;
    words.textContent = t("bar.updating");
    try { await pack.refresh({ force: true }); words.textContent = t("me.pack_done"); } catch (error) {
      if (!["Offline", "Refused"].includes(error.name)) throw error;
      words.textContent = error.name === "Offline" ? t("me.offline") : t("pack.refused", { words: reasonOf(error) });
    } finally { ask.disabled = false; }
  });
  return h("section", { class: "card" }, h("h2", {}, t("me.pack")), words, ask);
}

function language() {
  const other = lang() === "zh" ? "en" : "zh";
  return button(other === "en" ? "English" : "中文", () => { choose(other); document.dispatchEvent(new Event("doorplate:language")); show(); });
}

function password() {
  const said = says();
  const [old, next, again] = [line("old", t("me.password_old"), { kind: "password", autocomplete: "current-password" }), line("new", t("signin.next"), { kind: "password", autocomplete: "new-password" }),
    line("again", t("signin.again"), { kind: "password", autocomplete: "new-password" })];
  const done = async (say) => {
    if (next.value() !== again.value()) { again.complain(t("signin.differ")); return; }
    try {
      const told = await call("POST", "/field/password", { json: { old: old.value(), new: next.value() } });
      if (!told.ok) { say(reasonOf(told.json)); return; }
      for (const one of [old, next, again]) one.input.value = "";
      said.textContent = t("me.password_done");
    } catch (error) {
      if (error.name !== "Offline") throw error;
      say(t("me.offline"));
    }
  };
  return [formOf([old, next, again], { go: t("me.password_go"), done }), said];
}

function pin() {
  const said = says();
  const old = line("old_pin", t("me.pin_old"), { kind: "pin", autocomplete: "current-password" });
  const { lines, take } = pinLines(pack.settings()?.lock.pin_length ?? 6, { asked: t("me.pin_next") });
  const done = async () => {
    const next = take();
    if (next === null) return;
    if (!(await vault.changePin(old.value(), next))) { old.complain(t("me.pin_wrong")); return; }
    for (const one of [old, ...lines]) one.input.value = "";
    said.textContent = t("me.pin_done");
  };
  return [formOf([old, ...lines], { go: t("me.pin_go"), working: t("lock.working"), done }), said];
}

async function device() {
  const { persisted } = await usage();
  const kept = h("p", { class: "hint", role: "status" }, t(persisted ? "me.kept" : "outbox.not_kept"));
  return [h("p", {}, t("me.device_words", { id: vault.deviceId().slice(0, 8) })), h("p", {}, await spaceWords()), kept,
    h("a", { href: new URL("../vendor/LICENSES.txt", import.meta.url).href, target: "_blank", rel: "noopener" }, t("me.licences")),
    persisted ? "" : button(t("me.keep"), async () => { kept.textContent = t((await persist()) ? "me.kept" : "outbox.not_kept"); }, "small")];
}

function erase() {
  const { waiting, refused } = outbox.counts();
  return [h("p", { class: "warning" }, waiting + refused ? t("me.wipe_words", { n: waiting + refused }) : t("me.wipe_none")), button(t("me.wipe_go"), () => vault.wipe("asked"), "alarm")];
}

route("me", me, { free: true });
