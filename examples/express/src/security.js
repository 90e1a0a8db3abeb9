// What keeps other sites out of this one.

/** Scripts and styles come from here, and /connect.js from Wayleave; nothing is written into pages. */
export function contentSecurity({wayleaveOrigin}) {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${wayleaveOrigin}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${wayleaveOrigin}`, // /connect.js asks how far a window is that it lost
    `form-action 'self' ${wayleaveOrigin}`, // without script the button is a form that leads there
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return (request, response, next) => {
    response.set({
      'Content-Security-Policy': policy,
      // Not `same-origin`: the window that /connect.js opens tells this one how it ended.
      'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    if (!/\.(css|js|svg)$/.test(request.path)) response.set('Cache-Control', 'no-store');
    next();
  };
}

/** Whatever changes something must come from a page of ours (cross-site request forgery). */
export function sameOriginOnly({origin}) {
  return (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    if (request.get('origin') === origin) return next();
    response.status(403).type('text').send('This request did not come from this site.');
  };
}
