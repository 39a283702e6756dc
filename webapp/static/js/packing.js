// The packing table with scripts: the page stays, a tone is heard, a camera can scan. Without them every form works alike.
const find = (id) => document.getElementById(id);
const key = document.body.dataset.key;
const SAME_AGAIN_MS = 3000; // a plate held still before the camera is one scan
const FRAME_EVERY_MS = 350;
const FRAME_SIDE = 900;
const RECENT = 8;

const waiting = []; // scans that came while one was on its way: a scanner is faster than a network
let busy = false;
let lastText = "";
let lastAt = 0;

function tone(accepted) {
  const context = new AudioContext();
  const sound = context.createOscillator();
  sound.type = accepted ? "sine" : "square";
  sound.frequency.value = accepted ? 880 : 220;
  sound.connect(context.destination);
  sound.start();
  sound.stop(context.currentTime + (accepted ? 0.08 : 0.4));
  sound.onended = () => context.close();
}

function show(answer) {
  find("answer").className = `answer ${answer.accepted ? "yes" : "no"}`;
  find("sign").textContent = answer.accepted ? "✓" : "✗";
  find("headline").textContent = answer.headline;
  find("message").textContent = answer.message;
  if (answer.table) showTable(answer.table);
  const line = document.createElement("li");
  line.textContent = `${answer.headline} ${answer.message}`;
  line.className = answer.accepted ? "yes" : "no";
  find("recent").prepend(line);
  while (find("recent").children.length > RECENT) find("recent").lastChild.remove();
  find("recent-card").hidden = false;
  tone(answer.accepted);
}

function showTable(table) {
  const due = table.due;
  find("due").hidden = !due;
  if (due) {
    find("due-painted").textContent = due.painted;
    find("due-place").textContent = `第 ${due.box} 箱第 ${due.slot} 格`;
    find("due-code").textContent = due.code;
  }
  find("tally").textContent = `已装 ${table.packed} / ${table.plates} 块`;
  for (const box of table.boxes) {
    const row = find("boxes").querySelector(`[data-box="${box.number}"]`);
    if (!row) continue;
    const cells = row.children;
    cells[2].textContent = `${box.packed}/${box.plates}`;
    cells[3].textContent = box.lost;
    cells[4].textContent = box.damaged;
    cells[5].textContent = box.state;
    cells[6].firstElementChild.hidden = !(box.open && box.packed + box.lost + box.damaged === box.plates);
    row.classList.toggle("here", Boolean(due) && due.box === box.number);
  }
}

async function send(action, values) {
  const body = new URLSearchParams({ ...values, key });
  try {
    const response = await fetch(action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
    return true;
  } catch {
    show({ accepted: false, headline: "没有送到", message: "网络或服务器没有回应, 这一块没有记下, 请再扫一次" });
    return false;
  }
}

async function next() {
  if (busy) return;
  busy = true;
  while (waiting.length) await send("scan", { text: waiting.shift() });
  busy = false;
}

find("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  find("text").value = "";
  find("text").focus();
  if (text) waiting.push(text);
  next();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id === "scan") return;
  event.preventDefault();
  const pressed = event.submitter;
  const values = Object.fromEntries(new FormData(form, pressed));
  if (await send(form.getAttribute("action"), values)) form.querySelector('[name="reason"]')?.form.reset();
  find("text").focus();
});

async function watch(stream) {
  const video = find("video");
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const canvas = document.createElement("canvas");
  while (stream.active) {
    const scale = Math.min(1, FRAME_SIDE / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (canvas.width && !busy) {
      canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
      const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
      await look(picture);
    }
    await new Promise((done) => setTimeout(done, FRAME_EVERY_MS));
  }
}

async function look(picture) {
  try {
    const response = await fetch("frame", { method: "POST", body: picture, headers: { "X-Table-Key": key } });
    const { text } = response.ok ? await response.json() : { text: "" };
    const again = text === lastText && Date.now() - lastAt < SAME_AGAIN_MS;
    if (text) [lastText, lastAt] = [text, Date.now()];
    if (text && !again) { waiting.push(text); await next(); }
  } catch { /* the next picture is tried */ }
}

if (navigator.mediaDevices?.getUserMedia) {
  const button = find("camera");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const running = find("video").srcObject;
    if (running) {
      running.getTracks().forEach((track) => track.stop());
      find("video").srcObject = null;
      find("video").hidden = true;
      button.textContent = "摄像头";
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      button.textContent = "关摄像头";
      await watch(stream);
    } catch {
      show({ accepted: false, headline: "摄像头打不开", message: "请允许使用摄像头, 或用扫码枪" });
    }
  });
}
find("text").focus();
