// "door/:id/tamper": somebody saw a false or foreign code at this door; it is read here, or told without reading it.
import { codeEntry } from "./code_entry.js";
import { byCode, door as doorOf } from "./pack.js";
import { button, plateFace } from "./parts.js";
import { route } from "./router.js";
import { tamperForm } from "./tamper.js";
import { h } from "./dom.js";
import { t } from "./words/index.js";

const WHY = { host: "host", check: "check", foreign: "host" };

function aboutCode({ code, problem, seen }, door) {
  if (problem) return { seen, why: WHY[problem], door };
  const found = byCode(code);
  if (!found) return { seen: code, why: "unknown", plate: code, door };
  return { seen: code, why: "other_door", plate: code, door };
}

async function suspect({ id }) {
  const door = doorOf(id);
  const place = h("section", { class: "form" });
  if (!door) { place.append(h("h1", { tabindex: "-1" }, t("tamper.title")), h("p", { class: "complaint" }, t("visit.no_door"))); return place; }
  const tell = async (about) => { place.replaceChildren(await tamperForm(about)); place.querySelector("h1").focus(); };
  const entry = codeEntry({ asked: t("tamper.read"), onRead(read) {
    if (!read.problem && byCode(read.code)?.door.id === door.id) { entry.complain(t("tamper.is_right")); return; }
    tell(aboutCode(read, door));
  } });
  place.append(h("h1", { tabindex: "-1" }, t("tamper.title")), plateFace(door), h("p", { class: "warning" }, t("tamper.never_open")), entry.node,
    button(t("tamper.without"), () => tell({ seen: t("tamper.not_read"), why: "check", door })));
  return place;
}

route("door/:id/tamper", suspect);
