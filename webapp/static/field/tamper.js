// A code that is not ours, or not of this door: told with a photo, never opened.
import { formView, Wrong } from "./form.js";
import { here } from "./gnss.js";
import { door as doorOf, doors } from "./pack.js";
import { byNearness } from "./places.js";
import { h } from "./dom.js";
import { photoField } from "./photos.js";
import { chips, codeGroups, writing } from "./parts.js";
import { t } from "./words/index.js";

const MOST_SEEN = 300;
const NEAR = 6;

// Somebody must be able to go there, so a code found anywhere is told at the door it hangs nearest to.
const whichDoor = () => chips(t("tamper.which"), byNearness(here(), doors()).slice(0, NEAR).map((one) => ({ id: one.id, words: one.local })));

// A form. seen: what was read; why: host | check | unknown | retired | far | other_door; plate: code or ""; door or null.
export function tamperForm({ seen, why, plate = "", door = null }) {
  const cut = String(seen).slice(0, MOST_SEEN);
  return formView({
    key: `tamper/${door?.id ?? ""}/${plate || cut.slice(0, 60)}`,
    kind: "tamper",
    title: t("tamper.title"),
    door,
    head: [
      h("p", { class: "warning" }, t(`tamper.why_${why}`)),
      h("p", { class: "hint" }, t(why === "host" || why === "check" ? "tamper.never_open" : "tamper.leave_it")),
      h("p", { class: "seen" }, h("b", {}, t("tamper.seen")), " ", h("span", {}, plate ? codeGroups(plate) : cut)),
    ],
    parts: { at: door ? null : whichDoor(), photos: photoField({ asked: t("tamper.photos") }), note: writing(t("tamper.note"), { kind: "long", hint: t("tamper.note_hint") }) },
    build({ note, at = door?.id }) {
      const place = doorOf(at);
      if (!place) throw new Wrong("at", t("tamper.need_door"));
      return { address: place.id, community: place.community, seen: cut, why, plate, note };
    },
    told: ({ address }) => ({ words: t("tamper.told", { place: doorOf(address).local }) }),
    submit: t("tamper.send"),
  });
}
