// View "scan": the camera first; below it the code as typed. A plate of ours opens its record, anything else fills the screen.
import { watchCodes } from "./camera.js";
import { h } from "./dom.js";
import { follow, here } from "./gnss.js";
import { judge } from "./judge.js";
import { whenGone } from "./leaving.js";
import { SCANNED } from "./scan_marks.js";
import { baseUrl, byCode, refresh, settings } from "./pack.js";
import { button, writing } from "./parts.js";
import { wasAt } from "./presence.js";
import { go, route } from "./router.js";
import { warning } from "./warning.js";
import { t } from "./words/index.js";

class Scan {
  constructor() {
    this.place = h("section", { class: "scan" });
    this.view = h("div", { class: "camera-view" });
    this.trouble = h("p", { class: "scan-trouble", role: "alert" });
    this.typed = writing(t("scan.typed"), { most: 300, hint: t("scan.typed_hint") });
    Object.assign(this.typed.field, { autocapitalize: "characters", spellcheck: false, enterKeyHint: "go" });
    this.typed.field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); this.read(this.typed.value(), "typed"); } });
    whenGone(this.place, follow(() => {}));
  }

  show() {
    this.place.replaceChildren(h("h1", { tabindex: "-1", class: "scan-title" }, t("scan.title")), this.view, this.trouble,
      this.typed.node, button(t("scan.open"), () => this.read(this.typed.value(), "typed")));
    this.watch();
    return this.place;
  }

  async watch() {
    this.trouble.textContent = "";
    this.stop?.();
    try {
      this.stop = await watchCodes(this.view, (text) => this.read(text, "scan"));
    } catch (error) {
      if (!error.words) throw error;
      this.trouble.textContent = error.words;
      this.view.replaceChildren(button(t("camera.try_again"), () => this.watch()));
    }
  }

  read(text, how) {
    this.typed.complain("");
    const found = judge(text, { baseUrl: baseUrl(), byCode, here: here(), farM: settings().gnss.far_m });
    if (how === "typed" && !text.trim()) { this.typed.complain(t("scan.nothing")); return; }
    if (how === "typed" && !/^https?:/i.test(text.trim()) && (found.why === "foreign" || found.why === "check")) {
      this.typed.complain(t(found.why === "check" ? "scan.typed_check" : "scan.typed_wrong"));
      return;
    }
    this.stop?.();
    if (found.why) this.warn(found, how);
    else this.open(found.door, how);
  }

  open(door, how) {
    wasAt(door.id, how);
    performance.mark(SCANNED);
    go(`door/${door.id}`);
  }

  warn(found, how) {
    const again = () => { this.show(); this.place.querySelector("h1").focus(); };
    const fetchPack = async () => { await refresh({ force: true }); this.read(found.seen, how); };
    const shown = warning(found, { again, open: (proof) => this.open(found.door, how === "scan" ? "scan" : proof), refresh: navigator.onLine ? fetchPack : null });
    this.place.replaceChildren(shown);
    shown.querySelector("h1").focus();
  }
}

route("scan", () => new Scan().show());
