import './styles/tokens.css';
import './styles/base.css';

import {QueryClient, QueryClientProvider} from '@tanstack/react-query';
import {StrictMode} from 'react';
import {createRoot} from 'react-dom/client';
import {RouterProvider} from 'react-router/dom';

import {ApiError} from './api/client';
import {router} from './routes';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 3000,
      refetchOnWindowFocus: true,
      // A refusal stays a refusal; a network that was gone may be back.
      retry: (times, error) =>
        times < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
      retryDelay: (times) => Math.min(500 * 2 ** times, 4000),
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
