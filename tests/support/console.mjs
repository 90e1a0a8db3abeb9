// The short words of tests that use the console: become the first member, sign in, go somewhere. Only
// roles and accessible names, as somebody who hears the page would find things.

import {secret} from './output.mjs';
import {eventually} from './wait.mjs';

/** The first member of every gateway here. */
export const member = {
  name: 'Admin Example', email: 'admin@acme.example', password: secret('password', 'quiet-otter-maps-the-river-4'),
};

/** The link that `serve` prints while there is no member. */
export function setUpLink(gateway) {
  return eventually('serve prints the set-up link', () =>
    /https?:\/\/\S+\/console\/welcome#[\w-]+/.exec(gateway.server.errors())?.[0]);
}

/** Opens the set-up link and becomes the first member, who is signed in then. */
export async function setUpFirstMember(page, gateway, who = member) {
  await page.goto(await setUpLink(gateway));
  await page.getByRole('textbox', {name: 'Your name'}).fill(who.name);
  await page.getByRole('textbox', {name: 'E-mail'}).fill(who.email);
  await page.getByLabel('Password', {exact: true}).fill(who.password);
  await page.getByRole('button', {name: 'Set up'}).click();
  await inside(page);
}

/** Fills the sign-in form in. */
export async function signIn(page, gateway, {email, password}, path = '') {
  await page.goto(`${gateway.url}/console/sign-in${path}`);
  await page.getByRole('textbox', {name: 'E-mail'}).fill(email);
  await page.getByLabel('Password', {exact: true}).fill(password);
  await page.getByRole('button', {name: 'Sign in', exact: true}).click();
}

/** Waits for the frame around every page of somebody who is signed in. */
export const inside = (page) =>
  page.getByRole('navigation', {name: 'Main'}).or(page.getByRole('button', {name: 'Menu'})).first().waitFor();

/** Follows a link of the main navigation to the page of that name. */
export async function goTo(page, name) {
  const menu = page.getByRole('button', {name: 'Menu', exact: true});
  if (await menu.isVisible()) await menu.click();
  await page.getByRole('navigation', {name: 'Main'}).getByRole('link', {name, exact: true}).click();
  await page.getByRole('heading', {level: 1, name}).waitFor();
}

/** A new install link, as a company's backend asks for one. */
export async function connectLink(gateway, app, user) {
  const {json} = await gateway.call('POST', '/v1/install-links', {json: {app, user, expiresIn: 3600}});
  return json.url;
}

/** At the simulator: takes the first account and presses `Connect app` or `Cancel`. */
export async function decide(page, button) {
  await page.getByRole('heading', {name: 'Choose an account'}).waitFor();
  await page.getByRole('listitem').getByRole('link').first().click();
  await page.getByRole('button', {name: button}).click();
}
