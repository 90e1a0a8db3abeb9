import {inkOn} from '../../lib/colour';
import {fillIn, usualTexts, type Permission} from '../../lib/permissions';

export interface Shown {
  company: string;
  provider: string;
  logo: string;
  colour: string;
  support: string;
  texts: Record<string, string>;
  permissions: Permission[];
}

const headings = {
  read: 'It could see',
  change: 'It could create and change',
  other: 'Also asked for',
} as const;

/** A picture of the connect page; nothing in it can be pressed. */
export function Preview({shown, dark}: {shown: Shown; dark: boolean}) {
  const say = (key: string): string =>
    fillIn(shown.texts[key] || (usualTexts[key]?.text ?? ''), shown);
  return (
    <div
      className="preview"
      data-dark={dark}
      role="img"
      aria-label={`Preview of the connect page: ${say('ask.title')}`}
    >
      <div className="preview-card" aria-hidden="true">
        <div className="preview-pair">
          {shown.logo ? (
            <span className="preview-tile preview-logo">
              <img src={shown.logo} alt="" />
            </span>
          ) : (
            <span className="preview-tile">{shown.company.charAt(0).toUpperCase()}</span>
          )}
          <span className="preview-dots" />
          <span className="preview-tile">{shown.provider.charAt(0).toUpperCase()}</span>
        </div>
        <p className="preview-title">{say('ask.title')}</p>
        <p className="preview-lead">{say('ask.intro')}</p>
        {(['read', 'change', 'other'] as const).map((kind) => {
          const those = shown.permissions.filter((permission) => permission.kind === kind);
          if (those.length === 0) return null;
          return (
            <div key={kind}>
              <p className="preview-heading">{headings[kind]}</p>
              <ul className="preview-list">
                {those.slice(0, 5).map((permission) => (
                  <li key={permission.text}>
                    {permission.text}
                    {permission.optional && <small> optional</small>}
                  </li>
                ))}
                {those.length > 5 && <li>and {those.length - 5} more</li>}
              </ul>
            </div>
          );
        })}
        <span
          className="preview-button"
          style={{background: shown.colour, color: inkOn(shown.colour)}}
        >
          {say('ask.button')}
        </span>
        <p className="preview-small">{say('ask.takeBack')}</p>
        {shown.support && <p className="preview-small">Help from {shown.company}</p>}
      </div>
    </div>
  );
}
