// Several windows of the app on one phone tell each other what changed.
const CHANNEL = "doorplate-field";

// {say(word), hear(fn)}: fn is told what other windows say.
export function windows() {
  const channel = new BroadcastChannel(CHANNEL);
  return { say: (word) => channel.postMessage(word), hear: (listener) => channel.addEventListener("message", ({ data }) => listener(data)) };
}
