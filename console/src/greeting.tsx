import {useQuery} from '@tanstack/react-query';

interface SignIn {
  membersExist: boolean;
}

async function fetchSignIn(): Promise<SignIn> {
  const answer = await fetch('/v1/sign-in');
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
  return (await answer.json()) as SignIn;
}

/** Says hello and whether this gateway has members yet. */
export function Greeting() {
  const {data, error} = useQuery({queryKey: ['sign-in'], queryFn: fetchSignIn, retry: false});
  return (
    <main>
      <h1>Wayleave</h1>
      {data && (
        <p>{data.membersExist ? 'Sign in to go on.' : 'This gateway has no members yet.'}</p>
      )}
      {error && <p role="alert">{error.message}</p>}
    </main>
  );
}
