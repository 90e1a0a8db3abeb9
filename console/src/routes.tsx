// Addresses and the pages behind them. Each page is a file of its own to load.
import {createBrowserRouter, Navigate} from 'react-router';

import {Failed, NotFound} from './shell/Failed';
import {SignedIn} from './shell/Session';
import {Shell} from './shell/Shell';
import {Waiting} from './shell/Waiting';

const page = (load: () => Promise<{Page: React.ComponentType}>) => ({
  lazy: async () => ({Component: (await load()).Page}),
});

const home = '/console';

// The gateway answers its bare address with the console, whose own addresses are below `home`.
if (!location.pathname.startsWith(home)) {
  history.replaceState(null, '', `${home}/${location.search}${location.hash}`);
}

export const router = createBrowserRouter(
  [
    {
      errorElement: <Failed />,
      hydrateFallbackElement: <Waiting />,
      children: [
        {path: '/sign-in', ...page(() => import('./pages/sign-in/SignIn'))},
        {path: '/welcome', ...page(() => import('./pages/sign-in/Welcome'))},
        {
          path: '/',
          element: (
            <SignedIn>
              <Shell />
            </SignedIn>
          ),
          children: [
            {
              errorElement: <Failed />,
              children: [
                {index: true, ...page(() => import('./pages/home/Home'))},
                {path: 'marketplace', ...page(() => import('./pages/marketplace/Marketplace'))},
                {path: 'marketplace/:provider', ...page(() => import('./pages/marketplace/SetUp'))},
                {path: 'apps', ...page(() => import('./pages/apps/Apps'))},
                {path: 'apps/:slug/:tab?', ...page(() => import('./pages/apps/App'))},
                {path: 'connections', ...page(() => import('./pages/connections/Connections'))},
                {
                  path: 'connections/:id/:tab?',
                  ...page(() => import('./pages/connections/Connection')),
                },
                {path: 'calls', ...page(() => import('./pages/calls/Calls'))},
                {path: 'calls/:id', ...page(() => import('./pages/calls/Call'))},
                {path: 'try', ...page(() => import('./pages/try/Try'))},
                {path: 'keys', ...page(() => import('./pages/keys/Keys'))},
                {path: 'members', ...page(() => import('./pages/members/Members'))},
                {path: 'audit', ...page(() => import('./pages/audit/Audit'))},
                {path: 'health', ...page(() => import('./pages/health/Health'))},
                {path: 'settings', element: <Navigate to="/settings/account" replace />},
                {path: 'settings/:tab', ...page(() => import('./pages/settings/Settings'))},
                {path: '*', element: <NotFound />},
              ],
            },
          ],
        },
      ],
    },
  ],
  {basename: home},
);
