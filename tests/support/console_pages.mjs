// Every page of the console, for tests and pictures that want them all.

async function first(gateway, target) {
  const {json} = await gateway.call('GET', target);
  return json.data[0]?.id;
}

/** [name, path below /console/] of each, with ids that are there in the world of seeded.mjs. */
export async function consolePages(gateway) {
  const connection = await first(gateway, '/v1/connections?app=acme-crm&state=active&limit=1');
  const broken = await first(gateway, '/v1/connections?state=needs_reauthorization&limit=1');
  const call = await first(gateway, '/v1/requests?status=2xx&limit=1');
  return [
    ['home', ''],
    ['marketplace', 'marketplace'], ['marketplace-setup', 'marketplace/hubspot'],
    ['apps', 'apps'], ['app', 'apps/acme-crm'], ['app-settings', 'apps/acme-crm/settings'],
    ['app-connect-page', 'apps/acme-crm/appearance'], ['app-test', 'apps/acme-crm/test'],
    ['connections', 'connections'], ['connection', `connections/${connection}`],
    ['connection-history', `connections/${broken}/history`], ['connection-calls', `connections/${connection}/calls`],
    ['connection-broken', `connections/${broken}`],
    ['calls', 'calls'], ['call', `calls/${call}`], ['try', 'try'],
    ['keys', 'keys'], ['members', 'members'], ['audit', 'audit'], ['health', 'health'],
    ['settings-account', 'settings/account'], ['settings-company', 'settings/company'],
  ];
}

/** Waits until a page shows what it will show first. */
export async function settle(page) {
  await page.getByRole('heading', {level: 1}).first().waitFor();
  await page.getByText('Loading', {exact: true}).first().waitFor({state: 'hidden'});
  // A page that asks again and again is never idle; two seconds are enough for what it shows first.
  await page.waitForLoadState('networkidle', {timeout: 2_000}).catch(() => {});
}
