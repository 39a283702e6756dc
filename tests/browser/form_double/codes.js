export function parseScanned(text, { baseUrl }) {
  if (/^https?:/.test(text) && !text.startsWith(baseUrl)) return { problem: "host" };
  const code = text.replace(`${baseUrl}/d/`, "").replace(/[\s-]/g, "").toUpperCase();
  return /^[0-9A-Z]{13}$/.test(code) ? { code } : { problem: "check" };
}
