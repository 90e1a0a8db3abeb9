// Who is signed in, for every page below; and what happens when that ends.
import {useQuery, useQueryClient} from '@tanstack/react-query';
import {createContext, useContext, useEffect, useRef, useState, type ReactNode} from 'react';
import {Navigate, useLocation, useNavigate} from 'react-router';

import {setWatch} from '../api/client';
import {forgetCallToken, meQuery} from '../api/session';
import type {Me, Scope} from '../api/types';
import {signInPath} from '../lib/where';
import {roleFor, roles} from '../lib/words';
import {Problem} from '../ui/Callout';
import {tell} from '../lib/toasts';
import {Reenter} from './Reenter';
import {Waiting} from './Waiting';

const Context = createContext<Me | null>(null);

/** The member who is signed in. Only below `SignedIn`. */
export function useMe(): Me {
  const me = useContext(Context);
  if (me === null) throw new Error('useMe is used outside SignedIn');
  return me;
}

/** Undefined when the member may; else why not and who can help. */
export function useRefusal(scope: Scope): string | undefined {
  const me = useMe();
  if (me.scopes.includes(scope)) return undefined;
  const needed = roles[roleFor(scope)].label.toLowerCase();
  const own = me.role
    ? `your role is ${roles[me.role].label.toLowerCase()}`
    : 'this key lacks the scope';
  return `Needs the role ${needed}; ${own}. Ask an admin of your company.`;
}

export function SignedIn({children}: {children: ReactNode}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const location = useLocation();
  const {data: me, error, refetch, isPending} = useQuery(meQuery);
  const [asked, setAsked] = useState<((done: boolean) => void) | null>(null);
  const here = useRef('');
  here.current = location.pathname + location.search + location.hash;

  useEffect(() => {
    let waiting: Promise<boolean> | undefined;
    setWatch({
      sessionEnded: () => {
        // Who was never signed in has lost nothing.
        if (!client.getQueryData(meQuery.queryKey)) return;
        forgetCallToken();
        client.setQueryData(meQuery.queryKey, null);
        tell('Your session has ended. Sign in again to go on where you were.', 'info');
        void navigate(signInPath(here.current), {replace: true});
      },
      // Several requests at once share one window.
      confirm: () => {
        waiting ??= new Promise<boolean>((resolve) => {
          setAsked(() => (done: boolean) => {
            waiting = undefined;
            setAsked(null);
            resolve(done);
          });
        });
        return waiting;
      },
    });
  }, [client, navigate]);

  if (isPending) return <Waiting />;
  if (me === null) return <Navigate to={signInPath(here.current)} replace />;
  // Until the second factor that the company demands is set up, nothing else works.
  const mustEnrol = me?.totpRequired === true && me.totp === false && me.scopes.length === 0;
  if (mustEnrol && location.pathname !== '/settings/account')
    return <Navigate to="/settings/account" replace />;
  if (me === undefined) {
    return (
      <main className="narrow">
        <Problem error={error} title="Wayleave cannot be reached" retry={() => void refetch()} />
      </main>
    );
  }
  return (
    <Context value={me}>
      {children}
      {asked && <Reenter me={me} done={asked} />}
    </Context>
  );
}
