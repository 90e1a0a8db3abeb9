// Makes "Connect HubSpot" open the connect page in a popup, with the ready button of Wayleave's
// /connect.js. Without that script the form is sent as it is, and the same page opens in this window.

const form = document.querySelector('[data-connect]');

async function fetchLink() {
  const response = await fetch('/connect/link', {method: 'POST'});
  if (!response.ok) throw new Error(`the link could not be made (${response.status})`);
  return (await response.json()).link;
}

if (form && globalThis.Wayleave) {
  form.addEventListener('submit', (event) => event.preventDefault());
  globalThis.Wayleave.button(form.querySelector('button'), {
    fetchLink,
    provider: 'HubSpot',
    onConnected: () => location.assign('/?connecting=connected'),
  });
}
