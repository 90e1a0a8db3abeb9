import {useEffect, type ReactNode} from 'react';
import {Link, NavLink, useLocation} from 'react-router';

import {Icon} from './Icon';
import './page.css';

/** Title, what the page is for, and what can be done on it. Also names the browser's tab. */
export function PageHead({
  title,
  name,
  children,
  actions,
  back,
}: {
  title: ReactNode;
  /** For the tab, when the title is not text. */
  name?: string;
  children?: ReactNode;
  actions?: ReactNode;
  back?: {to: string; label: string};
}) {
  const label = name ?? (typeof title === 'string' ? title : 'Wayleave');
  useEffect(() => {
    document.title = `${label} · Wayleave`;
  }, [label]);
  return (
    <header className="page-head">
      {back && (
        <Link to={back.to} className="page-back">
          <Icon name="back" size={14} />
          {back.label}
        </Link>
      )}
      <div className="page-head-row">
        <div className="stack-tiny grow">
          <h1 tabIndex={-1} id="page-title">
            {title}
          </h1>
          {children !== undefined && <div className="page-lead">{children}</div>}
        </div>
        {actions !== undefined && <div className="row page-actions">{actions}</div>}
      </div>
    </header>
  );
}

/** Parts of a page as links, so that each has an address. */
export function TabLinks({
  label,
  tabs,
}: {
  label: string;
  tabs: {to: string; label: string; end?: boolean}[];
}) {
  const {search} = useLocation();
  void search;
  return (
    <nav className="tab-links" aria-label={label}>
      {tabs.map((tab) => (
        <NavLink key={tab.to} to={tab.to} end={tab.end ?? true} className="tab-link">
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}

export function Card({
  title,
  lead,
  actions,
  children,
  flush,
  className = '',
  id,
}: {
  title?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  flush?: boolean;
  className?: string;
  id?: string;
}) {
  return (
    <section className={`card ${children === undefined ? 'card-bare' : ''} ${className}`} id={id}>
      {(title !== undefined || actions !== undefined) && (
        <div className="card-head">
          <div className="stack-tiny grow">
            {title !== undefined && <h2>{title}</h2>}
            {lead !== undefined && <p className="quiet small prose">{lead}</p>}
          </div>
          {actions !== undefined && <div className="row">{actions}</div>}
        </div>
      )}
      {children !== undefined && (
        <div className={flush ? 'card-flush' : 'card-body'}>{children}</div>
      )}
    </section>
  );
}

/** Facts about one thing: names beside values. */
export function Facts({rows}: {rows: (readonly [string, ReactNode] | null | false | undefined)[]}) {
  return (
    <dl className="facts">
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]} className="fact">
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

/** What a page shows before there is anything to show: what it is for and the next step. */
export function Empty({
  title,
  children,
  actions,
  icon = 'info',
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  icon?: Parameters<typeof Icon>[0]['name'];
}) {
  return (
    <div className="empty">
      <span className="empty-sign">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <div className="quiet prose">{children}</div>}
      {actions !== undefined && <div className="row empty-actions">{actions}</div>}
    </div>
  );
}

/** Grey bars of the height of what comes. */
export function Skeleton({lines = 3, height = 14}: {lines?: number; height?: number}) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({length: lines}, (_, i) => (
        <svg key={i} width="100%" height={height} aria-hidden="true">
          <rect width={`${[92, 78, 86, 64][i % 4]}%`} height={height} rx={4} />
        </svg>
      ))}
    </div>
  );
}
