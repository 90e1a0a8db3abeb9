import {inkOn} from '../../lib/colour';

/** A picture of the connect page; nothing in it can be pressed. */
export function Preview({
  company,
  logo,
  colour,
  support,
  provider,
  grants,
  dark,
}: {
  company: string;
  logo?: string | undefined;
  colour: string;
  support?: string | undefined;
  provider: string;
  grants: string[];
  dark: boolean;
}) {
  return (
    <div
      className="preview"
      data-dark={dark}
      role="img"
      aria-label={`Preview: ${company} asks to connect ${provider}`}
    >
      <div className="preview-card" aria-hidden="true">
        <div className="preview-pair">
          <span className="preview-tile">
            {logo ? (
              <img src={logo} alt="" />
            ) : (
              <span style={{color: colour}}>{company.charAt(0).toUpperCase()}</span>
            )}
          </span>
          <span className="preview-dots" />
          <span className="preview-tile">
            <span style={{color: colour}}>{provider.charAt(0).toUpperCase()}</span>
          </span>
        </div>
        <h3>
          Connect {provider} to {company}
        </h3>
        <p>{company} asks to:</p>
        <ul className="preview-list">
          {grants.slice(0, 4).map((grant) => (
            <li key={grant}>{grant}</li>
          ))}
          {grants.length > 4 && <li>and {grants.length - 4} more</li>}
        </ul>
        <span className="preview-button" style={{background: colour, color: inkOn(colour)}}>
          Continue to {provider}
        </span>
        <p className="preview-small">
          You can end this at any time at {provider}.{support && ' Need help?'}
        </p>
      </div>
    </div>
  );
}
