import {useMutation, useQueryClient} from '@tanstack/react-query';

import {endSession, useSessions} from '../../api/session';
import {agentText} from '../../lib/agent';
import {Badge} from '../../ui/Badge';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Card, Skeleton} from '../../ui/Page';
import {Time} from '../../ui/Time';
import {tell} from '../../lib/toasts';
import './settings.css';

export function Sessions() {
  const client = useQueryClient();
  const sessions = useSessions();
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => tell('Signed out there.'),
    onError: (error) => tell(error.message, 'bad'),
    onSettled: () => client.invalidateQueries({queryKey: ['sessions']}),
  });
  if (sessions.error)
    return <Problem error={sessions.error} retry={() => void sessions.refetch()} />;
  if (!sessions.data)
    return (
      <Card>
        <Skeleton lines={4} height={24} />
      </Card>
    );
  return (
    <Card
      title="Where you are signed in"
      lead="Sign out what you do not know, then change your password."
      flush
    >
      <ul>
        {sessions.data.data.map((session) => (
          <li key={session.id} className="session-row">
            <div className="stack-tiny">
              <span className="row">
                <span className="strong">{agentText(session.userAgent)}</span>
                {session.current && <Badge tone="accent">this one</Badge>}
              </span>
              <span className="quiet small">
                {session.address ?? 'unknown address'}, last seen <Time at={session.lastSeenAt} />,
                signed in <Time at={session.createdAt} />
              </span>
            </div>
            {!session.current && (
              <Button
                small
                busy={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
