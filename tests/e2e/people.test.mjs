// Members beside the first one: invitations, what each role may do, the second factor, and the raw token
// that only a super admin sees after proving who they are.

import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Visitor, closeChromium, inBrowser} from '../support/chromium.mjs';
import {goTo, inside, member, setUpFirstMember, signIn} from '../support/console.mjs';
import {startGateway, startSandbox} from '../support/gateway.mjs';
import {secret} from '../support/output.mjs';
import {totp} from '../support/totp.mjs';

const viewer = {name: 'Support Desk', email: 'viewer@acme.example', password: secret('password', 'seven-lamps-at-the-pier')};
const developer = {name: 'Backend Team', email: 'developer@acme.example', password: secret('password', 'north-wind-paper-boat')};

let sandbox;
let gateway;
let connection;
before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  const app = await gateway.createApp({slug: 'shop'});
  connection = await gateway.connect(app, 'customer 1');
  const visitor = await Visitor.come();
  await setUpFirstMember(visitor.page, gateway);
  await visitor.leave();
});
after(async () => {
  await closeChromium();
  await gateway?.stop();
  await sandbox?.stop();
});

const ours = {origins: () => [gateway.url]};
const heading = (page, name) => page.getByRole('heading', {level: 1, name}).waitFor();
const enter = async (page, who) => {
  await signIn(page, gateway, who);
  await inside(page);
};
const toConnection = async (page) => {
  await goTo(page, 'Connections');
  await page.getByRole('link', {name: 'customer 1'}).click();
  await heading(page, 'customer 1');
};
// What the page could do if it were changed: the server refuses by itself.
const ask = (page, method, path) => page.evaluate(async ([verb, target]) => {
  const answer = await fetch(target, {method: verb, headers: {'Wayleave-Console': '1'}});
  return {status: answer.status, code: (await answer.json()).code};
}, [method, path]);

async function invite(page, {name, email}, role) {
  await goTo(page, 'Members');
  await page.getByRole('button', {name: 'Invite somebody'}).click();
  const dialog = page.getByRole('dialog', {name: 'Invite somebody'});
  await dialog.getByRole('textbox', {name: 'E-mail'}).fill(email);
  await dialog.getByRole('textbox', {name: 'Name'}).fill(name);
  await dialog.getByRole('radio', {name: new RegExp(`^${role}`)}).check();
  await dialog.getByRole('button', {name: 'Make the invitation'}).click();
  const shown = page.getByRole('dialog', {name: `Invitation for ${email}`});
  const link = await shown.getByText(/\/console\/welcome#/).first().textContent();
  await shown.getByRole('button', {name: 'Done'}).click();
  return link.trim();
}

async function join(page, link, {password}) {
  await page.goto(link);
  await heading(page, 'Welcome to Wayleave');
  await page.getByLabel('Password', {exact: true}).fill(password);
  await page.getByRole('button', {name: 'Join'}).click();
  await inside(page);
}

test('members are invited with a role and join by the link', inBrowser(ours, async ({page, visit}) => {
  await enter(page, member);
  for (const [who, role] of [[viewer, 'Viewer'], [developer, 'Developer']]) {
    const link = await invite(page, who, role);
    const {page: theirs} = await visit();
    await join(theirs, link, who);
    await theirs.getByRole('button', {name: who.name}).getByText(role).waitFor();
  }
  const {json} = await gateway.call('GET', '/v1/members');
  assert.deepEqual(json.data.map(({email, role, state}) => [email, role, state]).sort(), [
    [viewer.email, 'viewer', 'active'], [member.email, 'super_admin', 'active'], [developer.email, 'developer', 'active'],
  ].sort());
}));

test('a viewer sees and changes nothing: the page says why, the server refuses', inBrowser(ours, async ({page, visitor}) => {
  await enter(page, viewer);
  await toConnection(page);
  const before = visitor.requests.length;
  for (const name of [/^Disconnect/, /^Renew now/, /^Show the token/, /^Make the link/]) {
    const button = page.getByRole('button', {name});
    assert.equal(await button.getAttribute('aria-disabled'), 'true', String(name));
    assert.match(await button.getAttribute('title'), /Needs the role/, String(name));
    await button.press('Enter');
  }
  assert.deepEqual(visitor.requests.slice(before).filter(({method}) => method !== 'GET'), []);
  for (const [method, path] of [
    ['DELETE', `/v1/connections/${connection.id}`], ['POST', `/v1/connections/${connection.id}/refresh`],
    ['GET', `/v1/connections/${connection.id}/token`], ['GET', '/v1/keys'], ['GET', '/v1/members'], ['POST', '/v1/session/call-token'],
  ]) {
    assert.deepEqual(await ask(page, method, path), {status: 403, code: 'forbidden'}, `${method} ${path}`);
  }
  for (const [place, text] of [['API keys', /for admins|by admins/], ['Members', 'Members are managed by admins']]) {
    await goTo(page, place);
    await page.getByText(text).first().waitFor();
  }
  assert.equal((await gateway.connection({slug: 'shop'}, 'customer 1')).state, 'active');
}));

test('a developer connects and calls, and sees no raw token', inBrowser(ours, async ({page}) => {
  await enter(page, developer);
  await toConnection(page);
  await page.getByRole('button', {name: 'Renew now'}).click();
  await page.getByText('The token was renewed.').waitFor();
  assert.equal(await page.getByRole('button', {name: /^Show the token/}).getAttribute('aria-disabled'), 'true');
  assert.deepEqual(await ask(page, 'GET', `/v1/connections/${connection.id}/token`), {status: 403, code: 'forbidden'});
  assert.deepEqual(await ask(page, 'DELETE', '/v1/apps/shop'), {status: 403, code: 'forbidden'});
}));

test('the raw token: only after the password once more, and written down', inBrowser(ours, async ({page}) => {
  await enter(page, member);
  await toConnection(page);
  await page.getByRole('button', {name: 'Show the token'}).click();
  await page.getByRole('alertdialog', {name: 'Show the raw token?'}).getByRole('button', {name: 'Show it'}).click();
  const again = page.getByRole('dialog', {name: 'Enter your password again'});
  await again.getByLabel('Password', {exact: true}).fill('not the password at all');
  await again.getByRole('button', {name: 'Go on'}).click();
  await again.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Access token', {exact: true}).count(), 0);
  await again.getByLabel('Password', {exact: true}).fill(member.password);
  await again.getByRole('button', {name: 'Go on'}).click();
  const token = await page.getByLabel('Access token', {exact: true}).textContent();
  secret('access token', token);
  assert.ok(token.length > 20);
  await page.getByRole('button', {name: 'Hide', exact: true}).click();
  assert.ok(!(await page.content()).includes(token));
  const {json} = await gateway.call('GET', '/v1/audit?action=token.revealed');
  assert.equal(json.data[0].actor.name, member.email);
  assert.ok(!JSON.stringify(json).includes(token));
}));

test('a second factor: set up, asked for, its codes work once', inBrowser(ours, async ({page, visit}) => {
  await enter(page, developer);
  await goTo(page, 'Settings');
  await page.getByRole('button', {name: 'Set up'}).click();
  const dialog = page.getByRole('dialog', {name: 'Set up the authenticator app'});
  await dialog.getByRole('img', {name: 'QR code for the authenticator app'}).waitFor();
  const key = (await dialog.getByText(/^[A-Z2-7 ]{16,}$/).textContent()).trim();
  secret('totp secret', key);
  await dialog.getByRole('textbox', {name: 'The six digits it shows now'}).fill(totp(key));
  await dialog.getByRole('button', {name: 'Turn on'}).click();
  const kept = page.getByRole('dialog', {name: 'Your recovery codes'});
  const codes = (await kept.getByLabel('recovery codes', {exact: true}).innerText()).trim().split(/\s+/);
  assert.equal(codes.length, 10);
  await kept.getByRole('checkbox', {name: 'I have kept them'}).check();
  await kept.getByRole('button', {name: 'Done'}).click();

  const {page: later} = await visit();
  await signIn(later, gateway, developer);
  await heading(later, 'One more step');
  await later.getByRole('textbox', {name: 'Code'}).fill('000000');
  await later.getByRole('button', {name: 'Sign in'}).click();
  await later.getByText('That code is not right').waitFor();
  // The code of now went into the set-up; the next one is good already.
  await later.getByRole('textbox', {name: 'Code'}).fill(totp(key, 1));
  await later.getByRole('button', {name: 'Sign in'}).click();
  await inside(later);

  for (const good of [true, false]) {
    const {page: lost} = await visit();
    await signIn(lost, gateway, developer);
    await lost.getByRole('button', {name: 'Use a recovery code'}).click();
    await lost.getByRole('textbox', {name: 'Recovery code'}).fill(codes[0]);
    await lost.getByRole('button', {name: 'Sign in'}).click();
    if (good) await inside(lost);
    else await lost.getByText('That code is not right').waitFor();
  }
}));

test('where the company demands it, whoever has none sets it up before anything else', inBrowser(ours, async ({page, visit}) => {
  await enter(page, member);
  await gateway.call('PATCH', '/v1/settings', {json: {requireTotp: true}});
  const {page: theirs} = await visit();
  await signIn(theirs, gateway, viewer);
  await theirs.getByRole('button', {name: 'Set up'}).waitFor();
  assert.deepEqual(await ask(theirs, 'GET', '/v1/connections'), {status: 403, code: 'totp_enrolment_required'});
  await gateway.call('PATCH', '/v1/settings', {json: {requireTotp: false}});
}));
