import {useEffect, useState} from 'react';

import {revealToken} from '../../api/connections';
import type {Connection, RevealedToken} from '../../api/types';
import {useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {CopyButton} from '../../ui/Copy';
import {Confirm} from '../../ui/Dialog';
import {Card} from '../../ui/Page';
import {Time} from '../../ui/Time';

/** How long a raw token stays on the screen. */
const shownMs = 60_000;

/** The raw token: for super admins, after their password, written into the audit trail, and not for long. */
export function Reveal({connection}: {connection: Connection}) {
  const refusal = useRefusal('tokens:reveal');
  const [asking, setAsking] = useState(false);
  const [token, setToken] = useState<RevealedToken>();
  const [left, setLeft] = useState(0);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    if (token === undefined) return;
    const end = Date.now() + shownMs;
    setLeft(shownMs);
    const hide = () => setToken(undefined);
    const timer = setInterval(() => {
      setLeft(end - Date.now());
      if (Date.now() >= end) hide();
    }, 1000);
    // A screen that is left is a screen others may look at.
    const onHidden = () => document.hidden && hide();
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, [token]);

  return (
    <>
      <Card
        title="Access token"
        lead="You should never need it: calls through Wayleave carry it by themselves. Looking at it is written into the audit trail with your name."
        actions={
          token === undefined && (
            <Button
              icon="eye"
              refusal={
                refusal ??
                (connection.state === 'revoked' ? 'The connection is revoked.' : undefined)
              }
              onClick={() => setAsking(true)}
            >
              Show the token
            </Button>
          )
        }
      >
        {token !== undefined ? (
          <div className="stack-small">
            <div className="code">
              <pre tabIndex={0} aria-label="Access token">
                <code>{token.accessToken}</code>
              </pre>
            </div>
            <div className="token-line">
              <CopyButton text={token.accessToken} what="access token" />
              <Button small icon="hide" onClick={() => setToken(undefined)}>
                Hide
              </Button>
              <span className="quiet small number">
                Hidden again in {Math.max(0, Math.ceil(left / 1000))} s. It ends{' '}
                <Time at={token.expiresAt} never="at a time the provider does not tell" />.
              </span>
            </div>
          </div>
        ) : error !== undefined ? (
          <Problem error={error} title="The token was not shown" />
        ) : refusal !== undefined ? (
          <p className="quiet small">{refusal}</p>
        ) : undefined}
      </Card>
      <Confirm
        title="Show the raw token?"
        open={asking}
        onClose={() => setAsking(false)}
        action="Show it"
        danger={false}
        act={async () => {
          setAsking(false);
          setError(undefined);
          try {
            setToken(await revealToken(connection.id));
          } catch (thrown) {
            setError(thrown);
          }
        }}
      >
        <Callout tone="warn">
          Whoever has this text can act as {connection.user} at the provider until it ends. Do not
          paste it into tickets or chats.
        </Callout>
      </Confirm>
    </>
  );
}
