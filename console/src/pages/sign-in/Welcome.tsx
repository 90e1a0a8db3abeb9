import {useQuery} from '@tanstack/react-query';
import {useState, type FormEvent} from 'react';
import {Link, useNavigate} from 'react-router';

import {ApiError} from '../../api/client';
import {useAcceptInvitation, viewInvitation} from '../../api/session';
import type {Invitation} from '../../api/types';
import {passwordAdvice, passwordMin} from '../../lib/password';
import {roles} from '../../lib/words';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {SecretField, TextField} from '../../ui/Field';
import {Skeleton} from '../../ui/Page';
import {Frame} from './Frame';

// The token stands behind the # so that no server sees it, and leaves the address at once so that
// neither the history nor a glance at the screen keeps it.
const token = location.hash.slice(1);
if (token !== '') history.replaceState(history.state, '', location.pathname + location.search);
// Another link pasted into the same tab does not load the page by itself.
window.addEventListener('hashchange', () => location.reload());

export function Page() {
  const invitation = useQuery({
    queryKey: ['invitation'],
    queryFn: () => viewInvitation(token),
    enabled: token !== '',
    retry: false,
    staleTime: Infinity,
  });
  if (token === '') {
    return (
      <Frame title="This link is not whole">
        <Callout tone="warn">
          Open the link exactly as you were given it, with everything behind the #. If you have used
          it already, <Link to="/sign-in">sign in</Link>.
        </Callout>
      </Frame>
    );
  }
  if (invitation.error) return <Over error={invitation.error} />;
  if (!invitation.data)
    return (
      <Frame title="Welcome">
        <Skeleton lines={4} height={20} />
      </Frame>
    );
  return <Join invitation={invitation.data} />;
}

function Over({error}: {error: Error}) {
  const gone = error instanceof ApiError && [400, 404, 410].includes(error.status);
  return (
    <Frame title={gone ? 'This link works no more' : 'Something went wrong'}>
      {gone ? (
        <Callout tone="warn">
          <p>
            It was used already, has been replaced, or its time is over. If you have used it,{' '}
            <Link to="/sign-in">sign in</Link>.
          </p>
          <p>
            Else ask an admin for a new one. The first set-up link is printed again when{' '}
            <code>wayleave serve</code> starts.
          </p>
        </Callout>
      ) : (
        <Problem error={error} />
      )}
    </Frame>
  );
}

function Join({invitation}: {invitation: Invitation}) {
  const navigate = useNavigate();
  const accept = useAcceptInvitation();
  const [name, setName] = useState(invitation.name ?? '');
  const [email, setEmail] = useState(invitation.email ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const advice = passwordAdvice(password, email);
  const fieldError = (field: string): string | undefined =>
    accept.error instanceof ApiError && accept.error.field === field
      ? accept.error.message
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (accept.isPending || advice !== undefined) return;
    accept.mutate(
      {
        token,
        name: name.trim(),
        password,
        ...(invitation.email === null ? {email: email.trim()} : {}),
        ...(needsCode ? {code: code.trim()} : {}),
      },
      {
        onSuccess: () => void navigate('/', {replace: true}),
        onError: (error) => {
          if (error instanceof ApiError && error.code === 'code_required') setNeedsCode(true);
        },
      },
    );
  };
  const other =
    accept.error &&
    !(
      accept.error instanceof ApiError &&
      (accept.error.field !== undefined || accept.error.code === 'code_required')
    );
  return (
    <Frame
      title={invitation.first ? 'Set up Wayleave' : 'Welcome to Wayleave'}
      lead={
        invitation.first
          ? 'You become the first member, with every right. You can invite others afterwards.'
          : `You join as ${roles[invitation.role].label.toLowerCase()}. ${roles[invitation.role].text}`
      }
    >
      <form className="stack" onSubmit={submit}>
        {other && accept.error && <Problem error={accept.error} />}
        <TextField
          label="Your name"
          value={name}
          onChange={setName}
          autoComplete="name"
          autoCapitalize="words"
          required
          autoFocus
          error={fieldError('name')}
        />
        {invitation.email === null ? (
          <TextField
            label="E-mail"
            type="email"
            value={email}
            onChange={setEmail}
            autoComplete="username"
            required
            hint="You sign in with it. Nothing is ever sent there."
            error={fieldError('email')}
          />
        ) : (
          <TextField
            label="E-mail"
            type="email"
            value={email}
            onChange={() => {}}
            autoComplete="username"
            readOnly
          />
        )}
        <SecretField
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          required
          minLength={passwordMin}
          hint={`At least ${passwordMin} characters. A few unrelated words are good and easy to remember.`}
          error={fieldError('password')}
          warning={password !== '' ? advice : undefined}
        />
        {needsCode && (
          <TextField
            label="Code of your authenticator app"
            mono
            value={code}
            onChange={setCode}
            autoFocus
            required
            autoComplete="one-time-code"
            hint="The six digits it shows now, or a recovery code."
            error={
              accept.error instanceof ApiError &&
              accept.error.code === 'code_required' &&
              code !== ''
                ? 'That code is not right.'
                : undefined
            }
          />
        )}
        <Button type="submit" kind="primary" className="button-wide" busy={accept.isPending}>
          {invitation.first ? 'Set up' : 'Join'}
        </Button>
      </form>
    </Frame>
  );
}
