import './provider-sign.css';

/** A tile with the provider's first letter; its colour comes from the name, so that it stays. */
export function ProviderSign({name, small}: {name: string; small?: boolean}) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return (
    <span
      className={`provider-sign provider-sign-${sum % 6} ${small ? 'provider-sign-small' : ''}`}
      aria-hidden="true"
    >
      {name.trim().charAt(0).toUpperCase()}
    </span>
  );
}
