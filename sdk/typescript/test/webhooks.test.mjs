// Messages in the format of Standard Webhooks, checked against its own library both ways.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {describe, test} from 'node:test';

import {Webhook} from 'standardwebhooks';

import {WebhookVerificationError, webhooks} from '@wayleave/node';

const secret = () => `whsec_${randomBytes(24).toString('base64')}`;
const body = '{"type":"contact.created","data":{"name":"Zoë"}}';
const headersOf = (own, {id = 'msg_1', at = new Date(), text = body} = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': new Webhook(own).sign(id, at, text),
});
const refused = (code) => (error) =>
  error instanceof WebhookVerificationError && error.code === code;

describe('with the library of Standard Webhooks', () => {
  test('what it signs is verified here', () => {
    const own = secret();
    const at = new Date(Math.floor(Date.now() / 1000) * 1000);
    const message = webhooks.verify(body, headersOf(own, {at}), own);
    assert.deepEqual(message, {id: 'msg_1', sentAt: at, payload: JSON.parse(body)});
  });

  test('what is signed here it verifies', () => {
    const own = secret();
    assert.deepEqual(new Webhook(own).verify(body, webhooks.sign(body, own)), JSON.parse(body));
  });
});

describe('a message', () => {
  const own = secret();

  test('is read from every form of headers and body', () => {
    const headers = headersOf(own);
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    for (const form of [
      headers,
      upper,
      new Headers(headers),
      {...headers, 'x-other': ['a', 'b'], 'x-none': undefined},
    ]) {
      assert.equal(webhooks.verify(body, form, own).id, 'msg_1');
    }
    for (const raw of [Buffer.from(body), new TextEncoder().encode(body)])
      assert.equal(webhooks.verify(raw, headers, own).id, 'msg_1');
  });

  test('with several signatures is good when one is, in any place', () => {
    const headers = headersOf(own);
    const good = headers['webhook-signature'];
    const wrong = headersOf(secret())['webhook-signature'];
    for (const [list, believed] of [
      [`${wrong} ${good}`, true],
      [`v1a,abc ${good}`, true],
      [`${good} ${wrong}`, true],
      [wrong, false],
      [`v2${good.slice(2)}`, false],
      ['v1,', false],
      [good.slice(3), false],
    ]) {
      const verify = () => webhooks.verify(body, {...headers, 'webhook-signature': list}, own);
      if (believed) assert.equal(verify().id, 'msg_1');
      else assert.throws(verify, refused('wrong_signature'), list);
    }
  });

  test('is good with any of several secrets, while one is being replaced', () => {
    assert.equal(webhooks.verify(body, headersOf(own), [secret(), own]).id, 'msg_1');
    assert.throws(
      () => webhooks.verify(body, headersOf(own), [secret(), secret()]),
      refused('wrong_signature'),
    );
    assert.throws(() => webhooks.verify(body, headersOf(own), []), TypeError);
  });

  test('changed in any part is not believed', () => {
    const headers = headersOf(own);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    for (const [text, changed] of [
      [body.replace('Zoë', 'Zoe'), {}],
      [`${body} `, {}],
      [body, {'webhook-id': 'msg_2'}],
      [body, {'webhook-timestamp': later}],
    ])
      assert.throws(
        () => webhooks.verify(text, {...headers, ...changed}, own),
        refused('wrong_signature'),
      );
  });

  test('older or newer than five minutes is refused, just within is not', () => {
    const at = new Date(1_700_000_000_000);
    const headers = headersOf(own, {at});
    for (const [seconds, code] of [
      [300, null],
      [301, 'too_old'],
      [-300, null],
      [-301, 'too_new'],
    ]) {
      const verify = () =>
        webhooks.verify(body, headers, own, {now: at.getTime() + seconds * 1000});
      if (code) assert.throws(verify, refused(code));
      else assert.equal(verify().id, 'msg_1');
    }
    assert.equal(
      webhooks.verify(body, headers, own, {now: at.getTime() + 900_000, tolerance: 1000}).id,
      'msg_1',
    );
  });

  test('without a header, with a broken one, or one that came twice is refused', () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      for (const value of [undefined, '', ['a', 'b']]) {
        assert.throws(
          () => webhooks.verify(body, {...headersOf(own), [name]: value}, own),
          refused('missing_header'),
        );
      }
      assert.throws(
        () => webhooks.verify(body, {...headersOf(own), [name.toUpperCase()]: 'x'}, own),
        refused('missing_header'),
      );
    }
    for (const value of ['1e9', 'soon', '-1', '1.5', ' 1', '99999999999999']) {
      assert.throws(
        () => webhooks.verify(body, {...headersOf(own), 'webhook-timestamp': value}, own),
        refused('malformed_header'),
        value,
      );
    }
  });

  test('that is signed but no JSON is told apart', () => {
    assert.throws(
      () => webhooks.verify('hello', headersOf(own, {text: 'hello'}), own),
      refused('not_json'),
    );
  });
});

test('a secret that is none is refused and not quoted', () => {
  for (const bad of [
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${randomBytes(65).toString('base64')}`,
    'whsec_not base64 at all, yet long enough',
    undefined,
  ]) {
    assert.throws(
      () => webhooks.verify(body, {}, bad),
      (error) =>
        error instanceof TypeError && (!bad || bad.length < 8 || !error.message.includes(bad)),
    );
  }
});

test('a body that was parsed already is refused with the way out', () => {
  const own = secret();
  assert.throws(() => webhooks.verify(JSON.parse(body), headersOf(own), own), /express\.raw/);
});
