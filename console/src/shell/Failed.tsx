import {isRouteErrorResponse, Link, useRouteError} from 'react-router';

import {Button} from '../ui/Button';
import {Callout, Problem} from '../ui/Callout';
import {Empty, PageHead} from '../ui/Page';

/** A page that broke or could not be loaded. */
export function Failed() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  // After an update of the server the parts of the old page are gone.
  const stale = error instanceof TypeError && /import|module/i.test(error.message);
  return (
    <main className="narrow">
      {stale ? (
        <Callout
          tone="info"
          title="Wayleave has been updated"
          actions={
            <Button small kind="primary" onClick={() => location.reload()}>
              Load it again
            </Button>
          }
        >
          This page belongs to an earlier version.
        </Callout>
      ) : (
        <Problem error={error} title="This page broke" retry={() => location.reload()} />
      )}
    </main>
  );
}

export function NotFound() {
  return (
    <>
      <PageHead title="No such page" />
      <Empty
        title="There is nothing at this address"
        icon="search"
        actions={
          <Link className="button button-plain" to="/">
            To the start
          </Link>
        }
      >
        <p>The link may be old, or what it showed has been removed.</p>
      </Empty>
    </>
  );
}
