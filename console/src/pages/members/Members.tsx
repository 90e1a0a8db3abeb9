import {useState} from 'react';

import {
  useDeleteMember,
  useMembers,
  useReinvite,
  useResetTotp,
  useUpdateMember,
} from '../../api/admin';
import type {InvitationLink, Member} from '../../api/types';
import {roles} from '../../lib/words';
import {useMe, useRefusal} from '../../shell/Session';
import {Badge} from '../../ui/Badge';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Confirm} from '../../ui/Dialog';
import {Menu, type MenuEntry} from '../../ui/Menu';
import {NotAllowed} from '../../ui/NotAllowed';
import {Card, PageHead} from '../../ui/Page';
import {Table, type Column} from '../../ui/Table';
import {Time} from '../../ui/Time';
import {tell} from '../../lib/toasts';
import {ChangeRole} from './ChangeRole';
import {Invite, LinkShown} from './Invite';

type Ask = {kind: 'disable' | 'delete' | 'totp' | 'link' | 'role'; member: Member};

export function Page() {
  const me = useMe();
  const refusal = useRefusal('manage');
  const members = useMembers(refusal === undefined);
  const update = useUpdateMember();
  const remove = useDeleteMember();
  const reinvite = useReinvite();
  const resetTotp = useResetTotp();
  const [inviting, setInviting] = useState(false);
  const [ask, setAsk] = useState<Ask>();
  const [link, setLink] = useState<{to: string; link: InvitationLink; reset: boolean}>();
  const close = () => setAsk(undefined);

  const entries = (member: Member): MenuEntry[] => [
    {
      id: 'role',
      label: 'Change the role',
      icon: 'members',
      act: () => setAsk({kind: 'role', member}),
    },
    {
      id: 'link',
      label: member.state === 'invited' ? 'New invitation link' : 'Link to set a new password',
      icon: 'link',
      act: () => setAsk({kind: 'link', member}),
    },
    ...(member.totp
      ? [
          {
            id: 'totp',
            label: 'Remove the authenticator app',
            icon: 'lock',
            act: () => setAsk({kind: 'totp', member}),
          } as MenuEntry,
        ]
      : []),
    member.state === 'disabled'
      ? {
          id: 'enable',
          label: 'Enable',
          icon: 'check',
          divided: true,
          act: () =>
            update.mutate(
              {id: member.id, disabled: false},
              {
                onSuccess: () => tell(`${member.email} can sign in again.`),
                onError: (error) => tell(error.message, 'bad'),
              },
            ),
        }
      : {
          id: 'disable',
          label: 'Disable',
          icon: 'lock',
          divided: true,
          act: () => setAsk({kind: 'disable', member}),
        },
    {
      id: 'delete',
      label: 'Remove',
      icon: 'trash',
      danger: true,
      act: () => setAsk({kind: 'delete', member}),
    },
  ];
  const columns: Column<Member>[] = [
    {
      key: 'name',
      title: 'Member',
      main: true,
      cell: (member) => (
        <span className="stack-tiny">
          <span className="strong">
            {member.name || member.email}
            {member.id === me.id && <span className="faint"> (you)</span>}
          </span>
          {member.name && <span className="faint tiny">{member.email}</span>}
        </span>
      ),
    },
    {
      key: 'role',
      title: 'Role',
      cell: (member) => <span title={roles[member.role].text}>{roles[member.role].label}</span>,
    },
    {
      key: 'state',
      title: 'State',
      cell: (member) =>
        member.state === 'active' ? (
          <Badge tone="good" dot>
            Active
          </Badge>
        ) : member.state === 'invited' ? (
          <Badge tone="accent" dot>
            Invited
          </Badge>
        ) : (
          <Badge dot>Disabled</Badge>
        ),
    },
    {
      key: 'how',
      title: 'Signs in with',
      cell: (member) =>
        member.state === 'invited' ? (
          <span className="faint">not yet</span>
        ) : (
          [member.sso ? 'single sign-on' : 'password', member.totp ? 'authenticator app' : null]
            .filter(Boolean)
            .join(' and ')
        ),
    },
    {key: 'last', title: 'Last signed in', cell: (member) => <Time at={member.lastSignInAt} />},
    {
      key: 'menu',
      title: 'Actions',
      hideTitle: true,
      end: true,
      cell: (member) => <Menu label={`Actions for ${member.email}`} entries={entries(member)} />,
    },
  ];

  return (
    <>
      <PageHead
        title="Members"
        actions={
          <Button kind="primary" icon="plus" refusal={refusal} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        }
      >
        The people of your company who may use this console. Your customers are not here: they are
        connections.
      </PageHead>
      {refusal !== undefined ? (
        <NotAllowed scope="manage" title="Members are managed by admins">
          Here admins invite people, change their roles and end their access.
        </NotAllowed>
      ) : members.error ? (
        <Problem error={members.error} retry={() => void members.refetch()} />
      ) : (
        <div className="stack">
          <Card flush>
            <Table
              label="Members"
              columns={columns}
              rows={members.data?.data}
              rowKey={(member) => member.id}
              loading={members.isPending}
            />
          </Card>
          <Card title="What the roles may do">
            <dl className="facts facts-narrow">
              {Object.values(roles).map((role) => (
                <div key={role.label} className="fact">
                  <dt className="strong">{role.label}</dt>
                  <dd className="quiet small">{role.text}</dd>
                </div>
              ))}
            </dl>
          </Card>
        </div>
      )}
      {inviting && (
        <Invite
          onClose={() => setInviting(false)}
          onInvited={(member) => {
            setInviting(false);
            setLink({to: member.email, link: member, reset: false});
          }}
        />
      )}
      {link && (
        <LinkShown
          to={link.to}
          link={link.link}
          reset={link.reset}
          onClose={() => setLink(undefined)}
        />
      )}
      {ask?.kind === 'role' && <ChangeRole member={ask.member} onClose={close} />}
      <Confirm
        title={`Disable ${ask?.member.email ?? ''}?`}
        open={ask?.kind === 'disable'}
        onClose={close}
        action="Disable"
        act={async () => {
          if (!ask) return;
          const {id} = ask.member;
          await update.mutateAsync({id, disabled: true});
          tell('Disabled and signed out everywhere.', 'good', () =>
            update.mutate({id, disabled: false}),
          );
        }}
      >
        <p>
          They are signed out everywhere at once and cannot sign in until you enable them again. API
          keys they made keep working.
        </p>
      </Confirm>
      <Confirm
        title={`Remove ${ask?.member.email ?? ''}?`}
        open={ask?.kind === 'delete'}
        onClose={close}
        action="Remove"
        typed={ask?.member.email}
        act={async () => {
          if (ask) await remove.mutateAsync(ask.member.id);
          tell('Removed and signed out everywhere.');
        }}
      >
        <Callout tone="warn">
          They are signed out everywhere at once. What they did stays in the audit trail; API keys
          they made keep working until you revoke them.
        </Callout>
      </Confirm>
      <Confirm
        title="Remove the authenticator app?"
        open={ask?.kind === 'totp'}
        onClose={close}
        action="Remove it"
        act={async () => {
          if (ask) await resetTotp.mutateAsync(ask.member.id);
          tell('They can sign in with the password alone and set up another app.');
        }}
      >
        <p>
          Do this when {ask?.member.email} lost the phone and the recovery codes. Make sure it is
          really they who ask: call them.
        </p>
      </Confirm>
      <Confirm
        title={
          ask?.member.state === 'invited'
            ? 'Make a new invitation link?'
            : 'Make a link to set a new password?'
        }
        open={ask?.kind === 'link'}
        onClose={close}
        action="Make the link"
        danger={false}
        act={async () => {
          if (!ask) return;
          const {member} = ask;
          setLink({
            to: member.email,
            link: await reinvite.mutateAsync(member.id),
            reset: member.state !== 'invited',
          });
        }}
      >
        <p>
          {ask?.member.state === 'invited'
            ? 'The earlier link stops working.'
            : 'Whoever opens it sets a new password for this member. Make sure it is really they who ask, and give it to nobody else.'}
        </p>
      </Confirm>
    </>
  );
}
