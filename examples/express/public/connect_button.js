// Presses of "Connect HubSpot" open the connect page in a popup (/connect.js of Wayleave). Without that
// script the form is sent as it is, and the same page opens in this window.

const form = document.querySelector('[data-connect]');
const status = document.querySelector('[data-connect-status]');
const button = form?.querySelector('button');

const texts = {
  denied: 'HubSpot was not connected: the permission was not given.',
  closed: 'The window was closed before HubSpot was connected.',
  expired: 'That took too long. Please try again.',
};

async function newLink() {
  const response = await fetch('/connect/link', {method: 'POST'});
  if (!response.ok) throw new Error(`the link could not be made (${response.status})`);
  return (await response.json()).link;
}

async function connect() {
  button.disabled = true;
  status.textContent = 'Go on in the window that opened.';
  try {
    // The window opens with the press; the link may follow.
    await globalThis.Wayleave.connect({link: newLink});
    location.assign('/?connecting=connected');
  } catch (error) {
    status.textContent = texts[error.code] ?? 'HubSpot was not connected. Please try again.';
    button.disabled = false;
  }
}

form?.addEventListener('submit', (event) => {
  if (!globalThis.Wayleave) return;
  event.preventDefault();
  connect();
});
