import {Navigate, useParams} from 'react-router';

import {useMe} from '../../shell/Session';
import {Callout} from '../../ui/Callout';
import {PageHead, TabLinks} from '../../ui/Page';
import {Account} from './Account';
import {Company} from './Company';
import {Sessions} from './Sessions';
import {TwoFactor} from './TwoFactor';

export function Page() {
  const {tab} = useParams();
  const me = useMe();
  if (tab !== 'account' && tab !== 'company' && tab !== 'sessions')
    return <Navigate to="/settings/account" replace />;
  const mustEnrol = me.kind === 'member' && me.totpRequired === true && me.totp === false;
  return (
    <>
      <PageHead title="Settings" />
      {mustEnrol && (
        <div className="gap-below">
          <Callout tone="warn" title="Your company demands an authenticator app">
            Set it up below; until then nothing else can be used.
          </Callout>
        </div>
      )}
      <TabLinks
        label="Settings"
        tabs={[
          {to: '/settings/account', label: 'My account'},
          {to: '/settings/sessions', label: 'Where I am signed in'},
          {to: '/settings/company', label: 'Company'},
        ]}
      />
      {tab === 'account' &&
        (me.kind === 'member' ? (
          <div className="stack">
            <Parts enrolFirst={mustEnrol} />
          </div>
        ) : (
          <Callout tone="info">An API key has no account of its own.</Callout>
        ))}
      {tab === 'sessions' && <Sessions />}
      {tab === 'company' && <Company />}
    </>
  );
}

/** What must be done comes first; the keys keep what is open there when the order changes. */
function Parts({enrolFirst}: {enrolFirst: boolean}) {
  const second = <TwoFactor key="second" />;
  const account = <Account key="account" />;
  return enrolFirst ? [second, account] : [account, second];
}
