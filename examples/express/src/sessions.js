// A toy sign-in: choose who you are, no password. Put your own in its place; all that the rest needs is
// `request.customer`, the customer this browser belongs to.

import {randomBytes} from 'node:crypto';

import {Router} from 'express';

import {signInPage} from './pages/sign_in.js';

/** The companies that use this product. `id` is what Wayleave knows them by. */
export const customers = [
  {id: 'customer-1', name: 'Example Bikes'},
  {id: 'customer-2', name: 'Example Bakery'},
];

const cookieName = 'example_session';
const sessionsMax = 10_000;

const sessionIdOf = (request) =>
  new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{43})(?:;|$)`).exec(request.get('cookie') ?? '')?.[1];

export function sessions({origin}) {
  const held = new Map(); // session id -> customer
  const cookie = {httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:'), path: '/'};
  const router = Router();

  router.post('/sign-in', (request, response) => {
    const customer = customers.find(({id}) => id === request.body?.customer);
    if (!customer) return response.status(400).send(signInPage(customers));
    const id = randomBytes(32).toString('base64url');
    if (held.size >= sessionsMax) held.delete(held.keys().next().value);
    held.set(id, customer);
    response.cookie(cookieName, id, cookie);
    response.redirect(303, '/');
  });

  router.post('/sign-out', (request, response) => {
    held.delete(sessionIdOf(request));
    response.clearCookie(cookieName, cookie);
    response.redirect(303, '/');
  });

  router.use((request, response, next) => {
    request.customer = held.get(sessionIdOf(request));
    if (request.customer) return next();
    response.status(request.path === '/' ? 200 : 401).send(signInPage(customers));
  });
  return router;
}
