import {useMemo} from 'react';
import {Link, useSearchParams} from 'react-router';

import {useApps, useProviders} from '../../api/apps';
import type {Provider} from '../../api/types';
import {plural} from '../../lib/format';
import {Badge} from '../../ui/Badge';
import {Button} from '../../ui/Button';
import {Problem} from '../../ui/Callout';
import {TextField} from '../../ui/Field';
import {Empty, PageHead, Skeleton} from '../../ui/Page';
import {ProviderSign} from '../../ui/ProviderSign';
import './marketplace.css';

const categoryNames: Record<string, string> = {
  crm: 'CRM',
  generic: 'Other',
  accounting: 'Accounting',
  hr: 'HR',
  support: 'Support',
  marketing: 'Marketing',
  files: 'Files',
  calendar: 'Calendar',
  email: 'E-mail',
  commerce: 'Commerce',
  chat: 'Chat',
  payments: 'Payments',
};
const categoryName = (slug: string): string =>
  categoryNames[slug] ?? slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll('_', ' ');
const categoriesOf = (provider: Provider): string[] =>
  provider.categories.length > 0
    ? provider.categories
    : provider.category
      ? [provider.category]
      : [];

export function Page() {
  const providers = useProviders();
  const apps = useApps();
  const [params, setParams] = useSearchParams();
  const q = params.get('q') ?? '';
  const category = params.get('category') ?? '';
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      {replace: true},
    );

  const all = providers.data?.data ?? [];
  const categories = useMemo(() => [...new Set(all.flatMap(categoriesOf))].sort(), [all]);
  const found = all.filter(
    (provider) =>
      (category === '' || categoriesOf(provider).includes(category)) &&
      q
        .trim()
        .toLowerCase()
        .split(/\s+/)
        .every((word) =>
          `${provider.name} ${provider.slug} ${provider.description ?? ''} ${categoriesOf(provider).map(categoryName).join(' ')}`
            .toLowerCase()
            .includes(word),
        ),
  );
  const uses = (slug: string) =>
    (apps.data?.data ?? []).filter((app) => app.provider === slug).length;

  return (
    <>
      <PageHead title="Marketplace">
        Services your customers use. Choose one to connect it to your product.
      </PageHead>
      <div className="market-filter">
        <TextField
          label="Search"
          hideLabel
          type="search"
          placeholder="Search providers"
          icon="search"
          value={q}
          onChange={(value) => set('q', value)}
        />
        <div className="row" role="group" aria-label="Category">
          {['', ...categories].map((name) => (
            <Button
              key={name}
              small
              kind={category === name ? 'primary' : 'plain'}
              aria-pressed={category === name}
              onClick={() => set('category', name)}
            >
              {name === '' ? 'All' : categoryName(name)}
            </Button>
          ))}
        </div>
      </div>
      {providers.error && (
        <Problem error={providers.error} retry={() => void providers.refetch()} />
      )}
      {providers.isPending && <Skeleton lines={4} height={64} />}
      {providers.data && found.length === 0 && (
        <Empty
          title="No provider matches"
          icon="store"
          actions={<Button onClick={() => setParams({}, {replace: true})}>Show all</Button>}
        >
          <p>
            Any service with standard OAuth 2.0 works: choose “Any OAuth 2.0 API” and enter its
            addresses, or write a provider file of your own.
          </p>
        </Empty>
      )}
      <ul className="market">
        {found.map((provider) => (
          <li key={provider.slug} className="market-card">
            <ProviderSign name={provider.name} />
            <div className="stack-tiny grow">
              <h2>
                <Link to={`/marketplace/${provider.slug}`} className="market-link">
                  {provider.name}
                </Link>
              </h2>
              {provider.description && <p className="quiet small">{provider.description}</p>}
              <p className="faint tiny">
                {provider.scopes.length > 0
                  ? plural(provider.scopes.length, 'scope')
                  : 'Your own scopes'}
                {categoriesOf(provider).length > 0 &&
                  ` · ${categoriesOf(provider).map(categoryName).join(', ')}`}
              </p>
              <p className="row">
                {uses(provider.slug) > 0 && (
                  <Badge tone="good" dot>
                    {plural(uses(provider.slug), 'app')}
                  </Badge>
                )}
                {provider.slug.endsWith('-sandbox') && (
                  <Badge tone="accent">no account needed</Badge>
                )}
                {!provider.usable && <Badge tone="warn">not usable yet</Badge>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
