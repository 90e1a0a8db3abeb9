// Messages from Wayleave, signed after Standard Webhooks.

import {WebhookVerificationError, webhooks} from '@wayleave/node';
import express, {Router} from 'express';

const messagesMax = 20;
const idsMax = 10_000;

export function webhookRoutes({webhookSecret, messages}) {
  const router = Router();
  const seen = new Set();

  // The signature is of the bytes: they are not parsed before it is checked.
  router.post(
    '/webhooks/wayleave',
    express.raw({type: () => true, limit: '256kb'}),
    (request, response) => {
      if (!webhookSecret)
        return response.status(404).type('text').send('WEBHOOK_SECRET is not set');
      let message;
      try {
        message = webhooks.verify(
          Buffer.isBuffer(request.body) ? request.body : '',
          request.headers,
          webhookSecret,
        );
      } catch (error) {
        if (!(error instanceof WebhookVerificationError)) throw error;
        return response.status(400).type('text').send(error.code);
      }
      // A message may come twice; what it causes happens once.
      if (!seen.has(message.id)) {
        if (seen.size >= idsMax) seen.delete(seen.values().next().value);
        seen.add(message.id);
        messages.unshift({at: message.sentAt, type: String(message.payload?.type ?? 'message')});
        messages.length = Math.min(messages.length, messagesMax);
      }
      response.status(204).end();
    },
  );
  return router;
}
