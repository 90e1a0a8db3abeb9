// The product itself: a customer's HubSpot contacts, read and written as that customer.

import {NotFound, ReauthorizationRequired} from '@wayleave/node';
import {Router} from 'express';

import {contactsPage} from './pages/contacts.js';
import {connectPage} from './pages/connect.js';

const pageSize = 10;

/** What HubSpot itself refused. */
class HubSpotError extends Error {
  constructor(status, body) {
    super(`HubSpot answered ${status}: ${body?.message ?? 'no reason given'}`);
    this.status = status;
    this.reason = body?.message;
  }
}

/** A fetch that speaks JSON to HubSpot as this customer. */
function hubspotOf(wayleave, app, customer) {
  const fetch = wayleave.fetch(app, customer.id, {retries: 2});
  return async (path, {method = 'GET', json} = {}) => {
    const response = await fetch(path, {
      method,
      headers: json ? {'content-type': 'application/json'} : {},
      ...(json ? {body: JSON.stringify(json)} : {}),
    });
    const body = await response.json().catch(() => undefined);
    if (!response.ok) throw new HubSpotError(response.status, body);
    return body;
  };
}

async function readContacts(hubspot, after) {
  const query = new URLSearchParams({
    limit: String(pageSize),
    properties: 'email,firstname,lastname',
    ...(after ? {after} : {}),
  });
  const {results, paging} = await hubspot(`/crm/v3/objects/contacts?${query}`);
  return {
    contacts: results.map(({id, properties}) => ({id, ...properties})),
    next: paging?.next?.after,
  };
}

export function contactRoutes({wayleave, wayleaveOrigin, app, messages}) {
  const router = Router();

  router.get('/', async (request, response) => {
    const view = {
      customer: request.customer,
      news: request.query.connecting,
      refused: request.query.refused,
      script: `${wayleaveOrigin}/connect.js`,
      messages,
    };
    const after = /^[\w-]{1,64}$/.exec(request.query.after ?? '')?.[0];
    try {
      const [read, connection] = await Promise.all([
        readContacts(hubspotOf(wayleave, app, request.customer), after),
        wayleave.connections.find(app, request.customer.id),
      ]);
      response.send(contactsPage({...view, ...read, account: connection?.externalAccount}));
    } catch (error) {
      if (error instanceof ReauthorizationRequired) {
        // The customer uninstalled the app, or took the permission back: ask again.
        response.send(connectPage({...view, again: true}));
      } else if (error instanceof NotFound && error.code === 'connection_not_found') {
        response.send(connectPage({...view, again: false}));
      } else {
        throw error;
      }
    }
  });

  router.post('/contacts', async (request, response) => {
    const {email, firstname, lastname} = request.body ?? {};
    const properties = Object.fromEntries(
      Object.entries({email, firstname, lastname}).filter(
        ([, value]) => typeof value === 'string' && value !== '',
      ),
    );
    try {
      await hubspotOf(
        wayleave,
        app,
        request.customer,
      )('/crm/v3/objects/contacts', {
        method: 'POST',
        json: {properties},
      });
      response.redirect(303, '/');
    } catch (error) {
      if (error instanceof ReauthorizationRequired) return response.redirect(303, '/');
      if (!(error instanceof HubSpotError) || error.status >= 500) throw error;
      response.redirect(
        303,
        `/?${new URLSearchParams({refused: String(error.reason ?? error.status).slice(0, 300)})}`,
      );
    }
  });
  return router;
}
