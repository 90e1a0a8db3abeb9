import {useEffect, type ReactNode} from 'react';

import {Logo} from '../../shell/Logo';
import {Toasts} from '../../ui/Toast';
import '../../shell/shell.css';
import './frame.css';

/** One card in the middle: for everybody who is not signed in. */
export function Frame({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Wayleave`;
  }, [title]);
  return (
    <main className="door">
      <div className="door-card">
        <div className="door-logo">
          <Logo size={40} />
        </div>
        <div className="stack-tiny door-head">
          <h1>{title}</h1>
          {lead !== undefined && <p className="quiet">{lead}</p>}
        </div>
        {children}
      </div>
      {foot !== undefined && <div className="door-foot small quiet">{foot}</div>}
      <Toasts />
    </main>
  );
}
