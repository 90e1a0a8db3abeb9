// AD-05: every role, every scope and nobody at all against every route of api/openapi.yaml. A route that is
// not in this table fails the test: whoever adds one says here who may call it.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {startGateway} from '../support/gateway.mjs';
import {firstMember} from '../support/member.mjs';
import {operations} from '../support/openapi.mjs';

// What a caller needs: a scope; `any` credentials; to be a `member` who is signed in; `open`: nothing.
const table = {
  'GET /api/{provider}/auth/{app}': 'connect',
  'GET /{provider}/{appAndUuid}/callback': 'open',
  'GET /connect/{token}': 'open',
  'POST /connect/{token}': 'open',
  'GET /connect/{token}/status': 'open',
  'GET /connect/result.js': 'open',
  'GET /connect/result/{id}': 'open',
  'POST /connect/result/{id}': 'open',
  'GET /connect.js': 'open',
  'POST /api/raw/{app}': 'proxy',
  'POST /api/{provider}/proxy/{app}': 'proxy',
  'GET /proxy/{app}/{path}': 'proxy',
  'PUT /proxy/{app}/{path}': 'proxy',
  'POST /proxy/{app}/{path}': 'proxy',
  'DELETE /proxy/{app}/{path}': 'proxy',
  'OPTIONS /proxy/{app}/{path}': 'proxy',
  'HEAD /proxy/{app}/{path}': 'proxy',
  'PATCH /proxy/{app}/{path}': 'proxy',
  'GET /api/saas-org-user/get-users/{app}': 'read',
  'GET /api/saas-org-user/get-user/{app}': 'read',
  'DELETE /api/saas-org-user/delete-user/{app}': 'connect',
  'POST /api/oauth/token': 'open',
  'GET /v1/providers': 'read',
  'GET /v1/providers/{slug}': 'read',
  'GET /v1/apps': 'read',
  'POST /v1/apps': 'manage',
  'GET /v1/apps/{app}': 'read',
  'DELETE /v1/apps/{app}': 'manage',
  'PATCH /v1/apps/{app}': 'manage',
  'POST /v1/install-links': 'connect',
  'GET /v1/connections': 'read',
  'GET /v1/connections/summary': 'read',
  'GET /v1/connections/{id}': 'read',
  'DELETE /v1/connections/{id}': 'connect',
  'GET /v1/connections/{id}/history': 'read',
  'POST /v1/connections/{id}/refresh': 'connect',
  'GET /v1/connections/{id}/token': 'tokens:reveal',
  'GET /v1/keys': 'manage',
  'POST /v1/keys': 'manage',
  'DELETE /v1/keys/{id}': 'manage',
  'PATCH /v1/keys/{id}': 'manage',
  'POST /v1/keys/{id}/rotate': 'manage',
  'GET /v1/audit': 'manage',
  'GET /v1/audit/export': 'manage',
  'POST /v1/audit/verify': 'manage',
  'GET /v1/requests': 'read',
  'GET /v1/requests/summary': 'read',
  'GET /v1/requests/{id}': 'read',
  'GET /v1/me': 'any',
  'PATCH /v1/me': 'member',
  'GET /v1/me/sessions': 'member',
  'DELETE /v1/me/sessions/{id}': 'member',
  'POST /v1/me/totp': 'member',
  'DELETE /v1/me/totp': 'member',
  'POST /v1/me/totp/confirm': 'member',
  'POST /v1/me/recovery-codes': 'member',
  'GET /v1/sign-in': 'open',
  'POST /v1/session': 'open',
  'GET /sso/start': 'open',
  'GET /sso/callback': 'open',
  'POST /v1/session/confirm': 'member',
  'POST /v1/session/call-token': 'member with proxy',
  'GET /v1/settings': 'manage',
  'PATCH /v1/settings': 'manage',
  'GET /v1/members': 'manage',
  'POST /v1/members': 'manage',
  'DELETE /v1/members/{id}': 'manage',
  'PATCH /v1/members/{id}': 'manage',
  'POST /v1/members/{id}/invitation': 'manage',
  'DELETE /v1/members/{id}/totp': 'manage',
  'POST /v1/invitations/view': 'open',
  'POST /v1/invitations/accept': 'open',
  'GET /v1/health': 'read',
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',  // on this machine
  'GET /openapi.json': 'open',
  'DELETE /v1/session': 'member',  // the last one: it ends what the others use
};

const roles = {
  viewer: ['read'],
  developer: ['read', 'connect', 'proxy'],
  admin: ['read', 'connect', 'proxy', 'manage'],
  super_admin: ['read', 'connect', 'proxy', 'manage', 'tokens:reveal'],
};

// Nothing that the calls name is there, so that whoever may make them changes nothing.
const blanks = {provider: 'hubspot', app: 'nowhere', appAndUuid: 'nowhere-00000000-0000-4000-8000-000000000000', token: 'x'.repeat(43)};
const fill = (route) => route.replace(/\{(\w+)\}/g, (_, name) => blanks[name] ?? 'none');

let gateway;
const callers = [];
before(async () => {
  gateway = await startGateway();
  callers.push({name: 'nobody', call: (...args) => gateway.call(...args.slice(0, 2), {key: null, ...args[2]})});
  for (const scope of roles.super_admin) {
    const {key} = await gateway.createKey(scope);
    callers.push({name: `key with ${scope}`, scopes: [scope], call: (...args) => gateway.call(...args.slice(0, 2), {key, ...args[2]})});
  }
  const ann = await firstMember(gateway);
  for (const [role, scopes] of Object.entries(roles)) {
    const member = role === 'super_admin' ? ann : await ann.invite(`${role}@acme.example`, role);
    callers.push({name: role, scopes, member: true, call: (...args) => member.call(...args)});
  }
});
after(() => gateway?.stop());

/** 'yes', or the status of the refusal. */
function expected({scopes, member}, need, route) {
  if (need === 'open') return 'yes';
  // The cookie counts below /v1/ only.
  if (!scopes || (member && !route.startsWith('/v1/'))) return 401;
  if (need === 'any') return 'yes';
  const [kind, , scope] = need.split(' ');
  if (kind === 'member') return member && (!scope || scopes.includes(scope)) ? 'yes' : 403;
  return scopes.includes(need) ? 'yes' : 403;
}

const refusals = ['forbidden', 'csrf', 'unauthenticated', 'totp_enrolment_required', 'code_required'];

test('the table has every route, and no other', () => {
  assert.deepEqual(Object.keys(table).sort(), operations.map(({name}) => name).sort());
});

test('the table says what the documentation says', () => {
  for (const {name, operation} of operations) {
    const documented = /scope `([^`]+)`/.exec(operation.summary)?.[1];
    const scope = table[name].split(' ').at(-1);
    if (documented) assert.equal(scope, documented, name);
    else assert.ok(['open', 'any', 'member'].includes(table[name]), name);
  }
});

for (const [name, need] of Object.entries(table)) {
  test(`${name}: ${need}`, async () => {
    const [method, route] = name.split(' ');
    const withBody = ['POST', 'PUT', 'PATCH'].includes(method);
    for (const caller of callers) {
      const answer = await caller.call(method, fill(route), withBody ? {json: {}} : {});
      const refused = refusals.includes(answer.header('wayleave-error'));
      const wanted = expected(caller, need, route);
      const got = refused ? answer.status : 'yes';
      assert.equal(got, wanted, `${caller.name}: ${answer.status} ${answer.text.slice(0, 300)}`);
      assert.ok(answer.status < 500, `${caller.name}: ${answer.status}`);
    }
  });
}
