// A form of the residents' door with scripts: nothing typed is lost, and what was sent without network sends itself.
import { all, get, put, remove } from "./ask_store.js";
import { news, sendAll } from "./ask_sending.js";
import { photoList } from "./ask_photos.js";
import { voiceNote } from "./ask_voice.js";
import { draftOf, fill } from "./ask_draft.js";

const find = (id) => document.getElementById(id);
const form = find("ask");
const words = JSON.parse(form.dataset.words);
const AGAIN_MS = [4000, 10000, 30000, 60000, 300000];
let draft, sending = false, tries = 0, timer, worker;

// Beside the field, as the server would have put it there.
function say(name, message) {
  find(`wrong-${name}`)?.remove();
  const field = find(`at-${name}`) ?? form;
  field.removeAttribute("aria-invalid");
  if (!message) return;
  const line = document.createElement("p");
  Object.assign(line, { id: `wrong-${name}`, className: "problem", textContent: message });
  line.setAttribute("role", "alert");
  if (field.matches("form, fieldset")) field.prepend(line); else field.before(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", line.id);
}

const photos = photoList(find("at-photos"), find("previews"), words, say, () => draft?.save());
const voice = voiceNote(find("at-voice"), find("voice"), words, say, () => draft?.save());

function show(panel) {
  for (const one of ["waiting", "received"]) find(one).hidden = one !== panel;
  form.hidden = panel !== "form";
  const about = find("about-form");
  if (about) about.hidden = panel === "received";
  if (panel !== "form") { find("summary")?.remove(); find(panel).focus(); find(panel).scrollIntoView({ block: "start" }); }
}

function noteDraft(message) {
  const line = find("draft");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button", textContent: words.discard });
  button.addEventListener("click", async () => { await draft.discard(); form.reset(); photos.set([]); voice.set(null); line.hidden = true; find("at-text").focus(); });
  line.replaceChildren(message, " ", button);
  line.hidden = false;
}

async function mine() {
  return (await all("outbox")).find((item) => item.key === form.dataset.key);
}

function showReceipt(receipt) {
  find("slip-number").textContent = receipt.receipt;
  find("slip-pin").textContent = receipt.pin;
  find("repeated").hidden = !receipt.repeated;
  form.reset();
  photos.set([]);
  voice.set(null);
  show("received");
}

async function showProblem(item) {
  await remove("outbox", item.client_id);
  show("form");
  const { field, message, emergency } = item.problem;
  if (emergency) {
    // The page that shows whom to call is the server's own; the form goes there as a form does, everything still kept here.
    await draft.saveAtOnce();
    form.querySelector("[name=client_id]").value = item.client_id;
    form.dataset.native = "yes";
    form.submit();
    return;
  }
  say(field || "form", message);
  (find(`at-${field}`) ?? form).scrollIntoView({ block: "center" });
  find(`at-${field}`)?.focus();
}

async function look(id) {
  const item = await get("outbox", id);
  if (item?.problem) return showProblem(item);
  if (item) {
    find("state").textContent = navigator.onLine && item.busy ? words.busy : words.waiting;
    find("waiting-text").textContent = item.fields.find(([name]) => name === "text")?.[1] ?? "";
    return show("waiting");
  }
  const receipt = (await all("receipts")).find((one) => one.client_id === id);
  if (receipt) { await draft.discard(); showReceipt(receipt); }
}

async function send(id) {
  clearTimeout(timer);
  sending = true;
  await sendAll();
  await look(id);
  sending = false;
  if (!(await get("outbox", id))) { tries = 0; return; }
  timer = setTimeout(() => send(id), AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
  worker?.sync?.register("doorplate-send").catch(() => {});
}

async function submit(sure) {
  const { key, client_id, fields, photos: pictures, voice: note } = draft.now();
  const token = form.querySelector("[name=form_token]");
  if (sure) fields.push(["sure_not_emergency", "1"]);
  await draft.saveAtOnce();
  await put("outbox", {
    client_id, key, fields, photos: pictures, voice: note, url: form.getAttribute("action"),
    address: form.dataset.address, title: form.dataset.title, token: { field: "form_token", value: token?.value ?? "" },
  });
  navigator.storage?.persist?.();
  find("state").textContent = words.sending;
  show("waiting");
  await send(client_id);
}

form.addEventListener("submit", (event) => {
  if (!draft) return;
  event.preventDefault();
  if (!form.hidden) submit(event.submitter?.name === "sure_not_emergency");
});
form.addEventListener("input", () => { if (draft) { draft.save(); noteDraft(words.kept); } });
find("try-now").addEventListener("click", async () => { const item = await mine(); if (item) await send(item.client_id); });
find("take-back").addEventListener("click", async () => {
  clearTimeout(timer);
  const item = await mine();
  if (item) await remove("outbox", item.client_id);
  show("form");
});
addEventListener("online", async () => { const item = await mine(); if (item) await send(item.client_id); });
addEventListener("pagehide", () => draft?.saveAtOnce());
news(({ client_id }) => { if (!sending && client_id === draft?.id()) look(client_id); });

async function start() {
  const made = await draftOf(form, photos, voice);
  if (made.kept) {
    const asked = new URLSearchParams(location.search).get("service");
    photos.set(made.kept.photos);
    voice.set(made.kept.voice);
    if (!("shownAgain" in form.dataset)) {
      fill(form, made.kept.fields);
      if (asked && find("at-service_id")) find("at-service_id").value = asked;
    }
    noteDraft(words.restored);
  }
  draft = made;
  const item = await mine();
  if (item) await send(item.client_id);
  worker = await navigator.serviceWorker?.register("/sw.js").then(() => navigator.serviceWorker.ready).catch(() => null);
  const needed = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
  if (!("shownAgain" in form.dataset)) worker?.active?.postMessage({ keep: [location.href, ...needed] });
}
start();
