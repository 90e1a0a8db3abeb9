import {useState, type FormEvent} from 'react';

import {useInvite} from '../../api/admin';
import {ApiError} from '../../api/client';
import type {InvitationLink, InvitedMember, Role} from '../../api/types';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {Code} from '../../ui/Code';
import {Dialog, DialogBody, DialogFoot} from '../../ui/Dialog';
import {TextField} from '../../ui/Field';
import {Time} from '../../ui/Time';
import {RoleCards} from './ChangeRole';

export function Invite({
  onClose,
  onInvited,
}: {
  onClose: () => void;
  onInvited: (member: InvitedMember) => void;
}) {
  const invite = useInvite();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const fieldError = (field: string): string | undefined =>
    invite.error instanceof ApiError && invite.error.field === field
      ? invite.error.message
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (invite.isPending) return;
    invite.mutate(
      {email: email.trim(), role, ...(name.trim() === '' ? {} : {name: name.trim()})},
      {onSuccess: onInvited},
    );
  };
  return (
    <Dialog title="Invite somebody" open onClose={onClose} wide>
      <form onSubmit={submit}>
        <DialogBody>
          <div className="grid-two">
            <TextField
              label="E-mail"
              type="email"
              value={email}
              onChange={setEmail}
              required
              autoFocus
              error={fieldError('email')}
            />
            <TextField
              label="Name"
              optional
              value={name}
              onChange={setName}
              autoCapitalize="words"
              error={fieldError('name')}
            />
          </div>
          <RoleCards value={role} onChange={setRole} />
          {invite.error && !(invite.error instanceof ApiError && invite.error.field) && (
            <Problem error={invite.error} title="Nobody was invited" />
          )}
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={invite.isPending}>
            Make the invitation
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

/** The link, shown once; Wayleave sends no mail. */
export function LinkShown({
  to,
  link,
  reset,
  onClose,
}: {
  to: string;
  link: InvitationLink;
  reset: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={reset ? `A new password for ${to}` : `Invitation for ${to}`}
      open
      onClose={onClose}
      wide
    >
      <DialogBody>
        <Callout tone="warn" live title="Send it yourself: it is shown this once">
          Wayleave sends no mail. Use a way on which only {to} reads it. It works once and ends{' '}
          <Time at={link.invitationExpiresAt} />.
        </Callout>
        <Code what="invitation link" title="The link" text={link.invitationUrl} />
      </DialogBody>
      <DialogFoot>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
