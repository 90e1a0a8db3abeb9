// @vitest-environment jsdom
import {QueryClient, QueryClientProvider, useQuery} from '@tanstack/react-query';
import {cleanup, render, screen} from '@testing-library/react';
import {createMemoryRouter, RouterProvider, useLocation} from 'react-router';
import {afterEach, describe, expect, it, vi} from 'vitest';

import {get} from '../api/client';
import {clearToasts} from '../lib/toasts';
import {Toasts} from '../ui/Toast';
import {SignedIn, useMe, useRefusal} from './Session';

const viewer = {workspace: 'default', kind: 'member', id: 'm', scopes: ['read'], role: 'viewer'};

/** The gateway's answers by path; what is not named is 401. */
function gateway(answers: Record<string, unknown>) {
  vi.stubGlobal('fetch', (url: string) => {
    const body = answers[url];
    const problem = {title: 'Unauthorized', status: 401, code: 'unauthenticated', detail: ''};
    return Promise.resolve(
      new Response(JSON.stringify(body ?? problem), {status: body === undefined ? 401 : 200}),
    );
  });
}

function Keys() {
  const me = useMe();
  const refusal = useRefusal('manage');
  const {error} = useQuery({queryKey: ['keys'], queryFn: () => get('/v1/keys'), retry: false});
  return (
    <p>
      {useLocation().pathname} {me.role}: {refusal} {error ? 'failed' : 'fine'}
    </p>
  );
}
const Door = () => <p>door {useLocation().search}</p>;

function visit(path: string) {
  const router = createMemoryRouter(
    [
      {path: '/sign-in', element: <Door />},
      {
        path: '*',
        element: (
          <SignedIn>
            <Keys />
          </SignedIn>
        ),
      },
    ],
    {initialEntries: [path]},
  );
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  cleanup();
  clearToasts();
  vi.unstubAllGlobals();
});

describe('whoever is not signed in', () => {
  it('is led to the door and back to where they wanted to go', async () => {
    gateway({});
    visit('/keys?all=1');
    expect(await screen.findByText('door ?returnTo=%2Fkeys%3Fall%3D1')).toBeDefined();
    expect(screen.queryByText(/session has ended/)).toBeNull();
  });
  it('is told so when a session ends under their hands', async () => {
    gateway({'/v1/me': viewer});
    visit('/keys');
    expect(await screen.findByText('door ?returnTo=%2Fkeys')).toBeDefined();
    expect(screen.getByText(/session has ended/)).toBeDefined();
  });
});

it('what a role may not do is explained', async () => {
  gateway({'/v1/me': viewer, '/v1/keys': {data: [], nextCursor: null}});
  visit('/keys');
  expect(await screen.findByText(/Needs the role admin; your role is viewer/)).toBeDefined();
  expect(await screen.findByText(/fine/)).toBeDefined();
});

it('a demanded second factor comes before everything else', async () => {
  gateway({
    '/v1/me': {...viewer, scopes: [], totp: false, totpRequired: true},
    '/v1/keys': {data: [], nextCursor: null},
  });
  visit('/connections');
  expect(await screen.findByText(/^\/settings\/account viewer/)).toBeDefined();
});
