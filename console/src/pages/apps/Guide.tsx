import type {App, Provider} from '../../api/types';
import {CopyValue} from '../../ui/Copy';
import {Icon} from '../../ui/Icon';
import '../marketplace/marketplace.css';

const names = {redirectUrl: 'redirect URL', webhookUrl: 'webhook URL', scopes: 'scopes'} as const;

/**
 * What to do at the provider, step by step. What belongs there is ready to copy: of the app once it is
 * registered, before that the scopes chosen so far.
 */
export function Guide({provider, app, scopes}: {provider: Provider; app?: App; scopes: string[]}) {
  const valueOf = (copy: keyof typeof names): string | null =>
    copy === 'scopes'
      ? scopes.join(' ')
      : copy === 'redirectUrl'
        ? (app?.redirectUrl ?? null)
        : (app?.webhookUrl ?? null);
  const titleOf = (name: string): string =>
    provider.fields.find((field) => field.name === name)?.title ?? name;
  return (
    <ol className="numbered">
      {provider.setupGuide.map((step) => {
        const value = step.copy === null ? null : valueOf(step.copy);
        return (
          <li key={step.title}>
            <div className="stack-tiny grow">
              <span className="strong">{step.title}</span>
              <p className="quiet small">{step.text}</p>
              {step.fields.length > 0 && app === undefined && (
                <p className="faint tiny">Gives {step.fields.map(titleOf).join(' and ')}</p>
              )}
              {step.copy !== null && value ? (
                <CopyValue text={value} what={names[step.copy]} />
              ) : step.copy !== null && app === undefined ? (
                <p className="faint tiny">
                  {step.copy === 'scopes'
                    ? 'Choose them first.'
                    : `You get the ${names[step.copy]} when the app is registered.`}
                </p>
              ) : null}
              {step.link && (
                <a
                  className="row small inline-link"
                  href={step.link}
                  target="_blank"
                  rel="noreferrer"
                >
                  Open <Icon name="out" size={13} />
                  <span className="visually-hidden">in a new tab</span>
                </a>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
