// Ctrl+K: to any page, app or customer by a few letters.
import {useMemo, useState, type KeyboardEvent} from 'react';
import {Dialog as AriaDialog, Modal, ModalOverlay} from 'react-aria-components';
import {useNavigate} from 'react-router';

import {useApps} from '../api/apps';
import {Icon, type IconName} from '../ui/Icon';
import {places} from './nav';

interface Hit {
  to: string;
  label: string;
  note: string;
  icon: IconName;
  words: string;
}

const pages: Hit[] = places.flatMap((group) =>
  group.places.map((place) => ({
    to: place.to,
    label: place.label,
    note: group.title,
    icon: place.icon,
    words: `${place.label} ${place.also ?? ''}`.toLowerCase(),
  })),
);

export function QuickSearch({open, onClose}: {open: boolean; onClose: () => void}) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => !next && onClose()}
      isDismissable
      className="dialog-veil"
    >
      <Modal className="dialog-box">
        <AriaDialog aria-label="Go to" className="dialog">
          <Box onClose={onClose} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Box({onClose}: {onClose: () => void}) {
  const navigate = useNavigate();
  const apps = useApps();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const hits = useMemo(() => {
    const words = text.trim().toLowerCase();
    const all: Hit[] = [
      ...pages,
      ...(apps.data?.data ?? []).map((app): Hit => ({
        to: `/apps/${app.slug}`,
        label: app.slug,
        note: 'App',
        icon: 'app',
        words: `${app.slug} ${app.provider}`,
      })),
    ];
    const found =
      words === ''
        ? all
        : all.filter((hit) => words.split(/\s+/).every((word) => hit.words.includes(word)));
    if (words !== '') {
      found.push({
        to: `/connections?q=${encodeURIComponent(text.trim())}`,
        label: `Connections of “${text.trim()}”`,
        note: 'Search',
        icon: 'link',
        words: '',
      });
    }
    return found.slice(0, 12);
  }, [text, apps.data]);
  const chosen = Math.min(at, hits.length - 1);
  const go = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onClose();
    void navigate(hit.to);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt((chosen + 1) % hits.length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + hits.length) % hits.length);
    else if (event.key === 'Enter') go(hits[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="go">
      <div className="go-box">
        <Icon name="search" />
        <input
          autoFocus
          className="go-input"
          placeholder="Page, app or customer"
          aria-label="Page, app or customer"
          role="combobox"
          aria-expanded="true"
          aria-controls="go-list"
          aria-activedescendant={hits[chosen] ? `go-${chosen}` : undefined}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <ul id="go-list" role="listbox" aria-label="Found" className="go-list">
        {hits.map((hit, i) => (
          <li
            key={hit.to}
            id={`go-${i}`}
            role="option"
            aria-selected={i === chosen}
            className="go-hit"
            onClick={() => go(hit)}
            onMouseMove={() => setAt(i)}
          >
            <Icon name={hit.icon} />
            <span className="grow truncate">{hit.label}</span>
            <span className="faint tiny">{hit.note}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
