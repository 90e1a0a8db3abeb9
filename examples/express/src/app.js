// The application: who may ask what, and which module answers.

import path from 'node:path';
import {fileURLToPath} from 'node:url';

import express from 'express';

import {connectRoutes} from './connect.js';
import {contactRoutes} from './contacts.js';
import {errorPage, notFoundPage} from './pages/errors.js';
import {contentSecurity, sameOriginOnly} from './security.js';
import {sessions} from './sessions.js';
import {webhookRoutes} from './webhooks.js';

const publicFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../public');

/**
 * `settings`: origin (where browsers see this application), wayleave (the client), wayleaveOrigin,
 * app (slug of the app at Wayleave), webhookSecret.
 */
export function makeApp(settings) {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(contentSecurity(settings));
  app.use(express.static(publicFolder));

  // Machines come with a signature, not with a cookie: before everything that asks for one.
  const messages = [];
  app.use(webhookRoutes({...settings, messages}));

  app.use(sameOriginOnly(settings));
  app.use(express.urlencoded({extended: false, limit: '16kb'}));
  app.use(sessions(settings));
  app.use(connectRoutes(settings));
  app.use(contactRoutes({...settings, messages}));

  app.use((request, response) => response.status(404).send(notFoundPage()));
  app.use((error, request, response, next) => {
    if (response.headersSent) return next(error);
    // An error of the SDK holds no key and no token: it can go to the log as it is.
    console.error(error);
    response
      .status(error.status >= 400 && error.expose ? error.status : 500)
      .send(errorPage(error));
  });
  return app;
}
