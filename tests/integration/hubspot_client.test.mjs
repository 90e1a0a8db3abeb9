// HubSpot's own Node client, unmodified: only its base path and access token are ours. What works here
// works for every program written with it.

import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';

import {Client} from '@hubspot/api-client';

import {startGateway, startSandbox} from '../support/gateway.mjs';

const user = 'müller & co/7';
let sandbox;
let gateway;
let client;
let contacts;

before(async () => {
  sandbox = await startSandbox();
  gateway = await startGateway({sandbox});
  const app = await gateway.createApp({slug: 'hbDev'});
  await gateway.connect(app, user);
  const {key} = await gateway.createKey('proxy');
  client = new Client({
    basePath: `${gateway.url}/proxy/hbdev/@${encodeURIComponent(user)}`,
    accessToken: key,
  });
  contacts = client.crm.contacts;
});
after(async () => {
  await gateway?.stop();
  await sandbox?.stop();
});

const emailOf = ({properties}) => properties.email;
let serial = 0;
const freshEmail = () => `typed.${(serial += 1)}@client.example`;

describe('contacts', () => {
  test('are created, read, updated, read by e-mail and archived', async () => {
    const email = freshEmail();
    const made = await contacts.basicApi.create({properties: {email, firstname: 'Ada', lastname: 'Löfgren'}, associations: []});
    assert.match(made.id, /^\d+$/);
    assert.ok(made.createdAt instanceof Date);
    const changed = await contacts.basicApi.update(made.id, {properties: {firstname: 'Áine'}});
    assert.equal(changed.properties.firstname, 'Áine');
    const read = await contacts.basicApi.getById(made.id, ['email', 'firstname', 'lastname']);
    assert.deepEqual([read.properties.email, read.properties.firstname, read.properties.lastname], [email, 'Áine', 'Löfgren']);
    const found = await contacts.basicApi.getById(email, ['email'], undefined, undefined, false, 'email');
    assert.equal(found.id, made.id);
    await contacts.basicApi.archive(made.id);
    await assert.rejects(contacts.basicApi.getById(made.id), ({code}) => code === 404);
  });

  test('are paged through to the end', async () => {
    const seen = new Set();
    let after;
    do {
      const page = await contacts.basicApi.getPage(30, after, ['email']);
      page.results.forEach(({id}) => seen.add(id));
      after = page.paging?.next?.after;
    } while (after !== undefined);
    const all = await contacts.getAll(undefined, undefined, ['email']);
    assert.equal(seen.size, all.length);
    assert.ok(seen.size > 60, `${seen.size} contacts`);
  });

  test('are found by search', async () => {
    const email = freshEmail();
    const made = await contacts.basicApi.create({properties: {email, lastname: 'Zwicky'}, associations: []});
    const answer = await contacts.searchApi.doSearch({
      filterGroups: [{filters: [{propertyName: 'email', operator: 'EQ', value: email}]}],
      sorts: ['createdate'], properties: ['email', 'lastname'], limit: 10, after: undefined,
    });
    assert.equal(answer.total, 1);
    assert.equal(answer.results[0].id, made.id);
    assert.equal(answer.results[0].properties.lastname, 'Zwicky');
  });

  test('are created, read, updated, upserted and archived in batches', async () => {
    const emails = Array.from({length: 5}, freshEmail);
    const created = await contacts.batchApi.create({
      inputs: emails.map((email) => ({properties: {email, firstname: 'Batch'}, associations: []})),
    });
    assert.equal(created.status, 'COMPLETE');
    assert.deepEqual(created.results.map(emailOf).sort(), [...emails].sort());
    const inputs = created.results.map(({id}) => ({id}));
    const read = await contacts.batchApi.read({inputs, properties: ['email', 'firstname'], propertiesWithHistory: []});
    assert.equal(read.results.length, 5);
    const updated = await contacts.batchApi.update({
      inputs: inputs.map(({id}) => ({id, properties: {firstname: 'Changed'}})),
    });
    assert.ok(updated.results.every(({properties}) => properties.firstname === 'Changed'));
    const newcomer = freshEmail();
    const upserted = await contacts.batchApi.upsert({
      inputs: [emails[0], newcomer].map((email) => ({id: email, idProperty: 'email', properties: {email, lastname: 'Upserted'}})),
    });
    const byEmail = Object.fromEntries(upserted.results.map((entry) => [emailOf(entry), entry]));
    assert.equal(byEmail[emails[0]]._new ?? byEmail[emails[0]].new, false);
    assert.equal(byEmail[newcomer]._new ?? byEmail[newcomer].new, true);
    await contacts.batchApi.archive({inputs});
    await assert.rejects(contacts.basicApi.getById(inputs[0].id), ({code}) => code === 404);
  });

  test('a batch that partly fails tells which part', async () => {
    const made = await contacts.basicApi.create({properties: {email: freshEmail()}, associations: []});
    const answer = await contacts.batchApi.read({
      inputs: [{id: made.id}, {id: '999999999999'}], properties: ['email'], propertiesWithHistory: [],
    });
    assert.deepEqual(answer.results.map(({id}) => id), [made.id]);
    assert.equal(answer.numErrors, 1);
    assert.equal(answer.errors[0].category, 'OBJECT_NOT_FOUND');
  });
});

describe('errors', () => {
  test('404 arrives as the client\'s own exception with the provider\'s body', async () => {
    await assert.rejects(contacts.basicApi.getById('999999999999'), (error) => {
      assert.equal(error.code, 404);
      assert.equal(error.body.category, 'OBJECT_NOT_FOUND');
      return true;
    });
  });

  test('409 names the existing contact', async () => {
    const email = freshEmail();
    const made = await contacts.basicApi.create({properties: {email}, associations: []});
    await assert.rejects(contacts.basicApi.create({properties: {email}, associations: []}), (error) => {
      assert.equal(error.code, 409);
      assert.match(error.body.message, new RegExp(`Existing ID: ${made.id}`));
      return true;
    });
  });

  test('400 carries the validation errors', async () => {
    await assert.rejects(
        contacts.basicApi.create({properties: {no_such_property: 'x'}, associations: []}), (error) => {
          assert.equal(error.code, 400);
          assert.equal(error.body.category, 'VALIDATION_ERROR');
          return true;
        });
  });

  test('a key that is not valid is a 401 of the gateway', async () => {
    const stranger = new Client({basePath: client.config.basePath, accessToken: 'wlk_wrong'});
    await assert.rejects(stranger.crm.contacts.basicApi.getPage(1), (error) => {
      assert.equal(error.code, 401);
      assert.equal(error.headers['wayleave-error'], 'unauthenticated');
      return true;
    });
  });
});

describe('other parts of the API', () => {
  test('companies, deals and tickets are created and read', async () => {
    const company = await client.crm.companies.basicApi.create({properties: {name: 'Nordlicht AG', domain: 'nordlicht.example'}, associations: []});
    const deal = await client.crm.deals.basicApi.create({properties: {dealname: 'Lighthouse', amount: '12500.50', pipeline: 'default', dealstage: 'appointmentscheduled'}, associations: []});
    const ticket = await client.crm.tickets.basicApi.create({properties: {subject: 'Lamp broken', hs_pipeline: '0', hs_pipeline_stage: '1'}, associations: []});
    assert.equal((await client.crm.companies.basicApi.getById(company.id, ['domain'])).properties.domain, 'nordlicht.example');
    assert.equal((await client.crm.deals.basicApi.getById(deal.id, ['amount'])).properties.amount, '12500.50');
    assert.equal((await client.crm.tickets.basicApi.getById(ticket.id, ['subject'])).properties.subject, 'Lamp broken');
  });

  test('a contact is associated with a company and the association is read back', async () => {
    const contact = await contacts.basicApi.create({properties: {email: freshEmail()}, associations: []});
    const company = await client.crm.companies.basicApi.create({properties: {name: 'Tied'}, associations: []});
    await client.crm.associations.v4.basicApi.createDefault('contacts', contact.id, 'companies', company.id);
    const page = await client.crm.associations.v4.basicApi.getPage('contacts', contact.id, 'companies');
    assert.deepEqual(page.results.map(({toObjectId}) => String(toObjectId)), [company.id]);
  });

  test('owners, properties and forms are listed', async () => {
    assert.ok((await client.crm.owners.ownersApi.getPage()).results.length > 0);
    const properties = await client.crm.properties.coreApi.getAll('contacts');
    assert.ok(properties.results.some(({name}) => name === 'email'));
    assert.ok((await client.marketing.forms.formsApi.getPage()).results.length > 0);
  });

  test('a raw request of the client goes through as well', async () => {
    const answer = await client.apiRequest({method: 'GET', path: '/account-info/v3/details'});
    assert.equal(answer.status, 200);
    assert.match(String((await answer.json()).portalId), /^\d+$/);
  });
});
