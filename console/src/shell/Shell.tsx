// The frame around every page: navigation, the account, and where the page goes.
import {Suspense, useEffect, useRef, useState} from 'react';
import {Modal, ModalOverlay, Dialog} from 'react-aria-components';
import {Link, NavLink, Outlet, useLocation, useNavigate} from 'react-router';

import {useSignOut} from '../api/session';
import {setTheme, useTheme} from '../lib/theme';
import {clearToasts} from '../lib/toasts';
import {roles} from '../lib/words';
import {IconButton} from '../ui/Button';
import {Icon} from '../ui/Icon';
import {Menu} from '../ui/Menu';
import {Toasts} from '../ui/Toast';
import {Logo} from './Logo';
import {places} from './nav';
import {QuickSearch} from './QuickSearch';
import {useMe} from './Session';
import {Waiting} from './Waiting';
import './shell.css';

function Places() {
  return (
    <nav aria-label="Main" className="places">
      {places.map((group) => (
        <div key={group.title} className="places-group">
          {group.title !== '' && (
            <p className="places-title" id={`places-${group.title}`}>
              {group.title}
            </p>
          )}
          <ul aria-labelledby={group.title === '' ? undefined : `places-${group.title}`}>
            {group.places.map((place) => (
              <li key={place.to}>
                <NavLink to={place.to} end={place.to === '/'} className="place">
                  <Icon name={place.icon} size={17} />
                  {place.label}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Account() {
  const me = useMe();
  const theme = useTheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const name = me.name ?? me.email ?? (me.kind === 'key' ? 'API key' : 'Member');
  return (
    <Menu
      label={`Account: ${name}`}
      className="account"
      placement="top start"
      trigger={
        <>
          <span className="account-sign" aria-hidden="true">
            {name.trim().charAt(0).toUpperCase()}
          </span>
          <span className="account-text">
            <span className="truncate strong">{name}</span>
            <span className="truncate tiny quiet">
              {me.role ? roles[me.role].label : 'No role'}
            </span>
          </span>
          <Icon name="more" />
        </>
      }
      entries={[
        {
          id: 'account',
          label: 'My account',
          icon: 'user',
          act: () => void navigate('/settings/account'),
        },
        {
          id: 'light',
          label: 'Light',
          icon: 'sun',
          divided: true,
          checked: theme === 'light',
          act: () => setTheme('light'),
        },
        {
          id: 'dark',
          label: 'Dark',
          icon: 'moon',
          checked: theme === 'dark',
          act: () => setTheme('dark'),
        },
        {
          id: 'system',
          label: 'As the system',
          icon: 'screen',
          checked: theme === 'system',
          act: () => setTheme('system'),
        },
        {
          id: 'out',
          label: 'Sign out',
          icon: 'leave',
          divided: true,
          act: () => {
            clearToasts();
            signOut.mutate(undefined, {onSettled: () => void navigate('/sign-in')});
          },
        },
      ]}
    />
  );
}

export function Shell() {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState(false);
  const {pathname} = useLocation();
  const before = useRef(pathname);

  // A new page: to its top, and its title is what a screen reader reads next.
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    setOpen(false);
    window.scrollTo(0, 0);
    requestAnimationFrame(() =>
      document.getElementById('page-title')?.focus({preventScroll: true}),
    );
  }, [pathname]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setSearch((shown) => !shown);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <>
      <a href="#content" className="skip-link">
        Skip to the page
      </a>
      <div className="shell">
        <header className="side">
          <Link to="/" className="brand">
            <Logo />
            <span>Wayleave</span>
          </Link>
          <button type="button" className="quick" onClick={() => setSearch(true)}>
            <Icon name="search" />
            <span className="grow">Go to…</span>
            <kbd>Ctrl K</kbd>
          </button>
          <Places />
          <Account />
        </header>
        <header className="top">
          <IconButton icon="menu" label="Menu" onClick={() => setOpen(true)} />
          <Link to="/" className="brand">
            <Logo />
            <span>Wayleave</span>
          </Link>
          <IconButton icon="search" label="Go to…" onClick={() => setSearch(true)} />
        </header>
        <main id="content" className="content" tabIndex={-1}>
          <Suspense fallback={<Waiting />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <ModalOverlay isOpen={open} onOpenChange={setOpen} isDismissable className="drawer-veil">
        <Modal className="drawer">
          <Dialog aria-label="Menu" className="drawer-in">
            <div className="row-spread">
              <span className="brand">
                <Logo />
                <span>Wayleave</span>
              </span>
              <IconButton icon="cross" label="Close" onClick={() => setOpen(false)} />
            </div>
            <Places />
            <Account />
          </Dialog>
        </Modal>
      </ModalOverlay>
      <QuickSearch open={search} onClose={() => setSearch(false)} />
      <Toasts />
    </>
  );
}
