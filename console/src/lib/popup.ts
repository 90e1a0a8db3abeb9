// The window in which a customer's consent is tried out.

/** Opened while the click is handled, or browsers refuse it; the address follows with `goTo`. */
export function openPopup(): Window | null {
  const width = 560;
  const height = 760;
  const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
  return window.open(
    'about:blank',
    '_blank',
    `popup,width=${width},height=${height},left=${left},top=${top}`,
  );
}

export function goTo(popup: Window, url: string): void {
  popup.location.replace(url);
}
