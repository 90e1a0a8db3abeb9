import {useState} from 'react';

import {useKeys, useRevokeKey} from '../../api/admin';
import type {Key} from '../../api/types';
import {scopes} from '../../lib/words';
import {useMe, useRefusal} from '../../shell/Session';
import {Badge} from '../../ui/Badge';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Confirm} from '../../ui/Dialog';
import {Menu} from '../../ui/Menu';
import {NotAllowed} from '../../ui/NotAllowed';
import {Card, Empty, PageHead} from '../../ui/Page';
import {Table, type Column} from '../../ui/Table';
import {Time} from '../../ui/Time';
import {tell} from '../../lib/toasts';
import {EditKey} from './EditKey';
import {NewKeyDialog} from './NewKey';
import {Rotate} from './Rotate';

const isOver = (key: Key): boolean =>
  key.revokedAt !== null || (key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now());

export function Page() {
  const me = useMe();
  const refusal = useRefusal('manage');
  const may = refusal === undefined;
  const keys = useKeys(may);
  const revoke = useRevokeKey();
  const [making, setMaking] = useState(false);
  const [rotating, setRotating] = useState<Key>();
  const [editing, setEditing] = useState<Key>();
  const [ending, setEnding] = useState<Key>();
  const [all, setAll] = useState(false);
  const rows = keys.data?.data.filter((key) => all || !isOver(key));
  const over = keys.data?.data.filter(isOver).length ?? 0;

  const columns: Column<Key>[] = [
    {
      key: 'name',
      title: 'Key',
      main: true,
      cell: (key) => (
        <span className="stack-tiny">
          <span className="strong">
            {key.name}
            {key.id === me.id && <span className="faint"> (this one)</span>}
          </span>
          <code className="faint tiny">{key.hint}</code>
        </span>
      ),
    },
    {
      key: 'scopes',
      title: 'May',
      cell: (key) => (
        <span className="row">
          {key.scopes.map((scope) => (
            <Badge
              key={scope}
              tone={scope === 'tokens:reveal' ? 'bad' : scope === 'manage' ? 'warn' : 'plain'}
            >
              {scopes[scope].label}
            </Badge>
          ))}
        </span>
      ),
    },
    {
      key: 'from',
      title: 'From',
      wideOnly: true,
      cell: (key) =>
        key.allowedAddresses && key.allowedAddresses.length > 0 ? (
          <code className="tiny">{key.allowedAddresses.join(', ')}</code>
        ) : (
          <span className="faint">anywhere</span>
        ),
    },
    {key: 'used', title: 'Last used', cell: (key) => <Time at={key.lastUsedAt} never="Never" />},
    {
      key: 'ends',
      title: 'Ends',
      cell: (key) =>
        key.revokedAt !== null ? (
          <Badge tone="bad">
            revoked <Time at={key.revokedAt} />
          </Badge>
        ) : isOver(key) ? (
          <Badge tone="warn">
            ended <Time at={key.expiresAt} />
          </Badge>
        ) : (
          <Time at={key.expiresAt} never="Never" />
        ),
    },
    {
      key: 'menu',
      title: 'Actions',
      hideTitle: true,
      end: true,
      cell: (key) =>
        isOver(key) ? null : (
          <Menu
            label={`Actions for ${key.name}`}
            entries={[
              {id: 'edit', label: 'Change', icon: 'settings', act: () => setEditing(key)},
              {
                id: 'rotate',
                label: 'Replace with a new key',
                icon: 'refresh',
                act: () => setRotating(key),
              },
              {
                id: 'revoke',
                label: 'Revoke',
                icon: 'trash',
                danger: true,
                divided: true,
                act: () => setEnding(key),
              },
            ]}
          />
        ),
    },
  ];

  return (
    <>
      <PageHead
        title="API keys"
        actions={
          <Button kind="primary" icon="plus" refusal={refusal} onClick={() => setMaking(true)}>
            Make a key
          </Button>
        }
      >
        Your backend proves with a key who it is. Wayleave keeps only a digest, so a key is shown
        once.
      </PageHead>
      {!may ? (
        <NotAllowed scope="manage" title="Keys are for admins">
          Whoever makes keys can give out rights, so this page is for admins.
        </NotAllowed>
      ) : keys.error ? (
        <Problem error={keys.error} retry={() => void keys.refetch()} />
      ) : (
        <Card flush>
          <Table
            label="API keys"
            columns={columns}
            rows={rows}
            rowKey={(key) => key.id}
            loading={keys.isPending}
            empty={
              <Empty
                title={over > 0 ? 'No key is in use' : 'No keys yet'}
                icon="key"
                actions={
                  <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
                    Make a key
                  </Button>
                }
              >
                <p>
                  Make one for each program that calls Wayleave, with no more rights than it needs.
                  Then you can replace or end one without stopping the others.
                </p>
              </Empty>
            }
          />
          {over > 0 && (
            <div className="more">
              <span className="faint small">{over} revoked or ended</span>
              <Button small onClick={() => setAll(!all)}>
                {all ? 'Hide them' : 'Show them'}
              </Button>
            </div>
          )}
        </Card>
      )}
      {making && <NewKeyDialog onClose={() => setMaking(false)} />}
      {rotating && <Rotate old={rotating} onClose={() => setRotating(undefined)} />}
      {editing && <EditKey old={editing} onClose={() => setEditing(undefined)} />}
      <Confirm
        title={`Revoke ${ending?.name ?? ''}?`}
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        action="Revoke the key"
        typed={ending?.name}
        act={async () => {
          if (!ending) return;
          await revoke.mutateAsync(ending.id);
          tell(`Key ${ending.name} is revoked.`);
        }}
      >
        <Callout tone="warn" title="Calls with it fail at once">
          {ending?.lastUsedAt ? (
            <>
              It was last used <Time at={ending.lastUsedAt} />.{' '}
            </>
          ) : (
            'It was never used. '
          )}
          A revoked key cannot be brought back.
        </Callout>
      </Confirm>
    </>
  );
}
