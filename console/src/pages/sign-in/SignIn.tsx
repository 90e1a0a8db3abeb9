import {useQuery} from '@tanstack/react-query';
import {useState, type FormEvent} from 'react';
import {Navigate, useNavigate, useSearchParams} from 'react-router';

import {ApiError} from '../../api/client';
import {meQuery, useSignIn, useSignInInfo} from '../../api/session';
import {safeReturn} from '../../lib/where';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {SecretField, TextField} from '../../ui/Field';
import {Frame} from './Frame';

const ssoErrors: Record<string, string> = {
  denied: 'The sign-in was turned down at your identity provider.',
  not_member: 'Your account is not a member here. Ask an admin to invite you.',
  disabled: 'Your account here is disabled. Ask an admin.',
  unverified: 'Your identity provider does not vouch for your e-mail address.',
  taken: 'Your e-mail address belongs to another identity here. Ask an admin.',
  expired: 'That took too long, or was begun in another browser. Try again.',
  failed: 'The identity provider could not be asked, or its answer did not hold. Try again later.',
  not_set_up: 'It is not set up on this server.',
};

export function Page() {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const back = safeReturn(params.get('returnTo'));
  const me = useQuery(meQuery);
  const info = useSignInInfo();
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [step, setStep] = useState<'password' | 'code' | 'recovery'>('password');

  if (me.data) return <Navigate to={back} replace />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (signIn.isPending) return;
    signIn.mutate(
      {email: email.trim(), password, ...(step === 'password' ? {} : {code: code.trim()})},
      {
        onSuccess: () => void navigate(back, {replace: true}),
        onError: (error) => {
          if (step !== 'password') setCode('');
          if (!(error instanceof ApiError) || error.code !== 'code_required') return;
          if (step !== 'password') return; // it was wrong: that is shown
          signIn.reset();
          setStep('code');
        },
      },
    );
  };

  if (step !== 'password') {
    const recovery = step === 'recovery';
    return (
      <Frame
        title="One more step"
        lead={
          recovery
            ? 'Enter one of the recovery codes you kept. Each works once.'
            : 'Enter the six digits your authenticator app shows now.'
        }
      >
        <form className="stack" onSubmit={submit}>
          {signIn.error && <Refused error={signIn.error} />}
          <TextField
            key={step}
            label={recovery ? 'Recovery code' : 'Code'}
            value={code}
            onChange={setCode}
            autoFocus
            mono
            required
            autoComplete="one-time-code"
            inputMode={recovery ? 'text' : 'numeric'}
          />
          <Button type="submit" kind="primary" className="button-wide" busy={signIn.isPending}>
            Sign in
          </Button>
          <div className="row-spread small">
            <button
              type="button"
              className="text-button"
              onClick={() => {
                setCode('');
                signIn.reset();
                setStep(recovery ? 'code' : 'recovery');
              }}
            >
              {recovery ? 'Use the authenticator app' : 'Use a recovery code'}
            </button>
            <button
              type="button"
              className="text-button"
              onClick={() => {
                setCode('');
                signIn.reset();
                setStep('password');
              }}
            >
              Start again
            </button>
          </div>
        </form>
      </Frame>
    );
  }

  const sso = info.data?.sso ?? null;
  const ssoError = params.get('error');
  return (
    <Frame
      title="Sign in to Wayleave"
      foot="Lost your password? An admin of your company can send you a new link."
    >
      {info.data?.membersExist === false && (
        <Callout tone="info" title="Nobody has signed up yet">
          The set-up link of the first member is printed by <code>wayleave serve</code> when it
          starts. Open it within 24 hours; a restart prints a new one.
        </Callout>
      )}
      {ssoError && (
        <Callout tone="bad" live title="Single sign-on did not work">
          {ssoErrors[ssoError] ?? 'Try again, or sign in with your password.'}
        </Callout>
      )}
      {sso && (
        <>
          <a
            className="button button-plain button-wide"
            href={`/sso/start?returnTo=${encodeURIComponent(`/console${back}`)}`}
          >
            Sign in with {sso.name}
          </a>
          <div className="door-or">or</div>
        </>
      )}
      <form className="stack" onSubmit={submit}>
        {signIn.error && <Refused error={signIn.error} />}
        <TextField
          label="E-mail"
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="username"
          required
          autoFocus
        />
        <SecretField
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        <Button type="submit" kind="primary" className="button-wide" busy={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </Frame>
  );
}

function Refused({error}: {error: Error}) {
  if (error instanceof ApiError && error.status === 429) {
    const wait = error.retryAfter;
    return (
      <Callout tone="warn" live title="Too many tries">
        {wait
          ? `Wait ${wait > 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait} seconds`}, then try again.`
          : 'Wait a little, then try again.'}
      </Callout>
    );
  }
  if (error instanceof ApiError && error.code === 'code_required') {
    return (
      <Callout tone="bad" live title="That code is not right">
        Each code works once and for half a minute. Wait for the next one; is the phone’s clock
        right?
      </Callout>
    );
  }
  if (error instanceof ApiError && error.status === 401) {
    return (
      <Callout tone="bad" live title="That did not match">
        {error.message}
      </Callout>
    );
  }
  return <Problem error={error} title="Sign-in did not work" />;
}
