import {useState} from 'react';

import {Dialog, DialogBody} from '../../ui/Dialog';
import {Choice} from '../../ui/Field';
import {LinkForm} from '../apps/MakeLink';

/** An install link from the list of connections: for which app, for whom. */
export function Connect({
  slugs,
  first,
  onClose,
}: {
  slugs: string[];
  first: string | undefined;
  onClose: () => void;
}) {
  const [app, setApp] = useState(
    first !== undefined && slugs.includes(first) ? first : (slugs[0] ?? ''),
  );
  return (
    <Dialog title="Connect a customer" open onClose={onClose} wide>
      <DialogBody>
        <p className="quiet">
          Make a link and send it to one customer. They appear here as soon as they agree.
        </p>
        <Choice
          label="App"
          value={app}
          onChange={setApp}
          options={slugs.map((slug) => [slug, slug] as const)}
        />
        <LinkForm key={app} app={app} />
      </DialogBody>
    </Dialog>
  );
}
