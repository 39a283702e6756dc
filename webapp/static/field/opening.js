// Runs before the app, also in a browser too old for it: the words that it does not open stand in the page and are shown when a
// module does not arrive, or nothing has replaced them for a while.
(function () {
  var PATIENCE_MS = 20000;
  function tell() {
    var words = document.getElementById("not-opened");
    if (words) words.hidden = false;
  }
  window.addEventListener("error", function (event) { if (event.target && event.target.tagName === "SCRIPT") tell(); }, true);
  setTimeout(tell, "noModule" in document.createElement("script") ? PATIENCE_MS : 0);
})();
