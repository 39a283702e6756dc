// Ends what a view began once it is off the screen: by another hash, a lock, or a view put in its place.
const LOOK_MS = 1000;

export function whenGone(node, end) {
  let shown = false;
  const look = () => {
    shown ||= node.isConnected;
    if (!shown || node.isConnected) return;
    clearInterval(timer);
    removeEventListener("hashchange", soon);
    end();
  };
  const soon = () => setTimeout(look, 0);
  const timer = setInterval(look, LOOK_MS);
  addEventListener("hashchange", soon);
}
