import {useState} from 'react';

import type {ApiError} from '../../api/client';
import {languages, usualTexts} from '../../lib/permissions';
import {Choice, TextField} from '../../ui/Field';
import {Card} from '../../ui/Page';
import '../try/try.css';

type All = Record<string, Record<string, string>>;

/** The company's own words on the connect page, by language. */
export function Texts({
  texts,
  onChange,
  error,
}: {
  texts: All;
  onChange: (texts: All) => void;
  error: ApiError | undefined;
}) {
  const [language, setLanguage] = useState<string>('en');
  const own = texts[language] ?? {};
  const used = languages.filter(([code]) => Object.values(texts[code] ?? {}).some(Boolean));
  return (
    <Card
      title="Your own words"
      lead="The page speaks the visitor’s language by itself. Change only what must be said differently."
    >
      <details className="try-more">
        <summary>
          {used.length === 0
            ? 'Change the words'
            : `Changed in ${used.map(([, name]) => name).join(', ')}`}
        </summary>
        <div className="stack">
          <Choice label="Language" value={language} onChange={setLanguage} options={languages} />
          {Object.entries(usualTexts).map(([key, {label, text}]) => (
            <TextField
              key={key}
              label={label}
              optional
              maxLength={500}
              value={own[key] ?? ''}
              onChange={(value) => onChange({...texts, [language]: {...own, [key]: value}})}
              placeholder={language === 'en' ? text : ''}
              error={
                error?.field === `appearance.texts.${language}.${key}` ? error.message : undefined
              }
            />
          ))}
          <p className="field-hint">
            <code>{'{company}'}</code> and <code>{'{provider}'}</code> are filled in where the usual
            text has them.
          </p>
        </div>
      </details>
    </Card>
  );
}
