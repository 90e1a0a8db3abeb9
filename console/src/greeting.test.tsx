import {QueryClient, QueryClientProvider} from '@tanstack/react-query';
import {render, screen} from '@testing-library/react';
import {expect, test, vi} from 'vitest';

import {Greeting} from './greeting';

test('says whether there are members', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({membersExist: false})));
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Greeting />
    </QueryClientProvider>,
  );
  expect(await screen.findByText('This gateway has no members yet.')).toBeDefined();
});
