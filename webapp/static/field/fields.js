// Lines of text of the app's own views: signing in, PINs, passwords.
import { h } from "./dom.js";

let made = 0;

// {node, value(), input, complain(words)}. kind: "text", "password" or "pin".
export function line(name, asked, { kind = "text", hint = "", autocomplete = "off", value = "" } = {}) {
  const id = `line-${made += 1}`;
  const input = h("input", { id, name, value, autocomplete, type: kind === "text" ? "text" : "password", autocapitalize: "none", spellcheck: "false",
    maxlength: "200", inputmode: kind === "pin" ? "numeric" : null, "aria-describedby": `${id}-say` });
  const say = h("p", { class: "complaint", id: `${id}-say`, role: "alert" });
  const node = h("div", { class: "line" }, h("label", { for: id }, asked), hint ? h("p", { class: "hint" }, hint) : "", input, say);
  const complain = (words) => {
    say.textContent = words;
    input.setAttribute("aria-invalid", String(Boolean(words)));
    if (words) input.focus();
  };
  input.addEventListener("input", () => { if (say.textContent) complain(""); });
  return { node, input, complain, value: () => input.value };
}

// A form of such lines. done(say) is called on sending; while it works the button says so. say(words) complains below the lines.
export function formOf(lines, { go, working, done }) {
  const button = h("button", { class: "act primary send", type: "submit" }, go);
  const trouble = h("p", { class: "complaint", role: "alert" });
  const node = h("form", { class: "lines", novalidate: true }, lines.map((one) => one.node), trouble, button);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    trouble.textContent = "";
    [button.disabled, button.textContent] = [true, working ?? go];
    try { await done((words) => { trouble.textContent = words; }); } finally { [button.disabled, button.textContent] = [false, go]; }
  });
  return node;
}
