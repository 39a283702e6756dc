// 走访: why somebody was at a door, what was done there, and what came up.
import { codeEntry } from "./code_entry.js";
import { formView, Wrong } from "./form.js";
import { gnssField } from "./gnss.js";
import { byCode, categories, door as doorOf, services, settings } from "./pack.js";
import { photoField } from "./photos.js";
import { presenceAt, wasAt } from "./presence.js";
import { button, called, chips, writing } from "./parts.js";
import { route } from "./router.js";
import { voiceField } from "./voice.js";
import { h } from "./dom.js";
import { t } from "./words/index.js";

const LEAST_TEXT = 2;

// How the door was told, in words; a plate read now is better proof than a door picked from a list.
function presenceLine(door) {
  const place = h("div", { class: "presence" });
  const show = () => {
    const how = presenceAt(door.id);
    const entry = how === "scan" ? null : button(t("visit.scan_now"), read);
    place.replaceChildren(h("p", { class: how === "scan" ? "good" : "hint", role: "status" }, t(`visit.presence_${how}`)), ...(entry ? [entry] : []));
  };
  const read = () => {
    const entry = codeEntry({ asked: t("visit.scan_now"), onRead: ({ code, scanned }) => {
      const found = code && byCode(code);
      if (found?.door.id !== door.id) { entry.complain(t("visit.other_plate", { place: found?.door.local ?? t("tamper.nowhere") })); return; }
      wasAt(door.id, scanned ? "scan" : "typed");
      show();
    } });
    place.replaceChildren(entry.node);
  };
  show();
  return place;
}

async function visit({ id }) {
  const door = doorOf(id);
  if (!door) return h("section", { class: "form" }, h("h1", { tabindex: "-1" }, t("visit.title")), h("p", { class: "complaint" }, t("visit.no_door")));
  const titled = (ones) => ones.map((one) => ({ id: one.id, words: one.title }));
  const text = writing(t("visit.matter_text"), { kind: "long" });
  const parts = {
    purposes: chips(t("visit.purposes"), settings().visit.purposes.map((one) => ({ id: one.id, words: called(one) })), { many: true }),
    done: services().length ? chips(t("visit.done"), titled(services()), { many: true }) : null,
    note: writing(t("visit.note"), { kind: "long", hint: t("visit.note_hint") }),
    photos: photoField(),
    voice: voiceField(),
    category: categories().length ? chips(t("visit.matter"), [{ id: "", words: t("visit.no_matter") }, ...titled(categories())]) : null,
    text: categories().length ? text : null,
  };
  return formView({
    key: `visit/${door.id}`, kind: "visit", title: t("visit.title"), door, parts, submit: t("visit.send"),
    head: [presenceLine(door), gnssField().node],
    arrange({ category }) { text.node.hidden = !category; },
    build: (values) => built(values, door),
    told: (item) => ({ words: visitWords(door.local, item), purposes: item.purposes, presence: item.presence }),
  });
}

function built({ purposes, done = [], note, category = "", text = "" }, door) {
  if (!purposes.length) throw new Wrong("purposes", t("visit.need_purpose"));
  if (category && text.length < LEAST_TEXT) throw new Wrong("text", t("visit.need_text"));
  return { presence: presenceAt(door.id), purposes, done, note, ...(category ? { matter: { category, text } } : {}) };
}

// 上门走访 …: 核对门牌地址、送达通知。办了: 办身份证。
export function visitWords(place, { purposes, done, matter, presence }) {
  const why = settings().visit.purposes.filter((one) => purposes.includes(one.id)).map(called).join(t("form.and"));
  const did = services().filter((one) => done.includes(one.id)).map((one) => one.title).join(t("form.and"));
  return [t(presence === "scan" ? "visit.told_scan" : "visit.told", { place, why }), did ? t("visit.told_done", { did }) : "",
    matter ? t("visit.told_matter") : ""].filter(Boolean).join(t("form.space"));
}

route("door/:id/visit", visit);
