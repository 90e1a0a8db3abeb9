// How the connect page of an app looks, with a picture of it beside.
import {useRef, useState} from 'react';

import {useUpdateApp} from '../../api/apps';
import {ApiError} from '../../api/client';
import type {App, AppearanceChange, Provider} from '../../api/types';
import {parseHex} from '../../lib/colour';
import {permissions} from '../../lib/permissions';
import {bytes} from '../../lib/format';
import {useRefusal} from '../../shell/Session';
import {Button} from '../../ui/Button';
import {Callout, Problem} from '../../ui/Callout';
import {TextField} from '../../ui/Field';
import {Card} from '../../ui/Page';
import {tell} from '../../lib/toasts';
import {Preview} from './Preview';
import {Texts} from './Texts';
import './apps.css';
import '../marketplace/marketplace.css';

const logoBytesMax = 64 * 1024;
const logoTypes = ['image/png', 'image/jpeg', 'image/webp'];

async function readLogo(file: File): Promise<string> {
  if (!logoTypes.includes(file.type))
    throw new Error('Only PNG, JPEG or WebP pictures can be shown.');
  if (file.size > logoBytesMax)
    throw new Error(
      `The picture has ${bytes(file.size)}; at most ${bytes(logoBytesMax)} fit. 256 by 256 pixels are plenty.`,
    );
  return await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The file could not be read.'));
    reader.readAsDataURL(file);
  });
}

interface Looks {
  companyName: string;
  logo: string;
  accentColor: string;
  supportUrl: string;
  texts: Record<string, Record<string, string>>;
}

const looksOf = ({appearance}: App): Looks => ({
  companyName: appearance?.companyName ?? '',
  logo: appearance?.logo ?? '',
  accentColor: appearance?.accentColor ?? '',
  supportUrl: appearance?.supportUrl ?? '',
  texts: appearance?.texts ?? {},
});

/** Empty ones go back to the usual; of the texts only those that say something are sent. */
function changeOf(looks: Looks): AppearanceChange {
  const texts: Looks['texts'] = {};
  for (const [language, own] of Object.entries(looks.texts)) {
    const kept = Object.entries(own).filter(([, text]) => text.trim() !== '');
    if (kept.length > 0) texts[language] = Object.fromEntries(kept);
  }
  return {...looks, companyName: looks.companyName.trim(), texts};
}

export function Appearance({
  app,
  provider,
  providerName,
}: {
  app: App;
  provider: Provider | undefined;
  providerName: string;
}) {
  const refusal = useRefusal('manage');
  const update = useUpdateApp(app.slug);
  const file = useRef<HTMLInputElement>(null);
  const [looks, setLooks] = useState<Looks>(() => looksOf(app));
  const [logoFault, setLogoFault] = useState<string>();
  const [dark, setDark] = useState(false);
  const accentFault =
    looks.accentColor !== '' && !parseHex(looks.accentColor)
      ? 'Six digits behind a #, such as #1f5fd6.'
      : undefined;
  const fieldError = (name: string): string | undefined =>
    update.error instanceof ApiError && update.error.field?.endsWith(name)
      ? update.error.message
      : undefined;
  const set = (change: Partial<Looks>) => setLooks({...looks, ...change});

  const pick = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      set({logo: await readLogo(chosen)});
      setLogoFault(undefined);
    } catch (error) {
      setLogoFault(error instanceof Error ? error.message : String(error));
    }
  };
  const save = () => {
    if (accentFault !== undefined) return;
    update.mutate(
      {appearance: changeOf(looks)},
      {onSuccess: () => tell('Saved. New visitors of the connect page see it at once.')},
    );
  };

  return (
    <div className="appearance">
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {refusal && (
          <Callout tone="info" title="You can look, but not change">
            {refusal}
          </Callout>
        )}
        <Card
          title="Who is asking"
          lead="Customers decide within seconds whether they trust the page. Show them a name and a sign they know."
        >
          <div className="stack">
            <TextField
              label="Company name"
              optional
              value={looks.companyName}
              onChange={(companyName) => set({companyName})}
              autoCapitalize="words"
              placeholder="Acme"
              error={fieldError('companyName')}
              hint="The name your customers know. When empty, they read the app’s short name."
            />
            <div className="field">
              <span className="field-label">
                Logo <span className="field-optional">optional</span>
              </span>
              <div className="logo-drop">
                {looks.logo && <img src={looks.logo} alt="The chosen logo" />}
                <div className="row">
                  <Button onClick={() => file.current?.click()}>
                    {looks.logo ? 'Another picture' : 'Choose a picture'}
                  </Button>
                  {looks.logo && (
                    <Button
                      kind="quiet"
                      onClick={() => {
                        set({logo: ''});
                        setLogoFault(undefined);
                      }}
                    >
                      Remove
                    </Button>
                  )}
                </div>
                <input
                  ref={file}
                  type="file"
                  accept={logoTypes.join(',')}
                  className="visually-hidden"
                  tabIndex={-1}
                  aria-label="Logo"
                  onChange={(event) => {
                    void pick(event.target.files?.[0]);
                    event.target.value = '';
                  }}
                />
              </div>
              <p className="field-hint">
                Square, PNG, JPEG or WebP, up to 64 kB. It is stored here; nothing is loaded from
                elsewhere.
              </p>
              {(logoFault ?? fieldError('logo')) && (
                <p className="field-note field-error" role="alert">
                  {logoFault ?? fieldError('logo')}
                </p>
              )}
            </div>
            <div className="colour-row">
              <div className="grow">
                <TextField
                  label="Colour of the button"
                  optional
                  mono
                  value={looks.accentColor}
                  onChange={(accentColor) => set({accentColor})}
                  placeholder="#1f5fd6"
                  error={accentFault ?? fieldError('accentColor')}
                  after={
                    <input
                      type="color"
                      aria-label="Choose a colour"
                      value={parseHex(looks.accentColor) ? looks.accentColor : '#1f5fd6'}
                      onChange={(event) => set({accentColor: event.target.value})}
                    />
                  }
                />
              </div>
            </div>
            <TextField
              label="Help page"
              optional
              type="url"
              value={looks.supportUrl}
              onChange={(supportUrl) => set({supportUrl})}
              placeholder="https://acme.example/help"
              error={fieldError('supportUrl')}
              hint="Linked on the page when something does not work."
            />
          </div>
        </Card>
        <Texts
          texts={looks.texts}
          onChange={(texts) => set({texts})}
          error={update.error instanceof ApiError ? update.error : undefined}
        />
        {update.error && <Problem error={update.error} title="Nothing was changed" />}
        <div className="form-foot">
          <Button type="submit" kind="primary" busy={update.isPending} refusal={refusal}>
            Save
          </Button>
        </div>
      </form>
      <div className="appearance-preview stack-small">
        <div className="row-spread">
          <h2>Preview</h2>
          <Button
            small
            kind="quiet"
            icon={dark ? 'sun' : 'moon'}
            aria-pressed={dark}
            onClick={() => setDark(!dark)}
          >
            {dark ? 'Light' : 'Dark'}
          </Button>
        </div>
        <Preview
          dark={dark}
          shown={{
            company: looks.companyName.trim() || app.slug,
            provider: providerName,
            logo: looks.logo,
            colour: parseHex(looks.accentColor) ? looks.accentColor : dark ? '#8ab4ff' : '#1f5fd6',
            support: looks.supportUrl,
            texts: looks.texts['en'] ?? {},
            permissions: permissions(app.scopes, app.optionalScopes, provider?.scopes ?? []),
          }}
        />
        <p className="faint tiny">
          The page is shown in the visitor’s language and, as here, light or dark as their system
          has it.
        </p>
      </div>
    </div>
  );
}
