// Tells the window that opened this one how it ended, and only a page of the origin that the server
// checked when it began; then closes this window where nothing more is to be done in it.
(() => {
  const {origin, status, reason, user, app, limited, close} = document.currentScript.dataset;
  if (!window.opener || window.opener === window) return;
  const message = {source: 'wayleave', version: 1, status, user, app};
  if (reason) message.reason = reason;
  if (limited) message.limited = true;
  window.opener.postMessage(message, origin);
  if (close) window.close();
})();
