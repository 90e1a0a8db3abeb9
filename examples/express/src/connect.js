// The "Connect HubSpot" button and its opposite.

import {Router} from 'express';

const linkSeconds = 600;

export function connectRoutes({wayleave, app, origin}) {
  const router = Router();

  // A link is made when the button is pressed, for the customer who is signed in here: nobody can ask
  // for somebody else's.
  const makeLink = (request) =>
    wayleave.installLinks.create({
      app,
      user: request.customer.id,
      expiresIn: linkSeconds,
      returnUrl: `${origin}/connected`,
    });

  /** For the popup of /connect.js. */
  router.post('/connect/link', async (request, response) => {
    const {url} = await makeLink(request);
    response.json({link: url});
  });

  /** Without script, or when popups are blocked: the same page, in this window. */
  router.post('/connect', async (request, response) => {
    const {url} = await makeLink(request);
    response.redirect(303, url);
  });

  /** Where that comes back to. The address proves nothing, so only words are taken from it. */
  router.get('/connected', (request, response) => {
    const status = String(request.query.status ?? '');
    const known = ['connected', 'denied', 'failed'].includes(status) ? status : 'failed';
    response.redirect(303, `/?connecting=${known}`);
  });

  router.post('/disconnect', async (request, response) => {
    const connection = await wayleave.connections.find(app, request.customer.id);
    if (connection) await wayleave.connections.delete(connection.id);
    response.redirect(303, '/?connecting=disconnected');
  });
  return router;
}
