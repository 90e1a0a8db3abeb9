import type {Scope} from '../api/types';
import {useRefusal} from '../shell/Session';
import {Card, Empty} from './Page';

/** Instead of a page that the member's role does not reach: what is there, and who can open it. */
export function NotAllowed({
  scope,
  title,
  children,
}: {
  scope: Scope;
  title: string;
  children: string;
}) {
  const refusal = useRefusal(scope);
  return (
    <Card>
      <Empty title={title} icon="lock">
        <p>{children}</p>
        <p>{refusal}</p>
      </Empty>
    </Card>
  );
}
