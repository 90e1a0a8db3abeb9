// Reads the settings from the environment and serves the application.

import {createServer} from 'node:http';

import {Wayleave} from '@wayleave/node';

import {makeApp} from './app.js';

const port = Number(process.env.PORT ?? 3000);
const server = createServer();
server.listen(port, '127.0.0.1', () => {
  const origin = process.env.PUBLIC_URL ?? `http://127.0.0.1:${server.address().port}`;
  server.on(
    'request',
    makeApp({
      origin,
      wayleave: new Wayleave(), // WAYLEAVE_SERVER, WAYLEAVE_KEY
      wayleaveOrigin: new URL(process.env.WAYLEAVE_SERVER).origin,
      app: process.env.WAYLEAVE_APP ?? 'hbdev',
      webhookSecret: process.env.WEBHOOK_SECRET,
    }),
  );
  console.log(`Example CRM Sync is at ${origin}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections?.();
  });
}
