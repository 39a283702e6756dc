// "核对位置": compares where the phone is with where the door is, only after the visitor pressed the button.
function offerComparison(box) {
  const button = box.querySelector("button"), status = box.querySelector("[role=status]");
  const say = (words) => { status.textContent = words; };
  const until = (moment) => new Promise((go) => setTimeout(go, Math.max(0, moment - Date.now())));
  const position = () => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed,
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 }));

  async function compare() {
    button.disabled = true;
    say(status.dataset.asking);
    let here;
    try {
      const began = Date.now();
      const guard = await (await fetch("/form-token", { cache: "no-store" })).json();
      here = await position();
      await until(began + guard.wait_ms + 500);
      const sent = new URLSearchParams({ [guard.field]: guard.token, lon: here.coords.longitude, lat: here.coords.latitude,
        accuracy_m: here.coords.accuracy });
      const language = new URLSearchParams({ lang: document.documentElement.lang.slice(0, 2) });
      const answer = await fetch(`${box.dataset.here}?${language}`, { method: "POST", body: sent });
      say((await answer.json()).words);
    } catch (trouble) {
      say(trouble instanceof TypeError || trouble instanceof SyntaxError ? status.dataset.offline : status.dataset.denied);
    }
    button.disabled = false;
  }

  button.addEventListener("click", compare);
  box.hidden = false;
}

const comparison = document.querySelector("[data-here]");
if (comparison && "geolocation" in navigator && window.isSecureContext) offerComparison(comparison);
