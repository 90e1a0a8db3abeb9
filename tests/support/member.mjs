// People who use the console: the set-up link, sign-in with the cookie, calls as a browser makes them.

import {readFileSync} from 'node:fs';
import path from 'node:path';

import {checkAnswer} from './openapi.mjs';
import {request} from './http.mjs';
import {secret} from './output.mjs';

export const password = 'correct horse battery staple';

/** The token of the link that the gateway printed last for the first member. */
export function setUpToken(gateway) {
  const printed = readFileSync(path.join(gateway.server.folder, 'stderr'), 'utf8');
  const found = [...printed.matchAll(/\/console\/welcome#(\S+)/g)].at(-1);
  if (!found) throw new Error(`no set-up link in\n${printed}`);
  return found[1];
}

/** A member's browser: keeps the session's cookie and sends what the console sends. */
export class Member {
  constructor(gateway, email) {
    this.gateway = gateway;
    this.email = email;
    this.cookie = '';
  }

  async call(method, target, {headers = {}, console: marked = true, ...rest} = {}) {
    const answer = await request(method, this.gateway.url + target, {
      headers: {
        ...(this.cookie ? {cookie: this.cookie} : {}),
        ...(marked ? {'wayleave-console': '1'} : {}),
        origin: this.gateway.url, 'sec-fetch-site': 'same-origin',
        ...headers,
      },
      ...rest,
    });
    this.gateway.seen.add(checkAnswer(method, target, answer));
    const set = /(?:__Host-)?wayleave_session=([^;]*)/.exec(answer.header('set-cookie') ?? '');
    if (set) {
      this.cookie = set[1] && set[0];
      secret('session', set[1]);
    }
    return answer;
  }

  signIn({password: entered = password, code, ...options} = {}) {
    return this.call('POST', '/v1/session', {json: {email: this.email, password: entered, ...(code ? {code} : {})}, ...options});
  }

  accept(token, {name = this.email.split('@')[0], first = false} = {}) {
    return this.call('POST', '/v1/invitations/accept', {json: {token, name, password, ...(first ? {email: this.email} : {})}});
  }

  /** Enters the password again, for what demands it. */
  confirm() {
    return this.call('POST', '/v1/session/confirm', {json: {password}});
  }

  /** Somebody whom this member invites and who accepts. */
  async invite(email, role) {
    const made = await this.call('POST', '/v1/members', {json: {email, role}});
    if (made.status !== 201) throw new Error(`POST /v1/members: ${made.status} ${made.text}`);
    const member = new Member(this.gateway, email);
    const token = made.json.invitationUrl.split('#')[1];
    secret('invitation', token);
    const joined = await member.accept(token);
    if (joined.status !== 200) throw new Error(`accept: ${joined.status} ${joined.text}`);
    member.id = made.json.id;
    return member;
  }
}

/** The first member of a gateway, a super admin, signed in. */
export async function firstMember(gateway, email = 'ann@acme.example') {
  const member = new Member(gateway, email);
  const joined = await member.accept(setUpToken(gateway), {first: true});
  if (joined.status !== 200) throw new Error(`accept: ${joined.status} ${joined.text}`);
  member.id = joined.json.id;
  return member;
}
