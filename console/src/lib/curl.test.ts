import {describe, expect, it} from 'vitest';

import {apiCurl, curl, proxyCurl, quote} from './curl';

describe('a word of a shell command', () => {
  it('stays bare when it is harmless', () =>
    expect(quote('https://a.example/b')).toBe('https://a.example/b'));
  it('is quoted when the shell would read something into it', () => {
    for (const text of [
      'a b',
      '$HOME',
      '`id`',
      'a;b',
      'a&b',
      '*',
      '',
      '~',
      'a?b',
      '"',
      '\\',
      '!x',
      '#x',
      'a\nb',
    ]) {
      expect(quote(text)).toBe(`'${text}'`);
    }
  });
  it('survives single quotes', () => expect(quote("it's")).toBe(`'it'\\''s'`));
});

describe('a curl command', () => {
  it('names no method for GET and for POST with a body', () => {
    expect(curl({method: 'get', url: 'http://x/'})).not.toContain('--request');
    expect(curl({method: 'POST', url: 'http://x/', body: '{}'})).not.toContain('--request');
    expect(curl({method: 'POST', url: 'http://x/'})).toContain('--request POST');
    expect(curl({method: 'DELETE', url: 'http://x/', body: 'a'})).toContain('--request DELETE');
  });
  it('asks for the head with --head, since -X HEAD waits for a body', () =>
    expect(curl({method: 'HEAD', url: 'http://x/'})).toContain('--head'));
  it('lets the shell fill in the key and nothing else', () => {
    const text = proxyCurl('http://x', {app: 'hb', user: '$USER', method: 'GET', path: '/a?b=$c'});
    expect(text).toContain('"Authorization: Bearer $WAYLEAVE_KEY"');
    expect(text).toContain(`'Wayleave-User: $USER'`);
    expect(text).toContain(`'http://x/proxy/hb/a?b=$c'`);
  });
  it('sends a body that begins with @ as it is, not as a file', () =>
    expect(curl({method: 'POST', url: 'http://x/', body: '@/etc/passwd'})).toContain('--data-raw'));
  it('adds the slash a path lacks', () =>
    expect(proxyCurl('http://x', {app: 'a', user: 'u', method: 'GET', path: 'b'})).toContain(
      '/proxy/a/b',
    ));
  it('says that JSON is JSON', () =>
    expect(apiCurl('http://x', 'POST', '/v1/apps', {a: 1})).toContain(
      `'Content-Type: application/json'`,
    ));
});
