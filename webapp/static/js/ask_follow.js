// Receipts kept on this phone, and small photos for what is added to a matter.
import { all, clear } from "./ask_store.js";
import { news, sendAll } from "./ask_sending.js";
import { shrink } from "./ask_photos.js";

const find = (id) => document.getElementById(id);
const day = (moment) => new Date(moment).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" }); // 2026-11-23

async function showReceipts(words) {
  const kept = (await all("receipts")).sort((a, b) => (a.asked_at < b.asked_at ? 1 : -1));
  find("kept").hidden = !kept.length;
  find("receipts").replaceChildren(...kept.map((one) => {
    const entry = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button wide" });
    const number = document.createElement("b");
    number.textContent = `${words.open} ${one.receipt}`;
    const about = document.createElement("span");
    Object.assign(about, { className: "small", textContent: `${one.title} · ${day(one.asked_at)} · ${one.address}` });
    button.append(number, about);
    button.addEventListener("click", () => { find("receipt").value = one.receipt; find("pin").value = one.pin; find("follow").requestSubmit(); });
    entry.append(button);
    return entry;
  }));
}

if (find("kept")) {
  const words = JSON.parse(find("kept").dataset.words);
  find("clear").addEventListener("click", async () => { await clear("receipts"); await showReceipts(words); });
  news(async () => { find("state").textContent = words.received_late; await showReceipts(words); });
  showReceipts(words);
}

const photos = find("photos");
photos?.addEventListener("change", async () => {
  if (!globalThis.DataTransfer) return;
  const small = new DataTransfer();
  for (const file of photos.files) {
    const blob = await shrink(file).catch(() => file);
    small.items.add(new File([blob], file.name, { type: blob.type }));
  }
  photos.files = small.files;
});
sendAll();
