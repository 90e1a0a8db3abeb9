import {useState} from 'react';

import {useApps} from '../../api/apps';
import {useConnectionSummary} from '../../api/connections';
import {useMe} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Card, PageHead, Skeleton} from '../../ui/Page';
import {Dashboard} from './Dashboard';
import {Guide} from './Guide';
import './home.css';

const hiddenKey = 'wayleave-guide-hidden';
const readHidden = (): boolean => {
  try {
    return localStorage.getItem(hiddenKey) === '1';
  } catch {
    return false;
  }
};

export function Page() {
  const me = useMe();
  const apps = useApps();
  const summary = useConnectionSummary();
  const [hidden, setHidden] = useState(readHidden);
  const [asked, setAsked] = useState(false);
  const name = me.name?.split(' ')[0];
  const error = apps.error ?? summary.error;
  const connected = (summary.data?.total ?? 0) > 0;
  // Someone who is in the middle of the guide keeps it when the first customer is there.
  const [began] = useState(() => ({guiding: undefined as boolean | undefined}));
  if (began.guiding === undefined && summary.data) began.guiding = !connected;
  const guide = asked || (!hidden && began.guiding === true);
  const hide = () => {
    try {
      localStorage.setItem(hiddenKey, '1');
    } catch {
      /* stays until the page is loaded again */
    }
    setHidden(true);
    setAsked(false);
    began.guiding = false;
  };

  return (
    <>
      <PageHead
        name="Home"
        title={name ? `Hello, ${name}` : 'Home'}
        actions={
          summary.data &&
          (guide ? (
            connected && <Button onClick={hide}>Finish the guide</Button>
          ) : (
            <Button icon="book" onClick={() => setAsked(true)}>
              Show the guide
            </Button>
          ))
        }
      >
        {guide
          ? 'Connect your first customer in four steps. Nothing outside this machine is needed.'
          : 'What is connected and how it goes.'}
      </PageHead>
      {error && (
        <Problem
          error={error}
          retry={() => {
            void apps.refetch();
            void summary.refetch();
          }}
        />
      )}
      {!error && (!apps.data || !summary.data) && (
        <Card>
          <Skeleton lines={8} height={20} />
        </Card>
      )}
      {apps.data &&
        summary.data &&
        (guide ? <Guide apps={apps.data.data} /> : <Dashboard summary={summary.data} />)}
    </>
  );
}
