// Comfort on phones that can do it: copy the address, hear it. Everything on the page works without.

function selected(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(node) {
  try {
    await navigator.clipboard.writeText(node.textContent.trim());
    return true;
  } catch {
    // In-app browsers know only the old way; where even that fails the text stays selected for a long press.
    selected(node);
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.textContent = await copy(document.getElementById(button.dataset.copy)) ? button.dataset.done : button.dataset.failed;
    setTimeout(() => { button.textContent = words; }, 3000);
  });
}

// A number is read digit by digit: 029-00000000 is no amount.
const spoken = text => text.replace(/\s+/g, " ").replace(/\d{3,}/g, digits => [...digits].join(" ")).trim();

const voice = window.speechSynthesis;
const reader = document.querySelector("[data-stop]");
if (voice && window.SpeechSynthesisUtterance && reader) {
  const words = reader.textContent;
  const idle = () => { reader.textContent = words; reader.setAttribute("aria-pressed", "false"); };
  reader.hidden = false;
  reader.addEventListener("click", () => {
    const reading = reader.getAttribute("aria-pressed") === "true";
    voice.cancel();
    if (reading) { idle(); return; }
    reader.textContent = reader.dataset.stop;
    reader.setAttribute("aria-pressed", "true");
    const parts = [...document.querySelectorAll("[data-say]")].map(node => {
      const said = new SpeechSynthesisUtterance(spoken(node.innerText));
      said.lang = node.closest("[lang]").lang;
      return said;
    });
    const last = parts[parts.length - 1];
    last.onend = last.onerror = idle;
    parts.forEach(said => voice.speak(said));
  });
  addEventListener("pagehide", () => voice.cancel());
}
