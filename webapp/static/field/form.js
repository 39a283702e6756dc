// How every form works: parts, a draft, one item into the outbox, some seconds to take it back, and what comes next.
import { note, unnote } from "./done.js";
import { dropDraft, loadDraft, saveDraft } from "./drafts.js";
import { lastFixes } from "./gnss.js";
import { add, fresh, undo } from "./outbox.js";
import { communities } from "./pack.js";
import { h } from "./dom.js";
import { button, plateFace, undoLine } from "./parts.js";
import { t } from "./words/index.js";

const SAVE_AFTER_MS = 300;

// Thrown by a plan's build: part (its name, or "") is not as it must be.
export class Wrong extends Error {
  constructor(part, words) { super(words); this.part = part; }
}

// An item of this kind about a door (null: somewhere in the person's community), with the last positions of the phone.
export function itemOf(kind, door, fields = {}) {
  const place = door ?? { id: null, community: communities()[0]?.code, version: 0 };
  return { ...fresh(kind, place), address: door?.id ?? null, community: place.community, fixes: lastFixes(), ...fields };
}

// plan: {key, kind, title, door, head: [Node], parts: {name: part}, arrange(values), build(values, files) → fields of the item (or
// throws Wrong), told(item) → facts for the diary, after(item) → [Node] offered next, submit: words of the button, stamp: version of
// what it is about, typed: names of parts that outlive another version, all without}.
export async function formView(plan) {
  const form = new Form(plan);
  await form.begin();
  return form.place;
}

class Form {
  constructor(plan) {
    this.plan = { stamp: 0, head: [], arrange() {}, after: () => [], ...plan };
    this.parts = Object.entries(plan.parts).filter(([, one]) => one);
    this.place = h("section", { class: "form" });
    this.problem = h("p", { class: "complaint", role: "alert" });
    this.kept = h("p", { class: "hint kept", role: "status" });
    this.sender = button(plan.submit ?? t("form.send"), () => this.send(), "primary send");
    this.saving = Promise.resolve();
    this.closed = false;
  }

  async begin() {
    for (const kind of ["input", "change", "doorplate:changed"]) this.place.addEventListener(kind, () => this.changed());
    document.addEventListener("visibilitychange", this.hidden);
    this.show();
    const draft = await loadDraft(this.plan.key);
    if (draft) {
      this.restore(draft);
      this.kept.textContent = t(draft.stamp === this.plan.stamp ? "form.restored" : "form.renewed");
    } else this.plan.arrange(this.values());
  }

  hidden = () => {
    if (!this.place.isConnected) document.removeEventListener("visibilitychange", this.hidden);
    else if (document.hidden) this.save();
  };

  values() { return Object.fromEntries(this.parts.filter(([, one]) => one.value).map(([name, one]) => [name, one.value()])); }

  async files() {
    const holding = this.parts.filter(([, one]) => one.files && !one.node.hidden);
    return Object.fromEntries(await Promise.all(holding.map(async ([name, one]) => [name, await one.files()])));
  }

  changed() {
    this.plan.arrange(this.values());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  // While a voice note is spoken its part would end it to hand it over.
  async save() {
    clearTimeout(this.timer);
    if (this.closed || this.place.querySelector(".recording")) return;
    const say = (key) => { if (!this.closed) this.kept.textContent = t(key); };
    const keep = async () => saveDraft(this.plan.key, { values: this.values(), files: await this.files(), stamp: this.plan.stamp });
    this.saving = this.saving.then(keep).then(() => say("form.kept"), () => say("form.not_kept"));
    await this.saving;
  }

  // What another version of the record says must not come back as if it had been asked again.
  restore({ values, files, stamp }) {
    const typed = stamp === this.plan.stamp ? null : this.plan.typed;
    for (const [name, one] of this.parts.filter(([part]) => !typed || typed.includes(part))) {
      if (one.set && one.value && name in values) one.set(values[name]);
      if (one.files && files[name]) one.set(files[name]);
    }
    this.plan.arrange(this.values());
  }

  complain(error) {
    for (const [, one] of this.parts) one.complain?.("");
    const at = error && this.plan.parts[error.part];
    const beside = at?.complain && !at.node.hidden;
    this.problem.textContent = error && !beside ? error.message : "";
    if (beside) at.complain(error.message);
    else if (error) this.problem.scrollIntoView({ block: "center" });
  }

  async send() {
    this.complain(null);
    this.sender.disabled = true;
    try {
      await this.hand(await this.files());
    } catch (error) {
      if (error instanceof Wrong) this.complain(error);
      else {
        this.complain(new Wrong("", t(error.name === "QuotaExceededError" ? "form.phone_full" : "form.not_stored")));
        if (error.name !== "QuotaExceededError") throw error;
      }
    } finally { this.sender.disabled = false; }
  }

  async hand(files) {
    const { plan } = this;
    const list = Object.values(files).flat();
    const item = itemOf(plan.kind, plan.door, { ...plan.build(this.values(), list), files: list.map((file) => file.id) });
    await add(item, list);
    this.closed = true;
    clearTimeout(this.timer);
    await this.saving;
    await this.close(item);
    this.showDone(item, { values: this.values(), files, stamp: plan.stamp });
  }

  // The item is safe by now: a full phone may cost its line of the diary, never the item.
  async close(item) {
    try {
      await dropDraft(this.plan.key);
      await note(item, this.plan.told(item));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
    }
  }

  show() {
    const { plan } = this;
    this.place.replaceChildren(h("h1", { tabindex: "-1" }, plan.title), plan.door ? plateFace(plan.door) : "", ...plan.head,
      ...this.parts.map(([, one]) => one.node), this.problem, this.kept, this.sender);
  }

  showDone(item, before) {
    const title = h("h1", { tabindex: "-1" }, t("form.done"));
    const undone = async () => {
      if (!(await takeBack(item.id))) { title.after(h("p", { class: "complaint", role: "alert" }, t("form.too_late"))); return; }
      this.closed = false;
      this.show();
      this.restore(before);
      await this.save();
    };
    this.place.replaceChildren(title, h("p", { class: "lead" }, this.plan.told(item).words), h("p", { class: "hint" }, t("form.sends_itself")),
      undoLine(t("form.undo_until"), undone), ...this.plan.after(item));
    title.focus();
  }
}

// Whether an item could still be taken back: what the server has stays.
export async function takeBack(id) {
  try { if (await undo(id) === false) return false; } catch { return false; }
  await unnote(id);
  return true;
}

// For parts whose value changes without an input of the browser's own.
export const tellChanged = (node) => node.dispatchEvent(new Event("doorplate:changed", { bubbles: true }));
