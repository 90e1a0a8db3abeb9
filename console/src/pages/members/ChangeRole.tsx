import {useState, type FormEvent} from 'react';

import {useUpdateMember} from '../../api/admin';
import type {Member, Role} from '../../api/types';
import {roleNames, roles} from '../../lib/words';
import {useMe} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {Cards} from '../../ui/Choices';
import {tell} from '../../lib/toasts';

/** The roles with what each may do; none above one's own. */
export function RoleCards({value, onChange}: {value: Role; onChange: (role: Role) => void}) {
  const me = useMe();
  return (
    <Cards
      label="Role"
      value={value}
      onChange={(role) => onChange(role as Role)}
      options={roleNames.map((role) => ({
        value: role,
        title: roles[role].label,
        text: roles[role].text,
        refusal: roles[role].scopes.every((scope) => me.scopes.includes(scope))
          ? undefined
          : 'More than you may do yourself.',
      }))}
    />
  );
}

export function ChangeRole({member, onClose}: {member: Member; onClose: () => void}) {
  const update = useUpdateMember();
  const [role, setRole] = useState<Role>(member.role);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (update.isPending) return;
    update.mutate(
      {id: member.id, role},
      {
        onSuccess: () => {
          tell(`${member.email} is now ${roles[role].label.toLowerCase()}.`);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={`Role of ${member.email}`} open onClose={onClose} wide>
      <form onSubmit={submit}>
        <DialogBody>
          <RoleCards value={role} onChange={setRole} />
          <p className="quiet small">It takes effect at once, also where they are signed in now.</p>
          {update.error && <Problem error={update.error} title="The role was not changed" />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            kind="primary"
            busy={update.isPending}
            refusal={role === member.role ? 'Choose another role first' : undefined}
          >
            Change the role
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
